//! The answer: ready or not, and what it rests on.

use esx_tools::report::{Cell, Sheet, Tally, TargetSheet, Task};
use maud::{Markup, html};

use super::parts::{Level, columns, icon, pairs, state, tone};
use crate::output::count;
use crate::view::moment;

/// The title of the page.
pub(super) fn title(sheet: &Sheet) -> String {
    format!("{} - esxtool", answer(sheet))
}

fn answer(sheet: &Sheet) -> String {
    let groups = sheet.groups();
    if !groups.is_empty() {
        let ready = groups
            .iter()
            .filter(|group| sheet.is_assigned(group))
            .count();
        if let [only] = groups.as_slice() {
            return match ready {
                0 => format!("Replication group {only} cannot be reprotected yet"),
                _ => format!("Replication group {only} can be reprotected"),
            };
        }
        let all = count(groups.len(), "replication group");
        return match ready {
            0 => format!("None of {all} can be reprotected"),
            _ if ready == groups.len() => format!("All of {all} can be reprotected"),
            _ => format!("{ready} of {all} can be reprotected"),
        };
    }
    match sheet.targets.as_slice() {
        [one] => sentence(one),
        several => {
            let ready = several.iter().filter(|target| target.ready).count();
            let all = count(several.len(), "master target");
            match ready {
                0 => format!("None of {all} is ready for failback"),
                _ if ready == several.len() => format!("All of {all} are ready for failback"),
                1 => format!("1 of {all} is ready for failback"),
                _ => format!("{ready} of {all} are ready for failback"),
            }
        }
    }
}

fn sentence(target: &TargetSheet) -> String {
    if target.ready {
        format!("{} is ready for failback", target.name)
    } else {
        format!("{} is not ready for failback", target.name)
    }
}

/// The head of the page.
pub(super) fn header(sheet: &Sheet) -> Markup {
    let single = match sheet.targets.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    html! {
        header.verdict { div.wrap {
            div.brand {
                span { b { "esxtool" } " failback report" }
                span { (moment(sheet.made.gathered_at)) }
            }
            div.answer {
                (seal(sheet.ready))
                div {
                    (Level::One.heading(answer(sheet)))
                    @if let Some(target) = single { (lead(target)) }
                }
            }
            @if let Some(target) = single {
                (strip(&target.tally))
                (about(target))
                (jump(target))
            } @else {
                (targets(sheet))
            }
        } }
    }
}

fn targets(sheet: &Sheet) -> Markup {
    let rules = if sheet.pairings.is_empty() {
        "Rules"
    } else {
        "Rules, with everything that was named at once"
    };
    html! {
        div.sheet.scroll.targets tabindex="0" role="region" aria-label="Master targets" { table {
            (columns(&["Master target", "Verdict", rules]))
            tbody { @for (index, target) in sheet.targets.iter().enumerate() { tr {
                th scope="row" { a href={ "#t" (index) } { (target.name) } }
                td {
                    @if target.ready {
                        (state(Cell::Holds, "ready"))
                    } @else {
                        (state(Cell::Blocker, "not ready"))
                    }
                }
                td { (numbers(&target.tally)) }
            } } }
        } }
    }
}

/// The head of one master target among several.
pub(super) fn target(target: &TargetSheet) -> Markup {
    html! {
        header {
            div.answer {
                (seal(target.ready))
                div { (Level::Two.heading(sentence(target))) (lead(target)) }
            }
            (strip(&target.tally))
            (about(target))
        }
    }
}

fn seal(ready: bool) -> Markup {
    let cell = if ready { Cell::Holds } else { Cell::Blocker };
    html! { div.seal.(tone(cell)) { (icon(cell)) } }
}

/// What stands in the way, in one sentence for somebody who reads no further.
fn lead(target: &TargetSheet) -> Markup {
    let blocking: Vec<&Task> = target.tasks.iter().filter(|task| task.blocks).collect();
    html! {
        p {
            @match (blocking.len(), target.tasks.len() - blocking.len()) {
                (0, 0) => "Every rule that applies is met.",
                (0, 1) => "Nothing blocks. One thing is worth a look.",
                (0, others) => { "Nothing blocks. " (others) " things are worth a look." }
                (1, _) => { b { "1 rule stands in the way." } " " (who(&blocking)) }
                (rules, _) => { b { (rules) " rules stand in the way." } " " (who(&blocking)) }
            }
        }
    }
}

/// Who has to act on what blocks.
fn who(blocking: &[&Task]) -> String {
    let number = |wanted: fn(&Task) -> bool| blocking.iter().filter(|task| wanted(task)).count();
    let fixable = number(Task::is_fixable);
    let unknown = number(|task| task.cell == Cell::Unknown);
    let by_hand = blocking.len().saturating_sub(fixable + unknown);
    if fixable == blocking.len() {
        return match fixable {
            1 => "esxtool can fix it.".to_owned(),
            n => format!("esxtool can fix all {n}."),
        };
    }
    let mut parts = Vec::new();
    if fixable > 0 {
        parts.push(format!("esxtool can fix {fixable}"));
    }
    match by_hand {
        0 => {}
        1 => parts.push("1 needs a person".to_owned()),
        n => parts.push(format!("{n} need a person")),
    }
    if unknown > 0 {
        parts.push(format!("{unknown} could not be judged"));
    }
    format!("{}.", parts.join(", "))
}

/// One tick for each rule, the worst first, and the numbers beneath.
fn strip(tally: &Tally) -> Markup {
    html! {
        ul.strip aria-hidden="true" {
            @for (cell, number) in tally.each() { @for _ in 0..number { li.(tone(cell)) {} } }
        }
        ul.tally aria-label="Answers of the rules" {
            @for (cell, number) in tally.each().filter(|(_, number)| *number > 0) {
                li.(tone(cell)) {
                    (icon(cell)) span { b { (number) } " " (plural(cell, number)) }
                }
            }
        }
    }
}

fn plural(cell: Cell, number: usize) -> &'static str {
    match (cell, number) {
        (Cell::Blocker, 1) => "blocker",
        (Cell::Blocker, _) => "blockers",
        (Cell::Warning, 1) => "warning",
        (Cell::Warning, _) => "warnings",
        (Cell::Holds, 1) => "rule holds",
        (Cell::Holds, _) => "rules hold",
        (other, _) => other.word(),
    }
}

fn numbers(tally: &Tally) -> String {
    let parts: Vec<String> = tally
        .each()
        .filter(|(_, number)| *number > 0)
        .map(|(cell, number)| format!("{number} {}", plural(cell, number)))
        .collect();
    parts.join(", ")
}

fn about(target: &TargetSheet) -> Markup {
    let rows = target.about.iter();
    html! { dl.about { (pairs(rows.map(|(name, value)| (*name, value.as_str())))) } }
}

fn jump(target: &TargetSheet) -> Markup {
    let done = target
        .work
        .is_some()
        .then_some(("t0-done", "What was done"));
    let sections = [
        ("t0-todo", "What to do"),
        ("t0-rules", "Rules"),
        ("t0-slots", "Slots for disks"),
        ("t0-mounts", "Datastores"),
        ("t0-layers", "Storage vMotion"),
        ("made", "How this was made"),
    ];
    html! {
        nav.jump aria-label="Sections" { ul {
            @for (id, name) in done.into_iter().chain(sections) {
                li { a href={ "#" (id) } { (name) } }
            }
        } }
    }
}
