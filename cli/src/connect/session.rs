//! A session that is closed on every path: success, failure, Ctrl-C.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::json;
use vsphere_client::transport::{Thumbprint, Trust as ClientTrust};
use vsphere_client::{Client, ClientBuilder};

use super::refusal::while_connecting;
use super::simulator::Simulator;
use super::{Server, Settings, Trust, read_password, resolve};
use crate::args::ConnectionArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;

/// How long an orderly logout may take.
const LOGOUT: Duration = Duration::from_secs(10);
/// How long a logout may take for a user who wants to leave.
const HASTY: Duration = Duration::from_secs(1);

/// Connects, does the work, and logs out, whatever comes of the work.
///
/// # Errors
/// Those of the settings, the connection and the work; an interrupt.
pub(crate) async fn with_session<F>(
    context: &Context,
    args: &ConnectionArgs,
    work: F,
) -> Result<Report, Failure>
where
    F: AsyncFnOnce(&Client) -> Result<Report, Failure>,
{
    refuse_odd_variables()?;
    // With several servers, a variable that does not say for which one it is set counts for none.
    let several = context.profile().is_some();
    let env = |name: &str| {
        let value = std::env::var(name).ok()?;
        (!several || names_its_server(name)).then_some(value)
    };
    match resolve(args, &env, context.can_ask())? {
        Settings::Simulator { scenario, username } => {
            let simulator = Simulator::start(&scenario, username.as_deref()).await?;
            let url = simulator.server.url();
            context.say(&format!("simulated vCenter, scenario {scenario}, at {url}"));
            let builder = timed(Client::builder(&url), args)?;
            let builder =
                builder.credentials(simulator.username.clone(), simulator.password.clone());
            let outcome = attended(context, builder, &url, work).await;
            for problem in simulator.server.unimplemented() {
                context.warn(&format!("the simulator lacks {problem}"));
            }
            simulator.server.shutdown().await;
            outcome
        }
        Settings::Server(server) => {
            let server = *server;
            for warning in &server.warnings {
                context.warn(warning);
            }
            if let Some(page) = server.address.left_out() {
                context.say(&format!(
                    "{page} is a page for browsers: the API of the same server is used"
                ));
            }
            let url = server.address.url.to_string();
            let (builder, username) = (builder(&server, args)?, server.username.clone());
            let who = format!(
                "{username} at {}",
                server.address.url.host_str().unwrap_or(&url)
            );
            let password: SecretString = tokio::select! {
                biased;
                password = read_password(server.password, &who, &context.interrupts) => password?,
                limit = context.expired() => return Err(too_slow(limit)),
            };
            let builder = builder.credentials(username, password);
            attended(context, builder, &url, work).await
        }
    }
}

/// A variable that is no text would be passed over as if it were not set.
fn refuse_odd_variables() -> Result<(), Failure> {
    for family in ["ESXTOOL", "GOVC"] {
        for part in ["URL", "USERNAME", "PASSWORD"] {
            let name = format!("{family}_{part}");
            if std::env::var_os(&name).is_some_and(|value| value.to_str().is_none()) {
                return Err(Failure::usage(format!("{name} is no text in UTF-8")));
            }
        }
    }
    Ok(())
}

fn builder(server: &Server, args: &ConnectionArgs) -> Result<ClientBuilder, Failure> {
    let trust = match &server.trust {
        Trust::System => ClientTrust::System,
        Trust::CaFile(path) => ClientTrust::CaFile(path.clone()),
        Trust::Insecure => ClientTrust::Insecure,
        Trust::Thumbprint(text) => ClientTrust::Thumbprint(text.parse::<Thumbprint>().map_err(|error| {
            Failure::usage("the thumbprint cannot be read").because(error).hint(
                "give the SHA-256 thumbprint: 64 hexadecimal digits, with or without colons; a SHA-1 thumbprint (40 digits) is not enough",
            )
        })?),
    };
    timed(
        Client::builder(server.address.url.as_str()).trust(trust),
        args,
    )
}

