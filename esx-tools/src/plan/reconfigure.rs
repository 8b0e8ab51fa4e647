//! Everything that one reconfigure can do, in one reconfigure.

use super::{
    change::{Change, ControllerChange},
    draft::{Draft, rules_of, step},
    record, snapshot_limit,
    step::{Step, Undo, UnfixableCause},
    step_id::StepKind,
    tag,
};
use crate::{
    fact::{Evidence, PowerState},
    power_cycle,
    privilege::{ADD_REMOVE_DEVICE, ADVANCED_CONFIG, DISABLE_METHODS},
    rules::{DISK_ENABLE_UUID, Finding, FixKind},
    site::Facts,
    vm::{ControllerKind, Setting},
};

/// A VM has SCSI buses 0 to 3.
const SCSI_BUSES: std::ops::Range<i32> = 0..4;

/// The parts of a reconfigure while they are gathered.
#[derive(Default)]
struct Reconfiguration<'f> {
    settings: Vec<Setting>,
    remove: Vec<ControllerChange>,
    add: Vec<ControllerChange>,
    fixed: Vec<&'f Finding>,
    does: Vec<String>,
    expects: Vec<Evidence>,
    needs_power_cycle: bool,
}

/// Adds the reconfigure when any finding, or the record of exclusion, needs one.
///
/// With `converting`, a step after it brings an LSI Logic controller, so that none is added here.
pub(super) fn add(draft: &mut Draft<'_>, findings: &[Finding], converting: bool) {
    let facts = draft.facts;
    let mut parts = Reconfiguration::default();
    for finding in findings {
        match &finding.fix {
            Some(FixKind::SetDiskEnableUuid) => set_disk_uuid(draft, &mut parts, finding),
            Some(FixKind::RemoveEmptyController { key }) => {
                remove_controller(draft, &mut parts, finding, *key)
            }
            Some(FixKind::AddLsiController) => {}
            Some(
                FixKind::RemoveAllSnapshots
                | FixKind::ConsolidateDisks
                | FixKind::ExcludeStorageVmotion { .. }
                | FixKind::MountDatastore { .. }
                | FixKind::ConvertController { .. },
            )
            | None => {}
        }
    }
    // After the removals, so that a bus set free by one of them can be taken when no other is free.
    for finding in findings
        .iter()
        .filter(|finding| finding.fix == Some(FixKind::AddLsiController) && !converting)
    {
        add_controller(draft, &mut parts, finding);
    }
    for (setting, what) in snapshot_limit::settings(draft) {
        parts.does.extend(what);
        parts.expects.push(expected(facts, &setting));
        parts.settings.push(setting);
    }
    if let Some(record) =
        record::record_to_write(facts, findings, !draft.lacks_on_vm(DISABLE_METHODS))
        && !draft.lacks_on_vm(ADVANCED_CONFIG)
    {
        parts
            .does
            .push("record the exclusion from Storage vMotion".into());
        parts.settings.push(record);
        parts
            .fixed
            .extend(findings.iter().filter(|f| record::excludes(f)).take(1));
    }
    if let Some(note) = tag::note_to_write(facts)
        && !draft.lacks_on_vm(ADVANCED_CONFIG)
    {
        parts.does.push("note the tag".into());
        parts.settings.push(note);
    }
    if parts.does.is_empty() {
        return;
    }
    let Some(change_version) = &facts.master_target.change_version else {
        for finding in parts.fixed.into_iter().filter(|f| !record::excludes(f)) {
            let reason = "config.changeVersion could not be read, and a reconfigure without it might overwrite \
                          somebody else's change";
            draft.give_up(finding.clone(), UnfixableCause::NotReadable, reason);
        }
        return;
    };
    let step = build(facts, &parts, change_version);
    draft.add(step, &parts.fixed);
}

fn build(facts: &Facts, parts: &Reconfiguration<'_>, change_version: &str) -> Step {
    let vm = &facts.master_target;
    let change = Change::Reconfigure {
        vm: vm.moref.clone(),
        extra_config: parts.settings.clone(),
        remove_controllers: parts.remove.clone(),
        add_controllers: parts.add.clone(),
    };
    let undo = Change::Reconfigure {
        vm: vm.moref.clone(),
        extra_config: parts
            .settings
            .iter()
            .map(|setting| before(facts, setting))
            .collect(),
        remove_controllers: parts.add.clone(),
        add_controllers: parts
            .remove
            .iter()
            .map(|gone| ControllerChange {
                key: None,
                ..gone.clone()
            })
            .collect(),
    };
    let mut step = step(
        facts,
        StepKind::Reconfigure,
        title(&parts.does),
        change,
        Undo::By(Box::new(undo)),
    );
    step.fixes = rules_of(&parts.fixed);
    step.expects.clone_from(&parts.expects);
    step.expects
        .push(Evidence::new("config.changeVersion", change_version));
    step.needs_power_cycle = parts.needs_power_cycle;
    step
}

