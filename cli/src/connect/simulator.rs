//! The simulated vCenter inside this process.

use mocks::server::Builder;
use mocks::{ClockMode, Server, scenario};
use secrecy::SecretString;

use crate::exit::Exit;
use crate::failure::Failure;

/// Simulated seconds for each real one: tasks show their progress, and nobody waits long for them.
const PACE: f64 = 2.0;

/// A running simulator and the account to use there.
#[derive(Debug)]
pub(crate) struct Simulator {
    pub(crate) server: Server,
    pub(crate) username: String,
    pub(crate) password: SecretString,
}

impl Simulator {
    /// Starts a scenario on a free port of this machine.
    ///
    /// # Errors
    /// A scenario or an account that does not exist.
    pub(crate) async fn start(scenario: &str, username: Option<&str>) -> Result<Self, Failure> {
        let server = start(Server::builder().scenario(scenario), scenario).await?;
        let found = match username {
            None => Some((server.username(), server.password())),
            Some(name) => server.account_named(name),
        };
        let Some((username, password)) = found else {
            let names = server.account_names();
            server.shutdown().await;
            return Err(Failure::usage("the simulator has no account of that name")
                .hint(format!("its accounts are {}", names.join(", "))));
        };
        Ok(Self {
            server,
            username,
            password: SecretString::from(password),
        })
    }
}

/// Starts a server for people: its tasks take a second or so.
///
/// # Errors
/// An unknown scenario (usage), or an address that cannot be listened on.
pub(crate) async fn start(builder: Builder, scenario: &str) -> Result<Server, Failure> {
    let known: Vec<&str> = scenario::list().iter().map(|one| one.name).collect();
    builder.clock(ClockMode::Real { scale: PACE }).start().await.map_err(|error| match error {
        mocks::server::Error::UnknownScenario { .. } => {
            Failure::usage(format!("the simulator has no scenario `{scenario}`")).hint(format!(
                "the scenarios are {}; if that was the name of the VM, write it before --simulator, or write --simulator=NAME",
                known.join(", ")
            ))
        }
        other => Failure::from_error(Exit::Operation, &other),
    })
}
