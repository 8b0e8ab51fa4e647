//! Faults: what a server answers when it refuses.

use std::fmt;

use super::fault_kind::FaultKind;
use crate::soap::{Decode, DecodeError, Encode, RawElement, Reader, Start, Writer};

/// What stands for the element of a SOAP fault that has no typed detail.
const UNTYPED: &str = "detail";

/// A refusal by the server, from a SOAP fault, a failed task or a property that cannot be read.
///
/// [`kind`](Self::kind) is typed where code decides on it; name, message and raw detail
/// are always kept.
#[derive(Debug, Clone, PartialEq)]
pub struct MethodFault {
    /// The wire type, such as `InvalidPowerState`; the SOAP fault code when the server named no type.
    pub name: String,
    /// The server's words for people, in the session's language. `None` when it sent none.
    pub message: Option<String>,
    /// The fault as far as code decides on it.
    pub kind: FaultKind,
    /// The fault behind this one.
    pub cause: Option<Box<Self>>,
    /// Further messages (`faultMessage[].message`), the most specific ones.
    pub fault_messages: Vec<String>,
    /// The fault's own element with all its properties, except the cause.
    pub raw: RawElement,
}

impl MethodFault {
    /// Whether the session is gone. Tested by exact type: `NotAuthenticated` extends `NoPermission`.
    #[must_use]
    pub fn is_not_authenticated(&self) -> bool {
        matches!(self.kind, FaultKind::NotAuthenticated)
    }

    /// Whether a SOAP fault is none of vSphere's, which always carry a code of their own.
    ///
    /// Gateways that speak SOAP refuse with the codes of the standard (`Server`, `Client`) and
    /// without a typed detail. Such a fault proves nothing about what vSphere did.
    pub(crate) fn is_foreign(&self) -> bool {
        self.raw.name == UNTYPED
            && !matches!(self.name.as_str(), "ServerFaultCode" | "ClientFaultCode")
    }

    /// From the fault's own element (the one with `xsi:type`) and the message beside it.
    fn from_raw(mut raw: RawElement, message: Option<String>) -> Self {
        let name = raw.type_name.clone().unwrap_or_else(|| {
            raw.name
                .strip_suffix("Fault")
                .unwrap_or(&raw.name)
                .to_owned()
        });
        // The cause moves out of the element: kept in both, a deep chain would be kept squared.
        // The reader bounds the depth of elements, and with it this recursion.
        let cause = raw
            .children
            .iter()
            .position(|child| child.name == "faultCause")
            .map(|at| Box::new(Self::from_localized(raw.children.remove(at))));
        let fault_messages = raw
            .children
            .iter()
            .filter(|child| child.name == "faultMessage")
            .filter_map(|child| child.child_text("message"))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect();
        let kind = FaultKind::from_raw(&name, &raw);
        Self {
            name,
            message: message.filter(|text| !text.is_empty()),
            kind,
            cause,
            fault_messages,
            raw,
        }
    }

    /// From a `LocalizedMethodFault` (`fault`, `localizedMessage`), or from a bare fault.
    fn from_localized(mut raw: RawElement) -> Self {
        let bare = !matches!(
            raw.type_name.as_deref(),
            None | Some("LocalizedMethodFault")
        );
        let Some(at) = raw
            .children
            .iter()
            .position(|c| c.name == "fault")
            .filter(|_| !bare)
        else {
            return Self::from_raw(raw, None);
        };
        let message = raw.child_text("localizedMessage").map(str::to_owned);
        Self::from_raw(raw.children.swap_remove(at), message)
    }

    /// Reads a SOAP `Fault`: code, string and the typed detail.
    pub(crate) fn decode_soap<'x>(
        reader: &mut Reader<'x>,
        start: &Start<'x>,
    ) -> Result<Self, DecodeError> {
        let mut code = String::new();
        let mut message = None;
        let mut detail = None;
        while let Some(child) = reader.next_child(start)? {
            match child.name() {
                "faultcode" => code = reader.text(&child)?.trim().to_owned(),
                "faultstring" => message = Some(reader.text(&child)?.into_owned()),
                "detail" => {
                    while let Some(typed) = reader.next_child(&child)? {
                        if detail.is_none() {
                            detail = Some(reader.raw(&typed)?);
                        }
                    }
                }
                _ => {}
            }
        }
        let detail = detail.unwrap_or_else(|| RawElement {
            type_name: Some(match code.rsplit_once(':') {
                Some((_, local)) => local.to_owned(),
                None => code,
            }),
            ..RawElement::new(UNTYPED, "")
        });
        Ok(Self::from_raw(detail, message))
    }
}

impl fmt::Display for MethodFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(message) = &self.message {
            write!(f, ": {}", message.trim_end_matches('.'))?;
        }
        Ok(())
    }
}

impl std::error::Error for MethodFault {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn std::error::Error + 'static))
    }
}

impl Decode for MethodFault {
    /// Reads a `LocalizedMethodFault`, which is how faults stand inside of answers.
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        reader.raw(start).map(Self::from_localized)
    }
}

impl Encode for MethodFault {
    /// Writes a `LocalizedMethodFault`.
    fn encode(&self, writer: &mut Writer, name: &str) {
        writer.open(name);
        writer.set_type(&self.name);
        writer.open("fault");
        self.cause.encode(writer, "faultCause");
        for child in &self.raw.children {
            child.encode(writer, &child.name);
        }
        writer.close();
        self.message.encode(writer, "localizedMessage");
        writer.close();
    }
}
