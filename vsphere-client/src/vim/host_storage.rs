//! What a host is told to mount, and the copies of volumes that it sees.

use super::HostScsiDiskPartition;
use crate::wire_struct;

wire_struct! {
    /// A share of a file server to mount (`CreateNasDatastore`).
    ///
    /// User name and password, which only CIFS would need, are left out.
    #[derive(Eq)]
    pub struct HostNasVolumeSpec = "HostNasVolumeSpec" {
        /// The server; for NFS 4.1 the first of `remote_host_names`.
        remote_host: String = "remoteHost",
        /// The share.
        remote_path: String = "remotePath",
        /// The datastore's name.
        local_path: String = "localPath",
        /// `readWrite` or `readOnly`.
        access_mode: String = "accessMode",
        /// `NFS` (NFS 3, also when absent) or `NFS41`.
        kind: Option<String> = "type",
        /// All servers of an NFS 4.1 share.
        remote_host_names: Vec<String> = "remoteHostNames",
        /// How an NFS 4.1 server knows the host: `AUTH_SYS`, `SEC_KRB5`, `SEC_KRB5I`.
        security_type: Option<String> = "securityType",
        /// The VMkernel adapter that the mount is bound to, since 8.0.1.
        vmknic_to_bind: Option<String> = "vmknicToBind",
        /// Whether it is bound to one, since 8.0.1.
        vmknic_bound: Option<bool> = "vmknicBound",
        /// How many connections it has, since 8.0.1.
        connections: Option<i32> = "connections",
    }
}

impl HostNasVolumeSpec {
    /// An NFS 3 share.
    #[must_use]
    pub fn new(server: &str, share: &str, name: &str, access_mode: &str) -> Self {
        Self {
            remote_host: server.to_owned(),
            remote_path: share.to_owned(),
            local_path: name.to_owned(),
            access_mode: access_mode.to_owned(),
            kind: None,
            remote_host_names: Vec::new(),
            security_type: None,
            vmknic_to_bind: None,
            vmknic_bound: None,
            connections: None,
        }
    }
}

wire_struct! {
    /// A VMFS volume that the host takes for a copy of another: its device is not the one that the volume was made on.
    #[derive(Eq)]
    pub struct HostUnresolvedVmfsVolume = "HostUnresolvedVmfsVolume" {
        /// The partitions it lies on.
        extent: Vec<HostUnresolvedVmfsExtent> = "extent",
        /// Its name.
        vmfs_label: String = "vmfsLabel",
        /// The UUID, which is that of the original too.
        vmfs_uuid: String = "vmfsUuid",
        /// How many blocks it has.
        total_blocks: i32 = "totalBlocks",
        /// Whether it could be mounted or given a signature of its own.
        resolve_status: Option<HostUnresolvedVmfsVolumeResolveStatus> = "resolveStatus",
    }
}

wire_struct! {
    /// A partition of such a volume.
    #[derive(Eq)]
    pub struct HostUnresolvedVmfsExtent = "HostUnresolvedVmfsExtent" {
        /// Device and partition.
        device: HostScsiDiskPartition = "device",
        /// The same as a path on the host.
        device_path: String = "devicePath",
        /// The UUID that was found there.
        vmfs_uuid: String = "vmfsUuid",
        /// Whether it is the first.
        is_head_extent: bool = "isHeadExtent",
        /// Its number among the extents.
        ordinal: i32 = "ordinal",
        /// Its first block.
        start_block: i32 = "startBlock",
        /// Its last block.
        end_block: i32 = "endBlock",
        /// Why it is taken for a copy: `diskIdMismatch`, `uuidConflict`.
        reason: String = "reason",
    }
}

wire_struct! {
    /// Whether such a volume could be used.
    #[derive(Eq)]
    pub struct HostUnresolvedVmfsVolumeResolveStatus = "HostUnresolvedVmfsVolumeResolveStatus" {
        /// Whether it could.
        resolvable: bool = "resolvable",
        /// Whether partitions are missing.
        incomplete_extents: Option<bool> = "incompleteExtents",
        /// Whether there are several copies.
        multiple_copies: Option<bool> = "multipleCopies",
    }
}
