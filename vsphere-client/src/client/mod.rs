//! The client: one session with one server, and calls through it.

mod address;
mod builder;
mod call;
pub(crate) mod foreign;
#[cfg(test)]
mod tests;
mod version;
pub(crate) mod wire;

use std::sync::{Arc, OnceLock};

use url::Url;

pub use self::builder::ClientBuilder;
pub use self::wire::RetryPolicy;
use self::wire::Wire;
use crate::error::Error;
use crate::rest::{RestClient, RestError};
use crate::session::Session;
use crate::task::TaskWaiters;
use crate::transport::{CallStats, ServerCertificate, Transport};
use crate::vim::{AboutInfo, ServiceContent};

/// One session with one vCenter or ESXi host.
///
/// It is cheap to clone; the clones share the session, and calls may run at the same time. Log out
/// with [`Client::logout`] in the end: nothing does so by itself, and vCenter keeps only so many
/// sessions. [`Client::scope`] takes care of that.
///
/// ```no_run
/// use secrecy::SecretString;
/// use vsphere_client::Client;
/// use vsphere_client::transport::Trust;
///
/// # async fn run() -> Result<(), vsphere_client::Error> {
/// let client = Client::builder("vcenter.example")
///     .trust(Trust::System)
///     .credentials("operator@vsphere.local", SecretString::from("secret"))
///     .connect()
///     .await?;
/// println!("{}", client.about().full_name);
/// client.logout().await
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    wire: Arc<Wire>,
    session: Arc<Session>,
    content: ServiceContent,
    /// The REST session of the same account, from its first use on.
    rest: OnceLock<RestClient>,
    /// Collectors at rest between two waits for tasks.
    pub(crate) task_waiters: TaskWaiters,
}

impl Client {
    /// Starts to set up a client for the server that `address` names.
    ///
    /// `vcenter`, `vcenter:8443`, `https://vcenter/ui/` and `https://vcenter/sdk` will do;
    /// without a scheme it is `https`. An address that cannot be understood is reported by
    /// [`ClientBuilder::connect`].
    pub fn builder(address: impl AsRef<str>) -> ClientBuilder {
        ClientBuilder::new(address.as_ref())
    }

    /// The server's entry points: its managers, its root folder and what it says of itself.
    pub fn content(&self) -> &ServiceContent {
        &self.inner.content
    }

    /// Product, version and kind of the server.
    pub fn about(&self) -> &AboutInfo {
        &self.inner.content.about
    }

    /// Whether the server is a vCenter, as opposed to a standalone ESXi host.
    pub fn is_vcenter(&self) -> bool {
        self.about().is_vcenter()
    }

    /// The API version that calls are made in, such as `8.0.3.0`. Never newer than the server's.
    pub fn api_version(&self) -> &str {
        &self.inner.wire.version
    }

    /// The URL that calls go to.
    pub fn url(&self) -> &Url {
        &self.inner.wire.url
    }

    /// The server's certificate: whom it names, who signed it, its thumbprint and its dates.
    ///
    /// `None` over plain HTTP.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), vsphere_client::Error> {
    /// let client = vsphere_client::Client::builder("vcenter.example").connect().await?;
    /// if let Some(certificate) = client.server_certificate() {
    ///     println!("{} until {:?}", certificate.thumbprint, certificate.not_after);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn server_certificate(&self) -> Option<ServerCertificate> {
        self.inner.wire.transport.server_certificate()
    }

    /// How many calls were made so far, of all clones together.
    pub fn calls(&self) -> CallStats {
        self.inner.wire.transport.stats()
    }

    /// The REST API of the same server, with the same account, transport and trust.
    ///
    /// It logs in at the first use. The session is a second one beside that of SOAP;
    /// [`Client::logout`] ends both.
    ///
    /// # Errors
    ///
    /// [`RestError::NotOffered`] on a standalone ESXi host, [`RestError::LoginRefused`] when the
    /// account is refused; see [`RestError`] for the rest.
    pub async fn rest(&self) -> Result<RestClient, RestError> {
        if !self.is_vcenter() {
            return Err(RestError::NotOffered);
        }
        let inner = &self.inner;
        let rest = inner.rest.get_or_init(|| {
            RestClient::new(
                inner.wire.transport.clone(),
                &inner.wire.url,
                inner.wire.retry,
                inner.session.credentials(),
            )
        });
        // Kept before it logs in: a session made for a caller that went away is known to `logout`.
        if inner.session.ticket().is_err() {
            return Err(RestError::LoggedOut);
        }
        rest.log_in().await?;
        Ok(rest.clone())
    }

    /// Ends the session. Calls fail with [`Error::LoggedOut`] from then on, in all clones.
    ///
    /// Views, filters and collectors of the session end with it, and a session of
    /// [`Client::rest`] is ended too. A second logout does nothing.
    ///
    /// # Errors
    ///
    /// The server could not be reached, or refused. A session that has ended already is no error.
    pub async fn logout(&self) -> Result<(), Error> {
        // First of all, so that nobody opens a REST session while one is being ended.
        let soap = self.inner.session.log_out().await;
        let rest = match self.inner.rest.get() {
            Some(rest) => rest.logout().await,
            None => Ok(()),
        };
        soap?;
        Ok(rest?)
    }

    /// Runs `work` with a client, and logs out afterwards whether it succeeded or not.
    ///
    /// The outcome of `work` counts: a logout that fails is told only when `work` succeeded.
    /// To be safe on Ctrl-C too, let the signal end `work` instead of dropping this future.
    ///
    /// ```no_run
    /// # async fn run() -> Result<(), vsphere_client::Error> {
    /// use vsphere_client::Client;
    ///
    /// let builder = Client::builder("vcenter.example");
    /// let name = Client::scope(builder, async |client| {
    ///     Ok::<_, vsphere_client::Error>(client.about().full_name.clone())
    /// })
    /// .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of connecting, of `work`, and of the logout.
    pub async fn scope<T, E, F>(builder: ClientBuilder, work: F) -> Result<T, E>
    where
        E: From<Error>,
        F: AsyncFnOnce(Client) -> Result<T, E>,
    {
        let client = builder.connect().await?;
        let outcome = work(client.clone()).await;
        let logout = client.logout().await;
        let value = outcome?;
        logout?;
        Ok(value)
    }
}
