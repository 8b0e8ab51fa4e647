//! What was done, and how the report came about.

use esx_tools::apply::StepStatus;
use esx_tools::report::{Cell, Sheet, Work};

use super::markup::{Level, Markup};
use super::{Run, head};

/// What became of each step.
pub(super) fn work(out: &mut Markup, work: &Work, level: Level) {
    let lead = match &work.stale {
        Some(why) => format!("What came after could not be read back ({why}): the rest of this page shows what was there before."),
        None if work.needs_power_cycle => "The rest of this page shows what was read back afterwards. A part of it counts only after the VM was switched off and on.".to_owned(),
        None => "The rest of this page shows what was read back afterwards.".to_owned(),
    };
    head(out, level, "What was done", lead);
    out.raw(
        "<div class=\"sheet scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Steps\"><table>",
    );
    out.columns(&["Step", "Result", "On", "Detail"]);
    out.raw("<tbody>\n");
    for step in &work.steps {
        let cell = match step.status {
            StepStatus::Done | StepStatus::Satisfied => Cell::Holds,
            StepStatus::Skipped => Cell::NotApplicable,
            StepStatus::NotTaken | StepStatus::NotSupported | StepStatus::NotPermitted => {
                Cell::Warning
            }
            StepStatus::Unfinished => Cell::Unknown,
            StepStatus::Failed => Cell::Blocker,
        };
        out.wrap(
            "<tr><th scope=\"row\">",
            &step.title,
            "</th><td class=\"nowrap\">",
        );
        out.state(cell, step.status);
        out.wrap("</td><td>", &step.object, "</td>");
        out.wrap("<td>", step.detail.as_deref().unwrap_or(""), "</td></tr>\n");
    }
    out.raw("</tbody></table></div>\n");
}

/// Server, account, time, version.
pub(super) fn made(out: &mut Markup, sheet: &Sheet, run: &Run) {
    let made = &sheet.made;
    out.raw("<section id=\"made\">\n");
    head(
        out,
        Level::Two,
        "How this was made",
        "From what the server told one account at one moment. Check again before the failback.",
    );
    let rows = [
        ("Server", Some(made.server.clone())),
        ("Address", run.url.clone()),
        ("vCenter", made.instance_uuid.clone()),
        ("Account", made.account.clone()),
        (
            "Facts gathered",
            Some(
                made.gathered_at
                    .strftime("%Y-%m-%d %H:%M:%S UTC")
                    .to_string(),
            ),
        ),
        (
            "Server calls",
            run.calls
                .map(|calls| format!("{calls}, login and logout included")),
        ),
        (
            "Made by",
            Some(format!(
                "esxtool {}, {}",
                env!("CARGO_PKG_VERSION"),
                run.command
            )),
        ),
    ];
    out.raw("<dl class=\"made sheet\">");
    for (name, value) in rows {
        if let Some(value) = value {
            out.wrap("<dt>", name, "</dt>").wrap("<dd>", value, "</dd>");
        }
    }
    out.raw("</dl>\n</section>\n");
}
