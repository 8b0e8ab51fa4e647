//! The transport over HTTP and HTTPS.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::redirect;
use reqwest::tls::TlsInfo;
use url::Url;

use super::proxy::{is_loopback, proxy_of};
use super::tls::{client_config, refused_certificate};
use super::{
    BoxFuture, Request, Response, ServerCertificate, Transport, TransportError, Trust, Verb,
};

/// How [`HttpTransport`] behaves.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpOptions {
    /// Which server certificates are trusted.
    pub trust: Trust,
    /// The longest that connecting may take, the TLS handshake included.
    pub connect_timeout: Duration,
    /// The longest that one exchange may take, from its start to the last byte of the answer.
    pub request_timeout: Duration,
    /// The longest answer that is read, counted after decompression.
    pub max_body_bytes: usize,
    /// What the client calls itself; vCenter lists it beside the session.
    pub user_agent: String,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            trust: Trust::System,
            connect_timeout: Duration::from_secs(15),
            request_timeout: Duration::from_secs(180),
            max_body_bytes: 512 * 1024 * 1024,
            user_agent: concat!("vsphere-client/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Sends requests to one server over HTTP/1.1, with TLS when its URL says `https`.
///
/// It keeps connections open between requests, asks for gzip, follows no redirect and repeats
/// nothing. A proxy is taken from the environment (`HTTPS_PROXY`, `NO_PROXY`), except for a server
/// on this machine.
#[derive(Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
    base: Url,
    server: String,
    options: HttpOptions,
    /// Of the first connection; a client lives shorter than a certificate.
    certificate: OnceLock<ServerCertificate>,
}

impl HttpTransport {
    /// A transport to the server of `base`, whose path counts for nothing.
    ///
    /// No connection is made yet.
    ///
    /// # Errors
    ///
    /// [`TransportError::CaFile`] when the file of [`Trust::CaFile`] cannot be used,
    /// [`TransportError::Setup`] when the system's trust store cannot be read.
    pub fn new(base: &Url, options: HttpOptions) -> Result<Self, TransportError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(client_config(&options.trust)?)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .tls_info(true)
            .gzip(true)
            .user_agent(&options.user_agent)
            .connect_timeout(options.connect_timeout)
            // Shorter than the idle limits of vCenter's proxy and common firewalls, so that a
            // call seldom meets a connection that the other side has just given up.
            .pool_idle_timeout(Duration::from_secs(20));
        if is_loopback(base) {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|e| TransportError::Setup {
            source: Box::new(e),
        })?;
        let mut server = base.origin().ascii_serialization();
        if let Some(proxy) = proxy_of(base) {
            server.push_str(&format!(" through the proxy {proxy}"));
        }
        Ok(Self {
            client,
            base: base.clone(),
            server,
            options,
            certificate: OnceLock::new(),
        })
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        let limit = request.timeout.unwrap_or(self.options.request_timeout);
        let url = self
            .base
            .join(&request.path)
            .map_err(|e| TransportError::Setup {
                source: Box::new(e),
            })?;
        let method = match request.verb {
            Verb::Get => reqwest::Method::GET,
            Verb::Post => reqwest::Method::POST,
            Verb::Delete => reqwest::Method::DELETE,
        };
        let whole = self.options.max_body_bytes;
        let max = request.max_body_bytes.map_or(whole, |max| max.min(whole));
        let sent = self
            .client
            .request(method, url)
            .timeout(limit)
            .headers(request.headers)
            .body(request.body)
            .send()
            .await;
        let mut answer = sent.map_err(|e| self.classify(e, limit))?;
        let seen = answer.extensions().get::<TlsInfo>();
        if let Some(der) = seen.and_then(TlsInfo::peer_certificate) {
            self.certificate
                .get_or_init(|| ServerCertificate::of_der(der));
        }
        let status = answer.status().as_u16();
        let headers = std::mem::take(answer.headers_mut());
        let body = self.read_body(&mut answer, limit, max).await?;
        Ok(Response {
            status,
            headers,
            body,
        })
    }

    async fn read_body(
        &self,
        answer: &mut reqwest::Response,
        limit: Duration,
        max: usize,
    ) -> Result<Bytes, TransportError> {
        let too_large = || TransportError::TooLarge {
            server: self.server.clone(),
            limit: max,
        };
        let announced = answer
            .content_length()
            .and_then(|n| usize::try_from(n).ok())
            .unwrap_or(0);
        if announced > max {
            return Err(too_large());
        }
        // The announced length is the other side's word: room for it is made only up to a point.
        let mut body = BytesMut::with_capacity(announced.min(1 << 20));
        while let Some(chunk) = answer.chunk().await.map_err(|e| self.classify(e, limit))? {
            if body.len() + chunk.len() > max {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    /// Tells what is surely not sent from what may have been.
    fn classify(&self, error: reqwest::Error, limit: Duration) -> TransportError {
        let server = self.server.clone();
        if let Some(certificate) = refused_certificate(&error) {
            return TransportError::Certificate {
                server,
                certificate: Box::new(certificate),
            };
        }
        let connecting = error.is_connect();
        let timeout = error.is_timeout();
        let setup = error.is_builder();
        let source = root_cause(&error).into();
        match (connecting, timeout) {
            _ if setup => TransportError::Setup { source },
            (true, true) => TransportError::ConnectTimeout {
                server,
                limit: self.options.connect_timeout,
            },
            (true, false) => TransportError::Connect { server, source },
            (false, true) => TransportError::Timeout { server, limit },
            (false, false) => TransportError::Interrupted { server, source },
        }
    }
}

impl Transport for HttpTransport {
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Response, TransportError>> {
        Box::pin(self.exchange(request))
    }

    fn server_certificate(&self) -> Option<ServerCertificate> {
        self.certificate.get().cloned()
    }
}

/// The words of the innermost cause.
///
/// The layers above it only say in several ways that a request failed, which our own message does.
fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let text = cause.to_string();
    // rustls puts a link to its manual behind what happened.
    text.split(": https://docs.rs/")
        .next()
        .unwrap_or_default()
        .to_owned()
}
