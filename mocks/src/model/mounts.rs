//! Which host mounts which datastore, and how.

use crate::ids;
use crate::model::{Builder, HostSpec};
use crate::shape::{flag, parts, text};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

impl Builder<'_> {
    /// Presents the device of a VMFS datastore to a host, which has not looked since.
    pub fn present(&mut self, datastore: &MoRef, host: &HostSpec) {
        self.world.san.present(datastore, &host.reference);
    }

    /// Unmounts a datastore on a host; the host still knows it.
    pub fn unmounted(&mut self, datastore: &MoRef, host: &HostSpec) {
        set_mounted(self.world, datastore, &host.reference, false);
    }

    /// Makes a mount read-only on one host.
    pub fn read_only_on(&mut self, datastore: &MoRef, host: &HostSpec) {
        change(self.world, datastore, &host.reference, |mount| {
            mount.set_path("mountInfo.accessMode", "readOnly");
        });
    }

    /// Takes the way to a datastore from a host: all paths are down.
    pub fn cut_off(&mut self, datastore: &MoRef, host: &HostSpec) {
        change(self.world, datastore, &host.reference, |mount| {
            mount.set_path("mountInfo.accessible", false);
            mount.set_path("mountInfo.inaccessibleReason", "AllPathsDown_Timeout");
        });
    }

    /// Shows a host a copy of a datastore's volume, as a snapshot on the array makes it.
    pub fn copied(&mut self, datastore: &MoRef, host: &HostSpec) {
        let Some(data) = self.world.store.get(datastore) else {
            return;
        };
        let (name, uuid) = (text(data, "name"), text(data, "info.vmfs.uuid"));
        let device = format!("naa.60060160{:016x}", ids::hash(&format!("copy of {uuid}")));
        let partition = Data::new("HostScsiDiskPartition")
            .with("diskName", device.as_str())
            .with("partition", 1);
        let extent = Data::new("HostUnresolvedVmfsExtent")
            .with("device", partition)
            .with("devicePath", format!("/vmfs/devices/disks/{device}:1"))
            .with("vmfsUuid", uuid)
            .with("isHeadExtent", true)
            .with("ordinal", 0)
            .with("startBlock", 0)
            .with("endBlock", 2_097_151)
            .with("reason", "diskIdMismatch");
        let copy = Data::new("HostUnresolvedVmfsVolume")
            .with("extent", Value::list("HostUnresolvedVmfsExtent", [extent]))
            .with("vmfsLabel", name)
            .with("vmfsUuid", uuid)
            .with("totalBlocks", 2_097_152)
            .with(
                "resolveStatus",
                Data::new("HostUnresolvedVmfsVolumeResolveStatus").with("resolvable", true),
            );
        self.world.san.show_copy(&host.reference, copy);
    }
}

/// Mounts a datastore on a host.
pub(crate) fn mount(world: &mut World, datastore: &MoRef, host: &MoRef, access: &str) {
    let url = world
        .store
        .value(datastore, "summary.url")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let path = url
        .trim_start_matches("ds://")
        .trim_end_matches('/')
        .to_owned();
    let info = Data::new("HostMountInfo")
        .with("path", path)
        .with("accessMode", access)
        .with("mounted", true)
        .with("accessible", true);
    let entry = Data::new("DatastoreHostMount")
        .with("key", host)
        .with("mountInfo", info);
    world.store.update(datastore, |data| {
        if let Some(mounts) = data.get_mut("host").and_then(Value::as_list_mut) {
            mounts.push(entry.into());
        }
    });
    let compute = world
        .store
        .get(host)
        .and_then(|h| h.reference("parent").cloned());
    for holder in holders(world, host).into_iter().chain(compute) {
        world.store.link(&holder, "datastore", datastore);
    }
    refresh(world, datastore, host);
}

/// Takes a datastore from a host, as though the host had never mounted it.
pub(crate) fn unmount(world: &mut World, datastore: &MoRef, host: &MoRef) {
    world.store.update(datastore, |data| {
        if let Some(mounts) = data.get_mut("host").and_then(Value::as_list_mut) {
            mounts.retain(|mount| mount.as_data().and_then(|m| m.reference("key")) != Some(host));
        }
    });
    for holder in holders(world, host) {
        world.store.unlink(&holder, "datastore", datastore);
    }
    refresh(world, datastore, host);
}

