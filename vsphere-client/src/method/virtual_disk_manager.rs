//! Calls on virtual disks by their path.

use super::Effect;
use crate::vim::ManagedObjectReference;
use crate::wire_method;

wire_method! {
    /// Reads the UUID out of a disk's descriptor (`VirtualDiskManager.QueryVirtualDiskUuid`).
    ///
    /// It comes as descriptors have it, bytes parted by spaces: `60 00 C2 9a 11 11 22 22-33 33 44 44 55 55 66 66`.
    /// No task. It needs `Datastore.FileManagement` on the datastore. A running VM's disk is
    /// locked by it and may be refused with `FileLocked` or another `FileFault`.
    pub struct QueryVirtualDiskUuid = "QueryVirtualDiskUuid": Effect::Read => String {
        /// The disk's descriptor, `[datastore1] web/web.vmdk`.
        name: String = "name",
        /// The datacenter of the datastore; a vCenter needs it to tell datastores of one name apart.
        datacenter: Option<ManagedObjectReference> = "datacenter",
    }
}
