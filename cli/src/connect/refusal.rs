//! Turns an error of the client into a failure with its exit code and the next step.

use vsphere_client::soap::EncodeError;
use vsphere_client::transport::{RefusalReason, RefusedCertificate, TransportError};
use vsphere_client::{Error, ForeignAnswer};

use super::{detour, login};
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
        Error::LoginRefused { user, fault } => login::refused(user, fault, server),
        Error::Encode { source: EncodeError::ForbiddenCharacter { element, code_point }, .. } => {
            let what = if element == "userName" { "user name" } else { "password" };
            Failure::usage(format!("the {what} holds U+{code_point:04X}, a character that no vSphere server can be sent"))
                .hint("look for a stray character, as copying from a terminal leaves them")
        }
        Error::NotVsphere(answer) if answer.status == 407 => {
            Failure::new(Exit::Connect, format!("the proxy on the way to {server} wants a login of its own"))
                .hint("put the proxy's account into HTTPS_PROXY, or name the server in NO_PROXY to go without the proxy")
        }
        Error::NotVsphere(_) => Failure::new(Exit::Connect, format!("{server} is neither a vCenter nor an ESXi host"))
            .because_of(error)
            .hint("check --url: name the vCenter itself, not a proxy, a load balancer or another web server"),
        Error::Unavailable(answer) => unavailable(answer, server),
        Error::Transport { source: TransportError::CaFile { .. }, .. } => {
            Failure::from_error(Exit::Usage, error).hint("--ca-file wants a PEM file with the authorities' certificates")
        }
        Error::Transport { source, .. } => detour::failed(source, server).unwrap_or_else(|| {
            Failure::new(Exit::Connect, format!("cannot connect to {server}"))
                .because_of(source)
                .hint(way(source))
        }),
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

/// A server, or what stands before it, that answers 502 to 504.
fn unavailable(answer: &ForeignAnswer, server: &str) -> Failure {
    let status = answer.status;
    if status == 503 {
        return Failure::new(Exit::Connect, format!("the services of {server} are not up (HTTP status 503)"))
            .hint("a vCenter that has just been started takes ten minutes or more: try again then; if it stays so, look at its services on port 5480");
    }
    Failure::new(
        Exit::Connect,
        format!("what stands before {server} cannot reach it (HTTP status {status})"),
    )
    .hint("look at the load balancer or proxy in between, or name the vCenter itself in --url")
}

/// A certificate that is not trusted: shown so that a person can compare it, with the flag that would trust it.
fn untrusted(refused: &RefusedCertificate, server: &str) -> Failure {
    let certificate = &refused.certificate;
    let thumbprint = certificate.thumbprint.to_string();
    let date = |time: jiff::Timestamp| time.strftime("%Y-%m-%d").to_string();
    let (from, to) = (
        certificate.not_before.map(date),
        certificate.not_after.map(date),
    );
    let names = certificate.names.join(", ");
    let mut message = match (&refused.reason, &from, &to) {
        (RefusalReason::Expired, _, Some(to)) => {
            format!("the certificate of {server} expired on {to}")
        }
        (RefusalReason::NotYetValid, Some(from), _) => {
            format!("the certificate of {server} does not count before {from}")
        }
        (RefusalReason::WrongName, ..) if !names.is_empty() => {
            format!("the certificate of {server} is made out to another name: {names}")
        }
        (reason, ..) => format!("the certificate of {server} is not trusted: {reason}"),
    };
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            message.push_str(&format!("\n  {name:<11} {value}"));
        }
    };
    line("subject", &certificate.subject);
    line("issuer", &certificate.issuer);
    line("names", &names);
    if let (Some(from), Some(to)) = (from, to) {
        line("valid", &format!("{from} to {to}"));
    }
    line("thumbprint", &thumbprint);
    let trust = format!(
        "--thumbprint {thumbprint} trusts this very certificate all the same, when it is the one that the server's own console shows"
    );
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let hint = match &refused.reason {
        RefusalReason::NotPinned { expected } => {
            line("expected", &expected.to_string());
            format!(
                "somebody may stand between you and the server, or its certificate was renewed: compare with the server's own console; only if that is so, give --thumbprint {thumbprint}"
            )
        }
        RefusalReason::Expired => format!(
            "have it renewed, or set this machine's clock right if today is not {today}; {trust}"
        ),
        RefusalReason::NotYetValid => format!(
            "set the clock right, here if today is not {today}, else on the server; {trust}"
        ),
        RefusalReason::WrongName => {
            format!("name the server in --url as its certificate does; {trust}")
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
