//! Calls of a host's storage and datastores. None gives a task; a scan answers when it is over.
//!
//! There is one `HostStorageSystem` and one `HostDatastoreSystem` for each host; the host's
//! `configManager` names them.

use super::Effect;
use crate::vim::{HostNasVolumeSpec, HostUnresolvedVmfsVolume, ManagedObjectReference};
use crate::wire_method;

wire_method! {
    /// Mounts a share of a file server on a host (`HostDatastoreSystem.CreateNasDatastore`).
    ///
    /// Gives the datastore: the one that is there when another host mounts the same share by the same name.
    pub struct CreateNasDatastore = "CreateNasDatastore": Effect::Change => ManagedObjectReference {
        /// The share, and how it is mounted.
        spec: HostNasVolumeSpec = "spec",
    }
}

wire_method! {
    /// Takes a datastore off a host (`HostDatastoreSystem.RemoveDatastore`).
    ///
    /// For a share of a file server this is an unmount. **For VMFS it is not**: it deletes the partitions of
    /// the volume, with everything on it, for every host. [`UnmountVmfsVolume`] is the unmount of VMFS.
    pub struct RemoveDatastore = "RemoveDatastore": Effect::Change => () {
        /// The datastore.
        datastore: ManagedObjectReference = "datastore",
    }
}

wire_method! {
    /// Lists the volumes that a host takes for copies and therefore does not mount
    /// (`HostDatastoreSystem.QueryUnresolvedVmfsVolumes`).
    pub struct QueryUnresolvedVmfsVolumes = "QueryUnresolvedVmfsVolumes": Effect::Read => Vec<HostUnresolvedVmfsVolume> {}
}

wire_method! {
    /// Mounts a volume that the host knows and has unmounted (`HostStorageSystem.MountVmfsVolume`).
    pub struct MountVmfsVolume = "MountVmfsVolume": Effect::Change => () {
        /// The UUID of the volume.
        vmfs_uuid: String = "vmfsUuid",
    }
}

wire_method! {
    /// Unmounts a volume; it stays so over a scan and a reboot (`HostStorageSystem.UnmountVmfsVolume`).
    pub struct UnmountVmfsVolume = "UnmountVmfsVolume": Effect::Change => () {
        /// The UUID of the volume.
        vmfs_uuid: String = "vmfsUuid",
    }
}

wire_method! {
    /// Looks for volumes on the devices that the host sees, and mounts new ones (`HostStorageSystem.RescanVmfs`).
    pub struct RescanVmfs = "RescanVmfs": Effect::Change => () {}
}

wire_method! {
    /// Looks for devices on all storage adapters (`HostStorageSystem.RescanAllHba`). It may take minutes.
    pub struct RescanAllHba = "RescanAllHba": Effect::Change => () {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::soap::envelope;

    fn system() -> ManagedObjectReference {
        ManagedObjectReference::new("HostDatastoreSystem", "datastoreSystem-10")
    }

    #[test]
    fn a_share_is_written_in_the_order_of_the_schema() {
        let call = CreateNasDatastore {
            this: system(),
            spec: HostNasVolumeSpec {
                kind: Some("NFS41".into()),
                remote_host_names: vec!["a".into(), "b".into()],
                security_type: Some("AUTH_SYS".into()),
                ..HostNasVolumeSpec::new("a", "/x", "nfs-01", "readWrite")
            },
        };
        let xml = envelope::request(&call, None).unwrap();
        let xml = String::from_utf8(xml.to_vec()).unwrap();
        assert!(
            xml.contains(
                "<spec><remoteHost>a</remoteHost><remotePath>/x</remotePath><localPath>nfs-01</localPath>\
                 <accessMode>readWrite</accessMode><type>NFS41</type><remoteHostNames>a</remoteHostNames>\
                 <remoteHostNames>b</remoteHostNames><securityType>AUTH_SYS</securityType></spec>"
            ),
            "{xml}"
        );
    }

    #[test]
    fn a_copy_of_a_volume_is_read_with_its_devices() {
        use crate::soap::{Decode, Reader};

        let xml = "<returnval><extent><device><diskName>naa.6006</diskName><partition>1</partition></device>\
                   <devicePath>/vmfs/devices/disks/naa.6006:1</devicePath><vmfsUuid>5f3b</vmfsUuid>\
                   <isHeadExtent>true</isHeadExtent><ordinal>0</ordinal><startBlock>0</startBlock>\
                   <endBlock>9</endBlock><reason>diskIdMismatch</reason></extent>\
                   <vmfsLabel>gold-01</vmfsLabel><vmfsUuid>5f3b</vmfsUuid><totalBlocks>10</totalBlocks>\
                   <resolveStatus><resolvable>true</resolvable></resolveStatus></returnval>";
        let mut reader = Reader::new(xml.as_bytes()).unwrap();
        let root = reader.root().unwrap();
        let copy = HostUnresolvedVmfsVolume::decode(&mut reader, &root).unwrap();
        assert_eq!(copy.vmfs_uuid, "5f3b");
        assert_eq!(copy.extent[0].device.disk_name, "naa.6006");
        assert_eq!(
            copy.resolve_status.map(|status| status.resolvable),
            Some(true)
        );
    }
}
