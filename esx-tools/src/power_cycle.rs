//! Knowing whether a change still waits for a power cycle.
//!
//! `disk.EnableUUID` counts from the next power-on on, and nothing in vSphere tells whether it counts yet.
//! So the time of the VM's last power-on (`runtime.bootTime`) is noted on the VM in the same
//! reconfigure that writes the setting. As long as the VM has not been powered on since, the
//! change waits. Both times are the server's, so that no clock of an operator matters; a restart inside the
//! guest moves neither, and does not count.

use jiff::Timestamp;

use crate::{
    fact::PowerState,
    vm::{Setting, Vm},
};

/// Key of the advanced setting that holds the note.
pub const POWER_CYCLE_KEY: &str = "esxtool.power-cycle";

const FORMAT: &str = "1";
const NO_TIME: &str = "unknown";

/// A change that waits for a power cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingCycle {
    /// When the VM was last powered on before the change was made, as far as it is known.
    pub powered_on: Option<Timestamp>,
}

/// Whether a change that esxtool made on the VM still waits for a power cycle.
///
/// When the times cannot be compared it does: nobody is told that a change counts unless that is certain.
pub fn pending(vm: &Vm) -> Option<PendingCycle> {
    let note = vm.filled_setting(POWER_CYCLE_KEY)?;
    if vm.power_state.known() == Some(&PowerState::PoweredOff) {
        return None;
    }
    let noted = parse(&note.value);
    match (noted, vm.boot_time) {
        (Some(noted), Some(now)) if now > noted => None,
        _ => Some(PendingCycle { powered_on: noted }),
    }
}

/// The note for a change that is made now; none when the VM is off, since the change counts at once then.
pub(crate) fn note(vm: &Vm) -> Option<Setting> {
    if vm.power_state.known() == Some(&PowerState::PoweredOff) {
        return None;
    }
    let time = vm
        .boot_time
        .map_or_else(|| NO_TIME.to_owned(), |time| time.to_string());
    Some(vm.setting_to_write(POWER_CYCLE_KEY, format!("{FORMAT};powered-on={time}")))
}

fn parse(text: &str) -> Option<Timestamp> {
    let (format, rest) = text.split_once(';')?;
    if format != FORMAT {
        return None;
    }
    rest.strip_prefix("powered-on=")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, site::sample};

    fn noted() -> Vm {
        let mut vm = sample::ready().master_target;
        let note = note(&vm).unwrap();
        assert_eq!(note.value, "1;powered-on=1970-01-01T00:01:40Z");
        vm.extra_config = Fact::Known(vec![note]);
        vm
    }

    #[test]
    fn a_change_waits_until_the_vm_is_powered_on_again() {
        let mut vm = noted();
        assert_eq!(
            pending(&vm),
            Some(PendingCycle {
                powered_on: vm.boot_time
            })
        );
        vm.boot_time = Timestamp::from_second(101).ok();
        assert_eq!(pending(&vm), None);
    }

    #[test]
    fn nothing_waits_on_a_vm_that_is_off() {
        let mut vm = noted();
        vm.power_state = Fact::Known(PowerState::PoweredOff);
        vm.boot_time = None;
        assert_eq!(pending(&vm), None);
        assert_eq!(note(&vm), None);
    }

    #[test]
    fn what_cannot_be_compared_waits() {
        let mut vm = noted();
        vm.boot_time = None;
        assert!(pending(&vm).is_some());
        for value in ["1;powered-on=unknown", "2;something", "TRUE"] {
            let mut vm = noted();
            vm.extra_config = Fact::Known(vec![Setting {
                key: POWER_CYCLE_KEY.to_uppercase(),
                value: value.into(),
            }]);
            assert_eq!(
                pending(&vm),
                Some(PendingCycle { powered_on: None }),
                "{value}"
            );
        }
    }

    #[test]
    fn a_resumed_vm_was_not_powered_on() {
        let mut vm = noted();
        vm.power_state = Fact::Known(PowerState::Suspended);
        assert!(pending(&vm).is_some());
    }
}
