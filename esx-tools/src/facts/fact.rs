//! A value that may not be known, and the names that facts share.

use std::fmt;

use serde::{Deserialize, Serialize};

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

/// A managed object reference as plain data, written `VirtualMachine:vm-42`.
///
/// # Examples
///
/// ```
/// let vm = esx_tools::facts::MoRef::new("VirtualMachine", "vm-42");
/// assert_eq!(vm.to_string(), "VirtualMachine:vm-42");
/// assert_eq!("VirtualMachine:vm-42".parse(), Ok(vm));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct MoRef {
    /// Managed object type, for example `VirtualMachine`.
    pub kind: String,
    /// The server's identifier, for example `vm-42`.
    pub value: String,
}

impl MoRef {
    /// A reference from its type and identifier.
    pub fn new(kind: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            value: value.into(),
        }
    }
}

impl fmt::Display for MoRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.value)
    }
}

impl From<MoRef> for String {
    fn from(reference: MoRef) -> Self {
        reference.to_string()
    }
}

/// Text that is no managed object reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a managed object reference (expected Type:value): {0:?}")]
pub struct NotAMoRef(pub String);

impl std::str::FromStr for MoRef {
    type Err = NotAMoRef;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some((kind, value)) if !kind.is_empty() && !value.is_empty() => {
                Ok(Self::new(kind, value))
            }
            _ => Err(NotAMoRef(text.to_owned())),
        }
    }
}

impl TryFrom<String> for MoRef {
    type Error = NotAMoRef;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
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

/// The power state of a virtual machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PowerState {
    /// The machine runs.
    PoweredOn,
    /// The machine is off.
    PoweredOff,
    /// The machine is suspended.
    Suspended,
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

    #[test]
    fn a_reference_needs_both_parts() {
        for text in ["", "vm-42", ":vm-42", "VirtualMachine:"] {
            assert!(text.parse::<MoRef>().is_err(), "{text}");
        }
    }
}
