//! Tells vSphere's answers from those of other servers.

use http::header::LOCATION;

use crate::error::{Error, ForeignAnswer};
use crate::transport::Response;

/// Whether the body looks like a SOAP message, so that a fault in it is worth reporting as such.
pub(super) fn is_soap(response: &Response) -> bool {
    let head = response.body.get(..1024).unwrap_or(&response.body);
    let head = String::from_utf8_lossy(head);
    head.trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('<')
        && head.contains("Envelope")
}

/// The error for an answer that is no SOAP message.
pub(super) fn refuse(url: &str, response: &Response) -> Error {
    let answer = describe(url, response);
    match response.status {
        502..=504 => Error::Unavailable(answer),
        _ => Error::NotVsphere(answer),
    }
}

/// What somebody else answered.
pub(crate) fn describe(url: &str, response: &Response) -> Box<ForeignAnswer> {
    Box::new(ForeignAnswer {
        url: url.to_owned(),
        status: response.status,
        content_type: clean(response.content_type(), 80),
        location: response
            .headers
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
            .map(|value| clean(value, 200)),
        excerpt: excerpt(&response.body),
    })
}

/// The first words of a body that is not ours, without its markup.
pub(crate) fn excerpt(body: &[u8]) -> String {
    let head = body.get(..4096).unwrap_or(body);
    let head = String::from_utf8_lossy(head);
    let mut text = String::new();
    let mut in_tag = false;
    for c in head.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push(' ');
            }
            _ if in_tag => {}
            c => text.push(c),
        }
    }
    clean(&text, 120)
}

/// One line without control characters, cut to `limit` characters.
pub(crate) fn clean(text: &str, limit: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .filter(|c| !c.is_control())
        .take(limit)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;

    fn answer(status: u16, body: &str) -> Response {
        Response {
            status,
            headers: HeaderMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    #[test]
    fn html_is_no_soap() {
        let page = answer(
            200,
            "<!DOCTYPE html><html><body><h1>It works!</h1>\u{1b}[2J</body>",
        );
        assert!(!is_soap(&page));
        let Error::NotVsphere(seen) = refuse("https://web.example", &page) else {
            panic!()
        };
        assert_eq!(seen.excerpt, "It works! [2J");
        assert!(seen.to_string().contains("HTTP status 200"), "{seen}");
    }

    #[test]
    fn an_envelope_is_soap_with_or_without_a_declaration() {
        assert!(is_soap(&answer(
            500,
            "<?xml version=\"1.0\"?>\n<soapenv:Envelope>"
        )));
        assert!(is_soap(&answer(200, "\u{feff} <Envelope/>")));
        assert!(!is_soap(&answer(200, "{\"Envelope\": 1}")));
    }

    #[test]
    fn a_gateway_in_trouble_is_not_taken_for_another_server() {
        let error = refuse("https://vc.example", &answer(503, "no healthy upstream"));
        assert!(matches!(error, Error::Unavailable(_)), "{error}");
        assert!(error.may_have_acted());
    }
}
