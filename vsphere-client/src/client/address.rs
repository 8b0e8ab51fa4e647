//! From what people type to the server's URL.

use url::Url;

use crate::error::Error;

/// The URL of the server that `input` means: scheme, host and port, with the path `/sdk`.
///
/// `vcenter`, `vcenter:8443`, `https://vcenter`, `https://vcenter/ui/` and `https://vcenter/sdk`
/// all mean the same server. Without a scheme it is `https`. A user and a password in it are
/// dropped, since a URL ends up in messages.
pub(super) fn parse(input: &str) -> Result<Url, Error> {
    let input = input.trim();
    let full = if input.contains("://") {
        input.to_owned()
    } else {
        format!("https://{input}")
    };
    let refuse = |reason: String| Error::Address {
        input: without_login(input),
        reason,
    };
    let mut url = Url::parse(&full).map_err(|e| refuse(e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(refuse(format!(
            "the scheme {:?} is neither https nor http",
            url.scheme()
        )));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(refuse("it names no host".to_owned()));
    }
    // These fail only for URLs without a host, which are refused above.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.set_path("/sdk");
    Ok(url)
}

/// Takes out `user:password@`.
fn without_login(input: &str) -> String {
    let (scheme, rest) = match input.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), input),
    };
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    scheme + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_server_is_the_same_url() {
        for input in [
            "vc.example",
            " https://vc.example ",
            "https://vc.example/ui/app?x=1#here",
            "https://vc.example/sdk/",
            "https://root:secret@vc.example/sdk",
        ] {
            assert_eq!(
                parse(input).unwrap().as_str(),
                "https://vc.example/sdk",
                "{input}"
            );
        }
        assert_eq!(
            parse("127.0.0.1:8989").unwrap().as_str(),
            "https://127.0.0.1:8989/sdk"
        );
        assert_eq!(
            parse("http://[::1]:80").unwrap().as_str(),
            "http://[::1]/sdk"
        );
    }

    #[test]
    fn a_refused_address_does_not_show_its_password() {
        for input in [
            "ftp://root:secret@vc",
            "https://root:secret@",
            "",
            "https://",
            "a b",
        ] {
            let error = parse(input).unwrap_err();
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
