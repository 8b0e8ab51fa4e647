//! What kind of target a VM is, and what made the decision.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    fact::Evidence,
    target_kind::TargetKind,
    vm::{GuestDisk, OsFamily, Vm},
};

/// What decides about the kind of a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecidedBy {
    /// The option `--target`.
    Option,
    /// The name of the command: `prepare-appliance`.
    Command,
    /// The group file.
    GroupFile,
    /// The profile.
    Profile,
    /// What was seen of the VM.
    Seen,
    /// Nothing: it cannot be told.
    #[default]
    Nothing,
}

/// Something seen of a VM that speaks for a kind of target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sign {
    /// The kind.
    pub speaks_for: TargetKind,
    /// What was seen.
    pub seen: Evidence,
}

/// What somebody said about the kind of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StatedTarget {
    /// The kind.
    pub kind: TargetKind,
    /// Where it was said.
    pub by: DecidedBy,
}

/// The kind of a target, and what made the decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TargetFacts {
    /// The kind; unset when it cannot be told.
    pub kind: Option<TargetKind>,
    /// What made the decision.
    pub decided_by: DecidedBy,
    /// What was seen that speaks for one kind or the other.
    pub signs: Vec<Sign>,
}

/// The data disk of an appliance has 620 GB by its support matrix; a volume on it is a little smaller.
const APPLIANCE_VOLUME_BYTES: i64 = 600_000_000_000;

impl TargetFacts {
    /// Decides by what was seen of the VM.
    pub(crate) fn seen(vm: &Vm) -> Self {
        let signs = signs(vm);
        let speaks = |kind| signs.iter().any(|sign| sign.speaks_for == kind);
        let kind = match (
            speaks(TargetKind::Appliance),
            speaks(TargetKind::MasterTarget),
        ) {
            (true, false) => Some(TargetKind::Appliance),
            (false, true) => Some(TargetKind::MasterTarget),
            // Signs that contradict each other are none.
            (true, true) | (false, false) => None,
        };
        let decided_by = match kind {
            Some(_) => DecidedBy::Seen,
            None => DecidedBy::Nothing,
        };
        Self {
            kind,
            decided_by,
            signs,
        }
    }

    /// The same signs, with what somebody said: it has the last word.
    #[must_use]
    pub(crate) fn stated(self, stated: StatedTarget) -> Self {
        Self {
            kind: Some(stated.kind),
            decided_by: stated.by,
            signs: self.signs,
        }
    }

    /// Whether it is surely an appliance.
    pub fn is_appliance(&self) -> bool {
        self.kind == Some(TargetKind::Appliance)
    }
}

impl fmt::Display for TargetFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Some(kind) => write!(f, "{kind}")?,
            None => f.write_str("not known whether appliance or master target")?,
        }
        let signs: Vec<String> = self
            .signs
            .iter()
            .map(|sign| format!("{} {}", sign.seen.name, sign.seen.value))
            .collect();
        match (self.decided_by, signs.is_empty()) {
            (DecidedBy::Option, _) => f.write_str(", as --target says"),
            (DecidedBy::Command, _) => f.write_str(", as the command says"),
            (DecidedBy::GroupFile, _) => f.write_str(", as the group file says"),
            (DecidedBy::Profile, _) => f.write_str(", as the profile says"),
            (DecidedBy::Seen, _) => write!(f, ", by {}", signs.join(", ")),
            (DecidedBy::Nothing, true) => f.write_str(": nothing tells"),
            (DecidedBy::Nothing, false) => {
                write!(f, ": {} contradict each other", signs.join(", "))
            }
        }
    }
}

