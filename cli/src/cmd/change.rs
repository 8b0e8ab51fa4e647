//! The commands that change a VM: look, plan, ask, carry out, look again.
//!
//! `prepare-master-target`, `snapshots consolidate` and `storage-vmotion exclude|include` differ in the scope of
//! the plan and in what they show of the state.

use esx_tools::apply::Outcome;
use esx_tools::ops::{self, CheckReport, PrepareOptions, PrepareReport, Prepared, VmSelector};
use esx_tools::plan::Scope;
use esx_tools::report::Sheet;
use serde_json::json;
use vsphere_client::Client;

use super::{Context, work};
use crate::args::Confirm;
use crate::ask::consent;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{self, Look};

/// Does the job.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    vm: &str,
    scope: Scope,
    confirm: Confirm,
) -> Result<Report, Failure> {
    run_with(context, client, vm, &PrepareOptions::only(scope), confirm).await
}

/// Does the job with options of its own.
pub(crate) async fn run_with(
    context: &Context,
    client: &Client,
    vm: &str,
    options: &PrepareOptions,
    confirm: Confirm,
) -> Result<Report, Failure> {
    let ui = &context.ui;
    let look = Look::of(ui);
    let scope = options.scope;
    let prepared = ops::plan_prepare(client, &VmSelector::parse(vm), options)
        .await
        .map_err(work::refused)?;
    let head = before(look, &prepared);
    if confirm.dry_run || prepared.plan.is_empty() {
        return planned(look, prepared, head, confirm.dry_run);
    }
    // Shown before the work begins, and wherever somebody who is asked can see it.
    if !ui.for_program() {
        ui.out(&head);
    }
    if !confirm.yes {
        if ui.for_program() || !ui.stdout_is_terminal() {
            ui.err(&before(Look::of_stderr(ui), &prepared));
        }
        if !consent(ui, &context.interrupts, "Carry out this plan?").await? {
            return Err(work::declined());
        }
    }
    let plan = prepared.plan.clone();
    let report = work::attended(context, &plan.steps, async |progress, interrupt| {
        ops::apply_prepare(client, prepared, progress, interrupt).await
    })
    .await
    .map_err(work::refused)?;
    finished(look, scope, &report)
}

/// The state as found, and the plan.
fn before(look: Look, prepared: &Prepared) -> String {
    let (checked, plan) = (&prepared.before, &prepared.plan);
    let mut text = view::subject(look, &checked.facts);
    match plan.scope {
        Scope::Prepare => {
            let wrong = view::findings(look, &checked.judgements);
            if !wrong.is_empty() {
                text.push_str(&view::heading(look, "What is wrong"));
                text.push_str(&wrong);
            }
        }
        Scope::Exclude | Scope::Include => {
            text.push_str(&view::heading(look, "Kept from Storage vMotion"));
            text.push_str(&view::layers(look, &checked.exclusion));
        }
        Scope::Consolidate => {}
    }
    if !plan.is_empty() {
        text.push_str(&view::heading(look, &view::title(plan)));
        text.push_str(&view::plan(look, plan));
    }
    if !plan.already.is_empty() {
        text.push_str(&view::heading(look, "Already so"));
        text.push_str(&view::already(look, &plan.already));
    }
    if !plan.unfixable.is_empty() {
        text.push_str(&view::heading(look, "Not in the plan"));
        text.push_str(&view::unfixable(look, &plan.unfixable));
    }
    text
}

