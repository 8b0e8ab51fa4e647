//! What attaching, detaching and giving back disks show.

use esx_tools::disks::attach::Attach;
use esx_tools::disks::detach::Detach;
use esx_tools::disks::restore::Restore;
use esx_tools::disks::{DiskPlan, DiskResult, DiskVerb, DisksAfter, Refused};
use esx_tools::engine::{ChangeReport, Operation, Prepared, StepResult};
use esx_tools::site::Facts;

use crate::cmd::change::Shown;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::count;
use crate::view::{self, Look, disk_files, disk_plan, disk_results, heading, subject};

impl Shown for Attach {
    fn show_plan(look: Look, prepared: &Prepared<Self>) -> String {
        plan_of(look, &prepared.seen().facts, prepared.plan())
    }

    fn show_nothing_done(_: Look, prepared: &Prepared<Self>, _: bool) -> String {
        last_line(prepared.plan())
    }

    fn left_undone(prepared: &Prepared<Self>) -> Option<Failure> {
        left_undone(prepared.plan(), prepared.operation())
    }

    fn show_result(look: Look, report: &ChangeReport<Self>) -> String {
        done(look, &report.after, &report.plan)
    }

    fn part(report: &ChangeReport<Self>) -> String {
        part(&report.after, &report.plan)
    }

    fn causes(report: &ChangeReport<Self>) -> Vec<String> {
        causes(&report.steps, &report.after, &report.plan)
    }

    fn look_at(report: &ChangeReport<Self>) -> String {
        look_at(&report.plan)
    }
}

impl Shown for Detach {
    fn show_plan(look: Look, prepared: &Prepared<Self>) -> String {
        plan_of(look, &prepared.seen().facts, prepared.plan())
    }

    fn show_nothing_done(_: Look, prepared: &Prepared<Self>, _: bool) -> String {
        last_line(prepared.plan())
    }

    fn left_undone(prepared: &Prepared<Self>) -> Option<Failure> {
        left_undone(prepared.plan(), prepared.operation())
    }

    fn show_result(look: Look, report: &ChangeReport<Self>) -> String {
        done(look, &report.after, &report.plan)
    }

    fn part(report: &ChangeReport<Self>) -> String {
        part(&report.after, &report.plan)
    }

    fn causes(report: &ChangeReport<Self>) -> Vec<String> {
        causes(&report.steps, &report.after, &report.plan)
    }

    fn look_at(report: &ChangeReport<Self>) -> String {
        look_at(&report.plan)
    }
}

impl Shown for Restore {
    fn show_plan(look: Look, prepared: &Prepared<Self>) -> String {
        plan_of(look, &prepared.seen().located.facts, prepared.plan())
    }

    fn show_nothing_done(_: Look, prepared: &Prepared<Self>, _: bool) -> String {
        last_line(prepared.plan())
    }

    fn left_undone(prepared: &Prepared<Self>) -> Option<Failure> {
        left_undone(prepared.plan(), prepared.operation())
    }

    fn show_result(look: Look, report: &ChangeReport<Self>) -> String {
        let mut text = heading(look, "What was done");
        text.push_str(&view::steps(look, &report.steps));
        if let Some(after) = &report.after.located {
            text.push_str(&disk_files(look, after));
        }
        text
    }

    fn part(report: &ChangeReport<Self>) -> String {
        let good = report.steps.iter().filter(|step| step.status().is_good());
        let mut text = format!(
            "a part was done: {} of {} steps",
            good.count(),
            report.steps.len()
        );
        match report.plan.refused.len() {
            0 => {}
            1 => text.push_str(", and 1 disk was refused"),
            n => text.push_str(&format!(", and {n} disks were refused")),
        }
        text
    }

    fn causes(report: &ChangeReport<Self>) -> Vec<String> {
        causes(&report.steps, &DisksAfter::default(), &report.plan)
    }

    fn look_at(report: &ChangeReport<Self>) -> String {
        look_at(&report.plan)
    }
}

fn plan_of(look: Look, facts: &Facts, plan: &DiskPlan) -> String {
    subject(look, facts) + &disk_plan(look, plan)
}

fn last_line(plan: &DiskPlan) -> String {
    let last = match (plan.is_empty(), plan.refused.is_empty()) {
        (true, true) => "Nothing to do.",
        (true, false) => "Nothing was changed.",
        (false, true) => "Dry run: nothing was changed.",
        (false, false) => "Dry run: nothing was changed. The plan leaves out what is refused.",
    };
    format!("\n{last}\n")
}

/// Everything that was named is refused.
fn left_undone(plan: &DiskPlan, operation: &impl Operation) -> Option<Failure> {
    if plan.refused.is_empty() {
        return None;
    }
    let verb = match plan.verb {
        DiskVerb::Attach => "attached",
        DiskVerb::Detach => "detached",
        DiskVerb::Restore => "given back",
    };
    let exit = match operation.without_a_change() {
        esx_tools::engine::Outcome::NotPermitted => Exit::Privilege,
        _ => Exit::Blockers,
    };
    let mut failure = Failure::new(exit, format!("no disk was {verb}; nothing was changed"));
    failure.causes = plan.refused.iter().map(refusal).collect();
    Some(failure.hint(match plan.verb {
        DiskVerb::Attach if !plan.partial => {
            "fix what is refused; with --partial the rest is attached all the same"
        }
        _ => "fix what is refused, then run the same command again",
    }))
}

fn done(look: Look, after: &DisksAfter, plan: &DiskPlan) -> String {
    heading(look, "What was done") + &disk_results(look, &after.disks, &plan.refused)
}

fn part(after: &DisksAfter, plan: &DiskPlan) -> String {
    let good = after.disks.iter().filter(|disk| disk.status.is_good());
    format!(
        "a part of it was done: {} of {}",
        good.count(),
        count(after.disks.len() + plan.refused.len(), "disk")
    )
}

fn causes(steps: &[StepResult], after: &DisksAfter, plan: &DiskPlan) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    let wrong = steps.iter().filter(|step| !step.status().is_good());
    for step in wrong {
        let line = format!(
            "{}: {}: {}",
            step.title,
            step.status(),
            step.detail().unwrap_or("no reason is known")
        );
        causes.push(line);
    }
    let said = |disk: &DiskResult| {
        let mut of_steps = steps.iter().filter_map(StepResult::detail);
        of_steps.any(|detail| Some(detail) == disk.detail.as_deref())
    };
    for disk in after.disks.iter().filter(|disk| !disk.status.is_good()) {
        // What stands in the line of the step is not said again for each disk.
        causes.push(match &disk.detail {
            Some(detail) if !said(disk) => format!("{}: {}: {detail}", disk.disk, disk.status),
            _ => format!("{}: {}", disk.disk, disk.status),
        });
    }
    causes.extend(plan.refused.iter().map(refusal));
    causes
}

fn refusal(refused: &Refused) -> String {
    format!("{}: {}", refused.disk, refused.reason)
}

fn look_at(plan: &DiskPlan) -> String {
    let target = &plan.master_target_name;
    format!(
        "look at the recent tasks of {target} in the vSphere Client and at 'esxtool disks list {target}', and power on no VM whose disk may be attached there"
    )
}
