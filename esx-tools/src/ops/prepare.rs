//! Preparing a master target, and the parts of it: exclusion from Storage vMotion, consolidation.

use futures_util::future::join;
use jiff::Timestamp;
use serde::Serialize;
use vsphere_client::Client;

use super::{CheckReport, PrepareOptions, VmSelector, check::check_with};
use crate::{
    calls,
    engine::{Attempt, Operation, Outcome, Prepared, Remaining, Sender, StepResult, StepStatus},
    error::OpError,
    exclusion::{ExclusionReport, LayerReport, LayerState, Protection, exclusion},
    fact::PowerState,
    plan::{Change, ControllerChange, Plan, Scope, Step, StepKind, UnfixableCause, plan_with},
    rules::{Finding, ids},
    site::{Facts, Knowledge, gather, read_tags, tag_privileges},
    tag::{TagName, noted},
    vm::{Setting, Vm},
};

/// Preparing a master target, or a part of that, as [`Plan::scope`] says.
#[derive(Clone, Debug)]
pub struct Prepare {
    /// What was the case.
    pub before: CheckReport,
    plan: Plan,
}

/// What was, and what is there after a plan was carried out.
#[derive(Clone, Debug, Serialize)]
pub struct PrepareAfter {
    /// What was the case.
    pub before: CheckReport,
    /// What is the case now; unset when it could not be read.
    pub after: Option<CheckReport>,
    /// Whether something that was done takes effect after the next power cycle.
    pub needs_power_cycle: bool,
}

impl PrepareAfter {
    /// How far the VM is kept from Storage vMotion now, when it could be read.
    pub fn exclusion(&self) -> Option<&ExclusionReport> {
        self.after.as_ref().map(|after| &after.exclusion)
    }
}

/// Checks, and plans what can be fixed. Changes nothing.
///
/// # Errors
///
/// See [`OpError`].
pub async fn prepare(
    client: &Client,
    selector: &VmSelector,
    options: &PrepareOptions,
) -> Result<Prepared<Prepare>, OpError> {
    let mut before = check_with(client, selector, &options.check).await?;
    if options.scope == Scope::Prepare && before.facts.target.kind.is_none() {
        return Err(OpError::TargetUnknown {
            vm: before.facts.master_target.name,
            target: before.facts.target.to_string(),
        });
    }
    let wanted = tags(&before.facts, options);
    if !wanted.is_empty() {
        let vm = before.facts.master_target.moref.clone();
        let (tags, held) = join(read_tags(client, &vm, &wanted), tag_privileges(client, &vm)).await;
        before.facts.tags = tags;
        before.facts.abilities.add(held);
    }
    let plan = plan_with(&before.facts, options.scope, &options.fixes);
    let seen = before.facts.clone();
    let operation = Prepare { before, plan };
    Ok(Prepared { operation, seen })
}

/// The tags that concern this part of the work.
fn tags(facts: &Facts, options: &PrepareOptions) -> Vec<TagName> {
    match options.scope {
        Scope::Prepare | Scope::Exclude => options.fixes.tag.iter().cloned().collect(),
        Scope::Include => noted(&facts.master_target),
        Scope::Consolidate => Vec::new(),
    }
}

impl Operation for Prepare {
    type Seen = Facts;
    type Plan = Plan;
    type After = PrepareAfter;

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn steps(&self) -> &[Step] {
        &self.plan.steps
    }

    fn without_a_change(&self) -> Outcome {
        let plan = &self.plan;
        let lacks_privilege = plan
            .unfixable
            .iter()
            .any(|entry| matches!(entry.cause, UnfixableCause::NotPermitted { .. }));
        match (self.leaves_blockers(), plan.is_empty() && lacks_privilege) {
            (_, true) => Outcome::NotPermitted,
            (true, false) => Outcome::BlockersRemain,
            (false, false) => Outcome::Ready,
        }
    }

