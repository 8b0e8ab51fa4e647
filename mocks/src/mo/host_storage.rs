//! A host's storage: NFS datastores, VMFS volumes, rescans.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::model::{DatastoreSpec, mounts, storage};
use crate::shape::{flag, text};
use crate::value::{Data, MoRef, Value};
use crate::vm::disk;
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("HostDatastoreSystem", "CreateNasDatastore", create_nas),
    ("HostDatastoreSystem", "RemoveDatastore", remove_datastore),
    (
        "HostDatastoreSystem",
        "QueryUnresolvedVmfsVolumes",
        unresolved,
    ),
    ("HostStorageSystem", "QueryUnresolvedVmfsVolume", unresolved),
    ("HostStorageSystem", "MountVmfsVolume", mount_vmfs),
    ("HostStorageSystem", "UnmountVmfsVolume", unmount_vmfs),
    ("HostStorageSystem", "RescanVmfs", rescan_vmfs),
    ("HostStorageSystem", "RescanAllHba", rescan_adapters),
    ("HostStorageSystem", "RefreshStorageSystem", refresh_system),
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
    call.writable(world)?;
    let host = host_of(world, call)?;
    let spec = call
        .args
        .data("spec")
        .cloned()
        .ok_or_else(|| Fault::invalid_argument("spec"))?;
    let (name, access) = (text(&spec, "localPath"), text(&spec, "accessMode"));
    let (server, export) = (text(&spec, "remoteHost"), text(&spec, "remotePath"));
    for (value, field) in [
        (name, "localPath"),
        (server, "remoteHost"),
        (export, "remotePath"),
    ] {
        if value.is_empty() {
            return Err(Fault::invalid_argument(&format!("spec.{field}")));
        }
    }
    if !matches!(access, "readWrite" | "readOnly") {
        return Err(Fault::invalid_argument("spec.accessMode"));
    }
    if !matches!(text(&spec, "type"), "" | "NFS" | "NFS41") {
        return Err(Fault::invalid_argument("spec.type"));
    }
    if !world.san.answers(server) {
        let told =
            format!("Unable to connect to NAS volume {name}: the server {server} does not answer");
        return Err(Fault::new(
            "PlatformConfigFault",
            "An error occurred during host configuration.",
        )
        .with("text", told));
    }
    let datastore = match exported(world, server, export) {
        Some(present) if mounts::of(world, &present, &host).is_some() => {
            let known_as = name_of(world, &present);
            return Err(if known_as == name {
                duplicate(name, present)
            } else {
                Fault::new(
                    "AlreadyExists",
                    "The remote path is already mounted on this host.",
                )
                .with("name", known_as)
            });
        }
        // One share has one name in a datacenter.
        Some(present) if name_of(world, &present) != name => {
            let known_as = name_of(world, &present).to_owned();
            return Err(duplicate(&known_as, present));
        }
        Some(present) => present,
        None => match disk::datastore_named(world, name) {
            Some(other) => return Err(duplicate(name, other)),
            None => new_datastore(
                world,
                &host,
                &DatastoreSpec::nfs(name, 4096, server, export),
            )?,
        },
    };
    mounts::mount(world, &datastore, &host, access);
    Ok(Some(datastore.into()))
}

fn name_of<'w>(world: &'w World, datastore: &MoRef) -> &'w str {
    world
        .store
        .value(datastore, "name")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The datastore on a share, whatever its name.
fn exported(world: &World, server: &str, export: &str) -> Option<MoRef> {
    let mut all = world.store.exactly("Datastore");
    let found = all.find(|object| {
        let data = &object.properties;
        text(data, "info.nas.remoteHost") == server && text(data, "info.nas.remotePath") == export
    });
    found.map(|object| object.reference.clone())
}

