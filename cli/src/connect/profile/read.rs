//! Reads the configuration file. No message repeats a value: it may be a password in the wrong field.

use std::ops::Range;
use std::path::{Path, PathBuf};

use esx_tools::target_kind::TargetKind;
use toml::de::{DeTable, DeValue};

use super::super::address::Address;
use super::super::settings::Trust;
use crate::args::PasswordCommand;
use crate::failure::Failure;

/// The keys of a profile.
const KEYS: &[&str] = &[
    "url",
    "username",
    "password-command",
    "password-file",
    "ca-file",
    "thumbprint",
    "insecure",
    "simulator",
    "target",
];

/// One server as the file names it.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) name: String,
    pub(super) url: Option<String>,
    pub(super) simulator: Option<String>,
    pub(super) username: Option<String>,
    pub(super) trust: Trust,
    pub(super) target: Option<TargetKind>,
    pub(super) password: Option<ProfilePassword>,
}

/// Where a profile has its password from.
#[derive(Debug)]
pub(super) enum ProfilePassword {
    File(PathBuf),
    Command(PasswordCommand),
}

/// Reads the profiles, in the order of the file.
pub(super) fn read(text: &str, path: &Path) -> Result<Vec<Profile>, Failure> {
    let file = File { text, path };
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().unwrap_or(0..0);
        file.wrong(&at, format!("this is no TOML: {}", error.message()))
    })?;
    let mut profiles = Vec::new();
    for (key, value) in table.get_ref() {
        if key.get_ref() != "profiles" {
            let problem = format!("{:?} means nothing here", key.get_ref());
            return Err(file
                .wrong(&key.span(), problem)
                .hint("a profile is written [profiles.NAME]"));
        }
        let DeValue::Table(table) = value.get_ref() else {
            return Err(file.wrong(&value.span(), "profiles are written [profiles.NAME]"));
        };
        for (name, value) in table {
            let DeValue::Table(keys) = value.get_ref() else {
                return Err(file.wrong(&name.span(), "a profile is written [profiles.NAME]"));
            };
            let profile = file.profile(name.get_ref(), &name.span(), keys)?;
            profiles.push((name.span().start, profile));
        }
    }
    profiles.sort_by_key(|(position, _)| *position);
    Ok(profiles.into_iter().map(|(_, profile)| profile).collect())
}

struct File<'t> {
    text: &'t str,
    path: &'t Path,
}

