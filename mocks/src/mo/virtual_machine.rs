//! `VirtualMachine`: configuration, names, templates, the end.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::value::{Data, MoRef, Value};
use crate::vm::{self, backing_path, reconfigure, refresh, relocate};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("VirtualMachine", "ReconfigVM_Task", reconfig),
    ("VirtualMachine", "RelocateVM_Task", relocate),
    ("VirtualMachine", "RefreshStorageInfo", refresh_storage),
    ("VirtualMachine", "MarkAsTemplate", mark_as_template),
    ("VirtualMachine", "MarkAsVirtualMachine", mark_as_vm),
    ("VirtualMachine", "UnregisterVM", unregister),
    ("VirtualMachine", "Destroy_Task", destroy),
    ("ManagedEntity", "Rename_Task", rename),
    ("ManagedEntity", "Reload", reload),
];

fn reconfig(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let spec = call
        .args
        .data("spec")
        .cloned()
        .ok_or_else(|| Fault::invalid_argument("spec"))?;
    for privilege in reconfigure::needed(&spec, &vm::config(world, &call.this)) {
        call.need(world, &call.this, privilege)?;
    }
    for datastore in new_file_datastores(&spec) {
        call.need(world, &datastore, "Datastore.AllocateSpace")?;
    }
    let vm = call.this.clone();
    call.start(world, move |world| {
        reconfigure::apply(world, &vm, &spec).map(|()| None)
    })
}

/// The datastores that a spec names for new disks.
fn new_file_datastores(spec: &Data) -> Vec<MoRef> {
    crate::shape::parts(spec, "deviceChange")
        .filter(|change| change.str("fileOperation") == Some("create"))
        .filter_map(|change| {
            change
                .data("device")?
                .data("backing")?
                .reference("datastore")
                .cloned()
        })
        .collect()
}

fn relocate(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let spec = call
        .args
        .data("spec")
        .cloned()
        .ok_or_else(|| Fault::invalid_argument("spec"))?;
    // A standalone host has nowhere to move a VM to.
    if !crate::model::service::is_vcenter(world) {
        return Err(Fault::not_supported());
    }
    call.writable(world)?;
    relocate::check_spec(&spec)?;
    if vm::power_state(world, &call.this) == "poweredOn" {
        call.need(world, &call.this, "Resource.HotMigrate")?;
    }
    let located =
        crate::shape::parts(&spec, "disk").filter_map(|l| l.reference("datastore").cloned());
    for datastore in spec
        .reference("datastore")
        .cloned()
        .into_iter()
        .chain(located)
    {
        call.need(world, &datastore, "Datastore.AllocateSpace")?;
    }
    if let Some(pool) = spec.reference("pool") {
        call.need(world, pool, "Resource.AssignVMToPool")?;
    }
    let vm = call.this.clone();
    let plan = call.plan(move |world| relocate::apply(world, &vm, &spec).map(|()| None));
    call.begin(world, plan.long().cancelable())
}

fn rename(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let name = call.args.str("newName").unwrap_or_default().to_owned();
    let (privilege, target) = match call.this.kind.as_str() {
        "VirtualMachine" => ("VirtualMachine.Config.Rename", call.this.clone()),
        "Datacenter" => ("Datacenter.Rename", call.this.clone()),
        "Folder" | "StoragePod" => ("Folder.Rename", call.this.clone()),
        _ => return Err(Fault::not_implemented("Rename_Task of this kind of object")),
    };
    call.need(world, &call.this, privilege)?;
    call.start(world, move |world| {
        if target.kind == "VirtualMachine" {
            let spec = Data::new("VirtualMachineConfigSpec").with("name", name);
            return reconfigure::apply(world, &target, &spec).map(|()| None);
        }
        world.store.update(&target, |data| data.set("name", name));
        Ok(None)
    })
}

fn refresh_storage(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    refresh::vm(world, &call.this);
    Ok(None)
}

