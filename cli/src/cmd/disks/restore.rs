//! `esxtool disks restore`

use esx_tools::apply::{StepResult, StepStatus};
use esx_tools::ops::VmSelector;
use esx_tools::ops::disks::{PreparedRestore, RestoreReport, apply_restore, plan_restore};
use serde_json::json;
use vsphere_client::Client;

use super::work::{Shown, agreed};
use crate::args::RestoreArgs;
use crate::cmd::{Context, attended, refused};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{Look, disk_places, disk_plan, exit, heading, steps, subject};

pub(super) async fn run(
    context: &Context,
    client: &Client,
    args: &RestoreArgs,
) -> Result<Report, Failure> {
    let prepared = plan_restore(client, &VmSelector::parse(&args.target), &args.vms())
        .await
        .map_err(refused)?;
    if args.confirm.dry_run || prepared.plan.is_empty() {
        return left_alone(context, prepared, args.confirm.dry_run);
    }
    let shown = Shown {
        facts: &prepared.located.facts,
        plan: &prepared.plan,
    };
    agreed(context, shown, args.confirm).await?;
    let planned = prepared.plan.steps.clone();
    let report = attended(context, &planned, async |progress, interrupt| {
        apply_restore(client, prepared, progress, interrupt).await
    })
    .await
    .map_err(refused)?;
    finished(context, &report)
}

/// The end without a change: a dry run, nothing to do, or nothing that may be done.
fn left_alone(
    context: &Context,
    prepared: PreparedRestore,
    dry_run: bool,
) -> Result<Report, Failure> {
    let look = Look::of(&context.ui);
    let outcome = prepared.outcome();
    let PreparedRestore { located, plan, .. } = prepared;
    let last = match (plan.is_empty(), plan.refused.is_empty()) {
        (true, true) => "Nothing to do.",
        (true, false) => "Nothing was changed.",
        (false, true) => "Dry run: nothing was changed.",
        (false, false) => "Dry run: nothing was changed. The plan leaves out what is refused.",
    };
    let mut text = subject(look, &located.facts) + &disk_plan(look, &plan);
    text.push_str(&format!("\n{last}\n"));
    let report = RestoreReport {
        // With nothing to do, what was found is what is there.
        after: (!dry_run).then_some(located),
        plan,
        steps: Vec::new(),
        verify_error: None,
        replanned: Vec::new(),
        outcome,
    };
    let done = result(&report, dry_run, text)?;
    if report.plan.refused.is_empty() || dry_run {
        return Ok(done);
    }
    let failure = Failure::new(done.exit, "no disk was given back; nothing was changed");
    Ok(done.failed(with_refused(failure, &report)))
}

/// The end of a plan that was carried out.
fn finished(context: &Context, report: &RestoreReport) -> Result<Report, Failure> {
    let look = Look::of(&context.ui);
    let mut text = heading(look, "What was done");
    text.push_str(&steps(look, &report.steps));
    if let Some(after) = &report.after {
        text.push_str(&disk_places(look, after));
    }
    let done = result(report, false, text)?;
    Ok(match failure(done.exit, report) {
        Some(failure) => done.failed(failure),
        None => done,
    })
}

fn result(report: &RestoreReport, dry_run: bool, text: String) -> Result<Report, Failure> {
    let fields = json!({
        "plan": report.plan,
        "steps": report.steps,
        "disks": report.after.as_ref().map(|after| &after.disks),
        "verify_error": report.verify_error,
        "replanned": report.replanned,
        "outcome": report.outcome,
        "dry_run": dry_run,
    });
    Report::new(exit(report.outcome, &report.steps), &fields, text)
}

/// What to say on stderr when not all of it was done.
fn failure(exit: Exit, report: &RestoreReport) -> Option<Failure> {
    let message = match exit {
        Exit::Done => return None,
        Exit::Interrupted => "stopped on request before anything was changed".to_owned(),
        Exit::Privilege => "the account lacks a privilege for this; nothing was changed".to_owned(),
        Exit::Partial => {
            let good = |step: &&StepResult| step.status.is_good();
            let done = report.steps.iter().filter(good).count();
            let mut message = format!("a part was done: {done} of {} steps", report.steps.len());
            if !report.plan.refused.is_empty() {
                message.push_str(&format!(
                    ", and {} refused",
                    match report.plan.refused.len() {
                        1 => "1 disk was".to_owned(),
                        n => format!("{n} disks were"),
                    }
                ));
            }
            message
        }
        _ => "no disk was given back; nothing was changed".to_owned(),
    };
    let mut failure = Failure::new(exit, message);
    let not_good = report
        .steps
        .iter()
        .filter(|step| !step.status.is_good() && step.status != StepStatus::Skipped);
    for step in not_good {
        let detail = step.detail.as_deref().unwrap_or("no reason is known");
        failure.causes.push(format!(
            "{} on {}: {}: {detail}",
            step.title, step.object, step.status
        ));
    }
    if let Some(reason) = &report.verify_error {
        failure.causes.push(format!("reading back: {reason}"));
    }
    Some(with_refused(failure, report))
}

fn with_refused(mut failure: Failure, report: &RestoreReport) -> Failure {
    for refused in &report.plan.refused {
        failure
            .causes
            .push(format!("{}: {}", refused.disk, refused.reason));
    }
    failure.hint("fix what is in the way, then run the same command again: it plans only what is still missing")
}
