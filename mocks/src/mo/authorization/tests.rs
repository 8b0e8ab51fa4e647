//! Accounts may do what their roles say, and disabled methods show.

use crate::mo::testing::*;
use crate::model::Role;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

const INTERNAL_SOURCE: &str = "esxtool";

fn manager(world: &World) -> MoRef {
    world
        .store
        .of_kind("AuthorizationManager")
        .next()
        .unwrap()
        .reference
        .clone()
}

fn disable(vm: &MoRef, source: &str) -> Data {
    let request = Data::new("DisabledMethodRequest")
        .with("method", "RelocateVM_Task")
        .with("reasonId", "failback");
    Data::new("DisableMethods")
        .with("entity", Value::refs([vm.clone()]))
        .with("method", Value::list("DisabledMethodRequest", [request]))
        .with("sourceId", source)
}

fn enable(vm: &MoRef, source: &str) -> Data {
    Data::new("EnableMethods")
        .with("entity", Value::refs([vm.clone()]))
        .with("method", Value::list("string", ["RelocateVM_Task"]))
        .with("sourceId", source)
}

fn shown(world: &World, vm: &MoRef) -> bool {
    world
        .store
        .value(vm, "disabledMethod")
        .unwrap()
        .as_list()
        .contains(&"RelocateVM_Task".into())
}

#[test]
fn disabling_shows_and_is_undone_by_the_same_source_only() {
    let mut world = world("failback-lab");
    let (auth, vm) = (
        manager(&world),
        named(&world, "VirtualMachine", "mt-linux-01"),
    );
    assert!(!shown(&world, &vm));
    call(
        &mut world,
        &auth,
        "DisableMethods",
        disable(&vm, INTERNAL_SOURCE),
    )
    .unwrap();
    assert!(shown(&world, &vm));
    call(&mut world, &auth, "EnableMethods", enable(&vm, "other")).unwrap();
    assert!(shown(&world, &vm));
    call(
        &mut world,
        &auth,
        "EnableMethods",
        enable(&vm, INTERNAL_SOURCE),
    )
    .unwrap();
    assert!(!shown(&world, &vm));
}

#[test]
fn disabling_needs_its_privilege() {
    let mut world = world("failback-lab");
    let (auth, vm) = (
        manager(&world),
        named(&world, "VirtualMachine", "mt-linux-01"),
    );
    let plain = call_as(
        &mut world,
        Role::AzureSiteRecovery,
        &auth,
        "DisableMethods",
        disable(&vm, "x"),
    );
    let fault = plain.unwrap_err();
    assert_eq!(fault.data.str("privilegeId"), Some("Global.DisableMethods"));
    assert!(!shown(&world, &vm));
    let hardening = Role::AzureSiteRecoveryHardening;
    call_as(
        &mut world,
        hardening,
        &auth,
        "DisableMethods",
        disable(&vm, "x"),
    )
    .unwrap();
    assert!(shown(&world, &vm));
}

#[test]
fn a_host_of_its_own_disables_nothing() {
    let mut world = world("esxi");
    let (auth, vm) = (
        manager(&world),
        named(&world, "VirtualMachine", "mt-linux-01"),
    );
    let fault = call(&mut world, &auth, "DisableMethods", disable(&vm, "x")).unwrap_err();
    assert_eq!(fault.kind(), "NotSupported");
}

#[test]
fn the_read_only_account_changes_nothing() {
    let mut world = world("failback-lab");
    let vm = named(&world, "VirtualMachine", "mt-linux-01");
    let args = reconfig(spec(&world, &vm).with("name", "mine"));
    let fault = call_as(&mut world, Role::ReadOnly, &vm, "ReconfigVM_Task", args).unwrap_err();
    assert_eq!(
        fault.data.str("privilegeId"),
        Some("VirtualMachine.Config.Rename")
    );
    let off = call_as(
        &mut world,
        Role::ReadOnly,
        &vm,
        "PowerOffVM_Task",
        Data::new("PowerOffVM_Task"),
    );
    assert_eq!(off.unwrap_err().kind(), "NoPermission");
}

