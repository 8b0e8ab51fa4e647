//! What to do: every finding with its remedy and what was seen.

use esx_tools::report::{Cell, TargetSheet, Task};
use esx_tools::rules::Finding;

use super::head;
use super::markup::{Level, Markup};
use crate::output::count;

/// More findings of one rule than these are folded away.
const SHOWN: usize = 3;

pub(super) fn todo(out: &mut Markup, target: &TargetSheet, level: Level) {
    if target.tasks.is_empty() {
        head(
            out,
            level,
            "What to do",
            "Nothing. Start reprotect in the Azure portal.",
        );
        return;
    }
    let blocking = target.tasks.iter().filter(|task| task.blocks).count();
    let lead = match blocking {
        0 => "Nothing here keeps the failback from starting.".to_owned(),
        n if n == target.tasks.len() => {
            "Everything here has to be solved before the failback.".to_owned()
        }
        1 => "The first has to be solved before the failback.".to_owned(),
        n => format!("The first {n} have to be solved before the failback."),
    };
    head(out, level, "What to do", lead);
    out.raw("<ol class=\"tasks sheet\">\n");
    for task in &target.tasks {
        one(out, task, target, level.below());
    }
    out.raw("</ol>\n");
    if target.tasks.iter().any(Task::has_fix) {
        out.raw("<div class=\"next sheet\"><p>esxtool shows what it would fix, and changes nothing, with</p><code>esxtool prepare-master-target ")
            .text(shell(target))
            .raw(" --dry-run</code></div>\n");
    }
}

fn one(out: &mut Markup, task: &Task, target: &TargetSheet, level: Level) {
    out.raw("<li class=\"task ")
        .tone(task.cell)
        .raw("\"><div class=\"badge\">");
    out.icon(task.cell)
        .raw("</div><div>\n<div class=\"meta\"><span class=\"level\">");
    out.text(level_word(task)).raw("</span><span>");
    out.text(format_args!("Rule {}", task.number))
        .wrap(" <code>", &task.rule, "</code></span>");
    out.wrap(
        "<span>",
        format_args!("demands that {}", task.title),
        "</span></div>\n",
    );
    if let Some(reason) = &task.reason {
        let heading = if task.findings.is_empty() {
            "Nobody could judge this"
        } else {
            "A part of this nobody could judge"
        };
        out.raw("<div class=\"finding\">")
            .heading(level, heading)
            .wrap("<p>", reason, "</p></div>\n");
    }
    let (shown, rest) = task.findings.split_at(task.findings.len().min(SHOWN));
    for one in shown {
        finding(out, one, target, level);
    }
    if !rest.is_empty() {
        out.wrap(
            "<details><summary>",
            count(rest.len(), "further finding"),
            "</summary>\n",
        );
        for one in rest {
            finding(out, one, target, level);
        }
        out.raw("</details>\n");
    }
    out.raw("</div></li>\n");
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

fn finding(out: &mut Markup, finding: &Finding, target: &TargetSheet, level: Level) {
    out.raw("<div class=\"finding\">");
    if finding.object == target.name {
        out.heading(level, sentence(&finding.summary));
    } else {
        out.heading(
            level,
            format_args!("{}: {}", finding.object, finding.summary),
        );
    }
    out.raw("<p class=\"remedy\">");
    if finding.fix.is_some() {
        out.raw("<b class=\"who is-holds\">esxtool can:</b> ");
    } else {
        out.raw("<b class=\"who\">You have to:</b> ");
    }
    out.wrap("", &finding.remedy, "</p>");
    if !finding.evidence.is_empty() {
        out.raw("<dl class=\"seen\" aria-label=\"Seen\">");
        for seen in &finding.evidence {
            out.wrap("<div><dt>", &seen.name, "</dt>")
                .wrap("<dd>", &seen.value, "</dd></div>");
        }
        out.raw("</dl>");
    }
    out.raw("</div>\n");
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
