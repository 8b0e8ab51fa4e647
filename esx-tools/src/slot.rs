//! One slot for a disk: bus and unit, where an illegal slot cannot be built.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// SCSI controllers that a VM can have.
pub const BUSES: u8 = 4;
/// Slots on each of them.
pub const SLOTS_PER_BUS: u8 = 15;
/// Slots on all of them: 4 x 15.
pub const SLOTS: u8 = BUSES * SLOTS_PER_BUS;
/// The unit that the controller itself takes.
const OWN_UNIT: u8 = 7;

/// A slot for a SCSI device: bus 0 to 3, unit 0 to 6 or 8 to 15.
///
/// ```
/// use esx_tools::slots::Slot;
///
/// let slot: Slot = "1:8".parse()?;
/// assert_eq!((slot.bus(), slot.unit()), (1, 8));
/// assert!(Slot::new(0, 7).is_none(), "unit 7 is the controller's own");
/// # Ok::<(), esx_tools::slots::NotASlot>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Slot {
    bus: u8,
    unit: u8,
}

/// Text that names no slot for a disk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no SCSI slot: expected bus:unit with bus 0 to 3 and unit 0 to 6 or 8 to 15")]
pub struct NotASlot(pub String);

impl Slot {
    /// The slot, when there is one of these numbers.
    pub fn new(bus: u8, unit: u8) -> Option<Self> {
        (bus < BUSES && unit <= SLOTS_PER_BUS && unit != OWN_UNIT).then_some(Self { bus, unit })
    }

    /// The slot with the numbers as the API has them.
    pub fn from_wire(bus: i32, unit: i32) -> Option<Self> {
        Self::new(u8::try_from(bus).ok()?, u8::try_from(unit).ok()?)
    }

    /// The bus of its controller.
    pub fn bus(self) -> u8 {
        self.bus
    }

    /// The unit on the bus.
    pub fn unit(self) -> u8 {
        self.unit
    }

    /// All 60 slots, lowest bus first, then lowest unit.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..BUSES).flat_map(Self::on_bus)
    }

    /// The 15 slots of one bus; none when there is no such bus.
    pub fn on_bus(bus: u8) -> impl Iterator<Item = Self> {
        (0..=SLOTS_PER_BUS).filter_map(move |unit| Self::new(bus, unit))
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.bus, self.unit)
    }
}

impl FromStr for Slot {
    type Err = NotASlot;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text.split_once(':').and_then(|(bus, unit)| {
            // Plain digits only: u8's own parser would let a sign pass.
            let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
            if !digits(bus) || !digits(unit) {
                return None;
            }
            Self::new(bus.parse().ok()?, unit.parse().ok()?)
        });
        parsed.ok_or_else(|| NotASlot(text.to_owned()))
    }
}

impl From<Slot> for String {
    fn from(slot: Slot) -> Self {
        slot.to_string()
    }
}

impl TryFrom<String> for Slot {
    type Error = NotASlot;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_sixty_places_in_order() {
        let all: Vec<Slot> = Slot::all().collect();
        assert_eq!(all.len(), usize::from(SLOTS));
        assert!(all.is_sorted());
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 60);
        assert!(all.iter().all(|slot| slot.unit() != 7));
        assert_eq!(Slot::on_bus(4).count(), 0);
    }

    #[test]
    fn illegal_places_cannot_be_built() {
        for (bus, unit) in [(0, 7), (4, 0), (0, 16), (-1, 0), (0, -1), (3, 300)] {
            assert_eq!(Slot::from_wire(bus, unit), None, "{bus}:{unit}");
        }
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        for slot in Slot::all() {
            assert_eq!(slot.to_string().parse(), Ok(slot));
        }
        for text in ["", ":", "0:7", "0", "+0:1", "0:1:2", "a:b", " 0:1"] {
            assert!(text.parse::<Slot>().is_err(), "{text:?}");
        }
    }
}
