//! Decides from options and environment where to connect, as whom, and what to trust. Reads nothing else.

use std::path::PathBuf;

use secrecy::SecretString;

use super::address::Address;
use super::password::PasswordSource;
use crate::args::ConnectionArgs;
use crate::failure::Failure;

/// Looks up an environment variable; unset and empty are the same.
pub(crate) type Env<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Where the command works.
#[derive(Debug)]
pub(crate) enum Settings {
    /// The simulated vCenter inside this process.
    Simulator {
        scenario: String,
        username: Option<String>,
    },
    /// A server.
    Server(Box<Server>),
}

/// A server and how to log in there.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: Address,
    pub(crate) username: String,
    pub(crate) password: PasswordSource,
    pub(crate) trust: Trust,
    /// What the user should be told before anything is sent.
    pub(crate) warnings: Vec<String>,
}

/// Which certificate is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// What the operating system trusts.
    System,
    /// What the authorities in this file issued.
    CaFile(PathBuf),
    /// The certificate with this thumbprint; the text as the user gave it.
    Thumbprint(String),
    /// Any.
    Insecure,
}

/// The variables of one family (`ESXTOOL_` or `GOVC_`).
///
/// They count only together: where the family's own URL names another server than the one in use, its user name,
/// password and trust are left alone. A password must never travel to a server that it was not set for.
struct Family<'a> {
    prefix: &'static str,
    address: Option<Address>,
    applies: bool,
    env: &'a Env<'a>,
}

impl<'a> Family<'a> {
    fn read(prefix: &'static str, env: &'a Env<'a>) -> Result<Self, Failure> {
        let name = format!("{prefix}_URL");
        let address = env(&name)
            .map(|text| Address::parse(&text, &name))
            .transpose()?;
        Ok(Self {
            prefix,
            address,
            applies: true,
            env,
        })
    }

    fn var(&self, name: &str) -> Option<String> {
        self.applies
            .then(|| (self.env)(&format!("{}_{name}", self.prefix)))
            .flatten()
    }

    fn own_address(&self) -> Option<&Address> {
        self.address.as_ref().filter(|_| self.applies)
    }
}

/// Resolves the settings.
///
/// # Errors
/// Usage failures: contradictions, no server named, no user name, a password inside `--url`.
pub(crate) fn resolve(
    args: &ConnectionArgs,
    env: &Env<'_>,
    can_prompt: bool,
) -> Result<Settings, Failure> {
    if let Some(scenario) = &args.simulator {
        return simulator(args, scenario);
    }
    let env = &|name: &str| env(name).filter(|value| !value.is_empty());
    let given = args
        .url
        .as_deref()
        .map(|text| Address::parse(text, "--url"))
        .transpose()?;
    if given
        .as_ref()
        .is_some_and(|address| address.password.is_some())
    {
        return Err(Failure::usage("--url holds a password, which every user of this machine can see in the process list")
            .hint("take it out of the URL; give it by --password-file, --password-stdin, ESXTOOL_PASSWORD or the prompt"));
    }
    // A URL that is not needed may be wrong: only the first family that is needed is read strictly.
    let mut families = Vec::new();
    for prefix in ["ESXTOOL", "GOVC"] {
        match Family::read(prefix, env) {
            Ok(family) => families.push(family),
            Err(failure) => {
                let needless =
                    given.is_some() || families.iter().any(|family| family.address.is_some());
                if !needless {
                    return Err(failure);
                }
            }
        }
    }
    let address = given
        .or_else(|| families.iter().find_map(|family| family.address.clone()))
        .ok_or_else(no_server)?;
    for family in &mut families {
        family.applies = family
            .address
            .as_ref()
            .is_none_or(|own| own.host_and_port() == address.host_and_port());
    }

    let mut warnings = Vec::new();
    let username = args
        .username
        .clone()
        .or_else(|| address.username.clone().filter(|_| args.url.is_some()))
        .or_else(|| {
            families.iter().find_map(|family| {
                family
                    .var("USERNAME")
                    .or_else(|| family.own_address()?.username.clone())
            })
        })
        .ok_or_else(|| {
            Failure::usage("no user name is given")
                .hint("give --username, or set ESXTOOL_USERNAME or GOVC_USERNAME")
        })?;
    let password = password(args, &families, can_prompt)?;
    let trust = trust(args, &families, &mut warnings)?;
    if address.url.scheme() == "http" && !address.is_loopback() {
        warnings.push(
            "the connection is not encrypted: anyone on the way can read the password".to_owned(),
        );
    }
    Ok(Settings::Server(Box::new(Server {
        address,
        username,
        password,
        trust,
        warnings,
    })))
}

fn no_server() -> Failure {
    Failure::usage("no server is named").hint(
        "give --url HOST or --profile NAME, or set ESXTOOL_URL or GOVC_URL; to try esxtool without a server add --simulator",
    )
}

