//! Which slots of a VM are taken, and by what.

use serde::{Deserialize, Serialize};

use super::{BUSES, NoFreeSlot, SLOTS, Slot};
use crate::{
    fact::Fact,
    vm::{ControllerFacts, ControllerKind, DiskFacts, Vm},
};

/// What stands on one slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occupant {
    /// Nothing: a disk can be attached here.
    Free,
    /// Nothing, and the controller has to be added first.
    NoController,
    /// A disk, by its label.
    Disk(String),
    /// Another device, such as a CD-ROM drive.
    Device,
    /// Nothing, but the controller is of a kind that reprotect cannot use.
    WrongController,
}

impl Occupant {
    /// Whether a disk can be attached here.
    pub fn is_free(&self) -> bool {
        matches!(self, Self::Free | Self::NoController)
    }
}

/// The 4 x 15 slots of one VM.
///
/// Free slots count on LSI Logic controllers and on buses that have no controller yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotMap {
    slots: Vec<(Slot, Occupant)>,
    controllers: Vec<Option<ControllerKind>>,
    /// Disks that stand on none of the 60 slots: on other controllers, or on units beyond 15.
    elsewhere: usize,
}

/// Slots for new disks, with the controllers that have to be added for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// The slots, lowest bus first, then lowest unit.
    pub slots: Vec<Slot>,
    /// Buses that need a new controller, lowest first.
    pub new_controllers: Vec<u8>,
    /// The kind of the new controllers: that of the VM's own, LSI Logic Parallel when it has none.
    pub controller_kind: ControllerKind,
}

impl SlotMap {
    /// Lays out the devices of a VM.
    pub fn of(controllers: &[ControllerFacts], disks: &[DiskFacts]) -> Self {
        let on_bus = |bus: u8| {
            controllers
                .iter()
                .find(|one| one.kind.is_scsi() && one.bus == i32::from(bus))
        };
        let mut standing = 0;
        let slots = Slot::all()
            .map(|slot| {
                let occupant = match on_bus(slot.bus()) {
                    None => Occupant::NoController,
                    Some(controller) => {
                        let unit = i32::from(slot.unit());
                        let disk = disks.iter().find(|disk| {
                            disk.controller_key == Some(controller.key) && disk.unit == Some(unit)
                        });
                        match disk {
                            Some(disk) => {
                                standing += 1;
                                Occupant::Disk(disk.label.clone())
                            }
                            None if controller.units.contains(&unit) => Occupant::Device,
                            None if !controller.kind.is_lsi() => Occupant::WrongController,
                            None => Occupant::Free,
                        }
                    }
                };
                (slot, occupant)
            })
            .collect();
        Self {
            slots,
            controllers: (0..BUSES)
                .map(|bus| on_bus(bus).map(|controller| controller.kind.clone()))
                .collect(),
            elsewhere: disks.len() - standing,
        }
    }

    /// Lays out the devices of a VM, when controllers and disks are known.
    pub fn of_vm(vm: &Vm) -> Fact<Self> {
        match (vm.controllers.get(), vm.disks.get()) {
            (Ok(controllers), Ok(disks)) => Fact::Known(Self::of(controllers, disks)),
            (Err(reason), _) | (_, Err(reason)) => Fact::unknown(reason),
        }
    }

    /// Every slot with what stands on it, in order.
    pub fn slots(&self) -> impl Iterator<Item = (Slot, &Occupant)> {
        self.slots.iter().map(|(slot, occupant)| (*slot, occupant))
    }

    /// What stands on a slot.
    pub fn occupant(&self, slot: Slot) -> &Occupant {
        self.slots()
            .find(|(own, _)| *own == slot)
            .map_or(&Occupant::NoController, |(_, occupant)| occupant)
    }

    /// The kind of the controller of a bus; `None` when there is none.
    pub fn controller(&self, bus: u8) -> Option<&ControllerKind> {
        self.controllers.get(usize::from(bus))?.as_ref()
    }

    /// Slots where a disk can be attached.
    pub fn free(&self) -> usize {
        self.slots
            .iter()
            .filter(|(_, occupant)| occupant.is_free())
            .count()
    }

    /// Disks of the VM, wherever they stand.
    pub fn disks(&self) -> usize {
        self.elsewhere + self.count(|occupant| matches!(occupant, Occupant::Disk(_)))
    }

    /// Disks that stand on none of the 60 slots.
    pub fn disks_elsewhere(&self) -> usize {
        self.elsewhere
    }

    /// Slots lost to other devices and to controllers of a wrong kind.
    pub fn lost(&self) -> usize {
        self.count(|occupant| matches!(occupant, Occupant::Device | Occupant::WrongController))
    }

    fn count(&self, wanted: impl Fn(&Occupant) -> bool) -> usize {
        self.slots
            .iter()
            .filter(|(_, occupant)| wanted(occupant))
            .count()
    }

    /// Finds slots for `wanted` new disks: the lowest free ones, the same each time.
    ///
    /// # Errors
    ///
    /// [`NoFreeSlot`] with the numbers, when there are fewer.
    pub fn allocate(&self, wanted: usize) -> Result<Allocation, NoFreeSlot> {
        let slots: Vec<Slot> = self
            .slots()
            .filter(|(_, occupant)| occupant.is_free())
            .map(|(slot, _)| slot)
            .take(wanted)
            .collect();
        if slots.len() < wanted {
            return Err(NoFreeSlot {
                wanted,
                free: slots.len(),
                disks: self.disks(),
                lost: self.lost(),
                slots: usize::from(SLOTS),
            });
        }
        let mut new_controllers: Vec<u8> = slots
            .iter()
            .filter(|slot| self.controller(slot.bus()).is_none())
            .map(|slot| slot.bus())
            .collect();
        new_controllers.dedup();
        let own_kind = self.controllers.iter().flatten().find(|kind| kind.is_lsi());
        Ok(Allocation {
            slots,
            new_controllers,
            controller_kind: own_kind.cloned().unwrap_or(ControllerKind::LsiLogic),
        })
    }
}
