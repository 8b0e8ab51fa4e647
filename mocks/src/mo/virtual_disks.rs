//! `VirtualDiskManager` and `FileManager`: disks and files by path.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::model::service::is_vcenter;
use crate::refuse;
use crate::task::Plan;
use crate::value::Value;
use crate::vm::{disk, power};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("VirtualDiskManager", "QueryVirtualDiskUuid", query_uuid),
    ("VirtualDiskManager", "DeleteVirtualDisk_Task", delete),
    ("FileManager", "DeleteDatastoreFile_Task", delete),
];

fn query_uuid(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let path = call.args.str("name").unwrap_or_default();
    // Datastores of one name may be in several datacenters, so a vCenter wants to be told which is meant.
    match call.args.reference("datacenter") {
        Some(datacenter) if !world.store.contains(datacenter) => {
            return Err(Fault::not_found(datacenter));
        }
        None if is_vcenter(world) => return Err(Fault::invalid_argument("datacenter")),
        _ => {}
    }
    let datastore = disk::datastore_of(world, path)?;
    call.need(world, &datastore, "Datastore.FileManagement")?;
    if let Some(missing) = world.files.missing_part(path) {
        return Err(refuse::about_file("FileNotFound", &missing));
    }
    // A running VM holds its disks, and the descriptor is opened with the disk.
    if power::locked_by(world, path, None).is_some() {
        return Err(refuse::about_file("FileLocked", path));
    }
    match world.files.disk(path) {
        // This method writes the UUID with spaces, as it stands in the disk's descriptor.
        Some(facts) => Ok(Some(spaced(&facts.uuid).into())),
        None => Err(refuse::about_file("FileNotFound", path)),
    }
}

fn delete(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let path = call.args.str("name").unwrap_or_default().to_owned();
    let datastore = disk::datastore_of(world, &path)?;
    let privilege = match call.this.kind.as_str() {
        "FileManager" => "Datastore.DeleteFile",
        _ => "Datastore.FileManagement",
    };
    call.need(world, &datastore, privilege)?;
    call.writable(world)?;
    let target = datastore.clone();
    let plan = Plan::new(call.method, datastore, &call.user.user, move |world| {
        if !world.files.contains(&path) {
            return Err(refuse::about_file("FileNotFound", &path));
        }
        if power::locked_by(world, &path, None).is_some() {
            return Err(refuse::about_file("FileLocked", &path));
        }
        world.files.remove(&path);
        crate::vm::refresh::datastore(world, &target);
        Ok(None)
    });
    world
        .start_task(plan.shared())
        .map(|task| Some(task.into()))
}

/// `6000C29a-1b2c-...` as `60 00 C2 9a 1b 2c .. ..-..`.
fn spaced(uuid: &str) -> String {
    let digits: Vec<char> = uuid.chars().filter(char::is_ascii_hexdigit).collect();
    let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
    let half = pairs.len() / 2;
    format!("{}-{}", pairs[..half].join(" "), pairs[half..].join(" "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_uuid_is_written_as_descriptors_do() {
        assert_eq!(
            super::spaced("6000C29a-1111-2222-3333-444455556666"),
            "60 00 C2 9a 11 11 22 22-33 33 44 44 55 55 66 66"
        );
    }
}
