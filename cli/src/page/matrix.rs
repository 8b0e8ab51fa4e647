//! Rules by VMs, in tables narrow enough for paper.

use esx_tools::report::{Cell, Column, Matrix, Row, TargetSheet};

use super::head;
use super::markup::{Level, Markup};

/// VMs in one table; more of them get tables of their own.
const WIDE: usize = 12;
/// From this many on the names stand upright.
const MANY: usize = 5;

pub(super) fn matrix(out: &mut Markup, target: &TargetSheet, level: Level) {
    let Matrix { columns, rows } = &target.matrix;
    let lead = match columns.len() {
        1 => "What every rule says about the master target.".to_owned(),
        n => format!(
            "What every rule says about the master target and {} protected VMs.",
            n - 1
        ),
    };
    head(out, level, "Rules by VM", lead);
    let mut used: Vec<Cell> = Vec::new();
    let tables = columns.len().div_ceil(WIDE);
    for (index, part) in columns.chunks(WIDE).enumerate() {
        let first = index * WIDE;
        out.raw("<div class=\"sheet scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Rules by VM\"><table class=\"matrix");
        out.raw(if part.len() >= MANY {
            " many\">"
        } else {
            "\">"
        });
        if tables > 1 {
            let (from, to) = (first + 1, first + part.len());
            out.wrap(
                "<caption>",
                format_args!("VMs {from} to {to} of {}", columns.len()),
                "</caption>",
            );
        }
        heads(out, part);
        out.raw("<tbody>\n");
        for row in rows {
            // Rules about the master target need no line where it has no column.
            let cells: Vec<Cell> = row
                .cells
                .iter()
                .copied()
                .skip(first)
                .take(part.len())
                .collect();
            if cells.iter().any(|cell| *cell != Cell::Silent) {
                one(out, row, first, &cells);
                used.extend(cells);
            }
        }
        out.raw("</tbody></table></div>\n");
    }
    legend(out, &used);
}

fn heads(out: &mut Markup, part: &[Column]) {
    out.raw("<thead><tr><th scope=\"col\">Rule</th>");
    for column in part {
        out.wrap("<th scope=\"col\"><span>", &column.name, "</span>");
        if column.is_master_target {
            out.raw("<small>master target</small>");
        }
        out.raw("</th>");
    }
    out.raw("</tr></thead>");
}

fn one(out: &mut Markup, row: &Row, first: usize, cells: &[Cell]) {
    out.wrap("<tr><th scope=\"row\">", row.number, ". <code>");
    out.wrap("", &row.rule, "</code><small>")
        .wrap("", &row.title, "</small></th>");
    for (at, cell) in cells.iter().enumerate() {
        out.raw("<td class=\"")
            .tone(*cell)
            .raw("\"><span class=\"mark\" title=\"");
        out.text(tip(row, first + at, *cell)).raw("\">").icon(*cell);
        out.wrap(
            "<span class=\"hidden\">",
            cell.word(),
            "</span></span></td>",
        );
    }
    out.raw("</tr>\n");
}

/// What a mouse that rests on a mark is told; all of it stands elsewhere on the page as well.
fn tip(row: &Row, place: usize, cell: Cell) -> String {
    let mut words: Vec<&str> = row
        .findings_of(place)
        .map(|finding| finding.summary.as_str())
        .collect();
    if words.is_empty() && matches!(cell, Cell::Unknown | Cell::NotApplicable) {
        words.extend(row.reason.as_deref());
    }
    if words.is_empty() {
        return cell.word().to_owned();
    }
    format!("{}: {}", cell.word(), words.join("; "))
}

fn legend(out: &mut Markup, used: &[Cell]) {
    out.raw("<ul class=\"legend\" aria-hidden=\"true\">");
    for cell in Cell::ALL.into_iter().chain([Cell::Silent]) {
        if used.contains(&cell) {
            out.raw("<li class=\"").tone(cell).raw("\">").icon(cell);
            out.wrap("<span>", meaning(cell), "</span></li>");
        }
    }
    out.raw("</ul>\n");
}

fn meaning(cell: Cell) -> &'static str {
    match cell {
        Cell::Blocker => "blocker: reprotect or failback fails",
        Cell::Unknown => "unknown: could not be judged",
        Cell::Warning => "warning: may fail, or turns out worse",
        Cell::Info => "good to know",
        Cell::Holds => "holds",
        Cell::NotApplicable => "nothing to judge",
        Cell::Silent => "the rule is not about this VM",
    }
}
