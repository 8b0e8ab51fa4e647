//! Rules by VMs, in tables narrow enough for paper.

use esx_tools::report::{Cell, Column, Row, TargetSheet};
use maud::{Markup, html};

use super::parts::{Level, head, icon, scroll, tone};

/// VMs in one table; more of them get tables of their own.
const WIDE: usize = 12;
/// From this many on the names stand upright.
const MANY: usize = 5;

pub(super) fn matrix(target: &TargetSheet, level: Level) -> Markup {
    let columns = &target.matrix.columns;
    let lead = match columns.len() {
        1 => "What every rule says about the master target.".to_owned(),
        n => format!(
            "What every rule says about the master target and {} protected VMs.",
            n - 1
        ),
    };
    let mut used: Vec<Cell> = Vec::new();
    let mut tables: Vec<Markup> = Vec::new();
    for (index, part) in columns.chunks(WIDE).enumerate() {
        tables.push(table(target, index * WIDE, part, &mut used));
    }
    html! {
        (head(level, "Rules by VM", lead))
        @for table in &tables { (scroll("Rules by VM", table)) }
        ul.legend aria-hidden="true" {
            @for cell in Cell::ALL.into_iter().chain([Cell::Silent]) {
                @if used.contains(&cell) {
                    li.(tone(cell)) { (icon(cell)) span { (meaning(cell)) } }
                }
            }
        }
    }
}

/// The table of some VMs, `first` being the index of the first of them; `used` learns what answers are in it.
fn table(target: &TargetSheet, first: usize, part: &[Column], used: &mut Vec<Cell>) -> Markup {
    let all = target.matrix.columns.len();
    let mut rows = Vec::new();
    for row in &target.matrix.rows {
        let cells = row.cells.iter().copied().skip(first).take(part.len());
        let cells: Vec<Cell> = cells.collect();
        // Rules about the master target need no line where it has no column.
        if cells.iter().any(|cell| *cell != Cell::Silent) {
            rows.push(line(row, first, &cells));
            used.extend(cells);
        }
    }
    html! {
        table.matrix.many[part.len() >= MANY] {
            @if all > WIDE {
                caption { "VMs " (first + 1) " to " (first + part.len()) " of " (all) }
            }
            thead { tr {
                th scope="col" { "Rule" }
                @for column in part {
                    th scope="col" {
                        span { (column.name) }
                        @if column.is_master_target { small { "master target" } }
                    }
                }
            } }
            tbody { @for row in &rows { (row) } }
        }
    }
}

fn line(row: &Row, first: usize, cells: &[Cell]) -> Markup {
    html! {
        tr {
            th scope="row" { (row.number) ". " code { (row.rule) } small { (row.title) } }
            @for (at, cell) in cells.iter().enumerate() {
                td.(tone(*cell)) {
                    span.mark title=(tip(row, first + at, *cell)) {
                        (icon(*cell)) span.hidden { (cell.word()) }
                    }
                }
            }
        }
    }
}

/// What a mouse that rests on a mark is told; all of it stands elsewhere on the page as well.
fn tip(row: &Row, column: usize, cell: Cell) -> String {
    let mut words: Vec<&str> = row
        .findings_of(column)
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
