//! The description of a datastore to make.

use crate::ids;
use crate::value::{Data, MoRef, Value};

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
    /// What is taken by files that belong to no VM, in GiB.
    pub other_gb: i64,
    /// The pod that it belongs to.
    pub pod: Option<MoRef>,
    /// Whether hosts may only read it; for VMFS its devices are write-protected.
    pub read_only: bool,
    /// Whether it lies on disks inside its only host.
    pub local: bool,
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
            local: false,
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

    /// The same, with `gb` GiB taken by files of no VM.
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

    /// The same, on disks inside its only host.
    #[must_use]
    pub fn local(mut self) -> Self {
        self.local = true;
        self
    }

    pub(super) fn wire_type(&self) -> &'static str {
        match self.kind {
            DatastoreKind::Vmfs => "VMFS",
            DatastoreKind::Vsan => "vsan",
            DatastoreKind::Nfs { .. } => "NFS",
        }
    }

    pub(super) fn volume_id(&self) -> String {
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

/// `Datastore.info` of a new datastore.
pub(super) fn info(
    spec: &DatastoreSpec,
    id: &str,
    url: &str,
    bytes: i64,
    now: jiff::Timestamp,
) -> Data {
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
                .with("local", spec.local);
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
