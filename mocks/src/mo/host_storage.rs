//! A host's storage: NFS datastores, VMFS volumes, rescans.

use crate::dispatch::{Call, Entry};
use crate::fault::Fault;
use crate::mo::guard;
use crate::model::{DatastoreSpec, storage};
use crate::shape::text;
use crate::value::{MoRef, Value};
use crate::vm::disk;
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("HostDatastoreSystem", "CreateNasDatastore", create_nas),
    ("HostDatastoreSystem", "RemoveDatastore", remove_datastore),
    ("HostStorageSystem", "MountVmfsVolume", mount_vmfs),
    ("HostStorageSystem", "UnmountVmfsVolume", unmount_vmfs),
    ("HostStorageSystem", "RescanVmfs", rescan),
    ("HostStorageSystem", "RescanAllHba", rescan),
    ("HostStorageSystem", "RefreshStorageSystem", rescan),
    ("Datastore", "RefreshDatastore", refresh),
    ("Datastore", "RefreshDatastoreStorageInfo", refresh),
];

type Answer = Result<Option<Value>, Fault>;

fn host_of(world: &World, call: &Call<'_>) -> Result<MoRef, Fault> {
    let owner = world
        .store
        .object(&call.this)
        .and_then(|object| object.owner.clone());
    owner.ok_or_else(|| Fault::not_found(&call.this))
}

fn create_nas(world: &mut World, call: &Call<'_>) -> Answer {
    guard::writable(world, call)?;
    let host = host_of(world, call)?;
    let spec = call
        .args
        .data("spec")
        .cloned()
        .ok_or_else(|| Fault::invalid_argument("spec"))?;
    let name = text(&spec, "localPath").to_owned();
    let access = text(&spec, "accessMode").to_owned();
    if !matches!(access.as_str(), "readWrite" | "readOnly") {
        return Err(Fault::invalid_argument("spec.accessMode"));
    }
    let (server, export) = (text(&spec, "remoteHost"), text(&spec, "remotePath"));
    let present = disk::datastore_named(world, &name);
    let datastore = match present {
        Some(datastore) => {
            let same = world.store.get(&datastore).is_some_and(|data| {
                text(data, "info.nas.remoteHost") == server
                    && text(data, "info.nas.remotePath") == export
            });
            if !same || mounted(world, &datastore, &host) {
                return Err(Fault::new(
                    "DuplicateName",
                    format!("The name '{name}' already exists."),
                )
                .with("name", name)
                .with("object", datastore));
            }
            datastore
        }
        None => new_datastore(
            world,
            &host,
            &DatastoreSpec::nfs(&name, 4096, server, export),
        )?,
    };
    storage::mount(world, &datastore, &host, &access);
    Ok(Some(datastore.into()))
}

fn new_datastore(world: &mut World, host: &MoRef, spec: &DatastoreSpec) -> Result<MoRef, Fault> {
    let above = crate::model::accounts::ancestors(world, host);
    let Some(dc) = above.into_iter().find(|entity| entity.kind == "Datacenter") else {
        return Err(Fault::not_found(host));
    };
    let folder = world
        .store
        .value(&dc, "datastoreFolder")
        .and_then(Value::as_ref)
        .cloned();
    let Some(folder) = folder else {
        return Err(Fault::not_found(&dc));
    };
    let reference = MoRef::new(
        "Datastore",
        format!("datastore-{}", world.store.next_number()),
    );
    storage::put_datastore(world, &reference, &folder, spec);
    world.store.link(&dc, "datastore", &reference);
    Ok(reference)
}

fn mounted(world: &World, datastore: &MoRef, host: &MoRef) -> bool {
    world.store.get(datastore).is_some_and(|data| {
        crate::shape::parts(data, "host").any(|mount| mount.reference("key") == Some(host))
    })
}

fn remove_datastore(world: &mut World, call: &Call<'_>) -> Answer {
    guard::writable(world, call)?;
    let host = host_of(world, call)?;
    let datastore = guard::object(world, call, "datastore")?;
    if uses(world, &host, &datastore) {
        let name = world
            .store
            .value(&datastore, "name")
            .cloned()
            .unwrap_or_else(|| "".into());
        return Err(Fault::new("ResourceInUse", "The resource is in use.")
            .with("type", "Datastore")
            .with("name", name));
    }
    world.store.update(&datastore, |data| {
        if let Some(mounts) = data.get_mut("host").and_then(Value::as_list_mut) {
            mounts.retain(|mount| mount.as_data().and_then(|m| m.reference("key")) != Some(&host));
        }
    });
    for holder in [host, call.this.clone()] {
        world.store.unlink(&holder, "datastore", &datastore);
    }
    Ok(None)
}

/// Whether a running machine of the host lies on a datastore.
fn uses(world: &World, host: &MoRef, datastore: &MoRef) -> bool {
    world.store.exactly("VirtualMachine").any(|vm| {
        text(&vm.properties, "runtime.powerState") == "poweredOn"
            && crate::shape::reference(&vm.properties, "runtime.host").as_ref() == Some(host)
            && vm.properties.references("datastore").contains(datastore)
    })
}

fn mount_vmfs(world: &mut World, call: &Call<'_>) -> Answer {
    let (datastore, host) = volume(world, call)?;
    let done = set_mounted(world, &datastore, &host, true);
    if !done {
        // The volume is known here but was never mounted on this host.
        storage::mount(world, &datastore, &host, "readWrite");
    }
    Ok(None)
}

fn unmount_vmfs(world: &mut World, call: &Call<'_>) -> Answer {
    let (datastore, host) = volume(world, call)?;
    if uses(world, &host, &datastore) {
        return Err(
            Fault::new("ResourceInUse", "The resource is in use.").with("type", "Datastore")
        );
    }
    if !set_mounted(world, &datastore, &host, false) {
        return Err(Fault::new(
            "NotFound",
            "The volume is not mounted on this host.",
        ));
    }
    Ok(None)
}

fn volume(world: &World, call: &Call<'_>) -> Result<(MoRef, MoRef), Fault> {
    guard::writable(world, call)?;
    let uuid = call.args.str("vmfsUuid").unwrap_or_default();
    let mut all = world.store.exactly("Datastore");
    let found = all.find(|o| text(&o.properties, "info.vmfs.uuid") == uuid);
    match found {
        Some(datastore) => Ok((datastore.reference.clone(), host_of(world, call)?)),
        None => Err(Fault::new("NotFound", "No volume has this UUID.")),
    }
}

/// Changes a mount; false when the host has none of this datastore.
fn set_mounted(world: &mut World, datastore: &MoRef, host: &MoRef, mounted: bool) -> bool {
    let changed = world.store.update(datastore, |data| {
        let Some(mounts) = data.get_mut("host").and_then(Value::as_list_mut) else {
            return false;
        };
        let mut mounts = mounts.iter_mut().filter_map(Value::as_data_mut);
        match mounts.find(|mount| mount.reference("key") == Some(host)) {
            Some(mount) => {
                mount.set_path("mountInfo.mounted", mounted);
                mount.set_path("mountInfo.accessible", mounted);
                true
            }
            None => false,
        }
    });
    changed == Some(true)
}

fn rescan(world: &mut World, call: &Call<'_>) -> Answer {
    // Hosts here always know their volumes; what counts is who may ask.
    guard::writable(world, call).map(|()| None)
}

fn refresh(world: &mut World, call: &Call<'_>) -> Answer {
    crate::vm::refresh::datastore(world, &call.this);
    Ok(None)
}

#[cfg(test)]
mod tests;
