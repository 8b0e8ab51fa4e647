//! Switching the VM off for what needs it, and on again.

use super::{
    change::Change,
    draft::{Draft, asked, rules_of, step},
    privileges,
    step::{Step, Undo, UnfixableCause},
    step_id::StepKind,
};
use crate::{
    fact::{Evidence, PowerState},
    rules::{DISK_ENABLE_UUID, Finding, Severity, ids},
    site::Facts,
    vm::Vm,
};

/// How the VM comes to be off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It is.
    Off,
    /// By a power cycle around the steps that need it.
    Cycle,
}

/// How the VM comes to be off for a step, or why it does not.
pub(super) fn way_off(draft: &Draft<'_>) -> Result<Way, (UnfixableCause, String)> {
    let needs = |option: &str, reason: &str| {
        let cause = UnfixableCause::NeedsOption {
            option: option.to_owned(),
        };
        Err((cause, format!("{reason}; {option} does it")))
    };
    let vm = &draft.facts.master_target;
    match vm.power_state.get() {
        Ok(PowerState::PoweredOff) => return Ok(Way::Off),
        Ok(PowerState::PoweredOn) => {}
        Ok(PowerState::Suspended) => {
            let reason = "the VM is suspended: resume it and shut its guest down";
            return Err((UnfixableCause::ForAPerson, reason.into()));
        }
        Err(reason) => return Err((UnfixableCause::NotReadable, reason.to_owned())),
    }
    if !draft.fixes.power_cycle {
        return needs(
            "--power-cycle",
            "the VM has to be shut down for it and powered on again",
        );
    }
    if !tools_run(vm) && !draft.fixes.force_power_off {
        return needs(
            "--force-power-off",
            "VMware Tools do not run, so that the guest cannot be asked to shut down: do that in the guest, or have \
             the VM switched off hard",
        );
    }
    match privileges::lacking(draft.facts, &shut_down(draft).privileges) {
        Some(lacking) => Err(UnfixableCause::not_permitted(
            &lacking.privilege,
            &lacking.on,
        )),
        None => Ok(Way::Cycle),
    }
}

/// Whether a finding says that a power cycle is due: something is set, and has no effect before it.
pub(crate) fn awaits_power_cycle(finding: &Finding) -> bool {
    finding.rule == ids::DISK_ENABLE_UUID && finding.fix.is_none()
}

/// Adds the steps that need the VM off, with a power cycle around them or for its own sake.
pub(super) fn add(
    draft: &mut Draft<'_>,
    findings: &[Finding],
    conversion: Option<Step>,
    disk: Option<Step>,
) {
    let due: Vec<&Finding> = findings
        .iter()
        .filter(|finding| awaits_power_cycle(finding))
        .collect();
    let made_now = draft
        .planned(StepKind::Reconfigure)
        .is_some_and(|step| step.needs_power_cycle);
    let mut cycle = None;
    if conversion.is_some() || made_now || !due.is_empty() {
        match way_off(draft) {
            Ok(Way::Cycle) => cycle = Some(()),
            // What was set on a VM that is off counts at once.
            Ok(Way::Off) => {}
            Err((cause, reason)) => tell_due(draft, &due, made_now, &cause, &reason),
        }
    }
    let middle = conversion.into_iter().chain(disk);
    if cycle.is_none() {
        for step in middle {
            draft.add(step, &[]);
        }
        return;
    }
    if let Some(step) = draft.planned(StepKind::Reconfigure) {
        // The power cycle is a part of this very plan.
        step.needs_power_cycle = false;
    }
    let (mut off, mut on) = (shut_down(draft), power_on(draft));
    for step in [&mut off, &mut on] {
        step.fixes = if made_now {
            vec![ids::DISK_ENABLE_UUID.to_owned()]
        } else {
            rules_of(&due)
        };
    }
    draft.add(off, &[]);
    for step in middle {
        draft.add(step, &[]);
    }
    draft.add(on, &[]);
}

/// A power cycle is due and is not made: says why.
fn tell_due(
    draft: &mut Draft<'_>,
    due: &[&Finding],
    made_now: bool,
    cause: &UnfixableCause,
    reason: &str,
) {
    for finding in due {
        if draft.fixes.power_cycle {
            draft.refuse((*finding).clone(), cause.clone(), reason);
        } else {
            draft.give_up((*finding).clone(), cause.clone(), reason);
        }
    }
    if made_now && due.is_empty() {
        let finding = asked(
            draft.facts,
            ids::DISK_ENABLE_UUID,
            Severity::Blocker,
            format!(
                "{DISK_ENABLE_UUID} will be set, and has no effect before the next power cycle"
            ),
            "Shut the guest down and power the VM on again.",
        );
        if draft.fixes.power_cycle {
            draft.refuse(finding, cause.clone(), reason);
        } else {
            draft.give_up(finding, cause.clone(), reason);
        }
    }
}

fn tools_run(vm: &Vm) -> bool {
    let running = vm
        .tools
        .known()
        .and_then(|tools| tools.running_status.as_deref());
    running == Some("guestToolsRunning")
}

fn shut_down(draft: &Draft<'_>) -> Step {
    let facts = draft.facts;
    let force = draft.fixes.force_power_off;
    let limit_seconds = draft.fixes.power_limit_seconds();
    let title = match (tools_run(&facts.master_target), force) {
        (true, false) => format!("Shut the guest down (within {limit_seconds} s)"),
        (true, true) => {
            format!("Shut the guest down, after {limit_seconds} s switch the VM off hard")
        }
        (false, _) => "Switch the VM off hard: VMware Tools do not run".to_owned(),
    };
    let change = Change::ShutDown {
        vm: facts.master_target.moref.clone(),
        force,
        limit_seconds,
    };
    let mut step = step(
        facts,
        StepKind::ShutDown,
        title,
        change,
        Undo::By(Box::new(on_again(facts, limit_seconds))),
    );
    step.expects = vec![Evidence::new("power state", "powered on")];
    step
}

fn power_on(draft: &Draft<'_>) -> Step {
    let facts = draft.facts;
    let limit_seconds = draft.fixes.power_limit_seconds();
    let mut step = step(
        facts,
        StepKind::PowerOn,
        "Power the VM on again, and wait for VMware Tools",
        on_again(facts, limit_seconds),
        Undo::None {
            why: "the VM ran before, and it runs again".into(),
        },
    );
    if !tools_run(&facts.master_target) {
        step.title = "Power the VM on again".into();
    }
    step.expects = vec![Evidence::new("power state", "powered off by this plan")];
    step.restores = Some(StepKind::ShutDown.into());
    step
}

fn on_again(facts: &Facts, limit_seconds: u64) -> Change {
    let vm = &facts.master_target;
    Change::PowerOn {
        vm: vm.moref.clone(),
        wait_for_tools: tools_run(vm),
        limit_seconds,
    }
}