fn simulator(args: &ConnectionArgs, scenario: &str) -> Result<Settings, Failure> {
    let clash = [
        ("--url", args.url.is_some()),
        ("--password-file", args.password_file.is_some()),
        ("--password-stdin", args.password_stdin),
        ("--ca-file", args.ca_file.is_some()),
        ("--thumbprint", args.thumbprint.is_some()),
        ("--insecure", args.insecure),
    ];
    if let Some((name, _)) = clash.iter().find(|(_, given)| *given) {
        return Err(Failure::usage(format!("--simulator and {name} exclude each other"))
            .hint("--simulator needs no server, no password and no certificate: leave one of the two out"));
    }
    Ok(Settings::Simulator {
        scenario: scenario.to_owned(),
        username: args.username.clone(),
    })
}

fn password(
    args: &ConnectionArgs,
    families: &[Family<'_>],
    can_prompt: bool,
) -> Result<PasswordSource, Failure> {
    match (&args.password_file, args.password_stdin) {
        (Some(_), true) => {
            return Err(Failure::usage(
                "--password-file and --password-stdin exclude each other",
            ));
        }
        (Some(path), false) => return Ok(PasswordSource::File(path.clone())),
        (None, true) => return Ok(PasswordSource::Stdin),
        (None, false) => {}
    }
    if let Some(profile) = &args.from_profile
        && let Some(command) = &profile.password_command
    {
        return Ok(PasswordSource::Command {
            command: command.clone(),
            profile: profile.name.clone(),
        });
    }
    for family in families {
        let found = family
            .var("PASSWORD")
            .map(SecretString::from)
            .or_else(|| family.own_address()?.password.clone());
        if let Some(password) = found {
            return Ok(PasswordSource::Given(password));
        }
    }
    if can_prompt {
        return Ok(PasswordSource::Prompt);
    }
    let elsewhere = families.iter().find(|family| {
        !family.applies && (family.env)(&format!("{}_PASSWORD", family.prefix)).is_some()
    });
    let failure = Failure::usage("no password is given, and there is no terminal to ask on");
    Err(match elsewhere {
        Some(family) => failure.hint(format!(
            "{0}_PASSWORD is left alone, since {0}_URL names another server; give --password-file or --password-stdin",
            family.prefix
        )),
        None => failure.hint("give --password-file or --password-stdin, or set ESXTOOL_PASSWORD"),
    })
}

fn trust(
    args: &ConnectionArgs,
    families: &[Family<'_>],
    warnings: &mut Vec<String>,
) -> Result<Trust, Failure> {
    let mut given = Vec::new();
    if let Some(path) = &args.ca_file {
        given.push(("--ca-file", Trust::CaFile(path.clone())));
    }
    if let Some(thumbprint) = &args.thumbprint {
        given.push(("--thumbprint", Trust::Thumbprint(thumbprint.clone())));
    }
    if args.insecure {
        given.push(("--insecure", Trust::Insecure));
    }
    if let [(one, _), (other, _), ..] = given.as_slice() {
        return Err(
            Failure::usage(format!("{one} and {other} exclude each other"))
                .hint("--thumbprint is the safest for one server with a certificate of its own"),
        );
    }
    let trust = given
        .pop()
        .map(|(_, trust)| trust)
        .map_or_else(|| inherited(families), Ok)?;
    if trust == Trust::Insecure {
        let origin = match &args.from_profile {
            Some(profile) if profile.insecure => format!("profile {}", profile.name),
            _ if args.insecure => "--insecure".to_owned(),
            _ => "GOVC_INSECURE".to_owned(),
        };
        warnings.push(format!(
            "the server's certificate is not checked ({origin})"
        ));
    }
    Ok(trust)
}

/// The trust that the environment asks for.
fn inherited(families: &[Family<'_>]) -> Result<Trust, Failure> {
    for family in families {
        if family.prefix == "ESXTOOL" {
            match (family.var("THUMBPRINT"), family.var("CA_FILE")) {
                (Some(_), Some(_)) => {
                    return Err(Failure::usage(
                        "ESXTOOL_THUMBPRINT and ESXTOOL_CA_FILE exclude each other",
                    ));
                }
                (Some(thumbprint), None) => return Ok(Trust::Thumbprint(thumbprint)),
                (None, Some(path)) => return Ok(Trust::CaFile(PathBuf::from(path))),
                (None, None) => {}
            }
        } else {
            let insecure = family.var("INSECURE").is_some_and(|value| {
                matches!(value.to_ascii_lowercase().as_str(), "1" | "t" | "true")
            });
            if insecure {
                return Ok(Trust::Insecure);
            }
            if let Some(list) = family.var("TLS_CA_CERTS") {
                let mut paths = std::env::split_paths(&list);
                return match (paths.next(), paths.next()) {
                    (Some(path), None) => Ok(Trust::CaFile(path)),
                    _ => Err(Failure::usage("GOVC_TLS_CA_CERTS names several files")
                        .hint("put the authorities into one PEM file and give it by --ca-file")),
                };
            }
        }
    }
    Ok(Trust::System)
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