fn duplicate(name: &str, object: MoRef) -> Fault {
    Fault::new(
        "DuplicateName",
        format!("The name '{name}' already exists."),
    )
    .with("name", name)
    .with("object", object)
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

fn remove_datastore(world: &mut World, call: &Call<'_>) -> Answer {
    call.writable(world)?;
    let host = host_of(world, call)?;
    let datastore = call.object(world, "datastore")?;
    if mounts::of(world, &datastore, &host).is_none() {
        return Err(Fault::new("NotFound", "The datastore is not on this host."));
    }
    free(world, &host, &datastore)?;
    let is_nas = world
        .store
        .value(&datastore, "info.nas")
        .is_some_and(|nas| nas.as_data().is_some());
    if is_nas {
        mounts::unmount(world, &datastore, &host);
    } else {
        // Not an unmount: the partitions of the volume are deleted, for every host.
        for host in all_hosts(world, &datastore) {
            free(world, &host, &datastore)?;
        }
        for host in all_hosts(world, &datastore) {
            mounts::unmount(world, &datastore, &host);
        }
    }
    mounts::forget_unused(world, &datastore);
    Ok(None)
}

fn all_hosts(world: &World, datastore: &MoRef) -> Vec<MoRef> {
    let data = world.store.get(datastore);
    data.into_iter()
        .flat_map(|data| crate::shape::parts(data, "host"))
        .filter_map(|mount| mount.reference("key").cloned())
        .collect()
}

/// Refuses while a VM of the host, running or not, lies on a datastore.
fn free(world: &World, host: &MoRef, datastore: &MoRef) -> Result<(), Fault> {
    let used = world.store.exactly("VirtualMachine").any(|vm| {
        crate::shape::reference(&vm.properties, "runtime.host").as_ref() == Some(host)
            && vm.properties.references("datastore").contains(datastore)
    });
    if !used {
        return Ok(());
    }
    let name = name_of(world, datastore);
    Err(
        Fault::new("ResourceInUse", format!("The resource '{name}' is in use."))
            .with("type", "Datastore")
            .with("name", name),
    )
}

fn mount_vmfs(world: &mut World, call: &Call<'_>) -> Answer {
    let (datastore, host) = volume(world, call)?;
    if is_mounted(world, &datastore, &host) {
        return Err(invalid_state("The volume is already mounted."));
    }
    let access = world.san.vmfs_access(&datastore);
    mounts::set_mounted(world, &datastore, &host, true);
    mounts::change(world, &datastore, &host, |mount| {
        mount.set_path("mountInfo.accessMode", access);
    });
    Ok(None)
}

fn unmount_vmfs(world: &mut World, call: &Call<'_>) -> Answer {
    let (datastore, host) = volume(world, call)?;
    if !is_mounted(world, &datastore, &host) {
        return Err(invalid_state("The volume is already unmounted."));
    }
    free(world, &host, &datastore)?;
    mounts::set_mounted(world, &datastore, &host, false);
    Ok(None)
}

fn is_mounted(world: &World, datastore: &MoRef, host: &MoRef) -> bool {
    mounts::of(world, datastore, host).is_some_and(|mount| flag(mount, "mountInfo.mounted"))
}

fn invalid_state(message: &str) -> Fault {
    Fault::new("InvalidState", message)
}

/// The datastore of a volume that the host knows.
fn volume(world: &World, call: &Call<'_>) -> Result<(MoRef, MoRef), Fault> {
    call.writable(world)?;
    let host = host_of(world, call)?;
    let uuid = call.args.str("vmfsUuid").unwrap_or_default();
    let mut all = world.store.exactly("Datastore");
    let found = all
        .find(|o| text(&o.properties, "info.vmfs.uuid") == uuid)
        .map(|o| o.reference.clone())
        .filter(|datastore| mounts::of(world, datastore, &host).is_some());
    match found {
        Some(datastore) => Ok((datastore, host)),
        None => Err(Fault::new(
            "NotFound",
            "No volume of this UUID is on the host.",
        )),
    }
}

fn rescan_adapters(world: &mut World, call: &Call<'_>) -> Answer {
    call.writable(world)?;
    let host = host_of(world, call)?;
    world.san.scan_adapters(&host);
    Ok(None)
}

/// What a scan for volumes finds is mounted at once.
fn rescan_vmfs(world: &mut World, call: &Call<'_>) -> Answer {
    call.writable(world)?;
    let host = host_of(world, call)?;
    for datastore in world.san.scan_volumes(&host) {
        if world.store.contains(&datastore) && mounts::of(world, &datastore, &host).is_none() {
            let access = world.san.vmfs_access(&datastore);
            mounts::mount(world, &datastore, &host, access);
        }
    }
    Ok(None)
}

fn refresh_system(world: &mut World, call: &Call<'_>) -> Answer {
    call.writable(world).map(|()| None)
}

fn unresolved(world: &mut World, call: &Call<'_>) -> Answer {
    let host = host_of(world, call)?;
    let copies: Vec<Data> = world.san.copies(&host).to_vec();
    Ok(Some(Value::list("HostUnresolvedVmfsVolume", copies)))
}

fn refresh(world: &mut World, call: &Call<'_>) -> Answer {
    crate::vm::refresh::datastore(world, &call.this);
    Ok(None)
}

#[cfg(test)]
mod tests;