/// The end without a change: a dry run, or nothing to do.
fn planned(look: Look, prepared: Prepared, head: String, dry_run: bool) -> Result<Report, Failure> {
    let (empty, left) = (prepared.plan.is_empty(), left_out(&prepared));
    let last = match (empty, left) {
        (false, _) if prepared.plan.scope != Scope::Prepare => "Dry run: nothing was changed.",
        (true, false) => "Nothing to do.",
        (true, true) => "Nothing that esxtool can fix.",
        (false, false) => "Dry run: nothing was changed. The plan fixes everything that blocks.",
        (false, true) => "Dry run: nothing was changed. The plan leaves blockers.",
    };
    let mut text = head;
    text.push('\n');
    if prepared.plan.scope == Scope::Prepare {
        text.push_str(&view::summary(look, &prepared.before.judgements));
    }
    text.push_str(&format!("{last}\n"));
    let refused = if empty && !dry_run {
        work::not_permitted(&prepared.plan)
    } else {
        None
    };
    let outcome = match (&refused, left) {
        (Some(_), _) => Outcome::NotPermitted,
        (None, true) => Outcome::BlockersRemain,
        (None, false) => Outcome::Ready,
    };
    let Prepared { before, plan } = prepared;
    let report = PrepareReport {
        // With nothing to do, what was found is what is there.
        after: (!dry_run).then(|| before.clone()),
        before,
        plan,
        steps: Vec::new(),
        verify_error: None,
        replanned: Vec::new(),
        needs_power_cycle: false,
        outcome,
    };
    let done = result(&report, dry_run, text)?;
    Ok(match refused {
        Some(failure) => done.failed(failure),
        None => done,
    })
}

/// The result in both forms. Every end of these commands has the same fields.
fn result(report: &PrepareReport, dry_run: bool, text: String) -> Result<Report, Failure> {
    let exit = view::exit(report.outcome, &report.steps);
    let mut done = Report::new(exit, report, text)?;
    done.fields.insert("dry_run".to_owned(), json!(dry_run));
    done.sheet = Some(Sheet::of_work(report));
    Ok(done)
}

/// Whether something that blocks is left out of the plan.
fn left_out(prepared: &Prepared) -> bool {
    let plan = &prepared.plan;
    if plan.scope != Scope::Prepare {
        return !plan.unfixable.is_empty();
    }
    // What was asked for by name counts like a blocker.
    if plan.unfixable.iter().any(|one| one.asked) {
        return true;
    }
    prepared
        .before
        .judgements
        .iter()
        .filter(|judgement| judgement.blocks())
        .any(|judgement| {
            let in_plan = plan
                .steps
                .iter()
                .any(|step| step.fixes.contains(&judgement.rule));
            !in_plan
                || plan
                    .unfixable
                    .iter()
                    .any(|one| one.finding.rule == judgement.rule)
        })
}

/// The end of a plan that was carried out.
fn finished(look: Look, scope: Scope, report: &PrepareReport) -> Result<Report, Failure> {
    let mut text = view::heading(look, "What was done");
    text.push_str(&view::steps(look, &report.steps));
    match (&report.after, &report.verify_error) {
        (Some(after), _) => text.push_str(&verified(look, scope, after)),
        (None, Some(error)) => {
            text.push_str(&view::heading(look, "Not verified"));
            text.push_str(&view::hang(
                look,
                "  ",
                2,
                &format!("the result could not be read back: {error}"),
            ));
        }
        (None, None) => {}
    }
    if report.needs_power_cycle {
        let lead = format!("{}: ", look.paint.careful("POWER CYCLE"));
        let what = "a part of the result counts only after the VM was switched off and on; do that before the failback";
        text.push_str(&view::hang(look, &lead, 13, what));
    }
    let done = result(report, false, text)?;
    Ok(match work::failure(done.exit, report) {
        Some(failure) => done.failed(failure),
        None => done,
    })
}

/// What is there now.
fn verified(look: Look, scope: Scope, after: &CheckReport) -> String {
    let mut text = String::new();
    if scope == Scope::Prepare {
        text.push_str(&view::heading(look, "Rules, checked again"));
        text.push_str(&view::verdicts(look, &after.judgements));
    }
    if scope == Scope::Consolidate {
        text.push('\n');
        text.push_str(view::consolidation(&after.facts.master_target));
    } else {
        text.push_str(&view::heading(look, "Kept from Storage vMotion"));
        text.push_str(&view::layers(look, &after.exclusion));
    }
    if scope == Scope::Prepare {
        let left = view::findings(look, &after.judgements);
        if !left.is_empty() {
            text.push_str(&view::heading(look, "What remains"));
            text.push_str(&left);
        }
        text.push('\n');
        text.push_str(&view::summary(look, &after.judgements));
    }
    text
}
