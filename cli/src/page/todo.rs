//! What to do: every finding with its remedy and what was seen.

use esx_tools::report::{Cell, TargetSheet, Task};
use esx_tools::rules::Finding;
use maud::{Markup, html};

use super::parts::{Level, head, icon, pairs, tone};
use crate::output::count;

/// More findings of one rule than these are folded away.
const SHOWN: usize = 3;

pub(super) fn todo(target: &TargetSheet, level: Level) -> Markup {
    let lead = |lead: &str| head(level, "What to do", lead);
    if target.tasks.is_empty() {
        return lead("Nothing. Start reprotect in the Azure portal.");
    }
    let blocking = target.tasks.iter().filter(|task| task.blocks).count();
    let first = format!("The first {blocking} have to be solved before the failback.");
    let first = match blocking {
        0 => "Nothing here keeps the failback from starting.",
        n if n == target.tasks.len() => "Everything here has to be solved before the failback.",
        1 => "The first has to be solved before the failback.",
        _ => &first,
    };
    html! {
        (lead(first))
        ol.tasks.sheet { @for task in &target.tasks { (one(task, target, level.below())) } }
        @if target.tasks.iter().any(Task::has_fix) {
            div.next.sheet {
                p { "esxtool shows what it would fix, and changes nothing, with" }
                code { "esxtool prepare-master-target " (shell(target)) " --dry-run" }
            }
        }
    }
}

fn one(task: &Task, target: &TargetSheet, level: Level) -> Markup {
    let (shown, rest) = task.findings.split_at(task.findings.len().min(SHOWN));
    let unknown = if task.findings.is_empty() {
        "Nobody could judge this"
    } else {
        "A part of this nobody could judge"
    };
    html! {
        li.task.(tone(task.cell)) {
            div.badge { (icon(task.cell)) }
            div {
                div.meta {
                    span.level { (level_word(task)) }
                    span { "Rule " (task.number) " " code { (task.rule) } }
                    span { "demands that " (task.title) }
                }
                @if let Some(reason) = &task.reason {
                    div.finding { (level.heading(unknown)) p { (reason) } }
                }
                @for one in shown { (finding(one, target, level)) }
                @if !rest.is_empty() {
                    details {
                        summary { (count(rest.len(), "further finding")) }
                        @for one in rest { (finding(one, target, level)) }
                    }
                }
            }
        }
    }
}

fn level_word(task: &Task) -> &'static str {
    match task.cell {
        Cell::Blocker => "Blocker",
        Cell::Warning => "Warning",
        Cell::Unknown if task.blocks => "Unknown, blocks",
        Cell::Unknown => "Unknown",
        _ => "Info",
    }
}

fn finding(finding: &Finding, target: &TargetSheet, level: Level) -> Markup {
    let title = if finding.object == target.name {
        sentence(&finding.summary)
    } else {
        format!("{}: {}", finding.object, finding.summary)
    };
    let evidence = finding.evidence.iter();
    html! {
        div.finding {
            (level.heading(title))
            p.remedy {
                @if finding.fix.is_some() {
                    b.who.is-holds { "esxtool can:" }
                } @else {
                    b.who { "You have to:" }
                }
                " " (finding.remedy)
            }
            @if let Some(codes) = finding.portal() {
                p.portal { "The portal would have shown " (codes) }
            }
            @if !finding.evidence.is_empty() {
                dl.seen aria-label="Seen" { (pairs(evidence.map(|seen| (&*seen.name, &*seen.value)))) }
            }
        }
    }
}

/// A fragment as the start of a line: a plain word gets its capital, a name or a setting stays as it is.
fn sentence(fragment: &str) -> String {
    let word = fragment.split(' ').next().unwrap_or_default();
    let mut chars = fragment.chars();
    match chars.next() {
        Some(first) if word != "esxtool" && word.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            first.to_uppercase().chain(chars).collect()
        }
        _ => fragment.to_owned(),
    }
}

/// The VM as an argument that needs no quotes: its name, or its reference where the name would need some.
fn shell(target: &TargetSheet) -> &str {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let reference = target
        .matrix
        .columns
        .first()
        .map_or("VM", |column| column.moref.value.as_str());
    if target.name.chars().all(plain) && !target.name.starts_with('-') {
        &target.name
    } else {
        reference
    }
}