    fn seen_at(&self, seen: &Facts) -> Timestamp {
        seen.gathered_at
    }

    async fn carry_out(&self, sender: &mut Sender<'_>, step: &Step, seen: &Facts) -> Attempt {
        calls::carry_out(sender, &step.change, Some(seen)).await
    }

    async fn look(&self, client: &Client, before: &Facts) -> Result<Facts, OpError> {
        let vm = &before.master_target;
        gather(client, &vm.moref, Knowledge::Keep(before))
            .await
            .map_err(OpError::client(format!("read the state of {}", vm.name)))
    }

    fn remaining(&self, step: &Step, seen: &Facts) -> Remaining {
        // What a power cycle is for may be so already, or not yet: the power state alone decides.
        if step.change.is_of_power() {
            return Remaining::Do(Box::new(step.clone()));
        }
        let now = self.plan_for(seen);
        let Some(fresh) = now.step(&step.id) else {
            // Not planned any more is not the same as done.
            return match self.given_up(&now, step, seen) {
                Some(reason) => Remaining::Differs(reason),
                None => Remaining::Nothing,
            };
        };
        if fresh.change != step.change {
            return Remaining::Differs(format!("now it would be: {}", fresh.title));
        }
        let is_off = seen.master_target.power_state.known() == Some(&PowerState::PoweredOff);
        if step.change.needs_power_off() && !is_off {
            return Remaining::Differs("the VM is not off".into());
        }
        Remaining::Do(Box::new(step.clone()))
    }

    fn has_changed(&self, seen: &Facts) -> bool {
        self.plan_for(seen).facts_fingerprint != self.plan.facts_fingerprint
    }

    /// What of the plan no longer fits: a step that is new, or one that would change something else.
    fn misfit(&self, seen: &Facts) -> Option<String> {
        let now = self.plan_for(seen);
        if now.facts_fingerprint == self.plan.facts_fingerprint {
            return None;
        }
        now.steps
            .iter()
            .find_map(|fresh| match self.plan.step(&fresh.id) {
                None => Some(format!("a further step is needed: {}", fresh.title)),
                Some(step) if step.change != fresh.change => Some(format!(
                    "a step has to be another one: {} instead of: {}",
                    fresh.title, step.title
                )),
                Some(_) => None,
            })
    }

    /// A layer of exclusion that the server or the account does not allow is told by the rule about Storage vMotion;
    /// when the layers are all that was asked for, each one counts.
    fn excuses(&self, step: &StepResult) -> bool {
        let told_by_rule = matches!(
            step.status(),
            StepStatus::NotSupported | StepStatus::NotPermitted | StepStatus::NotTaken
        );
        step.optional && told_by_rule && self.plan.scope == Scope::Prepare
    }

    fn after(&self, seen: Option<&Facts>, steps: &[StepResult]) -> PrepareAfter {
        let after = seen.map(|seen| CheckReport::of(seen.clone()));
        let done_for_later = steps
            .iter()
            .any(|step| step.needs_power_cycle && step.status() == StepStatus::Done);
        PrepareAfter {
            before: self.before.clone(),
            needs_power_cycle: done_for_later
                || after.as_ref().is_some_and(CheckReport::awaits_power_cycle),
            after,
        }
    }

    fn verdict(&self, seen: &Facts, steps: &[StepResult]) -> Outcome {
        let plan = &self.plan;
        let ready = match plan.scope {
            // What was asked for by name and is not done is no success, whatever the rules say.
            Scope::Prepare => {
                let report = CheckReport::of(seen.clone());
                report.ready
                    && !plan.unfixable.iter().any(|one| one.asked)
                    // What counts later does not count.
                    && !self.after(Some(seen), steps).needs_power_cycle
            }
            scope => plan.unfixable.is_empty() && !is_open(scope, &exclusion(seen)),
        };
        match (ready, steps.is_empty()) {
            (true, _) => Outcome::Ready,
            (false, true) => self.without_a_change(),
            (false, false) => Outcome::BlockersRemain,
        }
    }
}

