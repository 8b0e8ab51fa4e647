//! Datastores and where they are mounted.

use super::ManagedObjectReference;
use crate::soap::{Decode, DecodeError, RawElement, Reader, Start};
use crate::{wire_enum, wire_struct};

wire_struct! {
    /// Kind, room and reachability of a datastore (`Datastore.summary`).
    #[derive(Eq)]
    pub struct DatastoreSummary = "DatastoreSummary" {
        /// The datastore.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// Its name.
        name: String = "name",
        /// Its URL, `ds:///vmfs/volumes/…/`.
        url: String = "url",
        /// Size in bytes; not reliable while not accessible.
        capacity: i64 = "capacity",
        /// Free bytes.
        free_space: i64 = "freeSpace",
        /// Bytes promised to thin disks beyond what they use.
        uncommitted: Option<i64> = "uncommitted",
        /// Whether any host reaches it.
        accessible: bool = "accessible",
        /// Whether more than one host may mount it.
        multiple_host_access: Option<bool> = "multipleHostAccess",
        /// `VMFS`, `NFS`, `NFS41`, `vsan`, `VVOL`, `PMEM`, `OTHER`, in the server's spelling.
        kind: String = "type",
        /// `normal` or on the way into maintenance.
        maintenance_mode: Option<String> = "maintenanceMode",
    }
}

wire_struct! {
    /// A host that mounts a datastore (`Datastore.host[]`).
    #[derive(Eq)]
    pub struct DatastoreHostMount = "DatastoreHostMount" {
        /// The host.
        key: ManagedObjectReference = "key",
        /// How it mounts it.
        mount_info: HostMountInfo = "mountInfo",
    }
}

wire_struct! {
    /// How a host mounts a datastore.
    #[derive(Eq)]
    pub struct HostMountInfo = "HostMountInfo" {
        /// Where on the host.
        path: Option<String> = "path",
        /// Read and write, or read only.
        access_mode: HostMountMode = "accessMode",
        /// Whether it is mounted; absent counts as yes.
        mounted: Option<bool> = "mounted",
        /// Whether it can be reached; absent counts as yes.
        accessible: Option<bool> = "accessible",
        /// Why not: `AllPathsDown_Start`, `PermanentDeviceLoss` and others.
        inaccessible_reason: Option<String> = "inaccessibleReason",
        /// The VMkernel adapter that an NFS mount is bound to, since 8.0.1.
        vmknic_name: Option<String> = "vmknicName",
        /// Why mounting failed.
        mount_failed_reason: Option<String> = "mountFailedReason",
        /// How many connections an NFS mount has, since 8.0.1.
        num_tcp_connections: Option<i32> = "numTcpConnections",
    }
}

impl HostMountInfo {
    /// Whether the host can write there now.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.access_mode == HostMountMode::ReadWrite
            && self.mounted.unwrap_or(true)
            && self.accessible.unwrap_or(true)
    }
}

wire_enum! {
    /// How a host may use a datastore.
    pub enum HostMountMode = "HostMountMode" {
        /// Read and write.
        ReadWrite = "readWrite",
        /// Read only.
        ReadOnly = "readOnly",
    }
}

/// What a datastore lies on (`Datastore.info`).
#[derive(Debug, Clone, PartialEq)]
pub struct DatastoreInfo {
    /// The wire type, such as `VmfsDatastoreInfo`; empty when the server named none.
    pub type_name: String,
    /// Its name.
    pub name: String,
    /// Its URL, `ds:///vmfs/volumes/…/`.
    pub url: String,
    /// Largest file in bytes.
    pub max_file_size: Option<i64>,
    /// Largest virtual disk in bytes.
    pub max_virtual_disk_capacity: Option<i64>,
    /// The volume, by kind.
    pub volume: DatastoreVolume,
}

/// The volume below a datastore.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DatastoreVolume {
    /// VMFS.
    Vmfs(HostVmfsVolume),
    /// NFS.
    Nas(HostNasVolume),
    /// Another, as it came, or none told.
    Other(Option<Box<RawElement>>),
}

impl Decode for DatastoreInfo {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut info = Self {
            type_name: start.xsi_type().unwrap_or_default().to_owned(),
            name: String::new(),
            url: String::new(),
            max_file_size: None,
            max_virtual_disk_capacity: None,
            volume: DatastoreVolume::Other(None),
        };
        while let Some(child) = reader.next_child(start)? {
            match child.name() {
                "name" => info.name = Decode::decode(reader, &child)?,
                "url" => info.url = Decode::decode(reader, &child)?,
                "maxFileSize" => info.max_file_size = Decode::decode(reader, &child)?,
                "maxVirtualDiskCapacity" => {
                    info.max_virtual_disk_capacity = Decode::decode(reader, &child)?;
                }
                "vmfs" => info.volume = DatastoreVolume::Vmfs(Decode::decode(reader, &child)?),
                "nas" => info.volume = DatastoreVolume::Nas(Decode::decode(reader, &child)?),
                "vsan" | "vvolDS" | "pmem" => {
                    info.volume = DatastoreVolume::Other(Decode::decode(reader, &child)?);
                }
                _ => {}
            }
        }
        Ok(info)
    }
}

wire_struct! {
    /// A VMFS volume.
    #[derive(Eq)]
    pub struct HostVmfsVolume = "HostVmfsVolume" {
        /// Its name.
        name: String = "name",
        /// Size in bytes.
        capacity: i64 = "capacity",
        /// VMFS 5 or 6.
        major_version: Option<i32> = "majorVersion",
        /// The full version, `6.82`.
        version: Option<String> = "version",
        /// Its UUID, which `MountVmfsVolume` wants.
        uuid: String = "uuid",
        /// The partitions it lies on.
        extent: Vec<HostScsiDiskPartition> = "extent",
        /// Whether it lies on the host's own disks.
        local: Option<bool> = "local",
    }
}

wire_struct! {
    /// A partition of a disk of the host.
    #[derive(Eq)]
    pub struct HostScsiDiskPartition = "HostScsiDiskPartition" {
        /// Canonical name, `naa.…`.
        disk_name: String = "diskName",
        /// Number.
        partition: i32 = "partition",
    }
}

wire_struct! {
    /// A file server's share.
    #[derive(Eq)]
    pub struct HostNasVolume = "HostNasVolume" {
        /// `NFS`, `NFS41`, `CIFS`.
        kind: Option<String> = "type",
        /// Its name.
        name: String = "name",
        /// Size in bytes.
        capacity: i64 = "capacity",
        /// The server.
        remote_host: String = "remoteHost",
        /// The share.
        remote_path: String = "remotePath",
        /// All servers, where there are several.
        remote_host_names: Vec<String> = "remoteHostNames",
        /// How an NFS 4.1 server knows the host: `AUTH_SYS`, `SEC_KRB5`, `SEC_KRB5I`.
        security_type: Option<String> = "securityType",
    }
}
