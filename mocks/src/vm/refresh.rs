//! Keeps what derives from a VM's configuration and files true after every change.

use crate::schema::Schema;
use crate::shape::{flag, narrow, number, parts, text};
use crate::value::{Data, MoRef, Value};
use crate::vm::device::description;
use crate::vm::{self, consolidate, disk, layout};
use crate::world::World;

/// Brings every derived property of a VM up to date, and the datastores it lies on.
pub(crate) fn vm(world: &mut World, vm: &MoRef) {
    let mut config = vm::config(world, vm);
    tidy_devices(world, &mut config);
    mirror_flags(&mut config);
    let layout = layout::of(world, vm, &config);
    let urls: Vec<Data> = layout
        .datastores
        .iter()
        .filter_map(|d| url_pair(world, d))
        .collect();
    config.set(
        "datastoreUrl",
        Value::list("VirtualMachineConfigInfoDatastoreUrlPair", urls),
    );
    let networks = networks(&config);
    let needed = !consolidate::mergeable(world, vm).is_empty();
    let roots = root_snapshots(world, vm);
    let before = world
        .store
        .get(vm)
        .map(|data| data.references("datastore"))
        .unwrap_or_default();

    world.store.update(vm, |data| {
        data.set("config", config);
        data.set("layout", layout.plain);
        data.set("layoutEx", layout.extended);
        data.set("storage", layout.storage);
        data.set("datastore", Value::refs(layout.datastores.iter().cloned()));
        data.set("network", Value::refs(networks));
        data.set_path("runtime.consolidationNeeded", needed);
        if roots.is_empty() {
            data.remove("rootSnapshot");
        } else {
            data.set("rootSnapshot", Value::refs(roots));
        }
        data.set("summary", summary(vm, data, layout.summary));
    });
    disabled_methods(world, vm);
    for gone in before.iter().filter(|d| !layout.datastores.contains(d)) {
        world.store.unlink(gone, "vm", vm);
        datastore(world, gone);
    }
    for present in &layout.datastores {
        if !before.contains(present) {
            world.store.link(present, "vm", vm);
        }
        datastore(world, present);
    }
}

/// Sets a datastore's free space from what its files take, and its pod's from its datastores.
pub(crate) fn datastore(world: &mut World, datastore: &MoRef) {
    let Some(data) = world.store.get(datastore) else {
        return;
    };
    let name = data.str("name").unwrap_or_default();
    let capacity = crate::shape::number(data, "summary.capacity");
    let free = (capacity - world.files.used_on(name)).max(0);
    if crate::shape::number(data, "summary.freeSpace") == free {
        return;
    }
    let parent = data.reference("parent").cloned();
    world.store.update(datastore, |data| {
        data.set_path("summary.freeSpace", free);
        if let Some(info) = data.get_mut("info").and_then(Value::as_data_mut) {
            info.set("freeSpace", free);
        }
    });
    if let Some(parent) = parent.filter(|parent| parent.kind == "StoragePod") {
        pod(world, &parent);
    }
}

/// Marks a successful change of the configuration.
pub(crate) fn bump_change_version(world: &mut World, vm: &MoRef) {
    let now = world.clock.now();
    let stamp = now.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let number = world.store.next_number() % 1_000_000;
    world.store.update(vm, |data| {
        data.set_path("config.changeVersion", format!("{stamp}.{number:06}Z"));
        data.set_path("config.modified", now);
    });
}

/// Whether Tools answer in the guest.
pub(crate) fn tools_running(world: &World, vm: &MoRef) -> bool {
    let status = world
        .store
        .value(vm, "guest.toolsRunningStatus")
        .and_then(Value::as_str);
    status == Some("guestToolsRunning")
}

/// Sets `disabledMethod` from what was disabled by name and from what the power state rules out.
pub(crate) fn disabled_methods(world: &mut World, vm: &MoRef) {
    let mut names: Vec<String> = match vm::power_state(world, vm).as_str() {
        "poweredOn" => vec![
            "PowerOnVM_Task",
            "Destroy_Task",
            "UnregisterVM",
            "MarkAsTemplate",
        ],
        "suspended" => vec![
            "SuspendVM_Task",
            "ShutdownGuest",
            "RebootGuest",
            "StandbyGuest",
        ],
        _ => vec![
            "PowerOffVM_Task",
            "SuspendVM_Task",
            "ResetVM_Task",
            "ShutdownGuest",
            "RebootGuest",
            "StandbyGuest",
        ],
    }
    .into_iter()
    .map(str::to_owned)
    .collect();
    for method in world.lab.disabled_on(vm) {
        if !names.contains(&method) {
            names.push(method);
        }
    }
    names.sort();
    let present = world
        .store
        .value(vm, "disabledMethod")
        .map(Value::as_list)
        .unwrap_or_default();
    if !present
        .iter()
        .filter_map(Value::as_str)
        .eq(names.iter().map(String::as_str))
    {
        world.store.update(vm, |data| {
            data.set("disabledMethod", Value::list("string", names))
        });
    }
}

