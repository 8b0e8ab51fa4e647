//! Datastores, their mounts on hosts, and pods.

use crate::files::FileKind;
use crate::model::datastore_spec::info;
use crate::model::managers::entity;
use crate::model::mounts::mount;
use crate::model::{Builder, Datacenter, DatastoreKind, DatastoreSpec, HostSpec};
use crate::value::{Data, MoRef, Value};
use crate::vm::refresh;
use crate::world::World;

impl Builder<'_> {
    /// A pod: a folder of datastores that Storage DRS balances.
    pub fn pod(&mut self, dc: &Datacenter, name: &str) -> MoRef {
        let pod = self.reference("StoragePod", "group-p");
        let config = Data::new("StorageDrsPodConfigInfo")
            .with("enabled", true)
            .with("ioLoadBalanceEnabled", false)
            .with("defaultVmBehavior", "automated")
            .with("loadBalanceInterval", 480)
            .with("defaultIntraVmAffinity", true);
        let drs = Data::new("StorageDrsConfigInfo").with("podConfig", config);
        let properties = entity("StoragePod", name)
            .with("parent", &dc.datastore)
            .with("childType", Value::list("string", ["Datastore"]))
            .with("childEntity", Value::refs([]))
            .with("summary", refresh::pod_summary(name, 0, 0))
            .with(
                "podStorageDrsEntry",
                Data::new("PodStorageDrsEntry").with("storageDrsConfig", drs),
            );
        self.world.store.insert(pod.clone(), properties);
        self.world.store.link(&dc.datastore, "childEntity", &pod);
        pod
    }

    /// A datastore, mounted on the hosts given.
    pub fn datastore(
        &mut self,
        dc: &Datacenter,
        spec: &DatastoreSpec,
        hosts: &[&HostSpec],
    ) -> MoRef {
        let reference = if self.personality.is_vcenter() {
            self.reference("Datastore", "datastore-")
        } else {
            MoRef::new("Datastore", spec.volume_id())
        };
        let parent = spec.pod.clone().unwrap_or_else(|| dc.datastore.clone());
        put_datastore(self.world, &reference, &parent, spec);
        self.world
            .store
            .link(&dc.reference, "datastore", &reference);
        if spec.other_gb > 0 {
            let path = format!("[{}] archive/exports.tar", spec.name);
            let now = self.world.clock.now();
            self.world
                .files
                .put(path, FileKind::Other, spec.other_gb << 30, now);
        }
        if spec.read_only && spec.kind == DatastoreKind::Vmfs {
            self.world.san.write_protect(&reference, true);
        }
        for host in hosts {
            mount(
                self.world,
                &reference,
                &host.reference,
                if spec.read_only {
                    "readOnly"
                } else {
                    "readWrite"
                },
            );
        }
        refresh::datastore(self.world, &reference);
        if let Some(pod) = &spec.pod {
            refresh::pod(self.world, pod);
        }
        reference
    }
}

/// Makes a datastore object below `parent`, mounted nowhere yet.
pub(crate) fn put_datastore(
    world: &mut World,
    reference: &MoRef,
    parent: &MoRef,
    spec: &DatastoreSpec,
) {
    let bytes = spec.capacity_gb << 30;
    let id = spec.volume_id();
    let url = format!("ds:///vmfs/volumes/{id}/");
    let summary = Data::new("DatastoreSummary")
        .with("datastore", reference)
        .with("name", spec.name.as_str())
        .with("url", url.as_str())
        .with("capacity", bytes)
        .with("freeSpace", bytes)
        .with("uncommitted", 0_i64)
        .with("accessible", true)
        .with("multipleHostAccess", false)
        .with("type", spec.wire_type())
        .with("maintenanceMode", "normal");
    let block = matches!(spec.kind, DatastoreKind::Vmfs);
    let capability = Data::new("DatastoreCapability")
        .with("directoryHierarchySupported", true)
        .with("rawDiskMappingsSupported", block)
        .with("perFileThinProvisioningSupported", true)
        .with("storageIORMSupported", block)
        .with("nativeSnapshotSupported", false)
        .with(
            "topLevelDirectoryCreateSupported",
            !matches!(spec.kind, DatastoreKind::Vsan),
        );
    let browser = MoRef::new(
        "HostDatastoreBrowser",
        format!("datastoreBrowser-{}", reference.value),
    );
    let properties = entity("Datastore", &spec.name)
        .with("parent", parent)
        .with("info", info(spec, &id, &url, bytes, world.clock.now()))
        .with("summary", summary)
        .with(
            "host",
            Value::list("DatastoreHostMount", Vec::<Data>::new()),
        )
        .with("vm", Value::refs([]))
        .with("browser", &browser)
        .with("capability", capability);
    world.store.insert(reference.clone(), properties);
    let seen =
        Data::new("HostDatastoreBrowser").with("datastore", Value::refs([reference.clone()]));
    world.store.insert_owned(browser, seen, reference.clone());
    world.store.link(parent, "childEntity", reference);
}