#[test]
fn the_role_of_the_documents_attaches_disks_and_takes_snapshots_and_no_more() {
    let world = &mut world("failback-lab");
    let vm = named(world, "VirtualMachine", "mt-linux-ready");
    let attach = change(
        "add",
        existing_disk("[gold-01] app-01/app-01.vmdk", 1000, None),
    );
    let args = reconfig(with_changes(spec(world, &vm), [attach]));
    run_as(world, Role::AzureSiteRecovery, &vm, "ReconfigVM_Task", args).unwrap();
    let args = Data::new("CreateSnapshot_Task")
        .with("name", "x")
        .with("memory", false)
        .with("quiesce", false);
    call_as(
        world,
        Role::AzureSiteRecovery,
        &vm,
        "CreateSnapshot_Task",
        args,
    )
    .unwrap();
    let fault = call_as(
        world,
        Role::AzureSiteRecovery,
        &vm,
        "MarkAsTemplate",
        Data::new("MarkAsTemplate"),
    )
    .unwrap_err();
    assert_eq!(
        fault.data.str("privilegeId"),
        Some("VirtualMachine.Provisioning.MarkAsTemplate")
    );
}

#[test]
fn privileges_are_told_as_they_are_held() {
    let mut world = world("failback-lab");
    let (auth, root) = (manager(&world), world.root_folder().unwrap());
    let args = |user: &str| {
        Data::new("FetchUserPrivilegeOnEntities")
            .with("entities", Value::refs([root.clone()]))
            .with("userName", user)
    };
    let held = |world: &mut World, user: &str| {
        let told = call(world, &auth, "FetchUserPrivilegeOnEntities", args(user))
            .unwrap()
            .unwrap();
        told.as_list()[0]
            .as_data()
            .unwrap()
            .list("privileges")
            .len()
    };
    assert_eq!(held(&mut world, "readonly@vsphere.local"), 3);
    let asr = held(&mut world, "asr@vsphere.local");
    assert_eq!(held(&mut world, "asr-hardening@vsphere.local"), asr + 6);
    assert_eq!(held(&mut world, "noaccess@vsphere.local"), 0);
    let ask = Data::new("HasUserPrivilegeOnEntities")
        .with("entities", Value::refs([root.clone()]))
        .with("userName", "readonly@vsphere.local")
        .with(
            "privId",
            Value::list("string", ["Datastore.Browse", "System.Read"]),
        );
    let told = call(&mut world, &auth, "HasUserPrivilegeOnEntities", ask.clone())
        .unwrap()
        .unwrap();
    let each = told.as_list()[0]
        .as_data()
        .unwrap()
        .list("privAvailability");
    let granted: Vec<bool> = each
        .iter()
        .filter_map(|p| p.as_data()?.bool("isGranted"))
        .collect();
    assert_eq!(granted, [false, true]);
    let unknown = ask.with("privId", Value::list("string", ["Datastore.Fly"]));
    let fault = call(&mut world, &auth, "HasUserPrivilegeOnEntities", unknown).unwrap_err();
    assert_eq!(fault.kind(), "InvalidArgument");
}

#[test]
fn a_role_is_made_shown_and_removed() {
    let mut world = world("failback-lab");
    let auth = manager(&world);
    let listed = |world: &World| {
        world
            .store
            .value(&auth, "roleList")
            .unwrap()
            .as_list()
            .len()
    };
    let before = listed(&world);
    let args = Data::new("AddAuthorizationRole")
        .with("name", "Failback")
        .with("privIds", Value::list("string", ["Datastore.Browse"]));
    let id = call(&mut world, &auth, "AddAuthorizationRole", args.clone())
        .unwrap()
        .unwrap();
    let twice = call(&mut world, &auth, "AddAuthorizationRole", args).unwrap_err();
    assert_eq!(twice.kind(), "AlreadyExists");
    assert_eq!(listed(&world), before + 1);
    let args = Data::new("RemoveAuthorizationRole")
        .with("roleId", id)
        .with("failIfUsed", true);
    call(&mut world, &auth, "RemoveAuthorizationRole", args).unwrap();
    assert_eq!(listed(&world), before);
}
