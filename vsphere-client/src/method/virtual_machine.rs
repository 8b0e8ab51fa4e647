//! Calls of VMs and their snapshots. All give a task, except where said.

use super::Effect;
use crate::vim::{ManagedObjectReference, VirtualMachineConfigSpec, VirtualMachineRelocateSpec};
use crate::{wire_enum, wire_method};

wire_method! {
    /// Changes a VM, all or nothing (`VirtualMachine.ReconfigVM_Task`).
    pub struct ReconfigVmTask = "ReconfigVM_Task": Effect::Change => ManagedObjectReference {
        /// The changes.
        spec: VirtualMachineConfigSpec = "spec",
    }
}

wire_method! {
    /// Starts a VM (`VirtualMachine.PowerOnVM_Task`).
    pub struct PowerOnVmTask = "PowerOnVM_Task": Effect::Change => ManagedObjectReference {
        /// The host to run on; the server's choice when absent.
        host: Option<ManagedObjectReference> = "host",
    }
}

wire_method! {
    /// Stops a VM at once, without asking the guest (`VirtualMachine.PowerOffVM_Task`).
    pub struct PowerOffVmTask = "PowerOffVM_Task": Effect::Change => ManagedObjectReference {}
}

wire_method! {
    /// Asks the guest to shut down (`VirtualMachine.ShutdownGuest`); needs running VMware Tools.
    ///
    /// No task: it returns at once, and `runtime.powerState` tells when the guest has stopped.
    pub struct ShutdownGuest = "ShutdownGuest": Effect::Change => () {}
}

wire_method! {
    /// Moves a VM to another host, pool or datastore (`VirtualMachine.RelocateVM_Task`).
    pub struct RelocateVmTask = "RelocateVM_Task": Effect::Change => ManagedObjectReference {
        /// Where to.
        spec: VirtualMachineRelocateSpec = "spec",
        /// How urgent.
        priority: Option<VirtualMachineMovePriority> = "priority",
    }
}

wire_enum! {
    /// How urgent a move is.
    pub enum VirtualMachineMovePriority = "VirtualMachineMovePriority" {
        /// After the others.
        LowPriority = "lowPriority",
        /// Before the others.
        HighPriority = "highPriority",
        /// The usual.
        DefaultPriority = "defaultPriority",
    }
}

wire_method! {
    /// Merges deltas that no snapshot needs any more (`VirtualMachine.ConsolidateVMDisks_Task`).
    pub struct ConsolidateVmDisksTask = "ConsolidateVMDisks_Task": Effect::Change => ManagedObjectReference {}
}

wire_method! {
    /// Removes all snapshots of a VM (`VirtualMachine.RemoveAllSnapshots_Task`).
    pub struct RemoveAllSnapshotsTask = "RemoveAllSnapshots_Task": Effect::Change => ManagedObjectReference {
        /// Whether the deltas are merged; yes when absent.
        consolidate: Option<bool> = "consolidate",
    }
}

wire_method! {
    /// Takes a snapshot (`VirtualMachine.CreateSnapshot_Task`).
    pub struct CreateSnapshotTask = "CreateSnapshot_Task": Effect::Change => ManagedObjectReference {
        /// Its name.
        name: String = "name",
        /// A note.
        description: Option<String> = "description",
        /// Whether it holds the memory of a running VM.
        memory: bool = "memory",
        /// Whether VMware Tools bring the guest's file systems to rest.
        quiesce: bool = "quiesce",
    }
}

wire_method! {
    /// Removes one snapshot; `this` is the snapshot (`VirtualMachineSnapshot.RemoveSnapshot_Task`).
    pub struct RemoveSnapshotTask = "RemoveSnapshot_Task": Effect::Change => ManagedObjectReference {
        /// Whether those taken after it go too.
        remove_children: bool = "removeChildren",
        /// Whether the deltas are merged; yes when absent.
        consolidate: Option<bool> = "consolidate",
    }
}

wire_method! {
    /// Takes a VM back to a snapshot; `this` is the snapshot
    /// (`VirtualMachineSnapshot.RevertToSnapshot_Task`).
    pub struct RevertToSnapshotTask = "RevertToSnapshot_Task": Effect::Change => ManagedObjectReference {
        /// The host to run on.
        host: Option<ManagedObjectReference> = "host",
        /// Whether the VM stays off, whatever the snapshot holds.
        suppress_power_on: Option<bool> = "suppressPowerOn",
    }
}
