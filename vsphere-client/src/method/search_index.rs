//! Calls that find an object by what people know of it.

use super::Effect;
use crate::vim::ManagedObjectReference;
use crate::wire_method;

wire_method! {
    /// Finds an object by its inventory path, `DC0/vm/folder/web` (`SearchIndex.FindByInventoryPath`).
    pub struct FindByInventoryPath = "FindByInventoryPath": Effect::Read => Option<ManagedObjectReference> {
        /// The path, with `%2f` for a slash within a name.
        inventory_path: String = "inventoryPath",
    }
}

wire_method! {
    /// Finds one VM or host by UUID (`SearchIndex.FindByUuid`).
    ///
    /// BIOS UUIDs can be shared by clones, and then this picks one: [`FindAllByUuid`] tells.
    pub struct FindByUuid = "FindByUuid": Effect::Read => Option<ManagedObjectReference> {
        /// Search below this datacenter only.
        datacenter: Option<ManagedObjectReference> = "datacenter",
        /// The UUID, with dashes.
        uuid: String = "uuid",
        /// VMs (`true`) or hosts.
        vm_search: bool = "vmSearch",
        /// vCenter's instance UUID (`true`) or the BIOS UUID.
        instance_uuid: Option<bool> = "instanceUuid",
    }
}

wire_method! {
    /// Finds all VMs or hosts with a UUID (`SearchIndex.FindAllByUuid`).
    pub struct FindAllByUuid = "FindAllByUuid": Effect::Read => Vec<ManagedObjectReference> {
        /// Search below this datacenter only.
        datacenter: Option<ManagedObjectReference> = "datacenter",
        /// The UUID, with dashes.
        uuid: String = "uuid",
        /// VMs (`true`) or hosts.
        vm_search: bool = "vmSearch",
        /// vCenter's instance UUID (`true`) or the BIOS UUID.
        instance_uuid: Option<bool> = "instanceUuid",
    }
}
