//! Overrides are added, changed and removed, and show where clients read them.

use crate::mo::testing::*;
use crate::model::{Role, overrides};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

fn pod_change(operation: &str, vm: &MoRef, enabled: bool) -> Data {
    let change = Data::new("StorageDrsVmConfigSpec").with_enum(
        "operation",
        "ArrayUpdateOperation",
        operation,
    );
    if operation == "remove" {
        return change.with("removeKey", vm);
    }
    change.with(
        "info",
        Data::new("StorageDrsVmConfigInfo")
            .with("vm", vm)
            .with("enabled", enabled),
    )
}

fn pod_args(pod: &MoRef, change: Data) -> Data {
    let spec = Data::new("StorageDrsConfigSpec").with(
        "vmConfigSpec",
        Value::list("StorageDrsVmConfigSpec", [change]),
    );
    Data::new("ConfigureStorageDrsForPod_Task")
        .with("pod", pod)
        .with("spec", spec)
        .with("modify", true)
}

fn manager(world: &World) -> MoRef {
    world
        .store
        .of_kind("StorageResourceManager")
        .next()
        .unwrap()
        .reference
        .clone()
}

#[test]
fn a_storage_drs_override_comes_changes_and_goes() {
    let world = &mut world("failback-lab");
    let (srm, pod) = (manager(world), named(world, "StoragePod", "Pod-Gold"));
    let vm = named(world, "VirtualMachine", "mt-linux-01");
    let mut go = |operation: &str, enabled: bool| {
        let args = pod_args(&pod, pod_change(operation, &vm, enabled));
        let outcome = run(world, &srm, "ConfigureStorageDrsForPod_Task", args);
        let all = overrides::storage_drs_overrides(world, &pod);
        let mine = all
            .iter()
            .find(|info| info.reference("vm") == Some(&vm))
            .and_then(|info| info.bool("enabled"));
        (outcome.map_err(|fault| fault.kind), mine)
    };
    assert_eq!(go("edit", false), (Err("InvalidArgument".to_owned()), None));
    assert_eq!(go("add", false), (Ok(None), Some(false)));
    assert_eq!(
        go("add", true),
        (Err("InvalidArgument".to_owned()), Some(false))
    );
    assert_eq!(go("edit", true), (Ok(None), Some(true)));
    assert_eq!(go("remove", true), (Ok(None), None));
}

#[test]
fn the_pod_asks_for_its_own_privilege() {
    let mut world = world("failback-lab");
    let (srm, pod) = (manager(&world), named(&world, "StoragePod", "Pod-Gold"));
    let vm = named(&world, "VirtualMachine", "mt-linux-01");
    let args = pod_args(&pod, pod_change("add", &vm, false));
    let refused = call_as(
        &mut world,
        Role::AzureSiteRecovery,
        &srm,
        "ConfigureStorageDrsForPod_Task",
        args.clone(),
    );
    assert_eq!(
        refused.unwrap_err().data.str("privilegeId"),
        Some("StoragePod.Config")
    );
    let hardening = Role::AzureSiteRecoveryHardening;
    assert!(
        call_as(
            &mut world,
            hardening,
            &srm,
            "ConfigureStorageDrsForPod_Task",
            args
        )
        .is_ok()
    );
}

#[test]
fn a_drs_override_shows_in_both_configurations() {
    let world = &mut world("failback-lab");
    let cluster = named(world, "ClusterComputeResource", "Cluster-A");
    let vm = named(world, "VirtualMachine", "mt-linux-01");
    let info = Data::new("ClusterDrsVmConfigInfo")
        .with("key", &vm)
        .with("enabled", false);
    let change = Data::new("ClusterDrsVmConfigSpec")
        .with_enum("operation", "ArrayUpdateOperation", "add")
        .with("info", info);
    let spec = Data::new("ClusterConfigSpecEx").with(
        "drsVmConfigSpec",
        Value::list("ClusterDrsVmConfigSpec", [change]),
    );
    let args = Data::new("ReconfigureComputeResource_Task")
        .with("spec", spec)
        .with("modify", true);
    run(
        world,
        &cluster,
        "ReconfigureComputeResource_Task",
        args.clone(),
    )
    .unwrap();
    for property in ["configurationEx.drsVmConfig", "configuration.drsVmConfig"] {
        let all = world.store.value(&cluster, property).unwrap().as_list();
        assert!(
            all.iter()
                .any(|info| info.as_data().unwrap().reference("key") == Some(&vm)),
            "{property}"
        );
    }
    let lone = named(world, "ComputeResource", "esx-10.example.com");
    let fault = call(world, &lone, "ReconfigureComputeResource_Task", args).unwrap_err();
    assert_eq!(fault.kind(), "NotSupported");
}