impl File<'_> {
    fn wrong(&self, at: &Range<usize>, problem: impl std::fmt::Display) -> Failure {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        Failure::usage(format!("{}, line {line}: {problem}", self.path.display()))
    }

    fn profile(
        &self,
        name: &str,
        at: &Range<usize>,
        keys: &DeTable<'_>,
    ) -> Result<Profile, Failure> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
            return Err(self.wrong(
                at,
                "the name of a profile is made of letters, digits, `-`, `_` and `.`",
            ));
        }
        for key in keys.keys() {
            let word = key.get_ref().as_ref();
            if word == "password" {
                return Err(self
                    .wrong(&key.span(), "a password must not stand in this file")
                    .hint("let password-command print it, such as \"pass show vsphere/london\""));
            }
            if !KEYS.contains(&word) {
                return Err(self
                    .wrong(&key.span(), format!("a profile has no {word:?}"))
                    .hint(format!("it has {}", KEYS.join(", "))));
            }
        }
        let profile = Profile {
            name: name.to_owned(),
            url: self.text_of(keys, "url")?,
            simulator: self.text_of(keys, "simulator")?,
            username: self.text_of(keys, "username")?,
            trust: self.trust(keys, at)?,
            target: self.target(keys)?,
            password: self.password(keys, at)?,
        };
        match (&profile.url, &profile.simulator) {
            (None, None) => return Err(self.wrong(at, format!("the profile {name} has no url"))),
            (Some(_), Some(_)) => {
                return Err(self.wrong(at, "url and simulator exclude each other"));
            }
            (Some(url), None) => {
                let address = Address::parse(url, &format!("the url of the profile {name}"))?;
                if address.password.is_some() {
                    return Err(self
                        .wrong(
                            at,
                            format!("the url of the profile {name} holds a password"),
                        )
                        .hint("let password-command print it"));
                }
            }
            (None, Some(_)) => {}
        }
        Ok(profile)
    }

    fn target(&self, keys: &DeTable<'_>) -> Result<Option<TargetKind>, Failure> {
        let Some(text) = self.text_of(keys, "target")? else {
            return Ok(None);
        };
        let kind = text.parse().map_err(|_| {
            let at = find(keys, "target").map_or(0..0, |(at, _)| at);
            self.wrong(&at, "target is appliance or master-target")
        })?;
        Ok(Some(kind))
    }

    fn trust(&self, keys: &DeTable<'_>, at: &Range<usize>) -> Result<Trust, Failure> {
        let insecure = match find(keys, "insecure") {
            None => false,
            Some((_, DeValue::Boolean(value))) => *value,
            Some((position, _)) => return Err(self.wrong(&position, "insecure is true or false")),
        };
        let ca_file = self.text_of(keys, "ca-file")?;
        let thumbprint = self.text_of(keys, "thumbprint")?;
        match (ca_file, thumbprint, insecure) {
            (None, None, false) => Ok(Trust::System),
            (Some(path), None, false) => Ok(Trust::CaFile(self.beside(&path))),
            (None, Some(text), false) => Ok(Trust::Thumbprint(text)),
            (None, None, true) => Ok(Trust::Insecure),
            _ => Err(self.wrong(at, "ca-file, thumbprint and insecure exclude each other")),
        }
    }

    fn password(
        &self,
        keys: &DeTable<'_>,
        at: &Range<usize>,
    ) -> Result<Option<ProfilePassword>, Failure> {
        let command = match find(keys, "password-command") {
            None => None,
            Some((_, DeValue::String(line))) => Some(PasswordCommand::Line(line.to_string())),
            Some((position, DeValue::Array(items))) => {
                let mut words = Vec::new();
                for item in items {
                    match item.get_ref() {
                        DeValue::String(word) => words.push(word.to_string()),
                        _ => return Err(self.wrong(&item.span(), "a list of texts is wanted")),
                    }
                }
                if words.is_empty() {
                    return Err(self.wrong(&position, "password-command is empty"));
                }
                Some(PasswordCommand::Words(words))
            }
            Some((position, _)) => {
                let problem = "password-command is a text or a list of texts";
                return Err(self.wrong(&position, problem));
            }
        };
        match (command, self.text_of(keys, "password-file")?) {
            (Some(_), Some(_)) => {
                Err(self.wrong(at, "password-command and password-file exclude each other"))
            }
            (Some(command), None) => Ok(Some(ProfilePassword::Command(command))),
            (None, Some(path)) => Ok(Some(ProfilePassword::File(self.beside(&path)))),
            (None, None) => Ok(None),
        }
    }

    fn text_of(&self, keys: &DeTable<'_>, key: &str) -> Result<Option<String>, Failure> {
        match find(keys, key) {
            None => Ok(None),
            Some((position, DeValue::String(text))) if text.trim().is_empty() => {
                Err(self.wrong(&position, format!("{key} is empty")))
            }
            Some((_, DeValue::String(text))) => Ok(Some(text.to_string())),
            Some((position, _)) => Err(self.wrong(&position, format!("{key} is a text"))),
        }
    }

    /// A relative path is meant from where the file stands.
    fn beside(&self, path: &str) -> PathBuf {
        if path.starts_with("~/") {
            return PathBuf::from(path);
        }
        self.path.parent().unwrap_or(Path::new("")).join(path)
    }
}

fn find<'v, 't>(keys: &'v DeTable<'t>, key: &str) -> Option<(Range<usize>, &'v DeValue<'t>)> {
    keys.iter()
        .find(|(name, _)| name.get_ref() == key)
        .map(|(_, value)| (value.span(), value.get_ref()))
}
