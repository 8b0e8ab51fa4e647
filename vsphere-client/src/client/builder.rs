//! Settings of a client, and the way to a session.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::wire::{RetryPolicy, Wire};
use super::{Client, Inner, address, foreign, version};
use crate::error::Error;
use crate::method::RetrieveServiceContent;
use crate::rest::{RestClient, RestError};
use crate::session::{Credentials, Session};
use crate::transport::{
    Counting, HttpOptions, HttpTransport, Transport, TransportError, Trust, WireTrace,
};
use crate::vim::ServiceContent;

/// Settings of a [`Client`]; [`connect`](ClientBuilder::connect) makes it.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before `connect`"]
pub struct ClientBuilder {
    address: String,
    options: HttpOptions,
    credentials: Option<Credentials>,
    retry: RetryPolicy,
    trace: Option<PathBuf>,
    transport: Option<Arc<dyn Transport>>,
}

impl ClientBuilder {
    pub(super) fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            options: HttpOptions::default(),
            credentials: None,
            retry: RetryPolicy::default(),
            trace: None,
            transport: None,
        }
    }

    /// Which server certificates are trusted. The system's authorities unless set.
    pub fn trust(mut self, trust: Trust) -> Self {
        self.options.trust = trust;
        self
    }

    /// The account to log in with. Without one, only what needs no login can be asked.
    pub fn credentials(mut self, user: impl Into<String>, password: SecretString) -> Self {
        self.credentials = Some(Credentials {
            user: user.into(),
            password,
        });
        self
    }

    /// The longest that connecting may take, the TLS handshake included. 15 s unless set.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.options.connect_timeout = limit;
        self
    }

    /// The longest that one call may take. 180 s unless set.
    ///
    /// It bounds one exchange, not a task: waiting for a task takes many calls.
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.options.request_timeout = limit;
        self
    }

    /// The longest answer that is read, in bytes after decompression. 512 MiB unless set.
    pub fn max_body_bytes(mut self, limit: usize) -> Self {
        self.options.max_body_bytes = limit;
        self
    }

    /// What the client calls itself in the server's list of sessions.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.options.user_agent = name.into();
        self
    }

    /// How calls that failed on the way are repeated.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Records every exchange in `directory`, with secrets blanked. See [`WireTrace`].
    pub fn trace_wire(mut self, directory: impl Into<PathBuf>) -> Self {
        self.trace = Some(directory.into());
        self
    }

    /// Uses `transport` instead of HTTP. Trust, time-outs and limits are then its business.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// Connects, agrees on an API version, and logs in where there are credentials.
    ///
    /// That takes three exchanges: the server's list of versions, `RetrieveServiceContent`, `Login`.
    /// They are not repeated on failure, so that a wrong address shows at once. When this future
    /// is dropped while the login is under way, the session is logged out again as soon as it
    /// exists, provided that the runtime still runs.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] for an address that is none, [`Error::Transport`] when the server cannot
    /// be reached or its certificate is not trusted, [`Error::NotVsphere`] when something else
    /// answers, [`Error::LoginRefused`] when the account is refused.
    pub async fn connect(self) -> Result<Client, Error> {
        let (give, take) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            if let Err(Ok(unwanted)) = give.send(self.connect_here().await) {
                // Nobody is left to tell about a failure.
                let _ = unwanted.logout().await;
            }
        });
        // The task goes away without an answer only when the runtime shuts down.
        take.await.unwrap_or(Err(Error::LoggedOut))
    }

    async fn connect_here(self) -> Result<Client, Error> {
        let url = address::parse(&self.address)?;
        let transport = Arc::new(Counting::new(self.open(&url)?));
        let listed = listed_version(&transport, &url).await?;
        let probe = Wire {
            transport: transport.clone(),
            url: url.clone(),
            version: Cow::Borrowed(listed.unwrap_or(version::OLDEST)),
            retry: RetryPolicy::NONE,
        };
        let content = retrieve_content(&probe).await?;
        let version = match listed {
            Some(listed) => Cow::Borrowed(listed),
            None => Cow::Owned(version::not_newer(&content.about.api_version)),
        };
        let wire = Arc::new(Wire {
            transport,
            url,
            version,
            retry: self.retry,
        });
        let manager = content
            .session_manager
            .clone()
            .ok_or(Error::Missing("a SessionManager"))?;
        let session = Session::new(wire.clone(), manager, self.credentials);
        if session.can_log_in() {
            session.renew(0).await?;
        }
        let inner = Inner {
            wire,
            session,
            content,
            rest: OnceLock::new(),
            task_waiters: Default::default(),
        };
        Ok(Client {
            inner: Arc::new(inner),
        })
    }

    /// Logs in to the REST API alone, where no SOAP is needed.
    ///
    /// Where both are, [`Client::rest`] shares the connections. When this future is dropped while
    /// the login is under way, the session is ended as soon as it exists.
    ///
    /// # Errors
    ///
    /// [`Error::Address`] for an address that is none, [`Error::Rest`] for the rest:
    /// [`RestError::NotOffered`] on a standalone ESXi host, [`RestError::LoginRefused`] when the
    /// account is refused.
    pub async fn connect_rest(self) -> Result<RestClient, Error> {
        let url = address::parse(&self.address)?;
        let transport = Arc::new(Counting::new(self.open(&url)?));
        let rest = RestClient::new(transport, &url, self.retry, self.credentials);
        let (give, take) = tokio::sync::oneshot::channel();
        tokio::spawn(async move {
            let outcome = rest.log_in().await.map(|_| rest);
            if let Err(Ok(unwanted)) = give.send(outcome) {
                // Nobody is left to tell about a failure.
                let _ = unwanted.logout().await;
            }
        });
        // The task goes away without an answer only when the runtime shuts down.
        Ok(take.await.unwrap_or(Err(RestError::LoggedOut))?)
    }

    /// The transport with its layers.
    fn open(&self, url: &Url) -> Result<Arc<dyn Transport>, Error> {
        let failed = |source| Error::Transport {
            method: "connect",
            source,
        };
        let base = match &self.transport {
            Some(transport) => transport.clone(),
            None => {
                let http = HttpTransport::new(url, self.options.clone()).map_err(failed)?;
                Arc::new(http) as Arc<dyn Transport>
            }
        };
        let Some(directory) = &self.trace else {
            return Ok(base);
        };
        let traced = WireTrace::new(base, directory).map_err(|e| {
            failed(TransportError::Setup {
                source: Box::new(e),
            })
        })?;
        Ok(Arc::new(traced))
    }
}

/// The version to speak by the server's own list, or `None` where it keeps no list or none in common.
async fn listed_version(
    transport: &Arc<Counting>,
    url: &Url,
) -> Result<Option<&'static str>, Error> {
    let probe = Wire {
        transport: transport.clone(),
        url: url.clone(),
        version: Cow::Borrowed(version::OLDEST),
        retry: RetryPolicy::NONE,
    };
    let response = probe
        .document(version::VERSIONS_PATH, "vimServiceVersions.xml")
        .await?;
    match response.status {
        200 => {}
        404 => return Ok(None),
        _ => return Err(foreign::refuse(url.as_str(), &response)),
    }
    match version::listed(&response.body) {
        Ok(Some(versions)) => Ok(version::newest_common(&versions)),
        Ok(None) | Err(_) => Err(foreign::refuse(url.as_str(), &response)),
    }
}

async fn retrieve_content(wire: &Wire) -> Result<ServiceContent, Error> {
    let method = RetrieveServiceContent {
        this: ServiceContent::service_instance(),
    };
    match wire.exchange(&method, None, None).await?.answer {
        Ok(content) => Ok(content),
        Err(fault) => Err(Error::Fault {
            method: "RetrieveServiceContent",
            fault,
        }),
    }
}
