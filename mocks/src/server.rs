//! The server that stands in front of a world.

mod answer;
mod builder;
mod foreign;
mod gate;
mod http;
mod inject;
mod meanwhile;
mod record;
mod rest;
mod soap;
mod tls;
mod versions;
mod wait;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use builder::{Builder, Error, RECORD_DIR};
pub use foreign::Foreign;
pub use inject::{Act, Gate, Injection, Match, Meanwhile};
pub use record::CallRecord;
pub use tls::Certificate;

use crate::accounts::Role;
use crate::value::{MoRef, Value};
use crate::wire::Dialect;
use crate::world::World;
use inject::Injector;
use record::{Calls, Recorder};

/// What the server's connections share.
#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    dialect: Dialect,
    injector: Mutex<Injector>,
    calls: Mutex<Calls>,
    recorder: Option<Recorder>,
    secure: bool,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }
}

/// A poisoned lock still guards good data here: a test that failed elsewhere says so itself.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running server.
///
/// Many can run in one process. Dropping it stops it at once; [`Server::shutdown`] also waits
/// until its connections are closed.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use mocks::{ClockMode, Server, World};
///
/// let server = Server::builder().world(World::new(ClockMode::Jump)).start().await?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// server.shutdown().await;
/// # Ok::<(), mocks::server::Error>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    /// Thumbprint and PEM form of the certificate.
    trusted: Option<(String, String)>,
    stop: watch::Sender<bool>,
    listener: Option<JoinHandle<()>>,
}

impl Server {
    /// Begins to set up a server.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The address of the API, for example `http://127.0.0.1:41234/sdk`.
    pub fn url(&self) -> String {
        let scheme = if self.shared.secure { "https" } else { "http" };
        format!("{scheme}://{}/sdk", self.address)
    }

    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The administrator's user name.
    pub fn username(&self) -> String {
        self.account(Role::Administrator).0
    }

    /// The administrator's password.
    pub fn password(&self) -> String {
        self.account(Role::Administrator).1
    }

    /// User name and password of the account that holds a role; empty when there is none.
    pub fn account(&self, role: Role) -> (String, String) {
        let world = self.shared.world();
        let account = world.accounts.of_role(role);
        account
            .map(|a| (a.user.clone(), a.password.clone()))
            .unwrap_or_default()
    }

    /// User name and password of the account of this name.
    pub fn account_named(&self, user: &str) -> Option<(String, String)> {
        let world = self.shared.world();
        let account = world.accounts.users.get(&user.to_lowercase())?;
        Some((account.user.clone(), account.password.clone()))
    }

    /// The names of all accounts.
    pub fn account_names(&self) -> Vec<String> {
        let world = self.shared.world();
        let users = world.accounts.users.values();
        users.map(|account| account.user.clone()).collect()
    }

    /// The SHA-256 thumbprint of the certificate, as pairs of capital hexadecimal digits with
    /// colons between them; nothing without TLS.
    pub fn thumbprint(&self) -> Option<String> {
        Some(self.trusted.as_ref()?.0.clone())
    }

    /// The certificate in PEM form, as a file of trusted authorities wants it; nothing without TLS.
    pub fn certificate_pem(&self) -> Option<String> {
        Some(self.trusted.as_ref()?.1.clone())
    }

    /// Every SOAP and REST call so far, in the order of their ends.
    pub fn calls(&self) -> Vec<CallRecord> {
        lock(&self.shared.calls).all().to_vec()
    }

    /// Every request so far by the name that injections know it by, in the order of arrival; `GET` requests are
    /// among them.
    pub fn requests(&self) -> Vec<String> {
        lock(&self.shared.injector).arrived().to_vec()
    }

    /// How many times a method was called.
    pub fn call_count(&self, method: &str) -> usize {
        lock(&self.shared.calls)
            .all()
            .iter()
            .filter(|call| call.method == method)
            .count()
    }

    /// The calls that changed managed objects.
    pub fn changes(&self) -> Vec<CallRecord> {
        lock(&self.shared.calls)
            .all()
            .iter()
            .filter(|call| call.changed)
            .cloned()
            .collect()
    }

    /// Forgets the calls so far, so that a test can count from here.
    pub fn forget_calls(&self) {
        lock(&self.shared.calls).clear();
    }

    /// Works on the world directly, for setting up a test and for reading back.
    ///
    /// Waiting clients see the changes at once.
    pub fn with_world<R>(&self, work: impl FnOnce(&mut World) -> R) -> R {
        let mut world = self.shared.world();
        let result = work(&mut world);
        world.store.wake();
        result
    }

    /// The value at a property path of an object, as the world holds it.
    pub fn value(&self, object: &MoRef, path: &str) -> Option<Value> {
        self.shared.world().store.value(object, path).cloned()
    }

    /// The first object of a managed type that has a name.
    pub fn find(&self, kind: &str, name: &str) -> Option<MoRef> {
        let world = self.shared.world();
        let mut objects = world.store.of_kind(kind);
        objects
            .find(|o| o.properties.str("name") == Some(name))
            .map(|o| o.reference.clone())
    }

    /// Makes the server misbehave; see [`Injection`].
    pub fn inject(&self, injection: Injection) {
        lock(&self.shared.injector).add(injection);
    }

    /// Takes back every order to misbehave, also what is left of one that was under way.
    pub fn forget_injections(&self) {
        lock(&self.shared.injector).forget();
    }

    /// How many injections wait for their call: none when a test has seen all that it ordered. An
    /// injection that strikes for ever waits until it has struck once.
    pub fn pending_injections(&self) -> usize {
        lock(&self.shared.injector).pending()
    }

    /// What the mock could not do, or did wrongly: methods that it lacks, unknown methods, values
    /// that do not fit the schema. A test should find this empty at its end.
    pub fn unimplemented(&self) -> Vec<String> {
        self.shared.world().problems.clone()
    }

    /// Ends every session, as a restarted server would.
    pub fn expire_sessions(&self) {
        let mut world = self.shared.world();
        world.sessions.close_all();
        world.store.wake();
    }

    /// How many sessions are open: none after a client that cleans up behind itself.
    pub fn open_sessions(&self) -> usize {
        self.shared.world().sessions.len()
    }

    /// Stops listening, closes every connection and waits for their ends.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(listener) = self.listener.take() {
            // The only failure is that the task was cancelled, which is as good.
            let _ = listener.await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

#[cfg(test)]
mod tests;
