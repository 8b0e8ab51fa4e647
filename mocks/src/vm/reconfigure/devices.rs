//! Device changes: adding, removing and editing controllers, network cards and the rest.

use super::{Draft, FileAct};
use crate::fault::Fault;
use crate::ids;
use crate::refuse;
use crate::schema::Schema;
use crate::shape::{narrow, text};
use crate::value::{Data, Value};
use crate::vm::device::{controller_of, description};
use crate::vm::slots;

/// What every VM keeps.
const FIXED: &[&str] = &[
    "VirtualIDEController",
    "VirtualPS2Controller",
    "VirtualPCIController",
    "VirtualSIOController",
    "VirtualKeyboard",
    "VirtualPointingDevice",
    "VirtualMachineVideoCard",
    "VirtualMachineVMCIDevice",
];

impl Draft<'_> {
    pub(super) fn take_device(&mut self, index: usize, change: &Data) -> Result<(), Fault> {
        let Some(device) = change.data("device") else {
            return Err(refuse::invalid_device(index, "virtualDeviceSpec.device"));
        };
        match text(change, "operation") {
            "add" if device.kind == "VirtualDisk" => self.add_disk(index, change, device),
            "add" => self.add(index, device),
            "remove" => self.remove(index, change, device),
            // An absent operation means editing.
            _ if device.kind == "VirtualDisk" => self.edit_disk(index, device),
            _ => self.edit(index, device),
        }
    }

    fn add(&mut self, index: usize, device: &Data) -> Result<(), Fault> {
        if FIXED.contains(&device.kind.as_str()) {
            return Err(refuse::invalid_device(index, "virtualDeviceSpec.operation"));
        }
        if slots::takes_disks(device) {
            return self.add_controller(index, device);
        }
        let mut new = device.clone();
        let base = if device.is("VirtualEthernetCard") {
            4000
        } else {
            13_000
        };
        let key = self.free_key(base);
        self.remember_key(device, key);
        new.set("key", key);
        if device.is("VirtualEthernetCard") {
            self.complete_card(index, &mut new)?;
        }
        self.devices.push(new);
        Ok(())
    }

    fn add_controller(&mut self, index: usize, device: &Data) -> Result<(), Fault> {
        let mut wanted = device.clone();
        let given = device.int("busNumber").unwrap_or(-1);
        if given < 0
            && let Some(bus) = slots::free_bus(&self.devices, device)
        {
            wanted.set("busNumber", bus);
        }
        if let Some(property) = slots::controller_refusal(&self.devices, &wanted) {
            return Err(refuse::invalid_device(index, property));
        }
        if self.running && device.is("VirtualSATAController") {
            return Err(Fault::invalid_power_state(Some("poweredOff"), "poweredOn"));
        }
        let bus = narrow(wanted.int("busNumber").unwrap_or_default());
        let base = match device.kind.as_str() {
            "VirtualAHCIController" => 15_000,
            "VirtualNVMEController" => 31_000,
            _ => 1000,
        };
        let key = if self.by_key(i64::from(base + bus)).is_none() {
            base + bus
        } else {
            self.free_key(base)
        };
        self.remember_key(device, key);
        let mut new = controller_of(&device.kind, key, bus);
        if let Some(sharing) = device.get("sharedBus") {
            new.set("sharedBus", sharing.clone());
        }
        self.devices.push(new);
        Ok(())
    }

    fn complete_card(&self, index: usize, card: &mut Data) -> Result<(), Fault> {
        let network = card
            .data("backing")
            .and_then(|b| b.reference("network").cloned());
        if network
            .as_ref()
            .is_some_and(|network| !self.world.store.contains(network))
        {
            return Err(refuse::invalid_device(
                index,
                "virtualDeviceSpec.device.backing",
            ));
        }
        let count = self
            .devices
            .iter()
            .filter(|d| d.is("VirtualEthernetCard"))
            .count();
        if count >= 10 {
            return Err(refuse::too_many_devices("virtualDeviceSpec.device"));
        }
        let label = format!("Network adapter {}", count + 1);
        let name = text(card, "backing.deviceName").to_owned();
        card.set("deviceInfo", description(&label, &name));
        card.set("controllerKey", 100);
        card.set("unitNumber", 7 + narrow(i64::try_from(count).unwrap_or(0)));
        if card.str("macAddress").unwrap_or_default().is_empty() {
            card.set("addressType", "assigned");
            card.set("macAddress", ids::mac(&format!("{} {label}", self.vm)));
        }
        Ok(())
    }

    fn remove(&mut self, index: usize, change: &Data, device: &Data) -> Result<(), Fault> {
        let key = device.int("key").unwrap_or_default();
        let Some(at) = self.devices.iter().position(|d| d.int("key") == Some(key)) else {
            return Err(refuse::device_not_found(index));
        };
        let present = self.devices[at].clone();
        if FIXED.contains(&present.kind.as_str()) {
            return Err(refuse::invalid_device(index, "virtualDeviceSpec.operation"));
        }
        if Schema::get().is_subtype(&present.kind, "VirtualController")
            && !slots::taken_units(&self.devices, key).is_empty()
        {
            if self.running {
                return Err(refuse::invalid_device(index, "virtualDeviceSpec.device"));
            }
            // On a VM that is off, what hangs on it may move in the same spec.
            let hanging = self
                .devices
                .iter()
                .filter(|d| d.int("controllerKey") == Some(key));
            self.orphans
                .extend(hanging.filter_map(|d| Some((index, d.int("key")?))));
        }
        self.orphans.retain(|(_, orphan)| *orphan != key);
        if present.kind == "VirtualDisk" {
            self.check_unplug(&present)?;
            if change.str("fileOperation") == Some("destroy") {
                let doomed = self.doomed_files(&present)?;
                self.acts
                    .extend(doomed.into_iter().map(|path| FileAct::Destroy { path }));
            }
        }
        self.devices.remove(at);
        Ok(())
    }

    fn edit(&mut self, index: usize, device: &Data) -> Result<(), Fault> {
        let key = device.int("key").unwrap_or_default();
        let Some(at) = self.devices.iter().position(|d| d.int("key") == Some(key)) else {
            return Err(refuse::device_not_found(index));
        };
        if self.orphans.iter().any(|(_, orphan)| *orphan == key) {
            let controller = self.new_home(index, device)?;
            self.devices[at].set("controllerKey", controller);
            self.adopted(key);
        }
        let present = &mut self.devices[at];
        if present.kind != device.kind {
            return Err(refuse::invalid_device(index, "virtualDeviceSpec.device"));
        }
        if present.int("busNumber") != device.int("busNumber") && device.get("busNumber").is_some()
        {
            return Err(refuse::invalid_device(
                index,
                "virtualDeviceSpec.device.busNumber",
            ));
        }
        for (name, value) in device.fields() {
            if !matches!(
                name,
                "key" | "device" | "controllerKey" | "unitNumber" | "deviceInfo"
            ) {
                present.set(name, value.clone());
            }
        }
        Ok(())
    }

    /// The key of the controller that a device without one is to hang on.
    fn new_home(&self, index: usize, device: &Data) -> Result<i32, Fault> {
        let wanted = device.int("controllerKey").unwrap_or_default();
        match self.by_key(wanted) {
            Some(controller) if slots::takes_disks(controller) => {
                Ok(narrow(controller.int("key").unwrap_or_default()))
            }
            _ => Err(refuse::invalid_controller(index, narrow(wanted))),
        }
    }

    /// A device has a controller again.
    pub(super) fn adopted(&mut self, key: i64) {
        self.orphans.retain(|(_, orphan)| *orphan != key);
    }

    /// The device of a key, which may be a temporary one of this very spec.
    pub(super) fn by_key(&self, key: i64) -> Option<&Data> {
        let given = self
            .given_keys
            .iter()
            .find(|(temporary, _)| *temporary == key);
        let key = given.map_or(key, |(_, real)| i64::from(*real));
        self.devices
            .iter()
            .find(|device| device.int("key") == Some(key))
    }

    /// The lowest unused key from `base` on.
    pub(super) fn free_key(&self, base: i32) -> i32 {
        (base..)
            .find(|key| {
                !self
                    .devices
                    .iter()
                    .any(|d| d.int("key") == Some(i64::from(*key)))
            })
            .unwrap_or(base)
    }

    fn remember_key(&mut self, device: &Data, real: i32) {
        // Clients number new devices below zero; others reuse a positive number and mean the same.
        if let Some(temporary) = device.get("key").and_then(Value::as_int) {
            self.given_keys.push((temporary, real));
        }
    }
}
