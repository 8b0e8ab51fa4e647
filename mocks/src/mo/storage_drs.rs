//! Overrides of Storage DRS and DRS for single VMs.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::model::overrides;
use crate::shape::parts;
use crate::task::Plan;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    (
        "StorageResourceManager",
        "ConfigureStorageDrsForPod_Task",
        configure_pod,
    ),
    (
        "ComputeResource",
        "ReconfigureComputeResource_Task",
        reconfigure_compute,
    ),
    (
        "ClusterComputeResource",
        "ReconfigureCluster_Task",
        reconfigure_compute,
    ),
];

fn configure_pod(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let pod = call.object(world, "pod")?;
    call.need(world, &pod, "StoragePod.Config")?;
    let spec = call
        .args
        .data("spec")
        .cloned()
        .ok_or_else(|| Fault::invalid_argument("spec"))?;
    call.writable(world)?;
    let plan = Plan::new(call.method, pod.clone(), &call.user.user, move |world| {
        let mut all = overrides::storage_drs_overrides(world, &pod);
        for change in parts(&spec, "vmConfigSpec") {
            apply(world, &mut all, change, "vm")?;
        }
        overrides::put_storage_drs_overrides(world, &pod, all);
        if let Some(wanted) = spec.data("podConfigSpec") {
            merge_pod_config(world, &pod, wanted);
        }
        Ok(None)
    });
    world.start_task(plan).map(|task| Some(task.into()))
}

fn merge_pod_config(world: &mut World, pod: &MoRef, wanted: &Data) {
    world.store.update(pod, |data| {
        for field in [
            "enabled",
            "ioLoadBalanceEnabled",
            "defaultVmBehavior",
            "loadBalanceInterval",
            "defaultIntraVmAffinity",
        ] {
            if let Some(value) = wanted.get(field) {
                data.set_path(
                    &format!("podStorageDrsEntry.storageDrsConfig.podConfig.{field}"),
                    value.clone(),
                );
            }
        }
    });
}

fn reconfigure_compute(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let spec = call
        .args
        .data("spec")
        .cloned()
        .ok_or_else(|| Fault::invalid_argument("spec"))?;
    let cluster = call.this.clone();
    if cluster.kind != "ClusterComputeResource" && !spec.list("drsVmConfigSpec").is_empty() {
        return Err(Fault::not_supported());
    }
    call.start(world, move |world| {
        let mut all = overrides::drs_overrides(world, &cluster);
        for change in parts(&spec, "drsVmConfigSpec") {
            apply(world, &mut all, change, "key")?;
        }
        overrides::put_drs_overrides(world, &cluster, &all);
        if let Some(wanted) = spec.data("drsConfig") {
            merge_drs_config(world, &cluster, wanted);
        }
        Ok(None)
    })
}

fn merge_drs_config(world: &mut World, cluster: &MoRef, wanted: &Data) {
    world.store.update(cluster, |data| {
        for (name, value) in wanted.fields() {
            for property in ["configurationEx", "configuration"] {
                data.set_path(&format!("{property}.drsConfig.{name}"), value.clone());
            }
        }
    });
}

/// One `ArrayUpdateSpec` on a list of overrides whose VM stands in the property `key`.
fn apply(world: &World, all: &mut Vec<Data>, change: &Data, key: &str) -> Result<(), Fault> {
    let info = change.data("info");
    let vm = match change.str("operation") {
        Some("remove") => change.reference("removeKey").cloned(),
        _ => info.and_then(|info| info.reference(key)).cloned(),
    };
    let Some(vm) = vm else {
        return Err(Fault::invalid_argument("spec.vmConfigSpec"));
    };
    if !world.store.contains(&vm) {
        return Err(Fault::not_found(&vm));
    }
    let at = all
        .iter()
        .position(|present| present.reference(key) == Some(&vm));
    match (change.str("operation").unwrap_or_default(), at, info) {
        ("add", None, Some(info)) => all.push(info.clone()),
        // The entry as a whole: what is left out is gone.
        ("edit", Some(at), Some(info)) => all[at] = info.clone(),
        ("remove", Some(at), _) => {
            all.remove(at);
        }
        // Adding what is there, and editing or removing what is not, are mistakes of the caller.
        _ => return Err(Fault::invalid_argument("operation")),
    }
    Ok(())
}

#[cfg(test)]
mod tests;
