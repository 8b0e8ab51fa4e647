//! The answer: ready or not, and what it rests on.

use esx_tools::report::{Cell, Sheet, Tally, TargetSheet, Task};

use super::markup::{Level, Markup};
use crate::output::count;
use crate::view::moment;

/// The title of the page.
pub(super) fn title(sheet: &Sheet) -> String {
    format!("{} - esxtool", answer(sheet))
}

fn answer(sheet: &Sheet) -> String {
    let groups = sheet.groups();
    if !groups.is_empty() {
        let ready = groups.iter().filter(|group| sheet.has_place(group)).count();
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
pub(super) fn header(out: &mut Markup, sheet: &Sheet) {
    out.raw("\n<header class=\"verdict\"><div class=\"wrap\">\n<div class=\"brand\"><span><b>esxtool</b> failback report</span><span>")
        .text(moment(sheet.made.gathered_at))
        .raw("</span></div>\n");
    let ready = sheet.ready;
    seal(out, if ready { Cell::Holds } else { Cell::Blocker });
    out.heading(Level::One, answer(sheet));
    match sheet.targets.as_slice() {
        [one] => {
            lead(out, one);
            out.raw("</div></div>\n");
            strip(out, &one.tally);
            about(out, one);
            jump(out, one);
        }
        several => {
            out.raw("</div></div>\n<div class=\"sheet scroll targets\" tabindex=\"0\" role=\"region\" aria-label=\"Master targets\"><table>");
            let together = if sheet.pairings.is_empty() {
                "Rules"
            } else {
                "Rules, with everything that was named at once"
            };
            out.columns(&["Master target", "Verdict", together]);
            out.raw("<tbody>");
            for (index, target) in several.iter().enumerate() {
                out.wrap("<tr><th scope=\"row\"><a href=\"#t", index, "\">")
                    .text(&target.name)
                    .raw("</a></th><td>");
                verdict(out, target);
                out.wrap("</td><td>", numbers(&target.tally), "</td></tr>");
            }
            out.raw("</tbody></table></div>\n");
        }
    }
    out.raw("</div></header>\n");
}

/// The head of one master target among several.
pub(super) fn target(out: &mut Markup, target: &TargetSheet) {
    out.raw("<header>");
    seal(
        out,
        if target.ready {
            Cell::Holds
        } else {
            Cell::Blocker
        },
    );
    out.heading(Level::Two, sentence(target));
    lead(out, target);
    out.raw("</div></div>\n");
    strip(out, &target.tally);
    about(out, target);
    out.raw("</header>\n");
}

fn seal(out: &mut Markup, cell: Cell) {
    out.raw("<div class=\"answer\"><div class=\"seal ")
        .tone(cell)
        .raw("\">");
    out.icon(cell).raw("</div><div>");
}

fn verdict(out: &mut Markup, target: &TargetSheet) {
    if target.ready {
        out.state(Cell::Holds, "ready");
    } else {
        out.state(Cell::Blocker, "not ready");
    }
}

/// What stands in the way, in one sentence for somebody who reads no further.
fn lead(out: &mut Markup, target: &TargetSheet) {
    let blocking: Vec<&Task> = target.tasks.iter().filter(|task| task.blocks).collect();
    let other = target.tasks.len() - blocking.len();
    out.raw("<p>");
    if blocking.is_empty() {
        match other {
            0 => out.text("Every rule that applies is met."),
            1 => out.text("Nothing blocks. One thing is worth a look."),
            n => out.text(format_args!("Nothing blocks. {n} things are worth a look.")),
        };
    } else {
        out.raw("<b>")
            .text(count(blocking.len(), "rule"))
            .raw(if blocking.len() == 1 {
                " stands"
            } else {
                " stand"
            })
            .raw(" in the way.</b> ")
            .text(who(&blocking));
    }
    out.raw("</p>");
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
fn strip(out: &mut Markup, tally: &Tally) {
    out.raw("<ul class=\"strip\" aria-hidden=\"true\">");
    for (cell, number) in tally.each() {
        for _ in 0..number {
            out.raw("<li class=\"").tone(cell).raw("\"></li>");
        }
    }
    out.raw("</ul>\n<ul class=\"tally\" aria-label=\"Answers of the rules\">");
    for (cell, number) in tally.each().filter(|(_, number)| *number > 0) {
        out.raw("<li class=\"").tone(cell).raw("\">").icon(cell);
        out.wrap("<span><b>", number, "</b> ")
            .text(plural(cell, number))
            .raw("</span></li>");
    }
    out.raw("</ul>\n");
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

fn about(out: &mut Markup, target: &TargetSheet) {
    out.raw("<dl class=\"about\">");
    for (name, value) in &target.about {
        out.wrap("<div><dt>", name, "</dt>")
            .wrap("<dd>", value, "</dd></div>");
    }
    out.raw("</dl>\n");
}

fn jump(out: &mut Markup, target: &TargetSheet) {
    out.raw("<nav class=\"jump\" aria-label=\"Sections\"><ul>");
    if target.work.is_some() {
        out.raw("<li><a href=\"#t0-done\">What was done</a></li>");
    }
    out.raw(concat!(
        "<li><a href=\"#t0-todo\">What to do</a></li><li><a href=\"#t0-rules\">Rules</a></li>",
        "<li><a href=\"#t0-places\">Places for disks</a></li><li><a href=\"#t0-mounts\">Datastores</a></li>",
        "<li><a href=\"#t0-layers\">Storage vMotion</a></li><li><a href=\"#made\">How this was made</a></li></ul></nav>\n"
    ));
}
