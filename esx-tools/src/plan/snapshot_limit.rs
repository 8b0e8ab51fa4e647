//! Forbidding snapshots, and allowing them again.
//!
//! `snapshot.maxSnapshots = 0` makes the server refuse every snapshot, whoever asks, so that a nightly backup
//! does not bring back what was just removed. A limit that stood there before is noted and comes back.
//! The server looks at the limit whenever a snapshot is asked for, so that it counts at once on a VM that runs.

use super::{
    draft::{self, Draft},
    fixes::SnapshotLimit,
    step::UnfixableCause,
};
use crate::{
    privilege::ADVANCED_CONFIG,
    rules::{Finding, Severity, ids},
    vm::{Setting, Vm},
};

/// The advanced setting that limits the number of snapshots.
const MAX_SNAPSHOTS: &str = "snapshot.maxSnapshots";
/// Notes the limit that stood there before.
const NOTE: &str = "esxtool.max-snapshots";
const NONE_ALLOWED: &str = "0";

/// The settings to write, each with what it does in words when that is worth telling.
pub(super) fn settings(draft: &mut Draft<'_>) -> Vec<(Setting, Option<String>)> {
    let Some(wanted) = draft.fixes.snapshots else {
        return Vec::new();
    };
    let vm = &draft.facts.master_target;
    if let Err(reason) = vm.extra_config.get() {
        let reason = reason.to_owned();
        draft.refuse(asked(draft, wanted), UnfixableCause::NotReadable, reason);
        return Vec::new();
    }
    let wanted_settings = match wanted {
        SnapshotLimit::Forbid => forbid(vm),
        SnapshotLimit::Allow => allow(vm),
    };
    if wanted_settings.is_empty() {
        draft.already.push(
            match wanted {
                SnapshotLimit::Forbid => "snapshots are forbidden already",
                SnapshotLimit::Allow => "snapshots are allowed already",
            }
            .to_owned(),
        );
    } else if vm.change_version.is_none() {
        let reason = "config.changeVersion could not be read";
        draft.refuse(asked(draft, wanted), UnfixableCause::NotReadable, reason);
        return Vec::new();
    } else if draft.lacks_on_vm(ADVANCED_CONFIG) {
        let (cause, reason) = UnfixableCause::not_permitted(ADVANCED_CONFIG, &vm.moref);
        draft.refuse(asked(draft, wanted), cause, reason);
        return Vec::new();
    }
    wanted_settings
}

fn forbid(vm: &Vm) -> Vec<(Setting, Option<String>)> {
    let now = value(vm, MAX_SNAPSHOTS);
    if now == Some(NONE_ALLOWED) {
        return Vec::new();
    }
    let limit = vm.setting_to_write(MAX_SNAPSHOTS, NONE_ALLOWED);
    let noted = now.map(|before| (vm.setting_to_write(NOTE, before), None));
    std::iter::once((limit, Some("forbid snapshots".to_owned())))
        .chain(noted)
        .collect()
}

fn allow(vm: &Vm) -> Vec<(Setting, Option<String>)> {
    if value(vm, MAX_SNAPSHOTS) != Some(NONE_ALLOWED) {
        return Vec::new();
    }
    let before = value(vm, NOTE);
    let what = before.map_or_else(
        || "allow snapshots again".to_owned(),
        |before| format!("allow snapshots again, {before} at most as before"),
    );
    let limit = vm.setting_to_write(MAX_SNAPSHOTS, before.unwrap_or_default());
    let noted = before.map(|_| (vm.setting_to_write(NOTE, ""), None));
    std::iter::once((limit, Some(what))).chain(noted).collect()
}

/// The value that is set; none for a key that is there without one.
fn value<'v>(vm: &'v Vm, key: &str) -> Option<&'v str> {
    vm.setting(key)
        .map(|setting| setting.value.trim())
        .filter(|value| !value.is_empty())
}

/// What was asked for, in the form of a finding.
fn asked(draft: &Draft<'_>, wanted: SnapshotLimit) -> Finding {
    let summary = match wanted {
        SnapshotLimit::Forbid => "snapshots are not forbidden",
        SnapshotLimit::Allow => "snapshots stay forbidden",
    };
    let remedy = format!("Set the advanced setting {MAX_SNAPSHOTS}.");
    draft::asked(
        draft.facts,
        ids::NO_SNAPSHOTS,
        Severity::Warning,
        summary,
        remedy,
    )
}