impl Prepare {
    /// What would be planned for these facts by what was asked for.
    fn plan_for(&self, facts: &Facts) -> Plan {
        plan_with(facts, self.plan.scope, &self.plan.fixes)
    }

    /// Whether something that blocks is left out of the plan.
    pub fn leaves_blockers(&self) -> bool {
        let plan = &self.plan;
        if plan.scope != Scope::Prepare {
            return !plan.unfixable.is_empty() || is_open(plan.scope, &self.before.exclusion);
        }
        // What was asked for by name counts like a blocker.
        if plan.unfixable.iter().any(|one| one.asked) {
            return true;
        }
        let mut blocking = self.before.judgements.iter().filter(|one| one.blocks());
        blocking.any(|judgement| {
            let planned = |step: &Step| step.fixes.contains(&judgement.rule);
            let mut left = plan.unfixable.iter();
            !plan.steps.iter().any(planned) || left.any(|one| one.finding.rule == judgement.rule)
        })
    }

    /// Why a step is planned no more, when that is not because there is nothing to do.
    fn given_up(&self, now: &Plan, step: &Step, facts: &Facts) -> Option<String> {
        // What is as the step would make it can still want something else, such as a power cycle.
        if in_effect(&step.change, &facts.master_target) {
            return None;
        }
        let before = &self.plan.unfixable;
        let known = |finding: &Finding| before.iter().any(|entry| &entry.finding == finding);
        let concerns = |rule: &String| {
            // The disk by itself does not make the volume, so that the step fixes no rule.
            let of_retention =
                step.id.kind == StepKind::AddRetentionDisk && rule == ids::RETENTION_VOLUME;
            of_retention || step.fixes.contains(rule)
        };
        now.unfixable
            .iter()
            .find(|entry| concerns(&entry.finding.rule) && !known(&entry.finding))
            .map(|entry| entry.reason.clone())
    }
}

/// Whether it is not known that the VM is kept from Storage vMotion, or is kept no more, when that was asked for.
fn is_open(scope: Scope, now: &ExclusionReport) -> bool {
    let unknown = |layer: &LayerReport| layer.state == LayerState::Unknown;
    match scope {
        Scope::Exclude => now.protection == Protection::Unknown,
        Scope::Include => now.layers.iter().any(unknown),
        Scope::Prepare | Scope::Consolidate => false,
    }
}

/// Whether a change would change nothing, as far as the facts tell.
fn in_effect(change: &Change, vm: &Vm) -> bool {
    // The note is written in the very reconfigure that adds the disk.
    if let Change::AddDisk { note, .. } = change {
        let now = vm.setting(&note.key);
        return now.is_some_and(|now| now.value == note.value);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, plan::Fixes, site::sample};

    fn prepared(facts: &Facts, scope: Scope) -> Prepare {
        Prepare {
            before: CheckReport::of(facts.clone()),
            plan: plan_with(facts, scope, &Fixes::default()),
        }
    }

    /// `storage-vmotion exclude` ended with 0 on a server that does not tell which methods are disabled.
    #[test]
    fn an_exclusion_that_nobody_can_see_is_no_success() {
        let mut unseen = sample::ready();
        unseen.master_target.disabled_methods = Fact::unknown("no privilege");
        for scope in [Scope::Exclude, Scope::Include] {
            let of = |facts: &Facts| {
                let prepare = prepared(facts, scope);
                let done = prepare.verdict(facts, &[]);
                assert_eq!(done, prepare.without_a_change(), "{scope:?}");
                done
            };
            assert_eq!(of(&unseen), Outcome::BlockersRemain, "{scope:?}");
        }
        assert_eq!(
            prepared(&sample::ready(), Scope::Exclude).without_a_change(),
            Outcome::Ready
        );
    }
}
