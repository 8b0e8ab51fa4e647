//! The envelope around every request and answer (SOAP 1.1).

use super::decode::Decode;
use super::encode::{Encode, Writer};
use super::error::{DecodeError, EncodeError};
use super::reader::Reader;
use super::start::Start;
use crate::method::Method;
use crate::vim::MethodFault;

const HEAD: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/""#,
    r#" xmlns:xsd="http://www.w3.org/2001/XMLSchema""#,
    r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#,
);

/// The bytes of a request.
///
/// `operation_id` goes into the SOAP header, where vCenter takes it into its own logs.
///
/// ```
/// use vsphere_client::method::CurrentTime;
/// use vsphere_client::soap::envelope;
///
/// let request = envelope::request(&CurrentTime::default(), None)?;
/// let request = String::from_utf8_lossy(&request);
/// assert!(request.contains(r#"<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">"#));
/// # Ok::<(), vsphere_client::soap::EncodeError>(())
/// ```
///
/// # Errors
/// [`EncodeError`] when a text holds what XML cannot carry.
pub fn request<M: Method>(method: &M, operation_id: Option<&str>) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer::new();
    writer.verbatim(HEAD);
    if let Some(id) = operation_id {
        writer.open("soapenv:Header");
        writer.leaf("operationID", id);
        writer.close();
    }
    writer.open("soapenv:Body");
    writer.open(M::NAME);
    writer.attribute("xmlns", M::NAMESPACE);
    method.this().encode(&mut writer, "_this");
    method.params(&mut writer);
    writer.close();
    writer.close();
    writer.verbatim("</soapenv:Envelope>");
    writer.finish()
}

/// What a server answered: the result, or the fault it raised.
pub type Answer<T> = Result<T, Box<MethodFault>>;

/// Reads the answer to `M`.
///
/// # Errors
/// [`DecodeError`] when the document is no answer to `M`: malformed, another message, or a result
/// of another shape. A fault raised by the server is no error here, but the inner `Err`.
pub fn response<M: Method>(document: &[u8]) -> Result<Answer<M::Output>, DecodeError> {
    let mut reader = Reader::new(document)?;
    let answer = read::<M::Output>(&mut reader, M::NAME)?;
    reader.finish()?;
    Ok(answer)
}

/// As [`response`], over a reader of one's own (other limits) and any result type.
///
/// # Errors
/// As [`response`].
pub fn read<T: Decode>(
    reader: &mut Reader<'_>,
    method: &'static str,
) -> Result<Answer<T>, DecodeError> {
    let envelope = reader.root()?;
    expect(&envelope, "Envelope")?;
    let mut answer = None;
    while let Some(part) = reader.next_child(&envelope)? {
        if part.name() != "Body" {
            continue;
        }
        while let Some(content) = reader.next_child(&part)? {
            if answer.is_some() {
                continue;
            }
            answer = Some(if content.name() == "Fault" {
                Err(Box::new(MethodFault::decode_soap(reader, &content)?))
            } else {
                if content.name().strip_suffix("Response") != Some(method) {
                    expect(&content, &format!("{method}Response"))?;
                }
                Ok(result(reader, &content, method)?)
            });
        }
    }
    answer.ok_or_else(|| DecodeError::UnexpectedElement {
        expected: format!("{method}Response"),
        found: "an empty Body".to_owned(),
    })
}

fn result<'x, T: Decode>(
    reader: &mut Reader<'x>,
    content: &Start<'x>,
    method: &'static str,
) -> Result<T, DecodeError> {
    let mut slot = None;
    while let Some(child) = reader.next_child(content)? {
        if child.name() == "returnval" {
            T::merge(&mut slot, reader, &child)?;
        }
    }
    match slot {
        Some(value) => Ok(value),
        None => T::absent(method, "returnval"),
    }
}

fn expect(start: &Start<'_>, name: &str) -> Result<(), DecodeError> {
    if start.name() == name {
        return Ok(());
    }
    Err(DecodeError::UnexpectedElement {
        expected: name.to_owned(),
        found: start.name().to_owned(),
    })
}
