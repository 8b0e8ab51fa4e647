//! What attaching and detaching share: show the plan, ask, show what came of it.

use esx_tools::apply::Outcome;
use esx_tools::disks::{DiskPlan, DiskVerb};
use esx_tools::facts::Facts;
use esx_tools::ops::disks::{DiskReport, DiskResult};
use serde_json::json;

use crate::args::Confirm;
use crate::ask::consent;
use crate::cmd::{Context, declined};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::count;
use crate::report::Report;
use crate::view::{Look, disk_plan, disk_results, exit, heading, subject};

/// What is shown before anything is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown<'a> {
    pub(super) facts: &'a Facts,
    pub(super) plan: &'a DiskPlan,
}

impl Shown<'_> {
    fn text(self, look: Look) -> String {
        subject(look, self.facts) + &disk_plan(look, self.plan)
    }
}

/// Shows the plan where somebody sees it, and asks.
pub(super) async fn agreed(
    context: &Context,
    shown: Shown<'_>,
    confirm: Confirm,
) -> Result<(), Failure> {
    let ui = &context.ui;
    if !ui.for_program() {
        ui.out(&shown.text(Look::of(ui)));
    }
    if confirm.yes {
        return Ok(());
    }
    if ui.for_program() || !ui.stdout_is_terminal() {
        ui.err(&shown.text(Look::of_stderr(ui)));
    }
    if consent(ui, &context.interrupts, "Carry out this plan?").await? {
        Ok(())
    } else {
        Err(declined())
    }
}

/// The end without a change: a dry run, nothing to do, or nothing that may be done.
pub(super) fn left_alone(
    context: &Context,
    shown: Shown<'_>,
    outcome: Outcome,
    dry_run: bool,
) -> Result<Report, Failure> {
    let plan = shown.plan;
    let last = match (plan.is_empty(), plan.refused.is_empty()) {
        (true, true) => "Nothing to do.",
        (true, false) => "Nothing was changed.",
        (false, true) => "Dry run: nothing was changed.",
        (false, false) => "Dry run: nothing was changed. The plan leaves out what is refused.",
    };
    let text = format!("{}\n{last}\n", shown.text(Look::of(&context.ui)));
    let report = DiskReport {
        plan: plan.clone(),
        disks: Vec::new(),
        task: None,
        failure: None,
        replanned: Vec::new(),
        verify_error: None,
        outcome,
    };
    let done = result(&report, dry_run, text)?;
    if plan.refused.is_empty() || dry_run {
        return Ok(done);
    }
    let verb = match plan.verb {
        DiskVerb::Attach => "attached",
        DiskVerb::Detach => "detached",
        DiskVerb::Restore => "given back",
    };
    let mut failure = Failure::new(
        done.exit,
        format!("nothing was {verb}; nothing was changed"),
    );
    for refused in &plan.refused {
        failure
            .causes
            .push(format!("{}: {}", refused.disk, refused.reason));
    }
    let hint = match plan.verb {
        DiskVerb::Attach if !plan.partial => {
            "fix what is refused; with --partial the rest is attached all the same"
        }
        _ => "fix what is refused, then run the same command again",
    };
    Ok(done.failed(failure.hint(hint)))
}

/// The end of a plan that was carried out.
pub(super) fn finished(context: &Context, report: &DiskReport) -> Result<Report, Failure> {
    let look = Look::of(&context.ui);
    let mut text = heading(look, "What was done");
    text.push_str(&disk_results(look, report));
    let done = result(report, false, text)?;
    Ok(match failure(done.exit, report) {
        Some(failure) => done.failed(failure),
        None => done,
    })
}

fn result(report: &DiskReport, dry_run: bool, text: String) -> Result<Report, Failure> {
    let mut done = Report::new(exit(report.outcome, &[]), report, text)?;
    done.fields.insert("dry_run".to_owned(), json!(dry_run));
    Ok(done)
}

/// What to say on stderr when not all of it was done.
fn failure(exit: Exit, report: &DiskReport) -> Option<Failure> {
    if exit == Exit::Done {
        return None;
    }
    let good = report.disks.iter().filter(|disk| disk.status.is_good());
    let (good, all) = (good.count(), report.disks.len());
    let message = match exit {
        Exit::Interrupted => "stopped on request before anything was changed".to_owned(),
        Exit::Privilege => "the account lacks a privilege for this; nothing was changed".to_owned(),
        Exit::Partial if report.verify_error.is_some() => {
            "what came of it could not be read in full".to_owned()
        }
        Exit::Partial => format!(
            "a part of it was done: {good} of {}",
            count(all + report.plan.refused.len(), "disk")
        ),
        _ => "it was not done; nothing was changed".to_owned(),
    };
    let mut failure = Failure::new(exit, message);
    if let Some(reason) = &report.failure {
        failure.causes.push(reason.clone());
    }
    if let Some(reason) = &report.verify_error {
        failure.causes.push(format!("reading back: {reason}"));
    }
    for disk in report.disks.iter().filter(|disk| !disk.status.is_good()) {
        failure.causes.push(told(disk));
    }
    for refused in &report.plan.refused {
        failure
            .causes
            .push(format!("{}: {}", refused.disk, refused.reason));
    }
    Some(failure.hint(
        "look with 'esxtool disks list', then run the same command again: it plans only what is still missing",
    ))
}

fn told(disk: &DiskResult) -> String {
    match &disk.detail {
        Some(detail) => format!("{}: {}: {detail}", disk.disk, disk.status),
        None => format!("{}: {}", disk.disk, disk.status),
    }
}
