//! Which files a VM consists of.

use super::ManagedObjectReference;
use crate::wire_struct;

wire_struct! {
    /// The files of a VM (`layoutEx`). The server refreshes it now and then, see `timestamp`.
    pub struct VirtualMachineFileLayoutEx = "VirtualMachineFileLayoutEx" {
        /// All files.
        file: Vec<VirtualMachineFileLayoutExFileInfo> = "file",
        /// The files of each disk.
        disk: Vec<VirtualMachineFileLayoutExDiskLayout> = "disk",
        /// The files of each snapshot.
        snapshot: Vec<VirtualMachineFileLayoutExSnapshotLayout> = "snapshot",
        /// When the server looked.
        timestamp: Option<jiff::Timestamp> = "timestamp",
    }
}

impl VirtualMachineFileLayoutEx {
    /// The file of that key.
    #[must_use]
    pub fn file_of(&self, key: i32) -> Option<&VirtualMachineFileLayoutExFileInfo> {
        self.file.iter().find(|file| file.key == key)
    }
}

wire_struct! {
    /// One file.
    #[derive(Eq)]
    pub struct VirtualMachineFileLayoutExFileInfo = "VirtualMachineFileLayoutExFileInfo" {
        /// Its key within the layout.
        key: i32 = "key",
        /// `[datastore1] vm/vm-flat.vmdk`.
        name: String = "name",
        /// `config`, `diskDescriptor`, `diskExtent`, `snapshotData` and others.
        kind: String = "type",
        /// Bytes allocated.
        size: i64 = "size",
        /// Bytes shared with no other file.
        unique_size: Option<i64> = "uniqueSize",
        /// The storage's own id.
        backing_object_id: Option<String> = "backingObjectId",
        /// Whether it can be read.
        accessible: Option<bool> = "accessible",
    }
}

wire_struct! {
    /// The files of one disk.
    #[derive(Eq)]
    pub struct VirtualMachineFileLayoutExDiskLayout = "VirtualMachineFileLayoutExDiskLayout" {
        /// The device's key.
        key: i32 = "key",
        /// The base disk first, then its deltas.
        chain: Vec<VirtualMachineFileLayoutExDiskUnit> = "chain",
    }
}

wire_struct! {
    /// One link of a disk's chain.
    #[derive(Eq)]
    pub struct VirtualMachineFileLayoutExDiskUnit = "VirtualMachineFileLayoutExDiskUnit" {
        /// Keys of its files: descriptor and extents.
        file_key: Vec<i32> = "fileKey",
    }
}

wire_struct! {
    /// The files of one snapshot.
    #[derive(Eq)]
    pub struct VirtualMachineFileLayoutExSnapshotLayout = "VirtualMachineFileLayoutExSnapshotLayout" {
        /// The snapshot.
        key: ManagedObjectReference = "key",
        /// Key of its data file.
        data_key: i32 = "dataKey",
        /// Key of its memory file, -1 for none; since 6.0.
        memory_key: Option<i32> = "memoryKey",
        /// The chain of each disk at that time.
        disk: Vec<VirtualMachineFileLayoutExDiskLayout> = "disk",
    }
}
