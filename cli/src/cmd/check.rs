//! `esxtool check`: the rules, read-only.

use esx_tools::ops::{self, CheckOptions, CheckReport, Checked, VmSelector};
use esx_tools::report::Sheet;
use serde_json::json;
use vsphere_client::Client;

use super::{Context, work::refused};
use crate::args::CheckArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{Look, findings, heading, pairings, subject, summary, verdicts};

/// Judges the VMs.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    args: &CheckArgs,
    options: &CheckOptions,
) -> Result<Report, Failure> {
    let vms: Vec<VmSelector> = args.vms.iter().map(|vm| VmSelector::parse(vm)).collect();
    let checked = ops::check_all(client, &vms, options)
        .await
        .map_err(refused)?;
    let look = Look::of(&context.ui);
    let sheet = Sheet::of_checked(&checked);
    let exit = if checked.ready() {
        Exit::Done
    } else {
        Exit::Blockers
    };
    let report = match (checked.targets.as_slice(), checked.pairings.is_empty()) {
        ([only], true) => Report::new(exit, only, text(look, only))?,
        _ => several(look, exit, &checked)?,
    };
    Ok(report.with_sheet(sheet))
}

/// Several master targets, or groups to be held against one.
fn several(look: Look, exit: Exit, checked: &Checked) -> Result<Report, Failure> {
    let mut result = String::new();
    for target in &checked.targets {
        result.push_str(&text(look, target));
        result.push('\n');
    }
    if !checked.pairings.is_empty() {
        result.push_str(&heading(look, "Which group fits where"));
        result.push_str(&pairings(look, checked));
    }
    let fields = json!({
        "ready": checked.ready(),
        "targets": checked.targets,
        "pairings": checked.pairings,
    });
    Report::new(exit, &fields, result)
}

fn text(look: Look, checked: &CheckReport) -> String {
    let wrong = findings(look, &checked.facts.master_target.name, &checked.judgements);
    let mut text = subject(look, &checked.facts);
    if !wrong.is_empty() {
        text.push_str(&heading(look, "What is wrong"));
        text.push_str(&wrong);
    }
    text.push_str(&heading(look, "Rules"));
    text.push_str(&verdicts(look, &checked.judgements));
    text.push('\n');
    text.push_str(&summary(look, &checked.judgements));
    text
}