fn timed(builder: ClientBuilder, args: &ConnectionArgs) -> Result<ClientBuilder, Failure> {
    let builder = builder
        .connect_timeout(Duration::from_secs(args.connect_timeout))
        .request_timeout(Duration::from_secs(args.timeout))
        .user_agent(concat!("esxtool/", env!("CARGO_PKG_VERSION")));
    let Some(directory) = &args.trace_wire else {
        return Ok(builder);
    };
    std::fs::create_dir_all(directory).map_err(|error| {
        Failure::usage(format!("cannot write the trace to {}", directory.display())).because(error)
    })?;
    Ok(builder.trace_wire(directory))
}

/// The work, with an eye on Ctrl-C from the first byte to the logout.
async fn attended<F>(
    context: &Context,
    builder: ClientBuilder,
    url: &str,
    work: F,
) -> Result<Report, Failure>
where
    F: AsyncFnOnce(&Client) -> Result<Report, Failure>,
{
    let client = connect(context, builder, url).await?;
    let about = client.about();
    context.note(
        "server",
        json!({"url": client.url().as_str(), "product": about.full_name, "api_version": client.api_version()}),
    );
    let outcome = tokio::select! {
        biased;
        outcome = work(&client) => Ok(outcome),
        in_hand = context.leave() => Err(abandoned(in_hand)),
        limit = context.expired() => Err(too_slow(limit)),
    };
    log_out(context, &client, outcome.is_err()).await;
    let stats = client.calls();
    context.note(
        "calls",
        json!({"total": stats.total + stats.rest, "by_method": stats.by_method}),
    );
    outcome.unwrap_or_else(Err)
}

async fn connect(context: &Context, builder: ClientBuilder, url: &str) -> Result<Client, Failure> {
    let connecting = builder.connect();
    tokio::pin!(connecting);
    let failure = tokio::select! {
        biased;
        result = &mut connecting => return result.map_err(|error| while_connecting(&error, url)),
        () = context.interrupts.first() => {
            Failure::new(Exit::Interrupted, "interrupted while connecting; nothing was changed")
        }
        limit = context.expired() => too_slow(limit),
    };
    // The login may be on its way: a session that nobody ends would stay on the server.
    if let Ok(Ok(client)) = tokio::time::timeout(HASTY, connecting).await {
        let _ = tokio::time::timeout(HASTY, client.logout()).await;
    }
    Err(failure)
}

async fn log_out(context: &Context, client: &Client, left: bool) {
    let limit = if left { HASTY } else { LOGOUT };
    let problem = tokio::select! {
        result = tokio::time::timeout(limit, client.logout()) => match result {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no answer within {} s", limit.as_secs()),
        },
        () = context.interrupts.second(), if !left => "interrupted".to_owned(),
    };
    context.warn(&format!("could not log out ({problem}); the server ends the session by itself when it has been idle long enough"));
}

/// Whether a variable belongs to a family that names its server.
fn names_its_server(variable: &str) -> bool {
    let family = variable.split('_').next().unwrap_or_default();
    std::env::var_os(format!("{family}_URL")).is_some_and(|url| !url.is_empty())
}

/// The failure of a profile whose time is up.
fn too_slow(limit: Duration) -> Failure {
    Failure::new(
        Exit::Connect,
        format!("no result within {} s; given up", limit.as_secs()),
    )
    .hint("--profile-timeout SECONDS waits longer")
}

/// The failure of a user who left.
fn abandoned(in_hand: Option<String>) -> Failure {
    match in_hand {
        None => Failure::new(Exit::Interrupted, "interrupted; nothing was changed"),
        Some(step) => Failure::new(
            Exit::Interrupted,
            format!("left at once, as asked; `{step}` was under way and may still run on the server"),
        )
        .hint("run `esxtool check` on the VM in a while: it tells what took effect; running the same command again is safe"),
    }
}
