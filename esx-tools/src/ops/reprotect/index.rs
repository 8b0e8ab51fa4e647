//! Every machine by name, path and reference.

use std::collections::BTreeMap;

use vsphere_client::{Client, object_set, property_set, vim::ManagedObjectReference};

use crate::{
    facts::MoRef,
    group::VmPattern,
    ops::{
        Ancestors, OpError, VmSelector, inventory_path,
        names::{decode, near},
    },
};

property_set! {
    struct VmSet: "VirtualMachine" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
    }
}

property_set! {
    struct FolderSet: "Folder" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
    }
}

property_set! {
    struct DatacenterSet: "Datacenter" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
    }
}

object_set! {
    enum Found {
        Vm(VmSet),
        Folder(FolderSet),
        Datacenter(DatacenterSet),
    }
}

/// The machines of an inventory.
pub(super) struct Index {
    machines: BTreeMap<MoRef, Entry>,
}

pub(super) struct Entry {
    pub(super) name: String,
    pub(super) path: Option<String>,
}

impl Entry {
    /// What tells it from others of its name.
    pub(super) fn label(&self) -> &str {
        self.path.as_deref().unwrap_or(&self.name)
    }
}

impl Index {
    /// Reads the names of all machines, and of what stands above them.
    pub(super) async fn read(client: &Client) -> Result<Self, OpError> {
        let root = &client.content().root_folder;
        let found = client
            .list::<Found>(root)
            .await
            .map_err(OpError::client("read the names of the virtual machines"))?;
        let mut ancestors = Ancestors::from([(root.clone(), (String::new(), None))]);
        let mut vms = Vec::new();
        for object in found {
            let (name, parent) = match object.properties {
                Found::Vm(set) => {
                    vms.push((object.reference, set));
                    continue;
                }
                Found::Folder(set) => (set.name, set.parent),
                Found::Datacenter(set) => (set.name, set.parent),
            };
            ancestors.insert(object.reference, (name.unwrap_or_default(), parent));
        }
        let machines = vms.into_iter().filter_map(|(reference, set)| {
            let name = decode(&set.name?);
            let path = inventory_path(&name, set.parent.as_ref(), &ancestors);
            Some((MoRef::from(&reference), Entry { name, path }))
        });
        Ok(Self {
            machines: machines.collect(),
        })
    }

    pub(super) fn get(&self, moref: &MoRef) -> Option<&Entry> {
        self.machines.get(moref)
    }

    /// The machines that a pattern fits.
    pub(super) fn matching(&self, pattern: &VmPattern) -> Vec<MoRef> {
        let fitting = self
            .machines
            .iter()
            .filter(|(_, entry)| pattern.matches(&entry.name, entry.path.as_deref()));
        fitting.map(|(moref, _)| moref.clone()).collect()
    }

    /// The machines that a selector names, as [`resolve`](crate::ops::resolve) would find them;
    /// `None` for a UUID, which is not in the index.
    pub(super) fn named(&self, selector: &VmSelector) -> Option<Vec<MoRef>> {
        let by = |fits: &dyn Fn(&Entry) -> bool| -> Vec<MoRef> {
            let fitting = self.machines.iter().filter(|(_, entry)| fits(entry));
            fitting.map(|(moref, _)| moref.clone()).collect()
        };
        let by_name = |name: &str| {
            let exact = by(&|entry| entry.name == name);
            if !exact.is_empty() {
                return exact;
            }
            let lower = name.to_lowercase();
            by(&|entry| entry.name.to_lowercase() == lower)
        };
        let known = |moref: MoRef| self.machines.contains_key(&moref).then_some(moref);
        Some(match selector {
            VmSelector::Uuid(_) => return None,
            VmSelector::MoRef(moref) => known(moref.clone()).into_iter().collect(),
            VmSelector::Path(path) => by(&|entry| {
                let own = entry.path.as_deref();
                own.is_some_and(|own| own.trim_matches('/') == path)
            }),
            VmSelector::NameOrMoRef(text) => match known(MoRef::new("VirtualMachine", text)) {
                Some(moref) => vec![moref],
                None => by_name(text),
            },
            VmSelector::Name(name) => by_name(name),
        })
    }

    /// Names that are near to what was not found.
    pub(super) fn near(&self, selector: &VmSelector) -> Vec<String> {
        let text = selector.to_string();
        let wanted = text.rsplit('/').next().unwrap_or(&text);
        near(
            wanted,
            self.machines.values().map(|entry| entry.name.as_str()),
        )
    }
}
