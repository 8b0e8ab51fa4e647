//! `esxtool prepare-master-target`, and its parts: `snapshots consolidate`, `storage-vmotion exclude|include`.
//!
//! They differ in the scope of the plan and in what they show of the state.

use esx_tools::engine::{ChangeReport, Prepared};
use esx_tools::ops::{self, CheckReport, Prepare, PrepareOptions, VmSelector};
use esx_tools::plan::{Scope, UnfixableCause};
use esx_tools::report::Sheet;
use vsphere_client::Client;

use super::Context;
use super::change::{self, Shown};
use super::work::refused;
use crate::args::Confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{self, Look};

/// Does one part of the job.
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
    let prepared = ops::prepare(client, &VmSelector::parse(vm), options)
        .await
        .map_err(refused)?;
    change::run(context, client, prepared, confirm).await
}

impl Shown for Prepare {
    fn show_plan(look: Look, prepared: &Prepared<Self>) -> String {
        plan_of(look, prepared)
    }

    fn show_nothing_done(look: Look, prepared: &Prepared<Self>, _: bool) -> String {
        let operation = prepared.operation();
        let scope = prepared.plan().scope;
        let last = match (prepared.is_empty(), operation.leaves_blockers()) {
            (false, _) if scope != Scope::Prepare => "Dry run: nothing was changed.",
            (true, false) => "Nothing to do.",
            (true, true) if scope != Scope::Prepare && prepared.plan().unfixable.is_empty() => {
                "Nothing that esxtool can do: what keeps the VM from Storage vMotion is not known."
            }
            (true, true) => "Nothing that esxtool can fix.",
            (false, false) => {
                "Dry run: nothing was changed. The plan fixes everything that blocks."
            }
            (false, true) => "Dry run: nothing was changed. The plan leaves blockers.",
        };
        let summary = match scope {
            Scope::Prepare => view::summary(look, &operation.before.judgements),
            _ => String::new(),
        };
        format!("\n{summary}{last}\n")
    }

    /// A plan that is empty because the account may do none of it.
    fn left_undone(prepared: &Prepared<Self>) -> Option<Failure> {
        let unfixable = prepared.plan().unfixable.iter();
        let mut reasons: Vec<String> = Vec::new();
        for one in unfixable {
            let lacks = matches!(one.cause, UnfixableCause::NotPermitted { .. });
            if lacks && !reasons.contains(&one.reason) {
                reasons.push(one.reason.clone());
            }
        }
        if reasons.is_empty() {
            return None;
        }
        let mut failure = Failure::new(
            Exit::Privilege,
            "the account lacks the privileges for what is to be fixed; nothing was changed",
        );
        failure.causes = reasons;
        Some(failure.hint("grant the account the role Azure_Site_Recovery with the privileges above, or use another account"))
    }

    fn show_result(look: Look, report: &ChangeReport<Self>) -> String {
        let mut text = view::heading(look, "What was done");
        text.push_str(&view::steps(look, &report.steps));
        match (&report.after.after, &report.verify_error) {
            (Some(after), _) => text.push_str(&verified(look, report.plan.scope, after)),
            (None, Some(error)) => {
                text.push_str(&view::heading(look, "Not verified"));
                let line = format!("the result could not be read back: {error}");
                text.push_str(&view::hang(look, "  ", 2, &line));
            }
            (None, None) => {}
        }
        if report.after.needs_power_cycle {
            let lead = format!("{}: ", look.paint.careful("POWER CYCLE"));
            let what = format!(
                "disk.EnableUUID is set and has no effect before the next power cycle; \
                 'esxtool prepare-master-target {} --power-cycle' finishes it",
                report.plan.master_target_name
            );
            text.push_str(&view::hang(look, &lead, 13, &what));
        }
        text
    }

    fn look_at(report: &ChangeReport<Self>) -> String {
        let vm = &report.plan.master_target_name;
        format!("look at the recent tasks of {vm} in the vSphere Client")
    }

    fn sheet(report: &ChangeReport<Self>) -> Option<Sheet> {
        Some(Sheet::of_work(report))
    }
}

/// The state as found, and the plan.
fn plan_of(look: Look, prepared: &Prepared<Prepare>) -> String {
    let (checked, plan) = (&prepared.operation().before, prepared.plan());
    let mut text = view::subject(look, &checked.facts);
    match plan.scope {
        Scope::Prepare => {
            let wrong =
                view::findings(look, &checked.facts.master_target.name, &checked.judgements);
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
        let left = view::findings(look, &after.facts.master_target.name, &after.judgements);
        if !left.is_empty() {
            text.push_str(&view::heading(look, "What remains"));
            text.push_str(&left);
        }
        text.push('\n');
        text.push_str(&view::summary(look, &after.judgements));
    }
    text
}
