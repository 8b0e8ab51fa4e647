//! Storage DRS: datastore clusters that move disks on their own.

use super::{AnyValue, ArrayUpdateOperation, ManagedObjectReference};
use crate::soap::RawElement;
use crate::wire_struct;

wire_struct! {
    /// A pod's Storage DRS (`StoragePod.podStorageDrsEntry`).
    pub struct PodStorageDrsEntry = "PodStorageDrsEntry" {
        /// Its configuration.
        storage_drs_config: StorageDrsConfigInfo = "storageDrsConfig",
    }
}

wire_struct! {
    /// Storage DRS of a pod and of single VMs on it.
    pub struct StorageDrsConfigInfo = "StorageDrsConfigInfo" {
        /// The pod's own setting.
        pod_config: StorageDrsPodConfigInfo = "podConfig",
        /// VMs with a setting of their own.
        vm_config: Vec<StorageDrsVmConfigInfo> = "vmConfig",
    }
}

wire_struct! {
    /// Storage DRS of a pod.
    #[derive(Eq)]
    pub struct StorageDrsPodConfigInfo = "StorageDrsPodConfigInfo" {
        /// Whether it is on.
        enabled: bool = "enabled",
        /// Whether it balances by load.
        io_load_balance_enabled: Option<bool> = "ioLoadBalanceEnabled",
        /// `manual` or `automated`.
        default_vm_behavior: Option<String> = "defaultVmBehavior",
        /// Whether a VM's disks stay together.
        default_intra_vm_affinity: Option<bool> = "defaultIntraVmAffinity",
    }
}

wire_struct! {
    /// Storage DRS of one VM.
    #[derive(Eq)]
    pub struct StorageDrsVmConfigInfo = "StorageDrsVmConfigInfo" {
        /// The VM.
        vm: Option<ManagedObjectReference> = "vm",
        /// Whether Storage DRS may move its disks; absent is the pod's setting.
        enabled: Option<bool> = "enabled",
        /// `manual` or `automated`.
        behavior: Option<String> = "behavior",
        /// Whether its disks stay together.
        intra_vm_affinity: Option<bool> = "intraVmAffinity",
        /// Rule that keeps disks apart, as it came.
        intra_vm_anti_affinity: Option<Box<RawElement>> = "intraVmAntiAffinity",
        /// Rules for single disks, as they came.
        virtual_disk_rules: Vec<RawElement> = "virtualDiskRules",
    }
}

wire_struct! {
    /// Changes to Storage DRS (`ConfigureStorageDrsForPod_Task`). What is absent stays as it is.
    #[derive(Default)]
    pub struct StorageDrsConfigSpec = "StorageDrsConfigSpec" {
        /// Settings of single VMs.
        vm_config_spec: Vec<StorageDrsVmConfigSpec> = "vmConfigSpec",
    }
}

wire_struct! {
    /// A change to the Storage DRS setting of one VM.
    pub struct StorageDrsVmConfigSpec = "StorageDrsVmConfigSpec" {
        /// Add or edit with `info`, remove with `remove_key`.
        operation: ArrayUpdateOperation = "operation",
        /// The VM whose setting goes.
        remove_key: Option<AnyValue> = "removeKey",
        /// The setting.
        info: Option<StorageDrsVmConfigInfo> = "info",
    }
}
