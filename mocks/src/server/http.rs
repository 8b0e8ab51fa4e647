//! Connections and paths.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::answer::{self, Answer, Cut};
use super::inject::Act;
use super::{Shared, lock, rest, soap, versions};
use crate::rest as api;

/// A request body longer than this is refused.
const MAX_REQUEST: usize = 64 << 20;

/// Accepts connections until told to stop, then drops them all.
pub(super) async fn listen(
    socket: TcpListener,
    acceptor: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    mut stop: watch::Receiver<bool>,
) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            // An error means that the server itself is gone.
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = socket.accept() => {
                // A client that is gone before it is accepted is no reason to stop.
                if let Ok((stream, _)) = accepted {
                    connections.spawn(connection(stream, acceptor.clone(), Arc::clone(&shared)));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
    connections.shutdown().await;
}

async fn connection(stream: TcpStream, acceptor: Option<TlsAcceptor>, shared: Arc<Shared>) {
    // Without this, small answers wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    match acceptor {
        None => serve(stream, shared).await,
        Some(_) if lock(&shared.injector).refuses() => {}
        Some(acceptor) => {
            // A client that does not trust the certificate hangs up here.
            if let Ok(stream) = acceptor.accept(stream).await {
                serve(stream, shared).await;
            }
        }
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, shared: Arc<Shared>) {
    let mut hang_ups = lock(&shared.injector).hang_ups();
    let service = service_fn(move |request| handle(Arc::clone(&shared), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    loop {
        tokio::select! {
            // Errors here are clients that hang up, and connections cut on purpose.
            _ = connection.as_mut() => break,
            Ok(()) = hang_ups.changed() => connection.as_mut().graceful_shutdown(),
        }
    }
}

async fn handle(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Answer, Cut> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, MAX_REQUEST).collect().await;
    let Ok(body) = body.map(http_body_util::Collected::to_bytes) else {
        return Ok(plain(
            StatusCode::PAYLOAD_TOO_LARGE,
            "The request is too long.",
        ));
    };
    if let Some(way) = api::way(head.uri.path()) {
        return rest::handle(&shared, way, &head, body).await;
    }
    match (&head.method, head.uri.path().trim_end_matches('/')) {
        (&Method::POST, "/sdk" | "/sdk/vimService") => soap::handle(&shared, &head, body).await,
        (_, "/sdk" | "/sdk/vimService") => Ok(plain(
            StatusCode::METHOD_NOT_ALLOWED,
            "Only POST is allowed here.",
        )),
        (&Method::GET, path) => {
            let name = path.rsplit('/').next().unwrap_or_default();
            let act = lock(&shared.injector).strike(name);
            let answer = document(&shared, path);
            match act {
                None => Ok(answer),
                Some(act) => damaged(act, answer).await,
            }
        }
        _ => Ok(plain(StatusCode::NOT_FOUND, "Not found.")),
    }
}

fn document(shared: &Shared, path: &str) -> Answer {
    match path {
        "/sdk/vimServiceVersions.xml" => {
            answer::xml(StatusCode::OK, versions::document(&shared.world()))
        }
        _ => plain(StatusCode::NOT_FOUND, "Not found."),
    }
}

/// An answer to a `GET` request as an injection would have it.
async fn damaged(act: Act, answer: Answer) -> Result<Answer, Cut> {
    if let Some(instead) = soap::instead(&act).await? {
        return Ok(instead);
    }
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    if let Act::HoldAnswer(gate) = &act {
        gate.pass().await;
    }
    soap::after(Some(&act), status, body)
}

fn plain(status: StatusCode, text: &'static str) -> Answer {
    answer::whole(
        status,
        "text/plain; charset=utf-8",
        Bytes::from_static(text.as_bytes()),
    )
}