fn reload(_: &mut World, _: &Call<'_>) -> Result<Option<Value>, Fault> {
    // The store is never out of date.
    Ok(None)
}

fn mark_as_template(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    call.writable(world)?;
    need_off(world, &call.this)?;
    let pool = world
        .store
        .value(&call.this, "resourcePool")
        .and_then(Value::as_ref)
        .cloned();
    if let Some(pool) = pool {
        world.store.unlink(&pool, "vm", &call.this);
    }
    world.store.update(&call.this, |data| {
        data.remove("resourcePool");
        data.set_path("config.template", true);
    });
    refresh::vm(world, &call.this);
    Ok(None)
}

fn mark_as_vm(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    call.writable(world)?;
    let pool = call.object(world, "pool")?;
    call.need(world, &pool, "Resource.AssignVMToPool")?;
    if world.store.value(&call.this, "config.template") != Some(&true.into()) {
        return Err(Fault::not_supported());
    }
    world.store.link(&pool, "vm", &call.this);
    world.store.update(&call.this, |data| {
        data.set("resourcePool", &pool);
        data.set_path("config.template", false);
    });
    refresh::vm(world, &call.this);
    Ok(None)
}

fn unregister(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    call.writable(world)?;
    need_off(world, &call.this)?;
    take_down(world, &call.this);
    Ok(None)
}

fn destroy(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    call.need(world, &call.this, "VirtualMachine.Inventory.Delete")?;
    call.writable(world)?;
    let vm = call.this.clone();
    call.start(world, move |world| {
        need_off(world, &vm)?;
        let config = vm::config(world, &vm);
        for device in vm::disks(&config) {
            for link in world.files.chain(backing_path(&device)) {
                // What another VM uses too outlives this one.
                if world.files.children(&link).is_empty() && !used_elsewhere(world, &vm, &link) {
                    world.files.remove(&link);
                }
            }
        }
        let folder = vm::snapshot::vm_folder(&config);
        let plain: Vec<String> = world
            .files
            .under(&folder)
            .filter(|(_, entry)| entry.disk.is_none() && entry.kind != crate::FileKind::DiskExtent)
            .map(|(path, _)| path.clone())
            .collect();
        for path in plain {
            world.files.remove(&path);
        }
        take_down(world, &vm);
        Ok(None)
    })
}

fn used_elsewhere(world: &World, vm: &MoRef, path: &str) -> bool {
    world
        .store
        .exactly("VirtualMachine")
        .filter(|other| other.reference != *vm)
        .filter_map(|other| other.properties.data("config"))
        .any(|config| {
            vm::disks(config)
                .iter()
                .any(|disk| backing_path(disk) == path)
        })
}

fn need_off(world: &World, vm: &MoRef) -> Result<(), Fault> {
    match vm::power_state(world, vm).as_str() {
        "poweredOff" => Ok(()),
        other => Err(Fault::invalid_power_state(Some("poweredOff"), other)),
    }
}

/// Takes a VM out of the inventory; its files stay.
fn take_down(world: &mut World, vm: &MoRef) {
    for snapshot in vm::snapshots_of(world, vm) {
        world.store.remove(&snapshot);
    }
    let Some(data) = world.store.get(vm) else {
        return;
    };
    let mut holders: Vec<(MoRef, &str)> = Vec::new();
    holders.extend(
        data.reference("parent")
            .cloned()
            .map(|r| (r, "childEntity")),
    );
    holders.extend(data.reference("resourcePool").cloned().map(|r| (r, "vm")));
    holders.extend(crate::shape::reference(data, "runtime.host").map(|r| (r, "vm")));
    let datastores = data.references("datastore");
    holders.extend(datastores.iter().cloned().map(|r| (r, "vm")));
    holders.extend(data.references("network").into_iter().map(|r| (r, "vm")));
    for (holder, property) in holders {
        world.store.unlink(&holder, property, vm);
    }
    world.store.remove(vm);
    world.lab.forget(vm);
    for datastore in datastores {
        refresh::datastore(world, &datastore);
    }
}
