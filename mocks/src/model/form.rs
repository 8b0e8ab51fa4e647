//! Makes a plain disk a peculiar one: on its device, and in its file.

use crate::files::DiskFormat;
use crate::ids;
use crate::model::DiskForm;
use crate::value::{Data, Value};
use crate::vm::disk;
use crate::world::World;

/// Shapes a disk that was made plain.
pub(super) fn shape(world: &mut World, device: &mut Data, path: &str, form: DiskForm) {
    let mut set = |name: &str, value: &str| {
        if let Some(backing) = device.get_mut("backing").and_then(Value::as_data_mut) {
            backing.set(name, value);
        }
    };
    match form {
        DiskForm::Plain => {}
        DiskForm::RawDevice => raw(world, device, path),
        DiskForm::MultiWriter => set("sharing", "sharingMultiWriter"),
        DiskForm::Encrypted => {
            let key = ids::plain_uuid(path);
            world
                .files
                .edit_disk(path, |facts| facts.key_id = Some(key));
        }
        DiskForm::Independent => set("diskMode", "independent_persistent"),
        DiskForm::NoData => world.files.lose_extent(path),
    }
}

/// A mapping takes no room itself, and its backing tells of the device behind it.
fn raw(world: &mut World, device: &mut Data, path: &str) {
    let Some(mut facts) = world.files.disk(path).cloned() else {
        return;
    };
    facts.format = DiskFormat::RawDevice;
    let lun = format!("naa.6006016{:016x}", ids::hash(path));
    let backing = Data::new("VirtualDiskRawDiskMappingVer1BackingInfo")
        .with("fileName", path)
        .with_opt("datastore", disk::datastore_of(world, path).ok())
        .with("lunUuid", format!("02000000{}", &lun[4..]))
        .with("deviceName", format!("vml.02000000{}", &lun[4..]))
        .with("compatibilityMode", "virtualMode")
        .with("diskMode", "persistent")
        .with("uuid", facts.uuid.as_str())
        .with("contentId", facts.content_id.as_str())
        .with("sharing", "sharingNone");
    device.set("backing", backing);
    world.files.remove(path);
    let now = world.clock.now();
    world.files.put_disk(path, facts, 0, now);
}
