//! Turns an error of the client into a failure with its exit code and the next step.

use vsphere_client::Error;
use vsphere_client::transport::{RefusalReason, RefusedCertificate, TransportError};

use crate::exit::Exit;
use crate::failure::Failure;

/// An error met while connecting: before there is a session, everything unreadable means that this is no vSphere,
/// or none that can be reached.
pub(crate) fn while_connecting(error: &Error, server: &str) -> Failure {
    if let Some(certificate) = error
        .transport()
        .and_then(TransportError::refused_certificate)
    {
        return untrusted(certificate, server);
    }
    match error {
        Error::Address { .. } => {
            Failure::from_error(Exit::Usage, error).hint("give a host name, or a URL such as https://vcenter.example.com/sdk")
        }
        Error::LoginRefused { .. } => Failure::from_error(Exit::Login, error)
            .hint("check the user name (with its domain, such as administrator@vsphere.local) and the password; too many attempts lock the account"),
        Error::NotVsphere(_) => Failure::new(Exit::Connect, format!("{server} is neither a vCenter nor an ESXi host"))
            .because_of(error)
            .hint("check --url: name the vCenter itself, not a proxy, a load balancer or another web server"),
        Error::Transport { source: TransportError::CaFile { .. }, .. } => {
            Failure::from_error(Exit::Usage, error).hint("--ca-file wants a PEM file with the authorities' certificates")
        }
        Error::Transport { source, .. } => Failure::new(Exit::Connect, format!("cannot connect to {server}"))
            .because_of(source)
            .hint(way(source)),
        _ => Failure::new(Exit::Connect, format!("cannot connect to {server}"))
            .because_of(error)
            .hint("the server answers, but not as a vSphere server does; --trace-wire DIR records what it says"),
    }
}

/// What to look at when the connection itself fails.
pub(crate) fn way(error: &TransportError) -> &'static str {
    match error {
        TransportError::Connect { .. } => {
            "check the name and the port, and that a firewall lets you through"
        }
        TransportError::ConnectTimeout { .. } => {
            "check the name and that a firewall lets you through; --connect-timeout SECONDS waits longer"
        }
        TransportError::Timeout { .. } => {
            "the server is slow or hangs; --timeout SECONDS waits longer"
        }
        TransportError::TooLarge { .. } => "check --url: this is no answer of a vSphere server",
        _ => {
            "try again; when it persists, look at what lies between you and the server (proxy, load balancer)"
        }
    }
}

/// A certificate that is not trusted: shown so that a person can compare it, with the flag that would trust it.
fn untrusted(refused: &RefusedCertificate, server: &str) -> Failure {
    let certificate = &refused.certificate;
    let mut message = format!(
        "the certificate of {server} is not trusted: {}",
        refused.reason
    );
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            message.push_str(&format!("\n  {name:<11} {value}"));
        }
    };
    let thumbprint = certificate.thumbprint.to_string();
    line("subject", &certificate.subject);
    line("issuer", &certificate.issuer);
    let date =
        |time: Option<jiff::Timestamp>| time.map(|time| time.strftime("%Y-%m-%d").to_string());
    if let (Some(from), Some(to)) = (date(certificate.not_before), date(certificate.not_after)) {
        line("valid", &format!("{from} to {to}"));
    }
    line("thumbprint", &thumbprint);
    let hint = match &refused.reason {
        RefusalReason::NotPinned { expected } => {
            line("expected", &expected.to_string());
            format!(
                "somebody may stand between you and the server, or its certificate was renewed: compare with the server's own console; only if that is so, give --thumbprint {thumbprint}"
            )
        }
        _ => format!(
            "if the thumbprint is the one that the server's own console shows, give --thumbprint {thumbprint}, or --ca-file FILE with the authority that issued it"
        ),
    };
    Failure::new(Exit::Connect, message).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_time_out_names_the_option_that_waits_longer() {
        let source = TransportError::ConnectTimeout {
            server: "https://vc".into(),
            limit: Duration::from_secs(10),
        };
        let failure = while_connecting(
            &Error::Transport {
                method: "connect",
                source,
            },
            "vc",
        );
        assert_eq!(failure.exit, Exit::Connect);
        assert_eq!(failure.message, "cannot connect to vc");
        assert!(failure.hint.unwrap().contains("--connect-timeout"));
    }

    #[test]
    fn a_ca_file_that_cannot_be_used_is_a_usage_error() {
        let source = TransportError::CaFile {
            path: "ca.pem".into(),
            source: "no certificate in it".into(),
        };
        let failure = while_connecting(
            &Error::Transport {
                method: "connect",
                source,
            },
            "vc",
        );
        assert_eq!(failure.exit, Exit::Usage);
    }
}
