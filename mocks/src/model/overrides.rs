//! What keeps a VM where it is: overrides of Storage DRS and DRS, and disabled methods.

use crate::model::{Builder, HostSpec};
use crate::shape::parts;
use crate::value::{Data, MoRef, Value};
use crate::vm::refresh;
use crate::world::World;

impl Builder<'_> {
    /// Keeps a VM from every Storage vMotion and from automatic moves: disables
    /// `RelocateVM_Task` on it and overrides Storage DRS and DRS for it.
    pub fn keep_from_moving(&mut self, vm: &MoRef, host: &HostSpec, pods: &[&MoRef]) {
        self.world.lab.disable(
            vm,
            "RelocateVM_Task",
            "esxtool",
            "master target for failback",
        );
        refresh::disabled_methods(self.world, vm);
        for pod in pods {
            let info = Data::new("StorageDrsVmConfigInfo")
                .with("vm", vm)
                .with("enabled", false);
            set_storage_drs_override(self.world, pod, info);
        }
        if host.compute.kind == "ClusterComputeResource" {
            let info = Data::new("ClusterDrsVmConfigInfo")
                .with("key", vm)
                .with("enabled", false);
            set_drs_override(self.world, &host.compute, info);
        }
    }
}

/// The Storage DRS overrides of a pod.
pub(crate) fn storage_drs_overrides(world: &World, pod: &MoRef) -> Vec<Data> {
    let Some(data) = world.store.get(pod) else {
        return Vec::new();
    };
    parts(data, "podStorageDrsEntry.storageDrsConfig.vmConfig")
        .cloned()
        .collect()
}

/// Puts back the Storage DRS overrides of a pod.
pub(crate) fn put_storage_drs_overrides(world: &mut World, pod: &MoRef, all: Vec<Data>) {
    world.store.update(pod, |data| {
        let list = Value::list("StorageDrsVmConfigInfo", all);
        data.set_path("podStorageDrsEntry.storageDrsConfig.vmConfig", list);
    });
}

fn set_storage_drs_override(world: &mut World, pod: &MoRef, info: Data) {
    let mut all = storage_drs_overrides(world, pod);
    all.retain(|other| other.reference("vm") != info.reference("vm"));
    all.push(info);
    put_storage_drs_overrides(world, pod, all);
}

/// The DRS overrides of a cluster.
pub(crate) fn drs_overrides(world: &World, cluster: &MoRef) -> Vec<Data> {
    let Some(data) = world.store.get(cluster) else {
        return Vec::new();
    };
    parts(data, "configurationEx.drsVmConfig")
        .cloned()
        .collect()
}

/// Puts back the DRS overrides of a cluster, where both old and new clients look.
pub(crate) fn put_drs_overrides(world: &mut World, cluster: &MoRef, all: &[Data]) {
    world.store.update(cluster, |data| {
        for property in ["configurationEx", "configuration"] {
            let list = Value::list("ClusterDrsVmConfigInfo", all.iter().cloned());
            if let Some(config) = data.get_mut(property).and_then(Value::as_data_mut) {
                config.set("drsVmConfig", list);
            }
        }
    });
}

fn set_drs_override(world: &mut World, cluster: &MoRef, info: Data) {
    let mut all = drs_overrides(world, cluster);
    all.retain(|other| other.reference("key") != info.reference("key"));
    all.push(info);
    put_drs_overrides(world, cluster, &all);
}
