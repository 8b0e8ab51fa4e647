//! The one way of every command that changes something: show the plan, ask, run it, report.
//!
//! A command brings an operation that is planned, and what it shows of it ([`Shown`]).

use esx_tools::engine::{
    self, ChangeReport, Changed, Interrupt, Operation, Outcome, Prepared, StepResult, StepStatus,
};
use esx_tools::plan::Step;
use esx_tools::report::Sheet;
use serde_json::json;
use vsphere_client::Client;
use vsphere_client::vim::FaultKind;

use super::Context;
use super::work::refused;
use crate::args::Confirm;
use crate::ask::consent;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::report::Report;
use crate::view::Look;

/// What a command shows of its operation.
pub(crate) trait Shown: Operation {
    /// What is there and what is to be done.
    fn show_plan(look: Look, prepared: &Prepared<Self>) -> String
    where
        Self: Sized;

    /// The last line when nothing is carried out, with what goes before it.
    fn show_nothing_done(look: Look, prepared: &Prepared<Self>, dry_run: bool) -> String
    where
        Self: Sized;

    /// Why nothing is carried out although something was asked for: what failed, and the causes.
    fn left_undone(prepared: &Prepared<Self>) -> Option<Failure>
    where
        Self: Sized;

    /// What was done, and what is there now.
    fn show_result(look: Look, report: &ChangeReport<Self>) -> String
    where
        Self: Sized;

    /// How much was done, when that is not all.
    fn part(report: &ChangeReport<Self>) -> String
    where
        Self: Sized,
    {
        let good = report.steps.iter().filter(|step| step.status().is_good());
        let skipped = |step: &&StepResult| step.status() == StepStatus::Skipped;
        format!(
            "a part of the plan was carried out: {} of {} steps, {} not tried",
            good.count(),
            report.steps.len(),
            report.steps.iter().filter(skipped).count()
        )
    }

    /// What went wrong, line by line.
    fn causes(report: &ChangeReport<Self>) -> Vec<String>
    where
        Self: Sized,
    {
        let wrong =
            |step: &&StepResult| !step.status().is_good() && step.status() != StepStatus::Skipped;
        let line = |step: &StepResult| {
            let detail = step.detail().unwrap_or("no reason is known");
            format!(
                "{} on {}: {}: {detail}",
                step.title,
                step.object,
                step.status()
            )
        };
        report.steps.iter().filter(wrong).map(line).collect()
    }

    /// Where to look when it is not known what was done.
    fn look_at(report: &ChangeReport<Self>) -> String
    where
        Self: Sized;

    /// The result laid out for a page and for test cases.
    fn sheet(_report: &ChangeReport<Self>) -> Option<Sheet>
    where
        Self: Sized,
    {
        None
    }
}

/// Shows the plan, asks, carries it out and reports.
pub(crate) async fn run<O: Shown>(
    context: &Context,
    client: &Client,
    prepared: Prepared<O>,
    confirm: Confirm,
) -> Result<Report, Failure> {
    let ui = &context.ui;
    let look = Look::of(ui);
    let head = O::show_plan(look, &prepared);
    if confirm.dry_run || prepared.is_empty() {
        let text = head + &O::show_nothing_done(look, &prepared, confirm.dry_run);
        let report = prepared.without_a_change(confirm.dry_run);
        let done = result(&report, confirm.dry_run, text)?;
        return Ok(
            match O::left_undone(&prepared).filter(|_| !confirm.dry_run) {
                Some(failure) => done.failed(failure),
                None => done,
            },
        );
    }
    // Shown before the work begins, and wherever somebody who is asked can see it.
    if !ui.for_program() {
        ui.out(&head);
    }
    if !confirm.yes {
        if ui.for_program() || !ui.stdout_is_terminal() {
            ui.err(&O::show_plan(Look::of_stderr(ui), &prepared));
        }
        if !consent(ui, &context.interrupts, "Carry out this plan?").await? {
            return Err(Failure::new(
                Exit::Interrupted,
                "not confirmed; nothing was changed",
            ));
        }
    }
    let steps = prepared.steps().to_vec();
    let report = attended(context, &steps, async |progress, interrupt| {
        engine::apply(client, prepared, progress, interrupt).await
    })
    .await
    .map_err(refused)?;
    let text = O::show_result(look, &report);
    let done = result(&report, false, text)?;
    Ok(match failure(done.exit, &report) {
        Some(failure) => done.failed(failure),
        None => done,
    })
}