/// Rebuilds backings, labels and the controllers' lists of children.
fn tidy_devices(world: &World, config: &mut Data) {
    let mut devices = vm::devices(config);
    let mut count = 0;
    for device in &mut devices {
        if device.kind == "VirtualDisk" {
            count += 1;
            disk::rebuild_backing(world, device);
            let kb = device.int("capacityInKB").unwrap_or_default();
            let summary = format!("{} KB", grouped(kb));
            device.set(
                "deviceInfo",
                description(&format!("Hard disk {count}"), &summary),
            );
        }
    }
    let children: Vec<(i64, i32)> = devices
        .iter()
        .filter_map(|d| Some((d.int("controllerKey")?, narrow(d.int("key")?))))
        .collect();
    for device in &mut devices {
        if Schema::get().is_subtype(&device.kind, "VirtualController") {
            let key = device.int("key").unwrap_or_default();
            let mine: Vec<i32> = children
                .iter()
                .filter(|(parent, _)| *parent == key)
                .map(|(_, k)| *k)
                .collect();
            if mine.is_empty() {
                device.remove("device");
            } else {
                device.set("device", Value::list("int", mine));
            }
        }
    }
    vm::set_devices(config, devices);
}

/// `config.flags.diskUuidEnabled` shows what `disk.EnableUUID` says.
fn mirror_flags(config: &mut Data) {
    let enabled = parts(config, "extraConfig")
        .find(|option| {
            option
                .str("key")
                .is_some_and(|k| k.eq_ignore_ascii_case("disk.EnableUUID"))
        })
        .is_some_and(|option| text(option, "value").eq_ignore_ascii_case("true"));
    config.set_path("flags.diskUuidEnabled", enabled);
}

fn networks(config: &Data) -> Vec<MoRef> {
    let mut found: Vec<MoRef> = Vec::new();
    for device in parts(config, "hardware.device") {
        if let Some(network) = device.data("backing").and_then(|b| b.reference("network"))
            && !found.contains(network)
        {
            found.push(network.clone());
        }
    }
    found
}

fn root_snapshots(world: &World, vm: &MoRef) -> Vec<MoRef> {
    let list = world
        .store
        .value(vm, "snapshot.rootSnapshotList")
        .map(Value::as_list);
    list.unwrap_or_default()
        .iter()
        .filter_map(|node| node.as_data()?.reference("snapshot").cloned())
        .collect()
}

fn url_pair(world: &World, datastore: &MoRef) -> Option<Data> {
    let data = world.store.get(datastore)?;
    Some(
        Data::new("VirtualMachineConfigInfoDatastoreUrlPair")
            .with("name", data.str("name")?)
            .with("url", text(data, "summary.url")),
    )
}

fn summary(vm: &MoRef, data: &Data, storage: Data) -> Data {
    let empty = Data::new("VirtualMachineConfigInfo");
    let config = data.data("config").unwrap_or(&empty);
    let guest = data.data("guest");
    let copy = |from: &Data, name: &str| from.get(name).cloned();
    let mut short = Data::new("VirtualMachineConfigSummary")
        .with("name", text(config, "name"))
        .with("template", flag(config, "template"))
        .with("vmPathName", text(config, "files.vmPathName"))
        .with_opt(
            "memorySizeMB",
            config.get_path("hardware.memoryMB").cloned(),
        )
        .with_opt("numCpu", config.get_path("hardware.numCPU").cloned())
        .with("numVirtualDisks", count(config, "VirtualDisk"))
        .with("numEthernetCards", count(config, "VirtualEthernetCard"))
        .with("installBootRequired", false);
    for name in [
        "uuid",
        "instanceUuid",
        "guestId",
        "guestFullName",
        "annotation",
    ] {
        short = short.with_opt(name, copy(config, name));
    }
    let mut told = Data::new("VirtualMachineGuestSummary");
    for name in [
        "guestId",
        "guestFullName",
        "toolsStatus",
        "toolsVersionStatus",
        "toolsVersionStatus2",
        "toolsRunningStatus",
        "hostName",
        "ipAddress",
    ] {
        told = told.with_opt(name, guest.and_then(|g| copy(g, name)));
    }
    let heartbeat = data.str("guestHeartbeatStatus").unwrap_or("gray");
    let quick = Data::new("VirtualMachineQuickStats").with_enum(
        "guestHeartbeatStatus",
        "ManagedEntityStatus",
        heartbeat,
    );
    Data::new("VirtualMachineSummary")
        .with("vm", vm)
        .with_opt("runtime", data.get("runtime").cloned())
        .with("guest", told)
        .with("config", short)
        .with("storage", storage)
        .with("quickStats", quick)
        .with_enum("overallStatus", "ManagedEntityStatus", "green")
}

fn count(config: &Data, kind: &str) -> i32 {
    let found = parts(config, "hardware.device")
        .filter(|device| device.is(kind))
        .count();
    i32::try_from(found).unwrap_or(i32::MAX)
}

/// `52428800` as `52,428,800`.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Sums up a pod from its datastores.
pub(crate) fn pod(world: &mut World, pod: &MoRef) {
    let Some(data) = world.store.get(pod) else {
        return;
    };
    let name = data.str("name").unwrap_or_default().to_owned();
    let (mut capacity, mut free) = (0, 0);
    for datastore in data
        .references("childEntity")
        .iter()
        .filter_map(|d| world.store.get(d))
    {
        capacity += number(datastore, "summary.capacity");
        free += number(datastore, "summary.freeSpace");
    }
    world.store.update(pod, |data| {
        data.set("summary", pod_summary(&name, capacity, free))
    });
}

/// `StoragePodSummary` of a pod.
pub(crate) fn pod_summary(name: &str, capacity: i64, free: i64) -> Data {
    Data::new("StoragePodSummary")
        .with("name", name)
        .with("capacity", capacity)
        .with("freeSpace", free)
}

#[cfg(test)]
mod tests {
    #[test]
    fn sizes_are_grouped_by_thousands() {
        assert_eq!(super::grouped(52_428_800), "52,428,800");
        assert_eq!(super::grouped(512), "512");
        assert_eq!(super::grouped(1024), "1,024");
    }
}
