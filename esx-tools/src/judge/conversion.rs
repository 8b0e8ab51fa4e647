//! Whether a paravirtual controller can be replaced by an LSI Logic one, by what hangs on it.
//!
//! `check` asks it before it promises a fix, and the planner plans only what `check` promises.

use crate::{slot::Slot, vm::ControllerFacts};

/// What of the controller itself keeps its devices from moving, as a fragment, and what to do about it.
pub(crate) struct ConversionObstacle {
    /// The reason.
    pub(crate) reason: String,
    /// What a person can do, as a sentence.
    pub(crate) remedy: &'static str,
}

/// What keeps every device of the controller from the same slot of an LSI Logic one; nothing when all can move.
///
/// A paravirtual controller may have 64 units, an LSI Logic one has the slots of the slot model.
pub(crate) fn conversion_obstacle(controller: &ControllerFacts) -> Option<ConversionObstacle> {
    if !controller.disputed.is_empty() {
        let keys: Vec<String> = controller.disputed.iter().map(i32::to_string).collect();
        return Some(ConversionObstacle {
            reason: format!(
                "it lists devices that do not say that they hang on it (keys {}), so what would have to move is not clear",
                keys.join(", ")
            ),
            remedy: "Look at the VM's devices, and have its configuration reloaded.",
        });
    }
    let silent = controller
        .devices
        .len()
        .saturating_sub(controller.units.len());
    if silent > 0 {
        return Some(ConversionObstacle {
            reason: format!(
                "the server does not tell the unit of {silent} of its devices, so whether an LSI Logic controller has it is not clear"
            ),
            remedy: "Look at the VM's devices, and have its configuration reloaded.",
        });
    }
    let mut beyond: Vec<i32> = controller
        .units
        .iter()
        .copied()
        .filter(|unit| Slot::from_wire(controller.bus, *unit).is_none())
        .collect();
    beyond.sort_unstable();
    if beyond.is_empty() {
        return None;
    }
    let slots: Vec<String> = beyond
        .iter()
        .map(|unit| format!("{}:{unit}", controller.bus))
        .collect();
    Some(ConversionObstacle {
        reason: format!(
            "its devices take {} slots that an LSI Logic controller does not have, which offers units 0 to 6 and 8 to 15: {}",
            slots.len(),
            slots.join(", ")
        ),
        remedy: "Power the VM off and move these disks to free slots of LSI Logic controllers, adding controllers on free buses, keeping the order of the disks; or deploy a master target that has LSI Logic controllers only.",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{site::sample, vm::ControllerKind};

    fn with(units: Vec<i32>) -> Option<ConversionObstacle> {
        let devices = (2000..).take(units.len()).collect();
        let mut controller = sample::controller(1001, ControllerKind::ParaVirtual, 1, devices);
        controller.units = units;
        conversion_obstacle(&controller)
    }

    #[test]
    fn all_slots_of_an_lsi_logic_controller_can_move() {
        let all = (0..16).filter(|unit| *unit != 7).collect();
        assert!(with(all).is_none());
        assert!(with(vec![]).is_none());
    }

    #[test]
    fn twenty_one_disks_on_one_controller_are_refused_with_the_slots() {
        let units: Vec<i32> = (0..22).filter(|unit| *unit != 7).collect();
        assert_eq!(units.len(), 21);
        let obstacle = with(units).unwrap();
        assert!(
            obstacle.reason.contains("take 6 slots"),
            "{}",
            obstacle.reason
        );
        assert!(
            obstacle
                .reason
                .ends_with("1:16, 1:17, 1:18, 1:19, 1:20, 1:21")
        );
        assert!(with(vec![63]).is_some());
        assert!(with(vec![7]).is_some());
    }

    #[test]
    fn what_is_not_told_is_not_moved() {
        let mut controller =
            sample::controller(1001, ControllerKind::ParaVirtual, 1, vec![2000, 2001]);
        controller.units = vec![0];
        assert!(conversion_obstacle(&controller).is_some());
        controller.units = vec![0, 1];
        controller.disputed = vec![2001];
        let obstacle = conversion_obstacle(&controller).unwrap();
        assert!(obstacle.reason.contains("2001"));
    }
}