fn title(does: &[String]) -> String {
    let text = does.join(", ");
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

fn expected(facts: &Facts, setting: &Setting) -> Evidence {
    let now = facts.master_target.setting(&setting.key);
    Evidence::new(&setting.key, now.map_or("unset", |now| now.value.as_str()))
}

/// What a setting was before: its old value, or empty so that the key is removed again.
fn before(facts: &Facts, setting: &Setting) -> Setting {
    let value = facts
        .master_target
        .setting(&setting.key)
        .map(|old| old.value.clone())
        .unwrap_or_default();
    Setting {
        key: setting.key.clone(),
        value,
    }
}

fn set_disk_uuid<'f>(draft: &mut Draft<'_>, parts: &mut Reconfiguration<'f>, finding: &'f Finding) {
    let vm = &draft.facts.master_target;
    if draft.lacks_on_vm(ADVANCED_CONFIG) {
        draft.give_up_for_privilege(finding.clone(), ADVANCED_CONFIG, vm.moref.clone());
        return;
    }
    let now = vm.setting(DISK_ENABLE_UUID);
    let wanted = vm.setting_to_write(DISK_ENABLE_UUID, "TRUE");
    parts.expects.push(Evidence::new(
        &wanted.key,
        now.map_or("unset", |setting| &setting.value),
    ));
    parts.settings.push(wanted);
    parts.does.push(format!("set {DISK_ENABLE_UUID} to TRUE"));
    parts.needs_power_cycle = vm.power_state.known() != Some(&PowerState::PoweredOff);
    // Lets a later check tell whether the setting counts yet.
    parts.settings.extend(power_cycle::note(vm));
    parts.fixed.push(finding);
}

fn remove_controller<'f>(
    draft: &mut Draft<'_>,
    parts: &mut Reconfiguration<'f>,
    finding: &'f Finding,
    key: i32,
) {
    let vm = &draft.facts.master_target;
    let controllers = vm
        .controllers
        .known()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let carried = vm
        .disks
        .known()
        .into_iter()
        .flatten()
        .any(|disk| disk.controller_key == Some(key));
    let Some(controller) = controllers
        .iter()
        .find(|c| c.key == key && c.devices.is_empty() && !carried)
    else {
        draft.give_up(
            finding.clone(),
            UnfixableCause::ForAPerson,
            "the controller carries devices",
        );
        return;
    };
    if draft.lacks_on_vm(ADD_REMOVE_DEVICE) {
        draft.give_up_for_privilege(finding.clone(), ADD_REMOVE_DEVICE, vm.moref.clone());
        return;
    }
    parts
        .does
        .push(format!("remove the empty {}", controller.label));
    parts
        .expects
        .push(Evidence::new(format!("devices on {}", controller.label), 0));
    parts.remove.push(ControllerChange {
        key: Some(key),
        kind: controller.kind.clone(),
        bus: controller.bus,
    });
    parts.fixed.push(finding);
}

fn add_controller<'f>(
    draft: &mut Draft<'_>,
    parts: &mut Reconfiguration<'f>,
    finding: &'f Finding,
) {
    let vm = &draft.facts.master_target;
    if draft.lacks_on_vm(ADD_REMOVE_DEVICE) {
        draft.give_up_for_privilege(finding.clone(), ADD_REMOVE_DEVICE, vm.moref.clone());
        return;
    }
    let scsi: Vec<(i32, i32)> = vm
        .controllers
        .known()
        .into_iter()
        .flatten()
        .filter(|controller| controller.kind.is_scsi())
        .map(|controller| (controller.key, controller.bus))
        .collect();
    let going = |key: i32| parts.remove.iter().any(|gone| gone.key == Some(key));
    let never_taken = SCSI_BUSES
        .clone()
        .find(|bus| scsi.iter().all(|(_, taken)| taken != bus));
    let set_free = SCSI_BUSES
        .clone()
        .find(|bus| scsi.iter().all(|(key, taken)| taken != bus || going(*key)));
    let Some(bus) = never_taken.or(set_free) else {
        draft.give_up(
            finding.clone(),
            UnfixableCause::NoFreeBus,
            "all 4 SCSI buses are taken",
        );
        return;
    };
    let kind = lsi_kind(draft.facts);
    parts
        .does
        .push(format!("add an {} controller on bus {bus}", kind.label()));
    parts
        .expects
        .push(Evidence::new("SCSI controllers", scsi.len()));
    parts.add.push(ControllerChange {
        key: None,
        kind,
        bus,
    });
    parts.fixed.push(finding);
}

/// The LSI Logic controller that fits the guest: SAS for Windows, parallel for Linux.
pub(super) fn lsi_kind(facts: &Facts) -> ControllerKind {
    if facts.master_target.is_windows() == Some(true) {
        ControllerKind::LsiLogicSas
    } else {
        ControllerKind::LsiLogic
    }
}

/// A step that writes these advanced settings and nothing else; `None` when the VM's version could not be read.
pub(super) fn only_settings(facts: &Facts, settings: Vec<Setting>, does: &str) -> Option<Step> {
    let change_version = facts.master_target.change_version.as_deref()?;
    let parts = Reconfiguration {
        settings,
        does: vec![does.to_owned()],
        ..Reconfiguration::default()
    };
    Some(build(facts, &parts, change_version))
}
