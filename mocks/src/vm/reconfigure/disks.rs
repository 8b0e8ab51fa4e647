//! Device changes of disks: where they may sit, whose files they may use.

use super::{Draft, FileAct};
use crate::fault::Fault;
use crate::files::{DiskFormat, split_path};
use crate::ids;
use crate::refuse;
use crate::shape::{flag, narrow, text};
use crate::value::{Data, MoRef, Value};
use crate::vm::device::disk as disk_device;
use crate::vm::snapshot::{base_name, vm_folder};
use crate::vm::{self, backing_path, disk, power, slots};

impl Draft<'_> {
    pub(super) fn add_disk(
        &mut self,
        index: usize,
        change: &Data,
        device: &Data,
    ) -> Result<(), Fault> {
        let controller = self.controller_for(index, device)?;
        let unit = self.unit_for(index, device, &controller)?;
        let new_file = change.str("fileOperation") == Some("create");
        let path = if new_file {
            self.plan_new_file(index, device)?
        } else {
            self.check_existing_file(index, device)?
        };
        let capacity = match self.world.files.disk(&path) {
            Some(facts) if !new_file => facts.capacity_kb,
            _ => wanted_kb(device),
        };
        let mut new = disk_device(&controller, unit, &path, capacity);
        let key = narrow(new.int("key").unwrap_or(2000));
        if self.by_key(i64::from(key)).is_some() {
            new.set("key", self.free_key(2000));
        }
        if let Some(given) = device.data("backing") {
            let mut backing = given.clone();
            backing.set("fileName", path.as_str());
            if backing.str("diskMode").unwrap_or_default().is_empty() {
                backing.set("diskMode", "persistent");
            }
            new.set("backing", backing);
        }
        for name in ["shares", "storageIOAllocation"] {
            if let Some(value) = device.get(name) {
                new.set(name, value.clone());
            }
        }
        self.devices.push(new);
        Ok(())
    }

    pub(super) fn edit_disk(&mut self, index: usize, device: &Data) -> Result<(), Fault> {
        let key = device.int("key").unwrap_or_default();
        let Some(at) = self.devices.iter().position(|d| d.int("key") == Some(key)) else {
            return Err(refuse::device_not_found(index));
        };
        let mut present = self.devices[at].clone();
        let moved = ["controllerKey", "unitNumber"].iter().any(|field| {
            device
                .int(field)
                .is_some_and(|wanted| Some(wanted) != present.int(field))
        });
        if moved {
            if self.running {
                return Err(Fault::invalid_power_state(Some("poweredOff"), "poweredOn"));
            }
            let controller = self.controller_for(index, device)?;
            let kept = self.devices.remove(at);
            let unit = self.unit_for(index, device, &controller);
            self.devices.insert(at, kept);
            present.set(
                "controllerKey",
                narrow(controller.int("key").unwrap_or_default()),
            );
            present.set("unitNumber", unit?);
            self.adopted(key);
        }
        self.extend(index, device, &mut present)?;
        if let Some(mode) = device.data("backing").and_then(|b| b.str("diskMode"))
            && let Some(backing) = present.get_mut("backing").and_then(Value::as_data_mut)
        {
            backing.set("diskMode", mode);
        }
        let file = text(device, "backing.fileName");
        if !file.is_empty() && file != backing_path(&present) {
            // Another file is another disk; vCenter wants it removed and added.
            return Err(refuse::invalid_device(
                index,
                "virtualDeviceSpec.device.backing.fileName",
            ));
        }
        self.devices[at] = present;
        Ok(())
    }

    fn extend(&mut self, index: usize, device: &Data, present: &mut Data) -> Result<(), Fault> {
        let wanted = wanted_kb(device);
        let has = present.int("capacityInKB").unwrap_or_default();
        if wanted == 0 || wanted == has {
            return Ok(());
        }
        let path = backing_path(present).to_owned();
        let in_chain = self
            .world
            .files
            .disk(&path)
            .is_some_and(|facts| facts.parent.is_some());
        if wanted < has || in_chain {
            return Err(refuse::invalid_device(
                index,
                "virtualDeviceSpec.device.capacityInKB",
            ));
        }
        present.set("capacityInKB", wanted);
        present.set("capacityInBytes", wanted * 1024);
        self.acts.push(FileAct::Extend {
            path,
            capacity_kb: wanted,
        });
        Ok(())
    }

    fn controller_for(&self, index: usize, device: &Data) -> Result<Data, Fault> {
        let key = device.int("controllerKey").unwrap_or_default();
        match self.by_key(key) {
            Some(controller) if slots::takes_disks(controller) => {
                if self.running && controller.is("VirtualIDEController") {
                    return Err(Fault::invalid_power_state(Some("poweredOff"), "poweredOn"));
                }
                Ok(controller.clone())
            }
            _ => Err(refuse::invalid_controller(index, narrow(key))),
        }
    }

    fn unit_for(&self, index: usize, device: &Data, controller: &Data) -> Result<i32, Fault> {
        let property = "virtualDeviceSpec.device.unitNumber";
        let key = controller.int("key").unwrap_or_default();
        let units = slots::units(&controller.kind).unwrap_or_default();
        match device.int("unitNumber").filter(|unit| *unit >= 0) {
            None => slots::free_unit(&self.devices, controller)
                .ok_or_else(|| refuse::too_many_devices(property)),
            Some(unit) => {
                let taken = slots::taken_units(&self.devices, key);
                if taken.contains(&unit) || !units.iter().any(|known| i64::from(*known) == unit) {
                    return Err(refuse::invalid_device(index, property));
                }
                Ok(narrow(unit))
            }
        }
    }

    fn plan_new_file(&mut self, index: usize, device: &Data) -> Result<String, Fault> {
        let capacity_kb = wanted_kb(device);
        if capacity_kb <= 0 {
            return Err(refuse::invalid_device(
                index,
                "virtualDeviceSpec.device.capacityInKB",
            ));
        }
        let wanted = text(device, "backing.fileName");
        let path = match split_path(wanted) {
            Some((_, rest)) if rest.ends_with(".vmdk") => wanted.to_owned(),
            _ => self.free_path(wanted, device),
        };
        disk::datastore_of(self.world, &path)?;
        if self.world.files.contains(&path) || self.creates(&path) {
            return Err(refuse::about_file("FileAlreadyExists", &path));
        }
        self.check_mounted(&path)?;
        let given = text(device, "backing.uuid");
        let uuid = match given {
            "" => ids::disk_uuid(&format!("{path} {}", self.world.clock.now())),
            given => given.to_owned(),
        };
        let thin = flag(device, "backing.thinProvisioned");
        self.acts.push(FileAct::Create {
            path: path.clone(),
            uuid,
            capacity_kb,
            thin,
        });
        Ok(path)
    }

    /// The next free `name_N.vmdk` in the VM's folder, on the datastore that the spec names.
    fn free_path(&self, wanted: &str, device: &Data) -> String {
        let home = vm_folder(&self.config);
        let named = split_path(wanted).map(|(name, _)| name.to_owned());
        let by_reference = device
            .data("backing")
            .and_then(|b| b.reference("datastore"))
            .and_then(|d| self.world.store.value(d, "name"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        let folder = match (named.or(by_reference), split_path(&home)) {
            (Some(datastore), Some((_, rest))) => format!("[{datastore}] {rest}"),
            _ => home,
        };
        let stem = base_name(&self.config);
        let numbered = |n: u32| match n {
            0 => format!("{folder}{stem}.vmdk"),
            n => format!("{folder}{stem}_{n}.vmdk"),
        };
        let free = |path: &String| !self.world.files.contains(path) && !self.creates(path);
        (0..10_000)
            .map(numbered)
            .find(free)
            .unwrap_or_else(|| numbered(10_000))
    }

    fn creates(&self, path: &str) -> bool {
        self.acts
            .iter()
            .any(|act| matches!(act, FileAct::Create { path: other, .. } if other == path))
    }

    fn check_existing_file(&self, index: usize, device: &Data) -> Result<String, Fault> {
        let path = backing_path(device).to_owned();
        disk::datastore_of(self.world, &path)?;
        if let Some(missing) = self.world.files.missing_part(&path) {
            return Err(refuse::about_file("FileNotFound", &missing));
        }
        self.check_backing(index, device, &path)?;
        if self
            .devices
            .iter()
            .any(|present| backing_path(present) == path)
        {
            return Err(refuse::invalid_device(
                index,
                "virtualDeviceSpec.device.backing.fileName",
            ));
        }
        self.check_mounted(&path)?;
        // A VM that is off only takes note of the file; whether it can have it shows at power on.
        if self.running {
            self.check_unlocked(&path)?;
        }
        Ok(path)
    }

    /// A mapping to a raw device is attached as one, and an encrypted disk with its key.
    fn check_backing(&self, index: usize, device: &Data, path: &str) -> Result<(), Fault> {
        let Some(facts) = self.world.files.disk(path) else {
            return Ok(());
        };
        let backing = device.data("backing");
        let flat = backing.is_some_and(|backing| backing.kind == "VirtualDiskFlatVer2BackingInfo");
        let keyed = backing.is_some_and(|backing| backing.data("keyId").is_some());
        if flat && facts.format == DiskFormat::RawDevice || facts.key_id.is_some() && !keyed {
            return Err(refuse::invalid_backing(index));
        }
        Ok(())
    }

    /// The VM's host must mount the file's datastore for reading and writing.
    fn check_mounted(&self, path: &str) -> Result<(), Fault> {
        let datastore = disk::datastore_of(self.world, path)?;
        let host = self
            .world
            .store
            .value(self.vm, "runtime.host")
            .and_then(Value::as_ref);
        let mounted = host.is_none_or(|host| mounted_writable(self.world, &datastore, host));
        if mounted {
            Ok(())
        } else {
            Err(refuse::about_file("CannotAccessFile", path))
        }
    }

    /// A running VM holds its disks; two may not.
    fn check_unlocked(&self, path: &str) -> Result<(), Fault> {
        match power::locked_by(self.world, path, Some(self.vm)) {
            Some(_) => Err(refuse::about_file("FileLocked", path)),
            None => Ok(()),
        }
    }

    pub(super) fn check_unplug(&self, present: &Data) -> Result<(), Fault> {
        let key = present.int("controllerKey").unwrap_or_default();
        let ide = self
            .by_key(key)
            .is_some_and(|controller| controller.is("VirtualIDEController"));
        if ide && self.running {
            return Err(Fault::invalid_power_state(Some("poweredOff"), "poweredOn"));
        }
        Ok(())
    }

    /// The files that go when a disk is destroyed: its chain, as far as nothing else rests on it.
    pub(super) fn doomed_files(&self, present: &Data) -> Result<Vec<String>, Fault> {
        let top = backing_path(present);
        self.check_unlocked(top)?;
        let frozen = vm::frozen_files(self.world, self.vm);
        let mut doomed = Vec::new();
        for path in self.world.files.chain(top) {
            let children = self.world.files.children(&path);
            let rests_on = children.iter().any(|child| !doomed.contains(child));
            if frozen.contains(&path) || rests_on {
                break;
            }
            doomed.push(path);
        }
        Ok(doomed)
    }
}

/// Whether a host mounts a datastore such that VMs can write to it.
pub(crate) fn mounted_writable(
    world: &crate::world::World,
    datastore: &MoRef,
    host: &MoRef,
) -> bool {
    let Some(data) = world.store.get(datastore) else {
        return false;
    };
    crate::shape::parts(data, "host").any(|mount| {
        mount.reference("key") == Some(host)
            && text(mount, "mountInfo.accessMode") == "readWrite"
            && flag(mount, "mountInfo.mounted")
            && flag(mount, "mountInfo.accessible")
    })
}

fn wanted_kb(device: &Data) -> i64 {
    match device.int("capacityInBytes").unwrap_or_default() {
        0 => device.int("capacityInKB").unwrap_or_default(),
        bytes => bytes / 1024,
    }
}
