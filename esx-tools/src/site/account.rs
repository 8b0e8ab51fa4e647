//! What the account lacks of the role, and what the host's licence is.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

/// What the account holds of the role that Azure Site Recovery needs, by every table of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleFacts {
    /// Objects that were asked about.
    pub asked: Vec<ManagedObjectReference>,
    /// What is missing, one entry for each object that lacks something.
    pub lacking: Vec<LackingFacts>,
}

/// Privileges that the account does not hold on one object, of those that any table of the role asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LackingFacts {
    /// The object.
    pub on: ManagedObjectReference,
    /// Its name.
    pub name: String,
    /// The privileges, by name.
    pub privileges: Vec<String>,
}

/// A licence in force on the master target's host.
///
/// The licence's key is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceFacts {
    /// Edition, for example `esx.enterprisePlus.cpuPackage`, `esxBasic`, `eval`.
    pub edition: String,
    /// Name for people.
    pub name: String,
    /// Whether it has run out; unset when the server does not tell when it ends.
    pub expired: Option<bool>,
}

impl LicenceFacts {
    /// Whether it is the free Hypervisor edition, whose API only reads.
    pub fn is_free(&self) -> bool {
        let edition = self.edition.to_ascii_lowercase();
        edition.starts_with("esxbasic")
            || edition.starts_with("esx.hypervisor")
            || edition.starts_with("esxfree")
            || self.name.to_ascii_lowercase().ends_with("hypervisor")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_edition_is_known_by_edition_or_name() {
        for (edition, name, free) in [
            ("esxBasic", "VMware vSphere 8 Hypervisor", true),
            ("esx.hypervisor.cpuPackage", "Hypervisor", true),
            ("", "VMware vSphere 7 Hypervisor", true),
            (
                "esx.standard.cpuPackage",
                "VMware vSphere 8 Standard",
                false,
            ),
            ("eval", "Evaluation Mode", false),
        ] {
            let licence = LicenceFacts {
                edition: edition.into(),
                name: name.into(),
                expired: None,
            };
            assert_eq!(licence.is_free(), free, "{edition} {name}");
        }
    }
}
