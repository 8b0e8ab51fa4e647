//! How people name a VM.

use std::{convert::Infallible, fmt, str::FromStr};
use vsphere_client::vim::ManagedObjectReference;

use serde::Serialize;

/// A VM as a person names it. Any text is one.
///
/// # Examples
///
/// ```
/// use esx_tools::ops::VmSelector;
///
/// assert_eq!(VmSelector::from("/DC/vm/mt-linux-01"), VmSelector::Path("DC/vm/mt-linux-01".into()));
/// assert_eq!(VmSelector::from("mt-linux-01"), VmSelector::Name("mt-linux-01".into()));
/// assert!(matches!(VmSelector::from("VirtualMachine:vm-42"), VmSelector::ManagedObjectReference(_)));
/// assert!(matches!(VmSelector::from("vm-42"), VmSelector::NameOrMoRef(_)));
/// assert!(matches!(VmSelector::from("5012c7b2-1d2b-8a4f-3d2e-000000000001"), VmSelector::Uuid(_)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VmSelector {
    /// An inventory path, without the leading slash: `DC/vm/folder/name`.
    Path(String),
    /// A reference, `VirtualMachine:vm-42`.
    ManagedObjectReference(ManagedObjectReference),
    /// An instance UUID or a BIOS UUID, in lower case with dashes.
    Uuid(String),
    /// `vm-42`: a reference as vCenter writes them, unless a VM has this very name.
    NameOrMoRef(String),
    /// A name.
    Name(String),
}

impl VmSelector {
    /// Reads what a person typed.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Some(reference) = text
            .strip_prefix("VirtualMachine:")
            .filter(|value| !value.is_empty())
        {
            return Self::ManagedObjectReference(ManagedObjectReference::new(
                "VirtualMachine",
                reference,
            ));
        }
        if text.contains('/') {
            return Self::Path(text.trim_matches('/').to_owned());
        }
        if is_uuid(text) {
            return Self::Uuid(text.to_ascii_lowercase());
        }
        let digits = text.strip_prefix("vm-").unwrap_or_default();
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::NameOrMoRef(text.to_owned());
        }
        Self::Name(text.to_owned())
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

impl From<&str> for VmSelector {
    fn from(text: &str) -> Self {
        Self::parse(text)
    }
}

impl FromStr for VmSelector {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self::parse(text))
    }
}

impl fmt::Display for VmSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "/{path}"),
            Self::ManagedObjectReference(reference) => write!(f, "{reference}"),
            Self::Uuid(text) | Self::NameOrMoRef(text) | Self::Name(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_much() {
        for name in [
            "vm-",
            "vm-4a",
            "VirtualMachine:",
            "5012c7b2-1d2b-8a4f-3d2e-00000000000g",
            "a:b",
        ] {
            assert_eq!(VmSelector::parse(name), VmSelector::Name(name.into()));
        }
    }

    #[test]
    fn uuids_compare_in_lower_case() {
        let upper = "5012C7B2-1D2B-8A4F-3D2E-000000000001";
        assert_eq!(
            VmSelector::parse(upper),
            VmSelector::Uuid(upper.to_lowercase())
        );
    }

    #[test]
    fn a_relative_path_is_a_path() {
        assert_eq!(
            VmSelector::parse(" DC/vm/mt/ "),
            VmSelector::Path("DC/vm/mt".into())
        );
    }
}