/// How a host mounts a datastore (`DatastoreHostMount`); nothing when it does not know it.
pub(crate) fn of<'w>(world: &'w World, datastore: &MoRef, host: &MoRef) -> Option<&'w Data> {
    let data = world.store.get(datastore)?;
    parts(data, "host").find(|mount| mount.reference("key") == Some(host))
}

/// Changes whether a volume that the host knows is mounted; false when the host has none of it.
pub(crate) fn set_mounted(
    world: &mut World,
    datastore: &MoRef,
    host: &MoRef,
    mounted: bool,
) -> bool {
    change(world, datastore, host, |mount| {
        mount.set_path("mountInfo.mounted", mounted);
        mount.set_path("mountInfo.accessible", mounted);
    })
}

/// Changes one host's mount of a datastore; false when there is none.
pub(crate) fn change(
    world: &mut World,
    datastore: &MoRef,
    host: &MoRef,
    edit: impl FnOnce(&mut Data),
) -> bool {
    let changed = world.store.update(datastore, |data| {
        let Some(mounts) = data.get_mut("host").and_then(Value::as_list_mut) else {
            return false;
        };
        let mut mounts = mounts.iter_mut().filter_map(Value::as_data_mut);
        match mounts.find(|mount| mount.reference("key") == Some(host)) {
            Some(mount) => {
                edit(mount);
                true
            }
            None => false,
        }
    });
    refresh(world, datastore, host);
    changed == Some(true)
}

/// Removes a datastore that no host mounts and no VM lies on.
pub(crate) fn forget_unused(world: &mut World, datastore: &MoRef) {
    let Some(data) = world.store.get(datastore) else {
        return;
    };
    if !data.list("host").is_empty() || !data.references("vm").is_empty() {
        return;
    }
    let (parent, browser) = (
        data.reference("parent").cloned(),
        data.reference("browser").cloned(),
    );
    let datacenters: Vec<MoRef> = world
        .store
        .exactly("Datacenter")
        .map(|dc| dc.reference.clone())
        .collect();
    for dc in datacenters {
        world.store.unlink(&dc, "datastore", datastore);
    }
    if let Some(parent) = parent {
        world.store.unlink(&parent, "childEntity", datastore);
    }
    if let Some(browser) = browser {
        world.store.remove(&browser);
    }
    world.store.remove(datastore);
}

/// What lists the datastores of a host: the host, its compute resource, its managers.
fn holders(world: &World, host: &MoRef) -> Vec<MoRef> {
    let below = world
        .store
        .objects()
        .filter(|o| o.owner.as_ref() == Some(host));
    let managers = below.map(|o| o.reference.clone()).filter(|r| {
        matches!(
            r.kind.as_str(),
            "HostDatastoreSystem" | "HostDatastoreBrowser"
        )
    });
    std::iter::once(host.clone()).chain(managers).collect()
}

/// Sums up after a mount changed: whether anybody reaches the datastore, and the host's own list of volumes.
fn refresh(world: &mut World, datastore: &MoRef, host: &MoRef) {
    world.store.update(datastore, |data| {
        let reached = parts(data, "host").any(|mount| flag(mount, "mountInfo.accessible"));
        let shared = data.list("host").len() > 1;
        data.set_path("summary.accessible", reached);
        data.set_path("summary.multipleHostAccess", shared);
    });
    let known = world.store.exactly("Datastore").filter_map(|object| {
        let data = &object.properties;
        let mount = parts(data, "host").find(|mount| mount.reference("key") == Some(host))?;
        let volume = ["info.vmfs", "info.nas"]
            .into_iter()
            .find_map(|path| data.get_path(path)?.as_data().cloned())
            .unwrap_or_else(|| {
                Data::new("HostFileSystemVolume")
                    .with("type", text(data, "summary.type"))
                    .with("name", text(data, "name"))
                    .with("capacity", crate::shape::number(data, "summary.capacity"))
            });
        let info = mount.data("mountInfo")?.clone();
        Some(
            Data::new("HostFileSystemMountInfo")
                .with("mountInfo", info)
                .with("volume", volume),
        )
    });
    let known = Value::list("HostFileSystemMountInfo", known.collect::<Vec<_>>());
    let system = world
        .store
        .exactly("HostStorageSystem")
        .find(|object| object.owner.as_ref() == Some(host))
        .map(|object| object.reference.clone());
    if let Some(system) = system {
        world.store.update(&system, |data| {
            data.set_path("fileSystemVolumeInfo.mountInfo", known);
        });
    }
}
