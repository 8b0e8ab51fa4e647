//! Snapshots: taking, removing, going back, consolidating.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::task::Plan;
use crate::value::{MoRef, Value};
use crate::vm::snapshot::{self, NewSnapshot};
use crate::vm::{consolidate, tree};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("VirtualMachine", "CreateSnapshot_Task", create),
    ("VirtualMachine", "CreateSnapshotEx_Task", create),
    ("VirtualMachine", "RemoveAllSnapshots_Task", remove_all),
    (
        "VirtualMachine",
        "RevertToCurrentSnapshot_Task",
        revert_to_current,
    ),
    ("VirtualMachine", "ConsolidateVMDisks_Task", consolidate),
    ("VirtualMachineSnapshot", "RemoveSnapshot_Task", remove),
    ("VirtualMachineSnapshot", "RevertToSnapshot_Task", revert),
    ("VirtualMachineSnapshot", "RenameSnapshot", rename),
];

fn create(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let text = |name: &str| call.args.str(name).unwrap_or_default().to_owned();
    let new = NewSnapshot {
        name: text("name"),
        description: text("description"),
        memory: call.args.bool("memory") == Some(true),
        quiesce: call.args.bool("quiesce") == Some(true) || call.args.get("quiesceSpec").is_some(),
    };
    let vm = call.this.clone();
    call.start(world, move |world| {
        snapshot::create(world, &vm, &new).map(|snapshot| Some(snapshot.into()))
    })
}

fn remove_all(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    // Merging is what happens unless the caller says otherwise.
    let merge = call.args.bool("consolidate") != Some(false);
    let vm = call.this.clone();
    // Each level is merged in turn.
    let snapshots = world
        .store
        .of_kind("VirtualMachineSnapshot")
        .filter(|object| world.store.value(&object.reference, "vm") == Some(&vm.clone().into()))
        .count();
    let plan = call.plan(move |world| snapshot::remove_all(world, &vm, merge).map(|()| None));
    let levels = u32::try_from(snapshots).unwrap_or(u32::MAX);
    call.begin(world, plan.long().times(levels))
}

fn consolidate(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let vm = call.this.clone();
    let plan = call.plan(move |world| consolidate::run(world, &vm).map(|()| None));
    call.begin(world, plan.long())
}

fn revert_to_current(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let vm = call.this.clone();
    call.start(world, move |world| {
        let current = world
            .store
            .value(&vm, "snapshot.currentSnapshot")
            .and_then(Value::as_ref)
            .cloned();
        let Some(current) = current else {
            return Err(Fault::new(
                "NotFound",
                "The virtual machine has no current snapshot.",
            ));
        };
        snapshot::revert(world, &vm, &current).map(|()| None)
    })
}

fn remove(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let children = call.args.bool("removeChildren") == Some(true);
    let merge = call.args.bool("consolidate") != Some(false);
    let target = call.this.clone();
    let plan = on_vm(world, call, move |world| {
        snapshot::remove(world, &target, children, merge).map(|()| None)
    })?;
    call.begin(world, plan.long())
}

fn revert(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let target = call.this.clone();
    let vm = vm_of(world, &target)?;
    let plan = on_vm(world, call, move |world| {
        snapshot::revert(world, &vm, &target).map(|()| None)
    })?;
    call.begin(world, plan)
}

fn rename(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    call.writable(world)?;
    let vm = vm_of(world, &call.this)?;
    world.store.update(&vm, |data| {
        if let Some(info) = data.get_mut("snapshot").and_then(Value::as_data_mut) {
            tree::edit_node(info, &call.this, &mut |node| {
                for field in ["name", "description"] {
                    if let Some(text) = call.args.str(field) {
                        node.set(field, text);
                    }
                }
            });
        }
    });
    Ok(None)
}

/// A task that works on the snapshot's VM, which it holds meanwhile.
fn on_vm(
    world: &World,
    call: &Call<'_>,
    effect: impl FnOnce(&mut World) -> Result<Option<Value>, Fault> + Send + 'static,
) -> Result<Plan, Fault> {
    let vm = vm_of(world, &call.this)?;
    Ok(Plan::new(call.method, vm, &call.user.user, effect))
}

fn vm_of(world: &World, snapshot: &MoRef) -> Result<MoRef, Fault> {
    let vm = world
        .store
        .get(snapshot)
        .and_then(|data| data.reference("vm").cloned());
    vm.ok_or_else(|| Fault::not_found(snapshot))
}