/// What speaks for a kind. An appliance is a Windows Server, so Linux is a master target whatever its name is;
/// of a guest that is neither, or not told, nothing speaks.
fn signs(vm: &Vm) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut sign = |speaks_for, name: &str, value: &str| {
        signs.push(Sign {
            speaks_for,
            seen: Evidence::new(name, value),
        });
    };
    let guest = vm.guest_id.as_deref().or(vm.guest_family.as_deref());
    match OsFamily::of(vm.guest_family.as_deref(), vm.guest_id.as_deref()) {
        Some(OsFamily::Linux) => {
            sign(TargetKind::MasterTarget, "guest", guest.unwrap_or_default());
            return signs;
        }
        Some(OsFamily::Windows) => {}
        Some(OsFamily::Other) | None => return signs,
    }
    for volume in vm.guest_disks.known().into_iter().flatten() {
        if volume.is_retention_volume(true) {
            sign(TargetKind::MasterTarget, "volume", &volume.path);
        } else if is_data_volume(volume) {
            sign(TargetKind::Appliance, "volume", &volume.path);
        }
    }
    let name = vm.name.to_ascii_lowercase();
    let words: Vec<&str> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let joined = words.concat();
    if joined.contains("appliance") {
        sign(TargetKind::Appliance, "name", &vm.name);
    }
    if words.contains(&"mt") || joined.contains("mastertarget") {
        sign(TargetKind::MasterTarget, "name", &vm.name);
    }
    signs
}

/// Whether it is where an appliance keeps its data.
fn is_data_volume(volume: &GuestDisk) -> bool {
    let path = volume.path.trim_end_matches(['\\', '/']);
    let large = |bytes| bytes >= APPLIANCE_VOLUME_BYTES;
    path.eq_ignore_ascii_case("E:") && volume.capacity_bytes.is_some_and(large)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, site::sample};

    /// A guest with this name and these volumes.
    fn decided(guest: Option<&str>, name: &str, volumes: &[(&str, i64)]) -> TargetFacts {
        let mut vm = sample::ready().master_target;
        vm.name = name.into();
        vm.guest_id = guest.map(Into::into);
        vm.guest_family = None;
        let volumes = volumes.iter();
        let volumes = volumes.map(|(path, size)| sample::guest_disk(path, *size, "NTFS"));
        vm.guest_disks = Fact::Known(volumes.collect());
        TargetFacts::seen(&vm)
    }

    const WINDOWS: Option<&str> = Some("windows2019srvNext_64Guest");

    #[test]
    fn linux_is_a_master_target_whatever_its_name_is() {
        let facts = decided(Some("ubuntu64Guest"), "asr-appliance-01", &[]);
        assert_eq!(facts.kind, Some(TargetKind::MasterTarget));
        assert_eq!(
            facts.to_string(),
            "a master target (classic), by guest ubuntu64Guest"
        );
    }

    #[test]
    fn a_windows_server_is_told_by_its_volumes_and_its_name() {
        use TargetKind::{Appliance, MasterTarget};
        for (name, volumes, expected) in [
            ("asr-appliance-01", &[][..], Some(Appliance)),
            ("win-07", &[("C:\\", 80), ("E:\\", 600)], Some(Appliance)),
            ("win-07", &[("C:\\", 80), ("E:\\", 100)], None),
            ("win-07", &[("R:\\", 1024)], Some(MasterTarget)),
            ("mt-windows-01", &[], Some(MasterTarget)),
            ("Master_Target 2", &[], Some(MasterTarget)),
            ("amt-01", &[], None),
            ("win-07", &[], None),
        ] {
            let facts = decided(WINDOWS, name, volumes);
            assert_eq!(facts.kind, expected, "{name} {volumes:?}");
            let by = expected.map_or(DecidedBy::Nothing, |_| DecidedBy::Seen);
            assert_eq!(facts.decided_by, by);
        }
    }

    #[test]
    fn signs_that_contradict_each_other_decide_nothing() {
        let facts = decided(WINDOWS, "appliance", &[("R:\\", 1024)]);
        assert_eq!((facts.kind, facts.signs.len()), (None, 2));
        assert_eq!(
            facts.to_string(),
            "not known whether appliance or master target: volume R:\\, name appliance contradict each other"
        );
    }

    #[test]
    fn of_a_guest_that_is_not_told_nothing_speaks_and_what_is_said_counts() {
        for guest in [None, Some("otherGuest64"), Some("vmkernel65Guest")] {
            let facts = decided(guest, "asr-appliance-01", &[]);
            assert_eq!((facts.kind, facts.signs.len()), (None, 0), "{guest:?}");
            let stated = facts.stated(StatedTarget {
                kind: TargetKind::Appliance,
                by: DecidedBy::Option,
            });
            assert_eq!(
                stated.to_string(),
                "a replication appliance (modernized), as --target says"
            );
        }
    }
}
