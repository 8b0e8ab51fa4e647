//! A server's certificate, told so that a person can judge it.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use rustls::CertificateError;
use x509_parser::extensions::GeneralName;

use super::thumbprint::Thumbprint;

/// What the server's certificate says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerCertificate {
    /// Its SHA-256 thumbprint: with [`Trust::Thumbprint`](super::Trust::Thumbprint) this very
    /// certificate is trusted.
    pub thumbprint: Thumbprint,
    /// Whom it names, such as `CN=vcenter.example`; empty when it cannot be read.
    pub subject: String,
    /// Who signed it; the same as the subject for a self-signed certificate.
    pub issuer: String,
    /// The host names and addresses that it is made out to (`subjectAltName`).
    pub names: Vec<String>,
    /// From when it counts.
    pub not_before: Option<Timestamp>,
    /// Until when it counts.
    pub not_after: Option<Timestamp>,
}

/// The server's certificate, and why it is not trusted.
#[derive(Clone, Debug)]
pub struct RefusedCertificate {
    /// The certificate.
    pub certificate: ServerCertificate,
    /// What is wrong.
    pub reason: RefusalReason,
}

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalReason {
    /// No trusted authority signed it. The usual case for a vCenter or ESXi as installed.
    UnknownIssuer,
    /// Its time is over.
    Expired,
    /// Its time has not come; often a wrong clock.
    NotYetValid,
    /// It is made out to another name than the one that was dialled.
    WrongName,
    /// It is not the pinned certificate.
    NotPinned {
        /// The pinned one.
        expected: Thumbprint,
    },
    /// Anything else, in the words of the TLS library.
    Other(String),
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownIssuer => f.write_str("signed by no trusted authority"),
            Self::Expired => f.write_str("expired"),
            Self::NotYetValid => f.write_str("not valid yet"),
            Self::WrongName => f.write_str("made out to another name"),
            Self::NotPinned { .. } => f.write_str("not the pinned certificate"),
            Self::Other(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for RefusedCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seen = &self.certificate;
        write!(f, "{}", self.reason)?;
        if !seen.subject.is_empty() {
            write!(f, "; subject {:?}, issuer {:?}", seen.subject, seen.issuer)?;
        }
        if let (Some(from), Some(to)) = (seen.not_before, seen.not_after) {
            write!(f, ", valid {from} to {to}")?;
        }
        write!(f, ", SHA-256 thumbprint {}", seen.thumbprint)
    }
}

// It travels through rustls as an error, and is found again in the chain of causes.
impl std::error::Error for RefusedCertificate {}

impl ServerCertificate {
    /// Reads what `der` says of itself. A certificate that cannot be read leaves its texts empty.
    pub(super) fn of_der(der: &[u8]) -> Self {
        let mut seen = Self {
            thumbprint: Thumbprint::of_der(der),
            subject: String::new(),
            issuer: String::new(),
            names: Vec::new(),
            not_before: None,
            not_after: None,
        };
        if let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der) {
            seen.subject = printable(&certificate.subject().to_string());
            seen.issuer = printable(&certificate.issuer().to_string());
            if let Ok(Some(names)) = certificate.subject_alternative_name() {
                let names = names.value.general_names.iter().filter_map(name);
                seen.names = names.take(MOST_NAMES).collect();
            }
            let validity = certificate.validity();
            seen.not_before = Timestamp::from_second(validity.not_before.timestamp()).ok();
            seen.not_after = Timestamp::from_second(validity.not_after.timestamp()).ok();
        }
        seen
    }
}

impl RefusedCertificate {
    /// A certificate in DER form with what is wrong with it.
    pub(super) fn new(der: &[u8], reason: RefusalReason) -> Self {
        Self {
            certificate: ServerCertificate::of_der(der),
            reason,
        }
    }
}

/// No person reads more names than these.
const MOST_NAMES: usize = 16;

/// A host name or an address, for people.
fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(printable(name)),
        GeneralName::IPAddress(bytes) => {
            let four = <[u8; 4]>::try_from(*bytes).map(|four| Ipv4Addr::from(four).to_string());
            let six = || <[u8; 16]>::try_from(*bytes).map(|six| Ipv6Addr::from(six).to_string());
            four.or_else(|_| six()).ok()
        }
        _ => None,
    }
}

/// Which of the reasons that people know stands behind the library's error.
pub(super) fn reason(error: &rustls::Error) -> RefusalReason {
    let rustls::Error::InvalidCertificate(error) = error else {
        return RefusalReason::Other(error.to_string());
    };
    match error {
        CertificateError::UnknownIssuer => RefusalReason::UnknownIssuer,
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            RefusalReason::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            RefusalReason::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            RefusalReason::WrongName
        }
        other => RefusalReason::Other(other.to_string()),
    }
}

/// Takes out control characters: the text is the other side's, and ends up on a terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_certificate_still_has_its_thumbprint() {
        let refused = RefusedCertificate::new(b"no certificate", RefusalReason::UnknownIssuer);
        assert_eq!(
            refused.certificate.thumbprint,
            Thumbprint::of_der(b"no certificate")
        );
        assert_eq!(refused.certificate.subject, "");
        let shown = refused.to_string();
        assert!(
            shown.starts_with("signed by no trusted authority, SHA-256"),
            "{shown}"
        );
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(printable("CN=a\u{1b}[31mb\n"), "CN=a[31mb");
    }
}
