//! Plan, apply, check again.

use vsphere_client::Client;

use super::{
    CheckReport, OpError, PrepareOptions, PrepareReport, Prepared, VmSelector, check::check_with,
};
use crate::{
    apply::{
        Applied, ApplyError, Interrupt, Observer, Outcome, StepResult, StepStatus, execute, told,
    },
    facts::{Facts, TagFacts, read_tags},
    plan::{Plan, Scope, UnfixableCause, plan_with},
    power_cycle,
    tag::noted,
};

/// Checks, and plans what can be fixed. Changes nothing.
///
/// # Errors
///
/// See [`OpError`].
pub async fn plan_prepare(
    client: &Client,
    selector: &VmSelector,
    options: &PrepareOptions,
) -> Result<Prepared, OpError> {
    let mut before = check_with(client, selector, &options.check).await?;
    before.facts.tags = tags(client, &before.facts, options).await;
    let plan = plan_with(&before.facts, options.scope, &options.fixes);
    Ok(Prepared { before, plan })
}

/// What there is of the tags that concern this part of the work.
async fn tags(client: &Client, facts: &Facts, options: &PrepareOptions) -> Vec<TagFacts> {
    let vm = &facts.master_target;
    let wanted = match options.scope {
        Scope::Prepare | Scope::Exclude => options.fixes.tag.iter().cloned().collect(),
        Scope::Include => noted(vm),
        Scope::Consolidate => Vec::new(),
    };
    read_tags(client, &vm.moref.clone(), &wanted).await
}

/// Carries out a plan, whatever its scope, and checks again.
///
/// A step that fails does not keep the others from being tried, unless the server cannot be reached
/// any more. Running it on a VM that needs nothing changes nothing.
///
/// # Errors
///
/// Only before anything was changed: [`OpError::Stale`] when the plan does not fit what is there now,
/// or the client's. What fails later is in the report.
pub async fn apply_prepare(
    client: &Client,
    prepared: Prepared,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<PrepareReport, OpError> {
    let Prepared { before, plan } = prepared;
    let applied = execute(client, &before.facts, &plan, observer, interrupt)
        .await
        .map_err(|error| match error {
            ApplyError::Stale { change } => OpError::Stale {
                vm: plan.master_target_name.clone(),
                change,
            },
            ApplyError::Client(source) => {
                OpError::client(format!("read the state of {}", plan.master_target_name))(source)
            }
        })?;
    Ok(conclude(before, plan, applied))
}

fn conclude(before: CheckReport, plan: Plan, applied: Applied) -> PrepareReport {
    let Applied {
        steps,
        replanned,
        interrupted,
        after,
    } = applied;
    let (after, verify_error) = match after {
        Ok(facts) => (Some(CheckReport::of(facts)), None),
        Err(error) => (None, Some(told(&error))),
    };
    let due = |after: &CheckReport| power_cycle::pending(&after.facts.master_target).is_some();
    let needs_power_cycle = steps
        .iter()
        .any(|step| step.needs_power_cycle && step.status == StepStatus::Done)
        || after.as_ref().is_some_and(due);
    let outcome = outcome(&plan, &steps, after.as_ref(), interrupted);
    PrepareReport {
        before,
        plan,
        steps,
        after,
        verify_error,
        replanned,
        needs_power_cycle,
        outcome,
    }
}

/// The end as one word.
fn outcome(
    plan: &Plan,
    steps: &[StepResult],
    after: Option<&CheckReport>,
    interrupted: bool,
) -> Outcome {
    if interrupted {
        return Outcome::Interrupted;
    }
    // A layer of exclusion that the server or the account does not allow is told by the rule about
    // Storage vMotion; when the layers are all that was asked for, each one counts.
    let counts = |step: &&StepResult| {
        let excused = matches!(
            step.status,
            StepStatus::NotSupported | StepStatus::NotPermitted | StepStatus::NotTaken
        );
        !(step.status.is_good() || step.optional && excused && plan.scope == Scope::Prepare)
    };
    let failed: Vec<&StepResult> = steps.iter().filter(counts).collect();
    if !failed.is_empty() || after.is_none() {
        let changed = steps.iter().any(|step| step.status.may_have_changed());
        let for_want_of_privilege = !failed.is_empty()
            && failed
                .iter()
                .all(|step| step.status == StepStatus::NotPermitted);
        return match (changed, for_want_of_privilege) {
            (true, _) => Outcome::Partial,
            (false, true) => Outcome::NotPermitted,
            (false, false) => Outcome::Failed,
        };
    }
    let ready = match plan.scope {
        // What was asked for by name and is not done is no success, whatever the rules say.
        Scope::Prepare => {
            after.is_some_and(|after| after.ready)
                && !plan.unfixable.iter().any(|entry| entry.asked)
        }
        Scope::Consolidate | Scope::Exclude | Scope::Include => plan.unfixable.is_empty(),
    };
    if ready {
        return Outcome::Ready;
    }
    let lacks_privilege = plan
        .unfixable
        .iter()
        .any(|entry| matches!(entry.cause, UnfixableCause::NotPermitted { .. }));
    if lacks_privilege && steps.is_empty() {
        Outcome::NotPermitted
    } else {
        Outcome::BlockersRemain
    }
}
