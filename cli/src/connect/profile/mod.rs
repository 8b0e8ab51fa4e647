//! Several servers by name: the profiles of the configuration file.

mod command;
mod read;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use read::{Profile, ProfilePassword, read};

use super::settings::{Env, Trust};
use crate::args::{ConnectionArgs, FromProfile};
use crate::failure::Failure;

/// Where a command works, as far as profiles have a say.
#[derive(Debug)]
pub(crate) enum Chosen {
    /// On one server: that of the options, or of the profile that was named.
    One(Box<ConnectionArgs>),
    /// On the servers of all profiles, in the order of the file.
    All(Vec<Profiled>),
}

/// A profile as connection options.
#[derive(Debug)]
pub(crate) struct Profiled {
    pub(crate) name: String,
    pub(crate) args: ConnectionArgs,
}

/// Looks up the profiles that were asked for; reads nothing when none was.
///
/// # Errors
/// Usage failures: contradictions, no such profile, a file that cannot be read.
pub(crate) fn choose(args: &ConnectionArgs, env: &Env<'_>) -> Result<Chosen, Failure> {
    contradictions(args)?;
    let env = &|name: &str| env(name).filter(|value| !value.is_empty());
    match &args.profile {
        None if !args.all_profiles => Ok(Chosen::One(Box::new(args.clone()))),
        None => {
            let (path, profiles) = load(env)?;
            if profiles.is_empty() {
                return Err(
                    Failure::usage(format!("{} has no profiles", path.display())).hint(
                        "write one as [profiles.NAME] with url, username and password-command",
                    ),
                );
            }
            let all = profiles.into_iter().map(|profile| Profiled {
                name: profile.name.clone(),
                args: over(args, profile, env),
            });
            Ok(Chosen::All(all.collect()))
        }
        Some(name) => {
            let (path, mut profiles) = load(env)?;
            match profiles.iter().position(|profile| profile.name == *name) {
                Some(position) => Ok(Chosen::One(Box::new(over(
                    args,
                    profiles.swap_remove(position),
                    env,
                )))),
                None => {
                    let names: Vec<String> = profiles.into_iter().map(|one| one.name).collect();
                    let failure =
                        Failure::usage(format!("{} has no profile {name:?}", path.display()));
                    Err(if names.is_empty() {
                        failure
                    } else {
                        failure.hint(format!("its profiles are {}", names.join(", ")))
                    })
                }
            }
        }
    }
}

fn contradictions(args: &ConnectionArgs) -> Result<(), Failure> {
    let position = [
        ("--url", args.url.is_some()),
        ("--simulator", args.simulator.is_some()),
    ];
    let rest = [
        ("--profile", args.profile.is_some()),
        ("--username", args.username.is_some()),
        ("--password-file", args.password_file.is_some()),
        ("--password-stdin", args.password_stdin),
        ("--ca-file", args.ca_file.is_some()),
        ("--thumbprint", args.thumbprint.is_some()),
        ("--insecure", args.insecure),
    ];
    let clash = |options: &[(&'static str, bool)]| {
        options
            .iter()
            .find(|(_, given)| *given)
            .map(|(name, _)| *name)
    };
    if args.all_profiles
        && let Some(name) = clash(&position).or_else(|| clash(&rest))
    {
        return Err(
            Failure::usage(format!("--all-profiles and {name} exclude each other"))
                .hint("each profile says where to connect, as whom and what to trust"),
        );
    }
    if args.profile.is_some()
        && let Some(name) = clash(&position)
    {
        return Err(
            Failure::usage(format!("--profile and {name} exclude each other"))
                .hint("a profile names its server itself"),
        );
    }
    Ok(())
}

/// `$XDG_CONFIG_HOME/esxtool/config.toml`, else `~/.config/esxtool/config.toml`.
fn file(env: &Env<'_>) -> Option<PathBuf> {
    let base = env("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        // A relative path is not valid there, says the XDG specification.
        .filter(|path| path.is_absolute())
        .or_else(|| Some(PathBuf::from(env("HOME")?).join(".config")))?;
    Some(base.join("esxtool").join("config.toml"))
}

fn load(env: &Env<'_>) -> Result<(PathBuf, Vec<Profile>), Failure> {
    let path = file(env).ok_or_else(|| {
        Failure::usage("no home directory is known, so there is no configuration file")
            .hint("set XDG_CONFIG_HOME or HOME")
    })?;
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::usage(format!("cannot read the profiles in {}", path.display()))
            .because(error)
            .hint("the file has a part [profiles.NAME] for each server, with url, username and password-command; see cli/docs/profiles.md")
    })?;
    let profiles = read(&text, &path)?;
    let runs = |profile: &Profile| matches!(profile.password, Some(ProfilePassword::Command(_)));
    if profiles.iter().any(runs) && others_may_write(&path) {
        return Err(Failure::usage(format!(
            "everybody may write to {}, and its password commands would be run",
            path.display()
        ))
        .hint("take that right away: chmod o-w"));
    }
    Ok((path, profiles))
}

#[cfg(unix)]
fn others_may_write(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o002 != 0)
}

#[cfg(not(unix))]
fn others_may_write(_path: &Path) -> bool {
    false
}

/// The options, with what the profile says where they are silent.
fn over(args: &ConnectionArgs, profile: Profile, env: &Env<'_>) -> ConnectionArgs {
    let mut own = args.clone();
    own.url = profile.url;
    own.simulator = profile.simulator;
    // The password of one account is not that of another.
    let same = own.username.is_none() || own.username == profile.username;
    own.username = own.username.or(profile.username);
    let simulated = own.simulator.is_some();
    let mut from = FromProfile {
        name: profile.name,
        password_command: None,
        insecure: false,
        target: profile.target,
    };
    if own.password_file.is_none() && !own.password_stdin && same && !simulated {
        match profile.password {
            Some(ProfilePassword::File(path)) => own.password_file = Some(at_home(path, env)),
            Some(ProfilePassword::Command(command)) => from.password_command = Some(command),
            None => {}
        }
    }
    if own.ca_file.is_none() && own.thumbprint.is_none() && !own.insecure && !simulated {
        match profile.trust {
            Trust::System => {}
            Trust::CaFile(path) => own.ca_file = Some(at_home(path, env)),
            Trust::Thumbprint(text) => own.thumbprint = Some(text),
            Trust::Insecure => {
                own.insecure = true;
                from.insecure = true;
            }
        }
    }
    if let (true, Some(directory)) = (args.all_profiles, &args.trace_wire) {
        own.trace_wire = Some(directory.join(&from.name));
    }
    own.from_profile = Some(from);
    own
}

/// Reads `~/` as a shell does.
fn at_home(path: PathBuf, env: &Env<'_>) -> PathBuf {
    match (path.strip_prefix("~"), env("HOME")) {
        (Ok(rest), Some(home)) => Path::new(&home).join(rest),
        _ => path,
    }
}
