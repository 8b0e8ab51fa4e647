//! What an account is meant for, and what that takes.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::role;

/// What an account is meant for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Protection and failover to Azure: looking is enough.
    Discovery,
    /// Reprotect and failback: the role of the document 'Prepare for reprotection and failback'.
    #[default]
    Failback,
    /// That, and what keeping a master target where it is takes.
    Hardening,
}

impl Purpose {
    /// Every privilege that the purpose takes, in alphabetical order.
    ///
    /// ```
    /// use esx_tools::credentials::Purpose;
    ///
    /// assert_eq!(Purpose::Failback.privileges().len(), 52);
    /// assert!(Purpose::Hardening.privileges().contains("Global.DisableMethods"));
    /// ```
    pub fn privileges(self) -> BTreeSet<&'static str> {
        let mut all: BTreeSet<&str> = role::READ.iter().copied().collect();
        if self != Self::Discovery {
            all.extend(role::privileges());
        }
        if self == Self::Hardening {
            all.extend(role::HARDENING);
        }
        all
    }

    /// The privileges of the purpose that count on an object of this managed type.
    ///
    /// What holds many kinds of objects, as a folder does, has to hand all of them on.
    pub(super) fn on(self, kind: &str) -> BTreeSet<&'static str> {
        let all = self.privileges();
        let counts = |privilege: &&str| match kind {
            _ if role::READ.contains(privilege) => true,
            "VirtualMachine" => {
                role::ON_VM.contains(privilege)
                    || matches!(*privilege, "Global.DisableMethods" | "Global.EnableMethods")
            }
            "Datastore" => role::ON_DATASTORE.contains(privilege),
            "StoragePod" => {
                role::ON_DATASTORE.contains(privilege) || *privilege == "StoragePod.Config"
            }
            "Network" | "DistributedVirtualPortgroup" | "OpaqueNetwork" => {
                *privilege == "Network.Assign"
            }
            "HostSystem" => {
                privilege.starts_with("Resource.") || *privilege == "Host.Config.Storage"
            }
            "ComputeResource" | "ClusterComputeResource" => {
                privilege.starts_with("Resource.") || *privilege == "Host.Inventory.EditCluster"
            }
            "ResourcePool" | "VirtualApp" => privilege.starts_with("Resource."),
            "Folder" | "Datacenter" => !is_of_server(privilege),
            _ => false,
        };
        all.into_iter().filter(counts).collect()
    }

    /// The privileges of the purpose that count on the server as a whole, which is its root folder.
    pub(super) fn on_server(self) -> BTreeSet<&'static str> {
        self.privileges().into_iter().filter(is_of_server).collect()
    }
}

/// Whether a privilege counts on the root folder only.
fn is_of_server(privilege: &&str) -> bool {
    *privilege == "Global.Licenses"
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery",
            Self::Failback => "failback",
            Self::Hardening => "hardening",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_takes_what_the_one_before_takes() {
        let [a, b, c] =
            [Purpose::Discovery, Purpose::Failback, Purpose::Hardening].map(Purpose::privileges);
        assert!(a.is_subset(&b) && b.is_subset(&c));
        assert_eq!([a.len(), b.len(), c.len()], [2, 52, 58]);
    }

    #[test]
    fn every_privilege_counts_somewhere() {
        let purpose = Purpose::Hardening;
        let mut counted = purpose.on_server();
        counted.extend(purpose.on("Datacenter"));
        assert_eq!(counted, purpose.privileges());
        assert!(purpose.on("Datastore").contains("Datastore.Browse"));
        assert!(!purpose.on("Datastore").contains("Network.Assign"));
        assert_eq!(Purpose::Discovery.on("VirtualMachine").len(), 2);
    }
}
