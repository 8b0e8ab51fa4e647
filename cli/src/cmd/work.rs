//! What the commands that change something share: attend to the work, and turn errors into failures.

use esx_tools::apply::{Interrupt, StepResult, StepStatus};
use esx_tools::ops::{ErrorClass, OpError, PrepareReport};
use esx_tools::plan::{Plan, Step, UnfixableCause};

use vsphere_client::Error;

use super::Context;
use crate::connect::way;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Progress;

/// Runs a change with progress on stderr. The first Ctrl-C asks it to stop after the step in hand.
pub(crate) async fn attended<T>(
    context: &Context,
    steps: &[Step],
    work: impl AsyncFnOnce(&Progress<'_>, &Interrupt) -> T,
) -> T {
    let _in_hand = context.take_in_hand("the plan");
    let (progress, interrupt) = (Progress::new(context, steps), Interrupt::new());
    let work = work(&progress, &interrupt);
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            result = &mut work => return result,
            () = context.interrupts.first(), if !interrupt.is_requested() => {
                interrupt.request();
                context.ui.warn("stopping after the step in hand; press Ctrl-C again to leave at once");
            }
        }
    }
}

/// An error of an operation as a failure with its exit code and hint.
pub(crate) fn refused(error: OpError) -> Failure {
    let exit = match error.class() {
        ErrorClass::Usage => Exit::Usage,
        ErrorClass::Connect => Exit::Connect,
        ErrorClass::Login => Exit::Login,
        ErrorClass::Privilege => Exit::Privilege,
        ErrorClass::NotFound => Exit::NotFound,
        ErrorClass::Operation => Exit::Operation,
        ErrorClass::Partial => Exit::Partial,
    };
    let mut failure = match &error {
        OpError::Ambiguous { wanted, matches } => {
            let lines: String = matches.iter().map(|one| format!("\n  {one}")).collect();
            Failure::new(
                exit,
                format!("{} VMs are named `{wanted}`:{lines}", matches.len()),
            )
        }
        other => Failure::from_error(exit, other),
    };
    failure.absent = matches!(error, OpError::NotFound { .. });
    match (error.hint(), &error) {
        (Some(hint), _) => failure.hint(hint),
        // The message says what does not go together; nothing on the wire explains it.
        (None, OpError::Contradiction { .. }) => failure,
        (
            None,
            OpError::Client {
                source: Error::Transport { source, .. },
                ..
            },
        ) => failure.hint(way(source)),
        (None, _) => failure.hint("--trace-wire DIR records what was sent and answered"),
    }
}

/// The end when the question was answered with no.
pub(crate) fn declined() -> Failure {
    Failure::new(Exit::Interrupted, "not confirmed; nothing was changed")
}

/// What to say on stderr about a plan that did not run to its end.
pub(super) fn failure(exit: Exit, report: &PrepareReport) -> Option<Failure> {
    unfinished(exit, &report.steps)
}

/// The same, of any plan.
pub(super) fn unfinished(exit: Exit, steps: &[StepResult]) -> Option<Failure> {
    let not_good: Vec<&StepResult> = steps
        .iter()
        .filter(|step| !step.status.is_good() && step.status != StepStatus::Skipped)
        .collect();
    let skipped = steps
        .iter()
        .filter(|step| step.status == StepStatus::Skipped)
        .count();
    let message = match exit {
        Exit::Done | Exit::Blockers => return None,
        Exit::Interrupted => "stopped on request before anything was changed".to_owned(),
        Exit::Partial => {
            let done = steps.iter().filter(|step| step.status.is_good()).count();
            format!(
                "a part of the plan was carried out: {done} of {} steps, {skipped} not tried",
                steps.len()
            )
        }
        Exit::Privilege => "the account lacks privileges for this; nothing was changed".to_owned(),
        _ => "the plan failed; nothing was changed".to_owned(),
    };
    let mut failure = Failure::new(exit, message);
    for step in not_good {
        let detail = step.detail.as_deref().unwrap_or("no reason is known");
        failure.causes.push(format!(
            "{} on {}: {}: {detail}",
            step.title, step.object, step.status
        ));
    }
    let hint = if steps.iter().any(restricted) {
        "the licence of the host does not allow the API to write, as with the free Hypervisor edition: give it another licence"
    } else if exit == Exit::Partial {
        "what was done stays done; look at the result, then run the same command again: it plans only what is still missing"
    } else {
        "fix the cause, then run the same command again"
    };
    Some(failure.hint(hint))
}

/// Whether the server refused a step for want of a licence.
fn restricted(step: &StepResult) -> bool {
    step.detail
        .as_deref()
        .is_some_and(|detail| detail.starts_with("RestrictedVersion"))
}

/// The failure of a plan that is empty because the account may do none of it.
pub(super) fn not_permitted(plan: &Plan) -> Option<Failure> {
    let reasons: Vec<&str> = plan
        .unfixable
        .iter()
        .filter(|one| matches!(one.cause, UnfixableCause::NotPermitted { .. }))
        .map(|one| one.reason.as_str())
        .collect();
    if reasons.is_empty() {
        return None;
    }
    let mut failure = Failure::new(
        Exit::Privilege,
        "the account lacks the privileges for what is to be fixed; nothing was changed",
    );
    for reason in reasons {
        if !failure.causes.iter().any(|cause| cause == reason) {
            failure.causes.push(reason.to_owned());
        }
    }
    Some(failure.hint("grant the account the role Azure_Site_Recovery with the privileges above, or use another account"))
}
