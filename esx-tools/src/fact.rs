//! A value that may not be known, and the names that facts share.

use std::fmt;

use serde::{Deserialize, Serialize};
use vsphere_client::property::Object;

/// A value read from the server, or the reason why it could not be read.
///
/// Rules turn [`Fact::Unknown`] into an unknown judgement, never into a pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact<T> {
    /// The server told the value.
    Known(T),
    /// The value could not be read.
    Unknown {
        /// Why: a missing privilege, a property that is unset, a server that does not know it.
        reason: String,
    },
}

impl<T> Fact<T> {
    /// An unknown fact with its reason.
    pub fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown {
            reason: reason.into(),
        }
    }

    /// The value, when it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown { .. } => None,
        }
    }

    /// The reason, when the value is unknown.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Known(_) => None,
            Self::Unknown { reason } => Some(reason),
        }
    }

    /// The value by reference, or the reason as an error.
    ///
    /// # Errors
    ///
    /// The reason why the value is unknown.
    pub fn get(&self) -> Result<&T, &str> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Unknown { reason } => Err(reason),
        }
    }

    /// Applies `f` to a known value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(f(value)),
            Self::Unknown { reason } => Fact::Unknown { reason },
        }
    }
}

/// Why a property is not there: what the server said, or that it is unset.
pub(crate) fn why<T>(object: &Object<T>, path: &str) -> String {
    // A parent path stands for everything below it.
    let refused = object
        .missing
        .iter()
        .find(|missing| is_or_above(&missing.path, path));
    if let Some(missing) = refused {
        return format!("{path} cannot be read: {}", missing.fault);
    }
    match object
        .unreadable
        .iter()
        .find(|unreadable| is_or_above(&unreadable.path, path))
    {
        Some(unreadable) => format!("{path} has an unknown shape: {}", unreadable.error),
        None => format!("the server leaves {path} unset"),
    }
}

fn is_or_above(candidate: &str, path: &str) -> bool {
    path.strip_prefix(candidate)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether the server refused the property, or sent what cannot be read.
pub(crate) fn is_lost<T>(object: &Object<T>, path: &str) -> bool {
    object
        .missing
        .iter()
        .any(|missing| is_or_above(&missing.path, path))
        || object
            .unreadable
            .iter()
            .any(|unreadable| is_or_above(&unreadable.path, path))
}

/// A property that is always set when it can be read.
pub(crate) fn required<T, U>(object: &Object<T>, path: &str, value: Option<U>) -> Fact<U> {
    value.map_or_else(|| Fact::unknown(why(object, path)), Fact::Known)
}

/// A list, which the server leaves out when it is empty.
pub(crate) fn list<T, U>(object: &Object<T>, path: &str, values: Vec<U>) -> Fact<Vec<U>> {
    if values.is_empty() && is_lost(object, path) {
        Fact::unknown(why(object, path))
    } else {
        Fact::Known(values)
    }
}

/// A name with a value, as shown for evidence and expectations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was looked at, in vSphere's own words.
    pub name: String,
    /// What was seen.
    pub value: String,
}

impl Evidence {
    /// A name with a value.
    pub fn new(name: impl Into<String>, value: impl fmt::Display) -> Self {
        Self {
            name: name.into(),
            value: value.to_string(),
        }
    }
}

/// The power state of a VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerState {
    /// The VM runs.
    PoweredOn,
    /// The VM is off.
    PoweredOff,
    /// The VM is suspended.
    Suspended,
}

impl PowerState {
    /// The word that vSphere writes for it.
    pub fn wire(self) -> &'static str {
        match self {
            Self::PoweredOn => "poweredOn",
            Self::PoweredOff => "poweredOff",
            Self::Suspended => "suspended",
        }
    }
}

impl fmt::Display for PowerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PoweredOn => "powered on",
            Self::PoweredOff => "powered off",
            Self::Suspended => "suspended",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_written_with_their_reason() {
        let known: Fact<u32> = Fact::Known(3);
        let unknown: Fact<u32> = Fact::unknown("no privilege");
        assert_eq!(serde_json::to_string(&known).unwrap(), r#"{"known":3}"#);
        assert_eq!(
            serde_json::to_string(&unknown).unwrap(),
            r#"{"unknown":{"reason":"no privilege"}}"#
        );
    }
}
