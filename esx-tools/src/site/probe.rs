//! Trying whether servers answer.

use std::{io, time::Duration};

use futures_util::future::join_all;
use tokio::{net::TcpStream, time::timeout};

use super::ProbeFacts;
use crate::endpoint::Endpoint;

/// A server on the same site answers within milliseconds; one behind a firewall that drops never does.
const PATIENCE: Duration = Duration::from_secs(3);

/// Opens a TCP connection to each, all at once, and closes it again.
pub(crate) async fn probe(wanted: Vec<(String, Endpoint)>) -> Vec<ProbeFacts> {
    join_all(
        wanted
            .into_iter()
            .map(|(role, endpoint)| one(role, endpoint)),
    )
    .await
}

async fn one(role: String, endpoint: Endpoint) -> ProbeFacts {
    let port = endpoint.port.unwrap_or(443);
    let attempt = TcpStream::connect((endpoint.host.as_str(), port));
    let error = match timeout(PATIENCE, attempt).await {
        Ok(Ok(_)) => None,
        Ok(Err(error)) => Some(reason_of(&error)),
        Err(_) => Some(format!("no answer within {} s", PATIENCE.as_secs())),
    };
    ProbeFacts {
        role,
        endpoint,
        error,
    }
}

fn reason_of(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "the connection was refused".into(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_listener_answers_and_a_closed_port_does_not() {
        let open = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let closed = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = |listener: &TcpListener| Endpoint {
            host: "127.0.0.1".into(),
            port: listener.local_addr().ok().map(|address| address.port()),
        };
        let wanted = vec![
            ("a".to_owned(), endpoint(&open)),
            ("b".to_owned(), endpoint(&closed)),
        ];
        drop(closed);
        let found = probe(wanted).await;
        assert_eq!(found[0].error, None);
        assert_eq!(
            found[1].error.as_deref(),
            Some("the connection was refused")
        );
    }
}