/// Runs a change with progress on stderr. The first Ctrl-C asks it to stop after the step in hand.
async fn attended<T>(
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

/// The result in both forms. Every end of these commands has the same fields.
fn result<O: Shown>(
    report: &ChangeReport<O>,
    dry_run: bool,
    text: String,
) -> Result<Report, Failure> {
    let mut done = Report::new(exit(report.outcome, &report.steps), report, text)?;
    done.fields.insert("dry_run".to_owned(), json!(dry_run));
    done.sheet = O::sheet(report);
    Ok(done)
}

/// The exit code of an outcome.
fn exit(outcome: Outcome, steps: &[StepResult]) -> Exit {
    let changed = steps.iter().any(|step| step.changed() != Changed::No);
    match outcome {
        Outcome::Ready => Exit::Done,
        Outcome::BlockersRemain => Exit::Blockers,
        Outcome::Partial | Outcome::Unknown => Exit::Partial,
        // An account that is not there is what was named, and not found.
        Outcome::Failed if is_refused_by(steps, unknown_account) => Exit::NotFound,
        Outcome::Failed => Exit::Operation,
        Outcome::NotPermitted => Exit::Privilege,
        Outcome::Interrupted if changed => Exit::Partial,
        Outcome::Interrupted => Exit::Interrupted,
    }
}

fn is_refused_by(steps: &[StepResult], is_it: fn(&FaultKind) -> bool) -> bool {
    let mut faults = steps.iter().filter_map(StepResult::fault);
    faults.any(|fault| is_it(&fault.kind))
}

fn unknown_account(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::UserNotFound { .. })
}

fn restricted(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::RestrictedVersion)
}

/// What to say on stderr about a plan that did not run to its end. That nothing was changed is said only here, and only
/// when no step changed anything: the engine proves that.
fn failure<O: Shown>(exit: Exit, report: &ChangeReport<O>) -> Option<Failure> {
    let steps = &report.steps;
    let nothing = steps.iter().all(|step| step.changed() == Changed::No);
    let message = match (report.outcome, nothing) {
        (Outcome::Ready | Outcome::BlockersRemain, _) => return None,
        (Outcome::Unknown, _) => {
            "whether all of it was carried out is not known: look before anything else".to_owned()
        }
        (Outcome::Interrupted, true) => "stopped on request before anything was changed".to_owned(),
        (Outcome::NotPermitted, true) => {
            "the account lacks privileges for this; nothing was changed".to_owned()
        }
        (Outcome::Failed, true) => "the plan failed; nothing was changed".to_owned(),
        _ => O::part(report),
    };
    let mut failure = Failure::new(exit, message);
    failure.causes = O::causes(report);
    if let Some(reason) = &report.verify_error {
        failure.causes.push(format!("reading back: {reason}"));
    }
    let hint = match report.outcome {
        Outcome::Unknown => format!(
            "{}; when no task runs there any more, run the same command again: it plans only what is still missing",
            O::look_at(report)
        ),
        _ if is_refused_by(steps, restricted) => "the licence of the host does not allow the API to write, as with the free Hypervisor edition: give it another licence".to_owned(),
        _ if is_refused_by(steps, unknown_account) => {
            "name the account as the server does, for example asr@vsphere.local".to_owned()
        }
        Outcome::Failed | Outcome::NotPermitted if nothing => {
            "fix the cause, then run the same command again".to_owned()
        }
        _ => "what was done stays done; look at the result, then run the same command again: it plans only what is still missing".to_owned(),
    };
    Some(failure.hint(hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_no_success_and_no_plain_failure() {
        assert_eq!(exit(Outcome::Unknown, &[]), Exit::Partial);
        assert_eq!(exit(Outcome::Interrupted, &[]), Exit::Interrupted);
        assert_eq!(exit(Outcome::Failed, &[]), Exit::Operation);
    }
}
