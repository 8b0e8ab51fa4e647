//! Datastores, their mounts on hosts, and pods.

use crate::files::FileKind;
use crate::model::managers::entity;
use crate::model::{Builder, Datacenter, HostSpec, ids};
use crate::shape::number;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The file system of a datastore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatastoreKind {
    /// VMFS of major version 6.
    Vmfs,
    /// vSAN.
    Vsan,
    /// NFS 3.
    Nfs {
        /// The server's name.
        server: String,
        /// What it exports.
        export: String,
    },
}

/// A datastore to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatastoreSpec {
    /// Its name.
    pub name: String,
    /// Its file system.
    pub kind: DatastoreKind,
    /// Its size in GiB.
    pub capacity_gb: i64,
    /// What is taken by files that belong to no machine, in GiB.
    pub other_gb: i64,
    /// The pod that it belongs to.
    pub pod: Option<MoRef>,
    /// Whether hosts may only read it.
    pub read_only: bool,
}

impl DatastoreSpec {
    /// A VMFS datastore.
    pub fn vmfs(name: &str, capacity_gb: i64) -> Self {
        Self {
            name: name.to_owned(),
            kind: DatastoreKind::Vmfs,
            capacity_gb,
            other_gb: 0,
            pod: None,
            read_only: false,
        }
    }

    /// A vSAN datastore.
    pub fn vsan(name: &str, capacity_gb: i64) -> Self {
        Self {
            kind: DatastoreKind::Vsan,
            ..Self::vmfs(name, capacity_gb)
        }
    }

    /// An NFS datastore.
    pub fn nfs(name: &str, capacity_gb: i64, server: &str, export: &str) -> Self {
        let kind = DatastoreKind::Nfs {
            server: server.to_owned(),
            export: export.to_owned(),
        };
        Self {
            kind,
            ..Self::vmfs(name, capacity_gb)
        }
    }

    /// The same, in a pod.
    #[must_use]
    pub fn in_pod(mut self, pod: &MoRef) -> Self {
        self.pod = Some(pod.clone());
        self
    }

    /// The same, with `gb` GiB taken by files of no machine.
    #[must_use]
    pub fn taken(mut self, gb: i64) -> Self {
        self.other_gb = gb;
        self
    }

