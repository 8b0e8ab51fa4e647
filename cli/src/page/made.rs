//! What was done, and how the report came about.

use esx_tools::engine::StepStatus;
use esx_tools::report::{Cell, Sheet, WorkDone};
use maud::{Markup, html};

use super::parts::{Level, columns, head, scroll, state};

/// What the page says about the run itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunFacts {
    /// The command, as typed.
    pub(crate) command: &'static str,
    /// Address of the server.
    pub(crate) url: Option<String>,
    /// Calls made, login and logout included.
    pub(crate) calls: Option<u64>,
}

/// What became of each step.
pub(super) fn work(work: &WorkDone, level: Level) -> Markup {
    let lead = match &work.stale {
        Some(why) => format!("What came after could not be read back ({why}): the rest of this page shows what was there before."),
        None if work.needs_power_cycle => "The rest of this page shows what was read back afterwards. A part of it takes effect only after the next power cycle.".to_owned(),
        None => "The rest of this page shows what was read back afterwards.".to_owned(),
    };
    let table = html! {
        table {
            (columns(&["Step", "Result", "On", "Detail"]))
            tbody { @for step in &work.steps { tr {
                th scope="row" { (step.title) }
                td.nowrap { (state(cell(step.status()), step.status())) }
                td { (step.object) }
                td { (step.detail().unwrap_or("")) }
            } } }
        }
    };
    html! { (head(level, "What was done", lead)) (scroll("Steps", &table)) }
}

fn cell(status: StepStatus) -> Cell {
    match status {
        StepStatus::Done | StepStatus::Already => Cell::Holds,
        StepStatus::Skipped => Cell::NotApplicable,
        StepStatus::NotTaken | StepStatus::NotSupported | StepStatus::NotPermitted => Cell::Warning,
        StepStatus::Unknown => Cell::Unknown,
        StepStatus::Refused | StepStatus::NotSent => Cell::Blocker,
    }
}

/// Server, account, time, version.
pub(super) fn made(sheet: &Sheet, run: &RunFacts) -> Markup {
    let made = &sheet.made;
    let gathered = made.gathered_at.strftime("%Y-%m-%d %H:%M:%S UTC");
    let calls = |calls| format!("{calls}, login and logout included");
    let program = format!("esxtool {}, {}", env!("CARGO_PKG_VERSION"), run.command);
    let rows = [
        ("Server", Some(made.server.clone())),
        ("Address", run.url.clone()),
        ("vCenter", made.instance_uuid.clone()),
        ("Account", made.account.clone()),
        ("Facts gathered", Some(gathered.to_string())),
        ("Server calls", run.calls.map(calls)),
        ("Made by", Some(program)),
    ];
    html! {
        section id="made" {
            (head(
                Level::Two,
                "How this was made",
                "From what the server told one account at one moment. Check again before the failback.",
            ))
            dl.made.sheet {
                @for (name, value) in rows {
                    @if let Some(value) = value { dt { (name) } dd { (value) } }
                }
            }
        }
    }
}
