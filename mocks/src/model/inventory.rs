//! Datacenters, folders, clusters, hosts, networks.

use crate::model::managers::entity;
use crate::model::{Builder, HostSpec};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// A datacenter with its four folders.
#[derive(Clone, Debug)]
pub struct Datacenter {
    /// The datacenter.
    pub reference: MoRef,
    /// Where VMs hang.
    pub vm: MoRef,
    /// Where hosts and clusters hang.
    pub host: MoRef,
    /// Where datastores and pods hang.
    pub datastore: MoRef,
    /// Where networks hang.
    pub network: MoRef,
}

impl Builder<'_> {
    /// A datacenter below the root folder.
    pub fn datacenter(&mut self, name: &str) -> Datacenter {
        let vcenter = self.personality.is_vcenter();
        let root = self
            .world
            .root_folder()
            .unwrap_or_else(World::service_instance);
        let reference = if vcenter {
            self.reference("Datacenter", "datacenter-")
        } else {
            MoRef::new("Datacenter", "ha-datacenter")
        };
        self.world
            .store
            .insert(reference.clone(), Data::new("Datacenter"));
        let mut folder = |name: &str, prefix: &str, own: &str, child: &[&str]| {
            let folder = if vcenter {
                self.reference("Folder", prefix)
            } else {
                MoRef::new("Folder", own)
            };
            self.put_folder(&folder, &reference, name, child);
            folder
        };
        let vm = folder(
            "vm",
            "group-v",
            "ha-folder-vm",
            &["Folder", "VirtualMachine", "VirtualApp"],
        );
        let host = folder(
            "host",
            "group-h",
            "ha-folder-host",
            &["Folder", "ComputeResource"],
        );
        let datastore = folder(
            "datastore",
            "group-s",
            "ha-folder-datastore",
            &["Folder", "Datastore", "StoragePod"],
        );
        let network = folder(
            "network",
            "group-n",
            "ha-folder-network",
            &["Folder", "Network"],
        );
        let properties = entity("Datacenter", name)
            .with("parent", &root)
            .with("vmFolder", &vm)
            .with("hostFolder", &host)
            .with("datastoreFolder", &datastore)
            .with("networkFolder", &network)
            .with("datastore", Value::refs([]))
            .with("network", Value::refs([]))
            .with("configuration", Data::new("DatacenterConfigInfo"));
        self.world.store.insert(reference.clone(), properties);
        self.world.store.link(&root, "childEntity", &reference);
        Datacenter {
            reference,
            vm,
            host,
            datastore,
            network,
        }
    }

    /// A folder for VMs below another.
    pub fn folder(&mut self, parent: &MoRef, name: &str) -> MoRef {
        let folder = self.reference("Folder", "group-v");
        self.put_folder(
            &folder,
            parent,
            name,
            &["Folder", "VirtualMachine", "VirtualApp"],
        );
        self.world.store.link(parent, "childEntity", &folder);
        folder
    }

    fn put_folder(&mut self, folder: &MoRef, parent: &MoRef, name: &str, child: &[&str]) {
        let properties = entity("Folder", name)
            .with("parent", parent)
            .with("childType", Value::list("string", child.iter().copied()))
            .with("childEntity", Value::refs([]));
        self.world.store.insert(folder.clone(), properties);
    }

    /// A standard network that hosts share.
    pub fn network(&mut self, dc: &Datacenter, name: &str, hosts: &[&HostSpec]) -> MoRef {
        let reference = if self.personality.is_vcenter() {
            self.reference("Network", "network-")
        } else {
            MoRef::new("Network", format!("HaNetwork-{name}"))
        };
        let summary = Data::new("NetworkSummary")
            .with("network", &reference)
            .with("name", name)
            .with("accessible", true)
            .with("ipPoolName", "");
        let hosts_of = Value::refs(hosts.iter().map(|h| h.reference.clone()));
        let properties = entity("Network", name)
            .with("parent", &dc.network)
            .with("summary", summary)
            .with("host", hosts_of)
            .with("vm", Value::refs([]));
        self.world.store.insert(reference.clone(), properties);
        for (holder, property) in [(&dc.network, "childEntity"), (&dc.reference, "network")] {
            self.world.store.link(holder, property, &reference);
        }
        for host in hosts {
            self.world
                .store
                .link(&host.reference, "network", &reference);
            self.world.store.link(&host.compute, "network", &reference);
        }
        reference
    }
}
