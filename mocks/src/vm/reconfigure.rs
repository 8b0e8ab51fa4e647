//! `ReconfigVM_Task`: all of a `VirtualMachineConfigSpec`, or nothing of it.
//!
//! The change is worked out on a draft. Only when every part of it holds are files touched and the
//! old configuration replaced by the draft.

mod devices;
mod disks;
mod options;
mod privileges;

pub(crate) use disks::mounted_writable;
pub(crate) use privileges::needed;

use crate::fault::Fault;
use crate::shape::{narrow, number};
use crate::value::{Data, MoRef, Value};
use crate::vm::{self, disk, refresh};
use crate::world::World;

/// Properties of the spec that are copied as they are to a property of `config`.
const COPIED: &[(&str, &str)] = &[
    ("uuid", "uuid"),
    ("instanceUuid", "instanceUuid"),
    ("locationId", "locationId"),
    ("annotation", "annotation"),
    ("alternateGuestName", "alternateGuestName"),
    ("powerOpInfo", "defaultPowerOps"),
    ("rebootPowerOff", "rebootPowerOff"),
    ("memoryHotAddEnabled", "memoryHotAddEnabled"),
    ("cpuHotAddEnabled", "cpuHotAddEnabled"),
    ("cpuHotRemoveEnabled", "cpuHotRemoveEnabled"),
    ("cpuAllocation", "cpuAllocation"),
    ("memoryAllocation", "memoryAllocation"),
    ("latencySensitivity", "latencySensitivity"),
    ("swapPlacement", "swapPlacement"),
    ("changeTrackingEnabled", "changeTrackingEnabled"),
    ("firmware", "firmware"),
    ("maxMksConnections", "maxMksConnections"),
    ("guestAutoLockEnabled", "guestAutoLockEnabled"),
    ("managedBy", "managedBy"),
    (
        "memoryReservationLockedToMax",
        "memoryReservationLockedToMax",
    ),
    ("nestedHVEnabled", "nestedHVEnabled"),
    ("vPMCEnabled", "vPMCEnabled"),
    ("messageBusTunnelEnabled", "messageBusTunnelEnabled"),
];

/// Properties whose given parts replace those of the same data object in `config`.
const MERGED: &[(&str, &str)] = &[
    ("flags", "flags"),
    ("tools", "tools"),
    ("bootOptions", "bootOptions"),
    ("files", "files"),
];

/// What is done to files once the whole draft holds.
#[derive(Clone, Debug)]
enum FileAct {
    Create {
        path: String,
        uuid: String,
        capacity_kb: i64,
        thin: bool,
    },
    Destroy {
        path: String,
    },
    Extend {
        path: String,
        capacity_kb: i64,
    },
}

/// A configuration being worked out.
struct Draft<'w> {
    world: &'w World,
    vm: &'w MoRef,
    running: bool,
    config: Data,
    devices: Vec<Data>,
    acts: Vec<FileAct>,
    /// Temporary keys that the spec used for new controllers, with the keys they got.
    given_keys: Vec<(i64, i32)>,
    /// Devices whose controller the spec removes, with the index of that change: a later change has to give them
    /// another one.
    orphans: Vec<(usize, i64)>,
}

/// Changes a VM's configuration.
///
/// # Errors
///
/// Whatever vSphere refuses; the VM and its files are then as before.
pub(crate) fn apply(world: &mut World, vm: &MoRef, spec: &Data) -> Result<(), Fault> {
    let config = vm::config(world, vm);
    if let Some(expected) = spec.str("changeVersion")
        && config.str("changeVersion") != Some(expected)
    {
        return Err(Fault::concurrent_access());
    }
    let devices = vm::devices(&config);
    let running = vm::power_state(world, vm) != "poweredOff";
    let mut draft = Draft {
        world,
        vm,
        running,
        config,
        devices,
        acts: Vec::new(),
        given_keys: Vec::new(),
        orphans: Vec::new(),
    };
    draft.take_simple(spec)?;
    draft.take_options(spec);
    for (index, change) in crate::shape::parts(spec, "deviceChange").enumerate() {
        draft.take_device(index, change)?;
    }
    if let Some((index, _)) = draft.orphans.first() {
        // The VM would lose what hangs on the controller.
        return Err(crate::refuse::invalid_device(
            *index,
            "virtualDeviceSpec.device",
        ));
    }
    let Draft {
        mut config,
        devices,
        acts,
        ..
    } = draft;
    check_room(world, &acts)?;
    vm::set_devices(&mut config, devices);
    let name = config.str("name").unwrap_or_default().to_owned();
    for act in acts {
        perform(world, act);
    }
    world.store.update(vm, |data| {
        data.set("config", config);
        data.set("name", name);
    });
    refresh::bump_change_version(world, vm);
    refresh::vm(world, vm);
    Ok(())
}

