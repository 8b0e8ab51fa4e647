//! `esxtool check`: the rules, read-only.

use esx_tools::ops::{self, CheckReport, VmSelector};
use esx_tools::report::Sheet;
use vsphere_client::Client;

use super::{Context, work::refused};
use crate::args::CheckArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{Look, findings, heading, subject, summary, verdicts};

/// Judges the VM.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    args: &CheckArgs,
) -> Result<Report, Failure> {
    let checked = ops::check(client, &VmSelector::parse(&args.vm))
        .await
        .map_err(refused)?;
    let text = text(Look::of(&context.ui), &checked);
    Ok(Report::new(exit(&checked), &checked, text)?.with_sheet(Sheet::of([&checked])))
}

fn exit(checked: &CheckReport) -> Exit {
    if checked.ready {
        Exit::Done
    } else {
        Exit::Blockers
    }
}

fn text(look: Look, checked: &CheckReport) -> String {
    let wrong = findings(look, &checked.judgements);
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
