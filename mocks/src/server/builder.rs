//! Sets up and starts a server.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::inject::Injector;
use super::record::{Calls, Recorder};
use super::tls::Certificate;
use super::{Server, Shared, http, tls};
use crate::clock::ClockMode;
use crate::scenario::{self, UnknownScenario};
use crate::wire::Dialect;
use crate::world::World;

/// The environment variable that names a directory to record all messages in.
pub const RECORD_DIR: &str = "MOCKS_RECORD_DIR";

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No scenario has the name.
    #[error(transparent)]
    UnknownScenario(#[from] UnknownScenario),
    /// Neither a scenario nor a world was given.
    #[error("a server needs a scenario or a world")]
    NothingToServe,
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The certificate could not be made.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up.
    #[error("cannot set up TLS")]
    Tls(#[from] rustls::Error),
    /// The directory for recorded messages cannot be used.
    #[error("cannot record messages in {path}")]
    Record {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Sets up a server; see [`Server::builder`].
#[derive(Debug)]
pub struct Builder {
    scenario: Option<String>,
    world: Option<World>,
    address: SocketAddr,
    certificate: Option<Certificate>,
    dialect: Dialect,
    clock: ClockMode,
    page_size: Option<usize>,
    record: Record,
}

#[derive(Debug)]
enum Record {
    AsEnvironmentSays,
    Never,
    To(PathBuf),
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            scenario: None,
            world: None,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            certificate: None,
            dialect: Dialect::default(),
            clock: ClockMode::Jump,
            page_size: None,
            record: Record::AsEnvironmentSays,
        }
    }
}

impl Builder {
    /// Serves the scenario of this name (see [`crate::scenario::list`]).
    #[must_use]
    pub fn scenario(mut self, name: &str) -> Self {
        self.scenario = Some(name.to_owned());
        self
    }

    /// Serves this world instead of a scenario.
    #[must_use]
    pub fn world(mut self, world: World) -> Self {
        self.world = Some(world);
        self
    }

    /// Listens there; a port of 0 (the default, on 127.0.0.1) takes any that is free.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Speaks HTTPS with a certificate made at start.
    #[must_use]
    pub fn tls(mut self, secure: bool) -> Self {
        self.certificate = secure.then(Certificate::default);
        self
    }

    /// Speaks HTTPS with a certificate that says this.
    #[must_use]
    pub fn certificate(mut self, certificate: Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// Spells its XML this way.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// How time passes for a scenario; a world given brings its own clock. [`ClockMode::Jump`]
    /// is the default.
    #[must_use]
    pub fn clock(mut self, clock: ClockMode) -> Self {
        self.clock = clock;
        self
    }

    /// Puts at most so many objects on a page.
    #[must_use]
    pub fn page_size(mut self, size: usize) -> Self {
        self.page_size = Some(size.max(1));
        self
    }

    /// Records every SOAP message in this directory, which is made when it is missing. Without
    /// this call the environment variable `MOCKS_RECORD_DIR` decides.
    #[must_use]
    pub fn record_to(mut self, directory: impl Into<PathBuf>) -> Self {
        self.record = Record::To(directory.into());
        self
    }

    /// Records nothing, whatever the environment says: for tests that send what is wrong on
    /// purpose.
    #[must_use]
    pub fn unrecorded(mut self) -> Self {
        self.record = Record::Never;
        self
    }

    /// Starts the server on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Tells of an unknown scenario, an address that cannot be listened on, a certificate that
    /// cannot be made and a recording directory that cannot be written.
    pub async fn start(self) -> Result<Server, Error> {
        let mut world = match (self.world, self.scenario) {
            (Some(world), _) => world,
            (None, Some(name)) => {
                let mut world = World::new(self.clock);
                scenario::find(&name)?.build(&mut world);
                world
            }
            (None, None) => return Err(Error::NothingToServe),
        };
        world.empty_arrays = self.dialect == Dialect::EmptyArrays;
        if let Some(size) = self.page_size {
            world.page_size = size;
        }
        let recorder = match self.record {
            Record::Never => None,
            Record::To(path) => Some(path),
            Record::AsEnvironmentSays => std::env::var_os(RECORD_DIR).map(PathBuf::from),
        };
        let recorder = recorder.map(Recorder::new).transpose()?;
        let secure = self.certificate.is_some();
        let made = self.certificate.as_ref().map(tls::make).transpose()?;
        let (acceptor, trusted) = match made {
            Some(made) => (Some(made.acceptor), Some((made.thumbprint, made.pem))),
            None => (None, None),
        };
        let listen = |source| Error::Listen {
            address: self.address,
            source,
        };
        let socket = TcpListener::bind(self.address).await.map_err(listen)?;
        let address = socket.local_addr().map_err(listen)?;
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            dialect: self.dialect,
            injector: Mutex::new(Injector::default()),
            calls: Mutex::new(Calls::default()),
            recorder,
            secure,
        });
        let stop = watch::Sender::new(false);
        let listener = tokio::spawn(http::listen(
            socket,
            acceptor,
            Arc::clone(&shared),
            stop.subscribe(),
        ));
        Ok(Server {
            shared,
            address,
            trusted,
            stop,
            listener: Some(listener),
        })
    }
}
