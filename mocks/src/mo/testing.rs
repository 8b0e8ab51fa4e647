//! Calling handlers in unit tests, without a server.

use crate::accounts::Account;
use crate::clock::ClockMode;
use crate::fault::Fault;
use crate::mo::call::Call;
use crate::model::{Role, user_of};
use crate::schema::{ApiVersion, Schema};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The world of a scenario.
pub(crate) fn world(scenario: &str) -> World {
    crate::scenario::build(scenario, ClockMode::Jump).unwrap()
}

/// The VM (or pod, or datastore, …) of a name.
pub(crate) fn named(world: &World, kind: &str, name: &str) -> MoRef {
    let mut all = world.store.of_kind(kind);
    let found = all.find(|o| o.properties.str("name") == Some(name));
    found
        .unwrap_or_else(|| panic!("no {kind} is called {name}"))
        .reference
        .clone()
}

/// Calls a method as the administrator.
pub(crate) fn call(
    world: &mut World,
    this: &MoRef,
    method: &str,
    args: Data,
) -> Result<Option<Value>, Fault> {
    call_as(world, Role::Administrator, this, method, args)
}

/// Calls a method as the holder of a role; what dispatch checks before handlers is checked too.
pub(crate) fn call_as(
    world: &mut World,
    role: Role,
    this: &MoRef,
    method: &str,
    args: Data,
) -> Result<Option<Value>, Fault> {
    let user = user_of(role, crate::model::service::is_vcenter(world));
    let account = Account {
        user,
        password: String::new(),
    };
    let def = Schema::get().method(&this.kind, method);
    if let Some(privilege) = def.and_then(|def| def.privilege.as_deref()) {
        world.require(&account, this, privilege)?;
    }
    let call = Call {
        this: this.clone(),
        method,
        args,
        user: &account,
        session: String::new(),
        version: ApiVersion::parse("8.0.3.0"),
        agent: "test",
    };
    let handler =
        super::handler(&this.kind, method).unwrap_or_else(|| panic!("{method} has a handler"));
    handler(world, &call)
}

/// Calls a method that returns a task, lets the task run to its end, and gives back its outcome.
pub(crate) fn run(
    world: &mut World,
    this: &MoRef,
    method: &str,
    args: Data,
) -> Result<Option<Value>, Data> {
    run_as(world, Role::Administrator, this, method, args)
}

/// As [`run`], as the holder of a role.
pub(crate) fn run_as(
    world: &mut World,
    role: Role,
    this: &MoRef,
    method: &str,
    args: Data,
) -> Result<Option<Value>, Data> {
    let task = call_as(world, role, this, method, args).map_err(|fault| fault.data)?;
    let task = task.as_ref().and_then(Value::as_ref).unwrap().clone();
    settle(world);
    let info = world
        .store
        .value(&task, "info")
        .and_then(Value::as_data)
        .unwrap();
    assert_eq!(info.complaints(), Vec::<String>::new(), "{method}");
    match info.str("state").unwrap() {
        "success" => Ok(info.get("result").cloned()),
        "error" => Err(info
            .get_path("error.fault")
            .unwrap()
            .as_data()
            .unwrap()
            .clone()),
        other => panic!("{method} ended as {other}"),
    }
}

/// Lets everything happen that is due some time.
pub(crate) fn settle(world: &mut World) {
    while world.leap() {}
    whole(world);
}

/// Whether every object still fits the schema.
pub(crate) fn whole(world: &World) {
    assert_eq!(world.problems, Vec::<String>::new());
    for object in world.store.objects() {
        let found = object.properties.complaints();
        assert!(found.is_empty(), "{}: {found:?}", object.reference);
    }
}

/// A `VirtualMachineConfigSpec` with the present `changeVersion`.
pub(crate) fn spec(world: &World, vm: &MoRef) -> Data {
    let version = world
        .store
        .value(vm, "config.changeVersion")
        .cloned()
        .unwrap();
    Data::new("VirtualMachineConfigSpec").with("changeVersion", version)
}

/// The arguments of `ReconfigVM_Task`.
pub(crate) fn reconfig(spec: Data) -> Data {
    Data::new("ReconfigVM_Task").with("spec", spec)
}

/// One device change.
pub(crate) fn change(operation: &str, device: Data) -> Data {
    Data::new("VirtualDeviceConfigSpec")
        .with_enum("operation", "VirtualDeviceConfigSpecOperation", operation)
        .with("device", device)
}

/// A spec with device changes.
pub(crate) fn with_changes(spec: Data, changes: impl IntoIterator<Item = Data>) -> Data {
    spec.with(
        "deviceChange",
        Value::list("VirtualDeviceConfigSpec", changes),
    )
}

/// A disk on an existing file.
pub(crate) fn existing_disk(path: &str, controller: i32, unit: Option<i32>) -> Data {
    let backing = Data::new("VirtualDiskFlatVer2BackingInfo")
        .with("fileName", path)
        .with("diskMode", "persistent");
    Data::new("VirtualDisk")
        .with("key", -101)
        .with("backing", backing)
        .with("controllerKey", controller)
        .with_opt("unitNumber", unit)
        .with("capacityInKB", 0_i64)
}

/// A controller of a kind.
pub(crate) fn controller(kind: &str, key: i32, bus: i32) -> Data {
    Data::new(kind)
        .with("key", key)
        .with("busNumber", bus)
        .with_enum("sharedBus", "VirtualSCSISharing", "noSharing")
}
