//! What each error says of the request: one table for all three kinds of error.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::{Error, ForeignAnswer};
use crate::rest::{RestError, RestErrorKind as Kind, RestRefusal};
use crate::soap::{DecodeError, EncodeError, RawElement};
use crate::transport::Delivery::{self, Answered, NotSent, Unknown};
use crate::transport::{RefusalReason, RefusedCertificate, ServerCertificate, TransportError};
use crate::vim::{FaultKind, ManagedObjectReference, MethodFault};

const METHOD: &str = "ReconfigVM_Task";

fn server() -> String {
    "https://vc.example".to_owned()
}

fn below() -> Box<io::Error> {
    Box::new(io::Error::from(io::ErrorKind::Other))
}

fn fault() -> Box<MethodFault> {
    Box::new(MethodFault {
        name: "InvalidState".to_owned(),
        message: None,
        kind: FaultKind::InvalidState,
        cause: None,
        fault_messages: Vec::new(),
        raw: RawElement::default(),
    })
}

fn foreign() -> Box<ForeignAnswer> {
    Box::new(ForeignAnswer {
        url: server(),
        status: 200,
        content_type: "text/html".to_owned(),
        location: None,
        excerpt: "Welcome".to_owned(),
    })
}

fn task() -> ManagedObjectReference {
    ManagedObjectReference::new("Task", "task-1")
}

fn lost() -> TransportError {
    TransportError::Timeout {
        server: server(),
        limit: Duration::from_secs(1),
    }
}

/// A refusal by the server's own word, or by its status alone.
fn refusal(status: u16, kind: Kind, by_status: bool) -> Box<RestRefusal> {
    Box::new(RestRefusal {
        status,
        name: if by_status {
            String::new()
        } else {
            format!("{kind:?}")
        },
        kind,
        message: String::new(),
    })
}

fn of_transport() -> Vec<(TransportError, Delivery)> {
    let certificate = RefusedCertificate {
        certificate: ServerCertificate {
            thumbprint: "AA:".repeat(32).trim_end_matches(':').parse().unwrap(),
            subject: String::new(),
            issuer: String::new(),
            names: Vec::new(),
            not_before: None,
            not_after: None,
        },
        reason: RefusalReason::Expired,
    };
    vec![
        (
            TransportError::Connect {
                server: server(),
                source: below(),
            },
            NotSent,
        ),
        (
            TransportError::ConnectTimeout {
                server: server(),
                limit: Duration::from_secs(1),
            },
            NotSent,
        ),
        (
            TransportError::Certificate {
                server: server(),
                certificate: Box::new(certificate),
            },
            NotSent,
        ),
        (
            TransportError::CaFile {
                path: PathBuf::from("ca.pem"),
                source: below(),
            },
            NotSent,
        ),
        (TransportError::Setup { source: below() }, NotSent),
        (lost(), Unknown),
        (
            TransportError::Interrupted {
                server: server(),
                source: below(),
            },
            Unknown,
        ),
        (
            TransportError::TooLarge {
                server: server(),
                limit: 1,
            },
            Unknown,
        ),
    ]
}

fn of_rest() -> Vec<(RestError, Delivery)> {
    let operation = || "tagging.tag_association.attach".to_owned();
    let by = |refusal| RestError::Refused {
        operation: operation(),
        refusal,
    };
    let said = |status, kind| by(refusal(status, kind, false));
    let other = || Kind::Other("ERROR".into());
    let mut table = vec![
        (said(404, Kind::NotFound), Answered),
        (said(503, Kind::ServiceUnavailable), Answered),
        (said(409, other()), Answered),
        (said(500, other()), Unknown),
        (said(500, Kind::InternalServerError), Unknown),
        (said(504, Kind::TimedOut), Unknown),
        (by(refusal(401, Kind::Unauthenticated, true)), Answered),
        (by(refusal(400, Kind::InvalidArgument, true)), Unknown),
        (by(refusal(403, Kind::Unauthorized, true)), Unknown),
        (by(refusal(404, Kind::NotFound, true)), Unknown),
        (by(refusal(429, other(), true)), Unknown),
        (
            RestError::LoginRefused {
                user: "u".into(),
                refusal: refusal(403, Kind::Unauthorized, true),
            },
            Answered,
        ),
        (
            RestError::Decode {
                operation: operation(),
                source: serde_json::from_str::<u8>("[").unwrap_err(),
            },
            Unknown,
        ),
        (RestError::NotOffered, NotSent),
        (RestError::NotRest(foreign()), Unknown),
        (RestError::Unavailable(foreign()), Unknown),
        (
            RestError::NoSession {
                operation: operation(),
                source: Box::new(RestError::Unavailable(foreign())),
            },
            Answered,
        ),
        (RestError::TooMany { what: "tags" }, Answered),
        (
            RestError::Incomplete {
                what: "tags",
                found: 1,
            },
            Answered,
        ),
        (RestError::UserName { user: "a:b".into() }, NotSent),
        (RestError::LoggedOut, NotSent),
        (RestError::NoCredentials, NotSent),
    ];
    table.extend(of_transport().into_iter().map(|(source, delivery)| {
        let operation = operation();
        (RestError::Transport { operation, source }, delivery)
    }));
    table
}