impl Draft<'_> {
    fn take_simple(&mut self, spec: &Data) -> Result<(), Fault> {
        for (name, value) in spec.fields() {
            let copied = COPIED.iter().find(|(from, _)| *from == name);
            let merged = MERGED.iter().find(|(from, _)| *from == name);
            match (name, copied, merged) {
                (_, Some((_, to)), _) => self.config.set(to, value.clone()),
                (_, _, Some((_, to))) => self.merge(to, value),
                ("name", ..) => self.rename(value.as_str().unwrap_or_default())?,
                ("guestId", ..) => self.take_guest(value.as_str().unwrap_or_default())?,
                ("numCPUs", ..) => self.resize("numCPU", value, "cpuHotAddEnabled")?,
                ("memoryMB", ..) => self.resize("memoryMB", value, "memoryHotAddEnabled")?,
                ("numCoresPerSocket", ..) => {
                    self.config
                        .set_path("hardware.numCoresPerSocket", value.clone());
                }
                ("changeVersion" | "deviceChange" | "extraConfig" | "vmProfile", ..) => {}
                // A simulator that swallows what it does not do would teach lies.
                _ => {
                    return Err(Fault::not_implemented(&format!(
                        "VirtualMachineConfigSpec.{name}"
                    )));
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, property: &str, given: &Value) {
        let Some(given) = given.as_data() else { return };
        match self.config.get_mut(property).and_then(Value::as_data_mut) {
            Some(present) => {
                for (name, value) in given.fields() {
                    present.set(name, value.clone());
                }
            }
            None => self.config.set(property, given.clone()),
        }
    }

    fn rename(&mut self, name: &str) -> Result<(), Fault> {
        if name.is_empty() || name.len() > 80 {
            return Err(
                Fault::new("InvalidName", format!("The name '{name}' is invalid."))
                    .with("name", name)
                    .with("entity", self.vm),
            );
        }
        let folder = self
            .world
            .store
            .get(self.vm)
            .and_then(|vm| vm.reference("parent").cloned());
        let twin = self.world.store.exactly("VirtualMachine").find(|other| {
            other.reference != *self.vm
                && other.properties.str("name") == Some(name)
                && other.properties.reference("parent") == folder.as_ref()
        });
        if let Some(twin) = twin {
            return Err(crate::refuse::duplicate_name(name, &twin.reference));
        }
        self.config.set("name", name);
        Ok(())
    }

    fn take_guest(&mut self, id: &str) -> Result<(), Fault> {
        if !id.ends_with("Guest") && !id.ends_with("Guest64") {
            return Err(Fault::invalid_argument("configSpec.guestId"));
        }
        self.config.set("guestId", id);
        Ok(())
    }

    fn resize(&mut self, property: &str, value: &Value, hot: &str) -> Result<(), Fault> {
        let wanted = value.as_int().unwrap_or_default();
        let path = format!("hardware.{property}");
        let present = number(&self.config, &path);
        if wanted <= 0 || (property == "memoryMB" && wanted % 4 != 0) {
            return Err(Fault::invalid_argument(&format!("configSpec.{property}")));
        }
        let allowed = wanted > present && self.config.bool(hot) == Some(true);
        if self.running && wanted != present && !allowed {
            return Err(Fault::invalid_power_state(Some("poweredOff"), "poweredOn"));
        }
        self.config.set_path(&path, narrow(wanted));
        Ok(())
    }
}

fn check_room(world: &World, acts: &[FileAct]) -> Result<(), Fault> {
    let mut needs: Vec<(String, i64)> = Vec::new();
    for act in acts {
        let (path, bytes) = match act {
            FileAct::Create {
                path, thin: true, ..
            } => (path, 1 << 20),
            FileAct::Create {
                path, capacity_kb, ..
            } => (path, capacity_kb * 1024),
            FileAct::Extend { path, capacity_kb } => {
                let thick = world.files.disk(path).is_some_and(|facts| {
                    matches!(facts.format, crate::files::DiskFormat::Flat { thin: false })
                });
                let has = world.files.extent(path).map_or(0, |(_, size)| size);
                (path, if thick { capacity_kb * 1024 - has } else { 0 })
            }
            FileAct::Destroy { .. } => continue,
        };
        needs.push((path.clone(), bytes));
    }
    for (path, _) in &needs {
        let same = |other: &str| {
            crate::files::split_path(other).map(|(name, _)| name)
                == crate::files::split_path(path).map(|(name, _)| name)
        };
        let total = needs
            .iter()
            .filter(|(other, _)| same(other))
            .map(|(_, bytes)| bytes)
            .sum();
        disk::need_room(world, path, total)?;
    }
    Ok(())
}

fn perform(world: &mut World, act: FileAct) {
    match act {
        FileAct::Create {
            path,
            uuid,
            capacity_kb,
            thin,
        } => {
            disk::create_file(world, &path, &uuid, capacity_kb, thin.then_some(1 << 20));
        }
        FileAct::Destroy { path } => {
            world.files.remove(&path);
        }
        FileAct::Extend { path, capacity_kb } => {
            world
                .files
                .edit_disk(&path, |facts| facts.capacity_kb = capacity_kb);
            if world.files.disk(&path).is_some_and(|facts| {
                matches!(facts.format, crate::files::DiskFormat::Flat { thin: false })
            }) {
                world.files.resize_disk(&path, capacity_kb * 1024);
            }
        }
    }
}

#[cfg(test)]
mod tests;
