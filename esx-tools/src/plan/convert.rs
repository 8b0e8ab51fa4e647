//! Replacing paravirtual controllers that carry devices.
//!
//! One reconfigure removes the old controller, adds the new one on the same bus, and moves every device to it at
//! the unit where it was. vSphere allows that on a VM that is off; the order of disks stays. Whether each device can
//! move is judged by the rule, which offers the fix only then.

use super::{
    change::{Change, Conversion},
    draft::{Draft, rules_of, step},
    power, privileges,
    reconfigure::lsi_kind,
    step::{Step, Undo, UnfixableCause},
    step_id::StepKind,
};
use crate::{
    fact::Evidence,
    rules::{Finding, FixKind},
    site::Facts,
    vm::ControllerFacts,
};

/// The step that replaces every controller that may be replaced. It is not yet part of the draft.
pub(super) fn step_for(draft: &mut Draft<'_>, findings: &[Finding]) -> Option<Step> {
    let facts = draft.facts;
    let mut fixed = Vec::new();
    let mut controllers = Vec::new();
    for finding in findings {
        let Some(FixKind::ConvertController { key }) = finding.fix else {
            continue;
        };
        match convertible(draft, key) {
            Ok(controller) => {
                controllers.push(controller);
                fixed.push(finding);
            }
            Err((cause, reason)) => draft.give_up(finding.clone(), cause, reason),
        }
    }
    if controllers.is_empty() {
        return None;
    }
    // The new controllers are what a VM without any LSI Logic controller lacks.
    fixed.extend(
        findings
            .iter()
            .filter(|finding| finding.fix == Some(FixKind::AddLsiController)),
    );
    let step = build(facts, controllers, &fixed);
    if let Some(lacking) = privileges::lacking(facts, &step.privileges) {
        for finding in fixed {
            if finding.fix != Some(FixKind::AddLsiController) {
                draft.give_up_for_privilege(
                    finding.clone(),
                    &lacking.privilege,
                    lacking.on.clone(),
                );
            }
        }
        return None;
    }
    Some(step)
}

fn convertible<'f>(
    draft: &Draft<'f>,
    key: i32,
) -> Result<&'f ControllerFacts, (UnfixableCause, String)> {
    let needs = |option: &str, reason: &str| {
        let cause = UnfixableCause::NeedsOption {
            option: option.to_owned(),
        };
        Err((cause, format!("{reason}; {option} does it")))
    };
    let facts = draft.facts;
    let vm = &facts.master_target;
    let found = vm
        .controllers
        .known()
        .and_then(|all| all.iter().find(|now| now.key == key));
    let (Some(controller), Some(disks), true) =
        (found, vm.disks.known(), vm.change_version.is_some())
    else {
        let reason = "the VM's devices could not be read in full";
        return Err((UnfixableCause::NotReadable, reason.to_owned()));
    };
    if !draft.fixes.convert_controllers {
        return needs(
            "--convert-controllers",
            "its devices have to move to an LSI Logic controller",
        );
    }
    // Disks are in the order of their slots, and the first is what the VM boots from.
    let boots = disks
        .first()
        .is_some_and(|disk| disk.controller_key == Some(key));
    if boots && vm.is_windows() != Some(false) && !draft.fixes.convert_windows_boot {
        return needs(
            "--confirm-windows-boot",
            "the boot disk hangs on it, and Windows does not start (stop code 0x7B) unless its driver LSI_SAS is \
             set to start at boot (HKLM\\SYSTEM\\CurrentControlSet\\Services\\LSI_SAS, Start = 0); prepare that, then confirm",
        );
    }
    power::way_off(draft).map(|_| controller)
}

fn build(facts: &Facts, controllers: Vec<&ControllerFacts>, fixed: &[&Finding]) -> Step {
    let vm = &facts.master_target;
    let to = lsi_kind(facts);
    let labels: Vec<&str> = controllers.iter().map(|now| now.label.as_str()).collect();
    let title = format!(
        "Replace {} by {}, with all on it",
        labels.join(", "),
        to.label()
    );
    let expects = controllers
        .iter()
        .map(|now| {
            let devices = format!(
                "{} on bus {}, {} device(s)",
                now.kind.label(),
                now.bus,
                now.devices.len()
            );
            Evidence::new(&now.label, devices)
        })
        .chain([Evidence::new("power state", "powered off")])
        .collect();
    let there: Vec<Conversion> = controllers
        .into_iter()
        .map(|now| Conversion {
            bus: now.bus,
            from: now.kind.clone(),
            to: to.clone(),
            devices: now.devices.clone(),
        })
        .collect();
    let back = there
        .iter()
        .map(|one| Conversion {
            from: one.to.clone(),
            to: one.from.clone(),
            ..one.clone()
        })
        .collect();
    let change = |controllers| Change::ConvertControllers {
        vm: vm.moref.clone(),
        controllers,
    };
    let mut step = step(
        facts,
        StepKind::ConvertControllers,
        title,
        change(there),
        Undo::By(Box::new(change(back))),
    );
    step.fixes = rules_of(fixed);
    step.expects = expects;
    step
}