    /// The same, mounted read-only everywhere.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    fn wire_type(&self) -> &'static str {
        match self.kind {
            DatastoreKind::Vmfs => "VMFS",
            DatastoreKind::Vsan => "vsan",
            DatastoreKind::Nfs { .. } => "NFS",
        }
    }

    fn volume_id(&self) -> String {
        match &self.kind {
            DatastoreKind::Vmfs => ids::vmfs_uuid(&self.name),
            DatastoreKind::Vsan => {
                format!("vsan:{}", ids::plain_uuid(&self.name).replacen('-', "", 4))
            }
            DatastoreKind::Nfs { server, export } => format!(
                "{:08x}-{:08x}",
                ids::hash(server) & 0xffff_ffff,
                ids::hash(export) & 0xffff_ffff
            ),
        }
    }
}

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
            .with("summary", pod_summary(name, 0, 0))
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
        crate::vm::refresh::datastore(self.world, &reference);
        if let Some(pod) = &spec.pod {
            refresh_pod(self.world, pod);
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

fn info(spec: &DatastoreSpec, id: &str, url: &str, bytes: i64, now: jiff::Timestamp) -> Data {
    let kind = match spec.kind {
        DatastoreKind::Vmfs => "VmfsDatastoreInfo",
        DatastoreKind::Vsan => "VsanDatastoreInfo",
        DatastoreKind::Nfs { .. } => "NasDatastoreInfo",
    };
    let info = Data::new(kind)
        .with("name", spec.name.as_str())
        .with("url", url)
        .with("freeSpace", bytes)
        .with("maxFileSize", 70_368_744_177_664_i64)
        .with("maxVirtualDiskCapacity", 68_169_720_922_112_i64)
        .with("maxMemoryFileSize", 70_368_744_177_664_i64)
        .with("timestamp", now);
    let volume = |kind: &str| {
        Data::new(kind)
            .with("type", spec.wire_type())
            .with("name", spec.name.as_str())
            .with("capacity", bytes)
    };
    match &spec.kind {
        DatastoreKind::Vmfs => {
            let extent = Data::new("HostScsiDiskPartition")
                .with(
                    "diskName",
                    format!(
                        "naa.6006016{:016x}{:09x}",
                        ids::hash(id),
                        ids::hash(url) & 0xf_ffff_ffff
                    ),
                )
                .with("partition", 1);
            let vmfs = volume("HostVmfsVolume")
                .with("blockSizeMb", 1)
                .with("blockSize", 1024)
                .with("maxBlocks", 63_963_136)
                .with("majorVersion", 6)
                .with("version", "6.82")
                .with("uuid", id)
                .with("extent", Value::list("HostScsiDiskPartition", [extent]))
                .with("vmfsUpgradable", false)
                .with("ssd", true)
                .with("local", false);
            info.with("maxPhysicalRDMFileSize", 70_368_744_177_664_i64)
                .with("maxVirtualRDMFileSize", 68_169_720_922_112_i64)
                .with("vmfs", vmfs)
        }
        DatastoreKind::Nfs { server, export } => info.with(
            "nas",
            volume("HostNasVolume")
                .with("remoteHost", server.as_str())
                .with("remotePath", export.as_str())
                .with("userName", "")
                .with("remoteHostNames", Value::list("string", [server.as_str()])),
        ),
        DatastoreKind::Vsan => info
            .with("membershipUuid", ids::plain_uuid(id))
            .with("accessGenNo", 0),
    }
}

/// Mounts a datastore on a host.
pub(crate) fn mount(world: &mut World, datastore: &MoRef, host: &MoRef, access: &str) {
    let url = world
        .store
        .value(datastore, "summary.url")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let path = url
        .trim_start_matches("ds://")
        .trim_end_matches('/')
        .to_owned();
    let info = Data::new("HostMountInfo")
        .with("path", path)
        .with("accessMode", access)
        .with("mounted", true)
        .with("accessible", true);
    let entry = Data::new("DatastoreHostMount")
        .with("key", host)
        .with("mountInfo", info);
    world.store.update(datastore, |data| {
        if let Some(mounts) = data.get_mut("host").and_then(Value::as_list_mut) {
            mounts.push(entry.into());
        }
        let shared = data.list("host").len() > 1;
        data.set_path("summary.multipleHostAccess", shared);
    });
    let compute = world
        .store
        .get(host)
        .and_then(|h| h.reference("parent").cloned());
    let below = world
        .store
        .objects()
        .filter(|o| o.owner.as_ref() == Some(host));
    let managers: Vec<MoRef> = below
        .map(|o| o.reference.clone())
        .filter(|r| {
            matches!(
                r.kind.as_str(),
                "HostDatastoreSystem" | "HostDatastoreBrowser"
            )
        })
        .collect();
    for holder in [Some(host.clone()), compute]
        .into_iter()
        .flatten()
        .chain(managers)
    {
        world.store.link(&holder, "datastore", datastore);
    }
}

/// Sums up a pod from its datastores.
pub(crate) fn refresh_pod(world: &mut World, pod: &MoRef) {
    let Some(data) = world.store.get(pod) else {
        return;
    };
    let name = data.str("name").unwrap_or_default().to_owned();
    let (mut capacity, mut free) = (0, 0);
    for datastore in data
        .references("childEntity")
        .iter()
        .filter_map(|d| world.store.get(d))
    {
        capacity += number(datastore, "summary.capacity");
        free += number(datastore, "summary.freeSpace");
    }
    world.store.update(pod, |data| {
        data.set("summary", pod_summary(&name, capacity, free))
    });
}

fn pod_summary(name: &str, capacity: i64, free: i64) -> Data {
    Data::new("StoragePodSummary")
        .with("name", name)
        .with("capacity", capacity)
        .with("freeSpace", free)
}
