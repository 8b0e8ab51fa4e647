//! Holding a plan against what would be planned now.

use super::{
    event::{Event, Observer},
    report::{StepResult, StepStatus},
};
use crate::{
    facts::{Facts, MasterTarget, Setting},
    plan::{Change, ControllerChange, Plan, Step, plan_with},
    rules::Finding,
};

/// What of the plan no longer fits, from step `from` on: a step that is new, or one that would change something else.
pub(super) fn misfit(old: &Plan, now: &Plan, from: usize) -> Option<String> {
    let rest = &old.steps[from..];
    now.steps
        .iter()
        .find_map(|fresh| match rest.iter().find(|step| step.id == fresh.id) {
            None => Some(format!("a further step is needed: {}", fresh.title)),
            Some(step) if step.change != fresh.change => Some(format!(
                "a step has to be another one: {} instead of: {}",
                fresh.title, step.title
            )),
            Some(_) => None,
        })
}

/// Why a step is planned no more, when that is not because there is nothing to do.
pub(super) fn given_up(old: &Plan, now: &Plan, step: &Step, facts: &Facts) -> Option<String> {
    // What is as the step would make it can still want something else, such as a power cycle.
    if in_effect(&step.change, &facts.master_target) {
        return None;
    }
    let known = |finding: &Finding| old.unfixable.iter().any(|entry| &entry.finding == finding);
    now.unfixable
        .iter()
        .find(|entry| step.fixes.contains(&entry.finding.rule) && !known(&entry.finding))
        .map(|entry| entry.reason.clone())
}

/// Whether a reconfigure would change nothing.
fn in_effect(change: &Change, vm: &MasterTarget) -> bool {
    let Change::Reconfigure {
        extra_config,
        remove_controllers,
        add_controllers,
        ..
    } = change
    else {
        return false;
    };
    let (Some(_), Some(controllers)) = (vm.extra_config.known(), vm.controllers.known()) else {
        return false;
    };
    let has = |wanted: &ControllerChange| {
        controllers
            .iter()
            .any(|one| one.bus == wanted.bus && one.kind == wanted.kind)
    };
    let is_set = |wanted: &Setting| {
        let now = vm.setting(&wanted.key);
        now.map_or("", |now| now.value.as_str()) == wanted.value
    };
    extra_config.iter().all(is_set)
        && !remove_controllers.iter().any(has)
        && add_controllers.iter().all(has)
}

/// Holds what the server said against what is there now.
pub(super) fn verify(steps: &mut [StepResult], old: &Plan, facts: &Facts, observer: &dyn Observer) {
    let now = plan_with(facts, old.scope, &old.fixes);
    for step in steps
        .iter_mut()
        .filter(|step| step.status == StepStatus::Done)
    {
        let of_power = old.step(&step.id).is_some_and(|step| {
            step.restores.is_some() || matches!(step.change, Change::ShutDown { .. })
        });
        // A VM that runs again would have to be shut down again for what failed in between.
        if of_power {
            continue;
        }
        if let Some(still) = now.step(&step.id) {
            let reason = format!(
                "the server said that it was done, and reading back shows that it is still to do: {}",
                still.title
            );
            observer.event(&Event::StepUnverified {
                id: step.id.clone(),
                reason: reason.clone(),
            });
            step.status = StepStatus::NotTaken;
            step.detail = Some(reason);
        }
    }
}
