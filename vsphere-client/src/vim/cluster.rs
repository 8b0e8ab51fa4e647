//! Clusters and their DRS.

use super::{AnyValue, ManagedObjectReference};
use crate::{wire_enum, wire_struct};

wire_struct! {
    /// A cluster's configuration (`ClusterComputeResource.configurationEx`), as far as DRS goes.
    ///
    /// A compute resource that is no cluster has none of it.
    #[derive(Default)]
    pub struct ClusterConfigInfoEx = "ClusterConfigInfoEx" {
        /// The cluster's own setting.
        drs_config: Option<ClusterDrsConfigInfo> = "drsConfig",
        /// VMs with a setting of their own.
        drs_vm_config: Vec<ClusterDrsVmConfigInfo> = "drsVmConfig",
    }
}

wire_struct! {
    /// DRS of a cluster.
    #[derive(Default, Eq)]
    pub struct ClusterDrsConfigInfo = "ClusterDrsConfigInfo" {
        /// Whether DRS is on.
        enabled: Option<bool> = "enabled",
        /// Whether VMs may have settings of their own.
        enable_vm_behavior_overrides: Option<bool> = "enableVmBehaviorOverrides",
        /// What DRS does with VMs that have none.
        default_vm_behavior: Option<DrsBehavior> = "defaultVmBehavior",
    }
}

wire_struct! {
    /// DRS of one VM.
    #[derive(Eq)]
    pub struct ClusterDrsVmConfigInfo = "ClusterDrsVmConfigInfo" {
        /// The VM.
        key: ManagedObjectReference = "key",
        /// Whether DRS may move it or recommend so; absent is the cluster's setting.
        enabled: Option<bool> = "enabled",
        /// What DRS does with it.
        behavior: Option<DrsBehavior> = "behavior",
    }
}

wire_enum! {
    /// What DRS does.
    pub enum DrsBehavior = "DrsBehavior" {
        /// It recommends.
        Manual = "manual",
        /// It places VMs at power on, and recommends moves.
        PartiallyAutomated = "partiallyAutomated",
        /// It moves.
        FullyAutomated = "fullyAutomated",
    }
}

wire_struct! {
    /// Changes to a cluster (`ReconfigureComputeResource_Task`). What is absent stays as it is.
    #[derive(Default)]
    pub struct ClusterConfigSpecEx = "ClusterConfigSpecEx" {
        /// Settings of single VMs.
        drs_vm_config_spec: Vec<ClusterDrsVmConfigSpec> = "drsVmConfigSpec",
    }
}

wire_struct! {
    /// A change to the DRS setting of one VM.
    pub struct ClusterDrsVmConfigSpec = "ClusterDrsVmConfigSpec" {
        /// Add or edit with `info`, remove with `remove_key`.
        operation: ArrayUpdateOperation = "operation",
        /// The VM whose setting goes.
        remove_key: Option<AnyValue> = "removeKey",
        /// The setting.
        info: Option<ClusterDrsVmConfigInfo> = "info",
    }
}

wire_enum! {
    /// What to do with an element of an array.
    pub enum ArrayUpdateOperation = "ArrayUpdateOperation" {
        /// Add it.
        Add = "add",
        /// Remove it, by its key.
        Remove = "remove",
        /// Replace the one of the same key.
        Edit = "edit",
    }
}
