//! What an account is held against: a purpose, the table of privileges for a kind of target, a tag.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Purpose;
use crate::{
    privilege::{ATTACH_TAG, CREATE_CATEGORY, CREATE_TAG},
    role::{self, RoleTable},
    target_kind::TargetKind,
};

/// What it takes that a VM gets its tag.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum TagNeed {
    /// No tag is asked for.
    #[default]
    Nothing,
    /// The tag exists, and is attached.
    Attach,
    /// The tag is made within its category, and attached.
    MakeTag,
    /// The tag is made with its category, and attached.
    MakeCategory,
}

impl TagNeed {
    /// The privileges that this takes.
    fn privileges(self) -> &'static [&'static str] {
        let number = match self {
            Self::Nothing => 0,
            Self::Attach => 1,
            Self::MakeTag => 2,
            Self::MakeCategory => 3,
        };
        role::TAGGING.get(..number).unwrap_or(role::TAGGING)
    }
}

/// What an account is held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Requirement {
    /// What the account is meant for.
    pub purpose: Purpose,
    /// What receives the disks.
    pub target: TargetKind,
    /// What the tag takes; counts with [`Purpose::Hardening`] only.
    pub tag: TagNeed,
}

impl Requirement {
    /// The purpose with the table of this kind of target, without a tag.
    pub fn new(purpose: Purpose, target: TargetKind) -> Self {
        Self {
            purpose,
            target,
            tag: TagNeed::Nothing,
        }
    }

    /// The same with what a tag takes.
    pub fn with_tag(self, tag: TagNeed) -> Self {
        Self { tag, ..self }
    }

    /// The table of privileges, with its document.
    pub fn table(self) -> &'static RoleTable {
        RoleTable::of(self.target)
    }

    /// Every privilege that is required, in alphabetical order.
    ///
    /// ```
    /// use esx_tools::credentials::{Purpose, Requirement, TagNeed};
    /// use esx_tools::target_kind::TargetKind;
    ///
    /// let failback = Requirement::new(Purpose::Failback, TargetKind::MasterTarget);
    /// assert_eq!(failback.privileges().len(), 52);
    /// let hardening = Requirement::new(Purpose::Hardening, TargetKind::Appliance);
    /// assert!(hardening.privileges().contains("Global.DisableMethods"));
    /// let tagging = hardening.with_tag(TagNeed::Attach);
    /// assert!(tagging.privileges().contains("InventoryService.Tagging.AttachTag"));
    /// ```
    pub fn privileges(self) -> BTreeSet<&'static str> {
        let mut all: BTreeSet<&str> = role::READ.iter().copied().collect();
        if self.purpose != Purpose::Discovery {
            all.extend(self.table().privileges());
        }
        if self.purpose == Purpose::Hardening {
            all.extend(role::HARDENING);
            all.extend(self.tag.privileges());
        }
        all
    }

    /// The privileges that count on an object of this managed type.
    ///
    /// What holds many kinds of objects, as a folder does, has to hand all of them on.
    pub(super) fn on(self, kind: &str) -> BTreeSet<&'static str> {
        let all = self.privileges();
        let of_table: BTreeSet<&str> = self.table().on(kind).collect();
        let of_datastore: BTreeSet<&str> = self.table().on("Datastore").collect();
        let counts = |privilege: &&str| match kind {
            _ if role::READ.contains(privilege) => true,
            "VirtualMachine" => {
                of_table.contains(privilege)
                    || matches!(*privilege, "Global.DisableMethods" | "Global.EnableMethods")
                    || *privilege == ATTACH_TAG
            }
            "Datastore" => of_table.contains(privilege),
            "StoragePod" => of_datastore.contains(privilege) || *privilege == "StoragePod.Config",
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

    /// The privileges that count on the server as a whole, which is its root folder.
    pub(super) fn on_server(self) -> BTreeSet<&'static str> {
        self.privileges().into_iter().filter(is_of_server).collect()
    }
}

/// Whether a privilege counts on the root folder only.
fn is_of_server(privilege: &&str) -> bool {
    matches!(*privilege, "Global.Licenses" | CREATE_TAG | CREATE_CATEGORY)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Purpose; 3] = [Purpose::Discovery, Purpose::Failback, Purpose::Hardening];

    #[test]
    fn each_purpose_takes_what_the_one_before_takes_for_each_target() {
        for (target, numbers) in [
            (TargetKind::Appliance, [2, 54, 60]),
            (TargetKind::MasterTarget, [2, 52, 58]),
        ] {
            let [a, b, c] = ALL.map(|purpose| Requirement::new(purpose, target).privileges());
            assert!(a.is_subset(&b) && b.is_subset(&c));
            assert_eq!([a.len(), b.len(), c.len()], numbers);
        }
    }

    #[test]
    fn a_tag_takes_the_more_the_less_there_is_of_it_and_counts_for_hardening_only() {
        let needs = [
            TagNeed::Nothing,
            TagNeed::Attach,
            TagNeed::MakeTag,
            TagNeed::MakeCategory,
        ];
        let number = |purpose, tag| {
            let requirement = Requirement::new(purpose, TargetKind::Appliance);
            requirement.with_tag(tag).privileges().len()
        };
        assert_eq!(
            needs.map(|tag| number(Purpose::Hardening, tag)),
            [60, 61, 62, 63]
        );
        assert_eq!(needs.map(|tag| number(Purpose::Failback, tag)), [54; 4]);
    }

    #[test]
    fn every_privilege_counts_somewhere() {
        let requirement = Requirement::new(Purpose::Hardening, TargetKind::Appliance)
            .with_tag(TagNeed::MakeCategory);
        let mut counted = requirement.on_server();
        counted.extend(requirement.on("Datacenter"));
        assert_eq!(counted, requirement.privileges());
        assert!(requirement.on("Datastore").contains("Datastore.Browse"));
        assert!(!requirement.on("Datastore").contains("Network.Assign"));
        assert!(requirement.on("VirtualMachine").contains(ATTACH_TAG));
        assert!(requirement.on_server().contains(CREATE_TAG));
        let discovery = Requirement::new(Purpose::Discovery, TargetKind::Appliance);
        assert_eq!(discovery.on("VirtualMachine").len(), 2);
    }
}
