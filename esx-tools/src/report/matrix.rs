//! Rules by machines.

use super::Cell;
use crate::{
    facts::MoRef,
    ops::CheckReport,
    rules::{Finding, Judgement, Verdict},
};

/// A machine of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its reference.
    pub moref: MoRef,
    /// Its name; with its reference when another machine of the matrix bears it as well.
    pub name: String,
    /// Whether it is the master target.
    pub is_master_target: bool,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The rule's id.
    pub rule: String,
    /// The rule's number.
    pub number: u8,
    /// What the rule demands.
    pub title: String,
    /// The answer for each machine, in the order of the columns.
    pub cells: Vec<Cell>,
    /// Why nobody could judge, or why there is nothing to judge.
    pub reason: Option<String>,
    /// What is wrong, with the place of the machine that it concerns.
    pub findings: Vec<(usize, Finding)>,
}

impl Row {
    /// What is wrong with the machine in this place.
    pub fn findings_of(&self, place: usize) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |(at, _)| *at == place)
            .map(|(_, finding)| finding)
    }
}

/// What every rule says about every machine: the master target first, then the protected ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// The machines.
    pub columns: Vec<Column>,
    /// The rules by number.
    pub rows: Vec<Row>,
}

impl Matrix {
    /// Lays a check out by rules and machines.
    pub fn of(check: &CheckReport) -> Self {
        let columns = columns(check);
        let rows = check
            .judgements
            .iter()
            .map(|judgement| row(judgement, &columns))
            .collect();
        Self { columns, rows }
    }
}

fn columns(check: &CheckReport) -> Vec<Column> {
    let target = &check.facts.master_target;
    let mut columns = vec![Column {
        moref: target.moref.clone(),
        name: target.name.clone(),
        is_master_target: true,
    }];
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    for column in &mut columns {
        if names.iter().filter(|name| **name == column.name).count() > 1 {
            column.name = format!("{} ({})", column.name, column.moref.value);
        }
    }
    columns
}

fn row(judgement: &Judgement, columns: &[Column]) -> Row {
    // A finding about something else than a protected machine belongs to the master target.
    let findings: Vec<(usize, Finding)> = judgement
        .findings
        .iter()
        .map(|finding| (place(finding, columns), finding.clone()))
        .collect();
    let cells = columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let own = findings.iter().filter(|(at, _)| *at == place);
            let mut own = own.map(|(_, finding)| finding).peekable();
            if own.peek().is_some() {
                Cell::worst(own)
            } else if column.is_master_target {
                match judgement.verdict {
                    Verdict::Broken => Cell::Holds,
                    _ => Cell::of(judgement),
                }
            } else {
                Cell::Silent
            }
        })
        .collect();
    Row {
        rule: judgement.rule.clone(),
        number: judgement.number,
        title: judgement.title.clone(),
        cells,
        reason: judgement.reason.clone(),
        findings,
    }
}

fn place(_finding: &Finding, _columns: &[Column]) -> usize {
    0
}