fn of_all() -> Vec<(Error, Delivery)> {
    let mut table = vec![
        (
            Error::Address {
                input: "http://".into(),
                reason: "no host".into(),
            },
            NotSent,
        ),
        (
            Error::Encode {
                method: METHOD,
                source: EncodeError::BadName { name: "<".into() },
            },
            NotSent,
        ),
        (
            Error::Decode {
                method: METHOD,
                source: DecodeError::Empty,
            },
            Unknown,
        ),
        (
            Error::Fault {
                method: METHOD,
                fault: fault(),
            },
            Answered,
        ),
        (
            Error::LoginRefused {
                user: "u".into(),
                fault: fault(),
            },
            Answered,
        ),
        (Error::NotVsphere(foreign()), Unknown),
        (Error::Unavailable(foreign()), Unknown),
        (Error::SessionLost { method: METHOD }, Answered),
        (
            Error::NoSession {
                method: METHOD,
                source: Box::new(Error::NotVsphere(foreign())),
            },
            Answered,
        ),
        (
            Error::TaskLost {
                method: METHOD,
                task: task(),
                source: Box::new(Error::Gone(task())),
            },
            Unknown,
        ),
        (Error::Gone(task()), Answered),
        (Error::LoggedOut, NotSent),
        (Error::NoCredentials, NotSent),
        (Error::Missing("a ViewManager"), NotSent),
    ];
    table.extend(of_transport().into_iter().map(|(source, delivery)| {
        let method = METHOD;
        (Error::Transport { method, source }, delivery)
    }));
    table.extend(
        of_rest()
            .into_iter()
            .map(|(error, delivery)| (Error::from(error), delivery)),
    );
    table
}

/// The variant's name. A new variant does not compile without an arm here, and then fails below
/// until it has a row.
fn name(error: &Error) -> &'static str {
    match error {
        Error::Address { .. } => "Address",
        Error::Transport { .. } => "Transport",
        Error::Encode { .. } => "Encode",
        Error::Decode { .. } => "Decode",
        Error::Fault { .. } => "Fault",
        Error::LoginRefused { .. } => "LoginRefused",
        Error::NotVsphere(_) => "NotVsphere",
        Error::Unavailable(_) => "Unavailable",
        Error::SessionLost { .. } => "SessionLost",
        Error::NoSession { .. } => "NoSession",
        Error::TaskLost { .. } => "TaskLost",
        Error::Gone(_) => "Gone",
        Error::LoggedOut => "LoggedOut",
        Error::NoCredentials => "NoCredentials",
        Error::Missing(_) => "Missing",
        Error::Rest(error) => match &**error {
            RestError::Transport { .. } => "Rest Transport",
            RestError::Refused { .. } => "Rest Refused",
            RestError::LoginRefused { .. } => "Rest LoginRefused",
            RestError::Decode { .. } => "Rest Decode",
            RestError::NotOffered => "Rest NotOffered",
            RestError::NotRest(_) => "Rest NotRest",
            RestError::Unavailable(_) => "Rest Unavailable",
            RestError::NoSession { .. } => "Rest NoSession",
            RestError::TooMany { .. } => "Rest TooMany",
            RestError::Incomplete { .. } => "Rest Incomplete",
            RestError::UserName { .. } => "Rest UserName",
            RestError::LoggedOut => "Rest LoggedOut",
            RestError::NoCredentials => "Rest NoCredentials",
        },
    }
}

#[test]
fn what_each_error_says_of_the_request() {
    let table = of_all();
    let named: std::collections::BTreeSet<_> = table.iter().map(|(error, _)| name(error)).collect();
    assert_eq!(named.len(), 28, "a variant has no row: {named:?}");
    for (error, delivery) in table {
        assert_eq!(error.delivery(), delivery, "{error:?}");
        // One question, asked in two ways.
        assert_eq!(error.may_have_acted(), delivery == Unknown, "{error:?}");
        if let Error::Rest(rest) = &error {
            assert_eq!(rest.delivery(), delivery, "{error:?}");
            assert_eq!(rest.may_have_acted(), delivery == Unknown, "{error:?}");
        }
        // A refusal is the only thing that a caller may take for the server's word on the call.
        if error.fault().is_some() {
            assert_eq!(delivery, Answered, "{error:?}");
        }
    }
}

#[test]
fn only_what_may_pass_by_itself_is_worth_repeating() {
    for (error, _) in of_all() {
        let passing = match &error {
            Error::Transport { source, .. } => matches!(
                source,
                TransportError::Connect { .. }
                    | TransportError::ConnectTimeout { .. }
                    | TransportError::Interrupted { .. }
            ),
            Error::Unavailable(_) => true,
            _ => false,
        };
        assert_eq!(error.is_passing(), passing, "{error:?}");
    }
}

#[test]
fn an_open_login_is_not_taken_for_an_open_call() {
    for (error, delivery) in of_all() {
        let shown = format!("{error:?}");
        let told = error.without_session(METHOD);
        assert!(!told.may_have_acted(), "{shown}");
        assert_eq!(
            matches!(told, Error::NoSession { method: METHOD, .. }),
            delivery == Unknown || shown.starts_with("NoSession"),
            "{shown}"
        );
    }
}
