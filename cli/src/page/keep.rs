//! When the page is claimed and when it is written.

use serde_json::json;

use super::{PageFile, RunFacts, page};
use crate::args::{Cli, Command, Format};
use crate::cmd;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;

/// Looks before anything is contacted whether the result can be given in the forms that were asked for.
///
/// # Errors
/// A usage error: JUnit of a command that judges nothing, a form of lists of one that lists nothing, a condition that
/// cannot be read, or a file that must not be replaced.
pub(crate) fn claim(cli: &Cli) -> Result<Option<PageFile>, Failure> {
    let page = cli.command.page();
    if cli.output.output == Format::Junit && page.is_none() {
        let message = format!(
            "`{}` judges nothing, so it has no JUnit form",
            cli.command.name()
        );
        return Err(Failure::usage(message).hint("use --output json"));
    }
    if let Command::Inventory(args) = &cli.command {
        cmd::inventory::look_over(args)?;
    } else if cli.output.output.lists_only() {
        let message = format!(
            "`{}` has no {} form; only the lists of `inventory` have",
            cli.command.name(),
            cli.output.output.word()
        );
        return Err(Failure::usage(message).hint("use --output table or --output json"));
    }
    page.and_then(|page| page.report.as_deref())
        .map(PageFile::claim)
        .transpose()
}

/// Writes the page when one was asked for. That it cannot be written does not undo the result, but ends with a failure.
pub(crate) fn keep(
    context: &Context,
    command: &'static str,
    file: Option<&PageFile>,
    mut report: Report,
) -> Report {
    let (Some(file), Some(sheet)) = (file, &report.sheet) else {
        return report;
    };
    let run = RunFacts {
        command,
        url: context.url(),
        calls: context.calls(),
    };
    match file.write(&page(sheet, &run)) {
        Ok(()) => {
            let path = file.path().display().to_string();
            context.ui.say(&format!("report written to {path}"));
            report.fields.insert("report".to_owned(), json!(path));
            report
        }
        Err(failure) if report.failure.is_some() => {
            context.ui.fail(&failure);
            report
        }
        Err(mut failure) => {
            let changed = sheet.targets.iter().any(|target| target.work.is_some());
            if changed {
                failure.exit = Exit::Partial;
            }
            report.failed(failure)
        }
    }
}
