//! Rules by VMs.

use super::Cell;
use crate::{
    ops::CheckReport,
    rules::{About, Finding, Judgement, Verdict},
};
use vsphere_client::vim::ManagedObjectReference;

/// A VM of the matrix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its reference.
    pub moref: ManagedObjectReference,
    /// Its name; with its reference when another VM of the matrix has it as well.
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
    /// The answer for each VM, in the order of the columns.
    pub cells: Vec<Cell>,
    /// Why nobody could judge, or why there is nothing to judge.
    pub reason: Option<String>,
    /// What is wrong, with the column of the VM that it concerns.
    pub findings: Vec<(usize, Finding)>,
}

impl Row {
    /// What is wrong with the VM in this column.
    pub fn findings_of(&self, column: usize) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |(at, _)| *at == column)
            .map(|(_, finding)| finding)
    }
}

/// What every rule says about every VM: the master target first, then the protected ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// The VMs.
    pub columns: Vec<Column>,
    /// The rules by number.
    pub rows: Vec<Row>,
}

impl Matrix {
    /// Lays a check out by rules and VMs.
    pub fn of(check: &CheckReport) -> Self {
        let mut columns = columns(check);
        let rows = check
            .judgements
            .iter()
            .map(|judgement| row(judgement, &columns))
            .collect();
        tell_apart(&mut columns);
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
    columns.extend(check.facts.protected.vms.iter().map(|vm| Column {
        moref: vm.moref.clone(),
        name: vm.name.clone(),
        is_master_target: false,
    }));
    columns
}

/// Tells VMs of one name apart by their references.
fn tell_apart(columns: &mut [Column]) {
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    for column in columns {
        if names.iter().filter(|name| **name == column.name).count() > 1 {
            column.name = format!("{} ({})", column.name, column.moref.value);
        }
    }
}

fn row(judgement: &Judgement, columns: &[Column]) -> Row {
    let findings: Vec<(usize, Finding)> = judgement
        .findings
        .iter()
        .map(|finding| (column(finding, columns), finding.clone()))
        .collect();
    let mut cells: Vec<Cell> = (0..columns.len())
        .map(|column| cell(judgement, &findings, columns, column))
        .collect();
    // Whoever the reason is about: what nobody could judge is never shown as judged.
    if judgement.verdict == Verdict::Unknown && !cells.contains(&Cell::Unknown) {
        for cell in cells.iter_mut().filter(|cell| **cell != Cell::Silent) {
            *cell = (*cell).max(Cell::Unknown);
        }
    }
    Row {
        rule: judgement.rule.clone(),
        number: judgement.number,
        title: judgement.title.clone(),
        cells,
        reason: judgement.reason.clone(),
        findings,
    }
}

/// The VM that a finding is about: the protected one that it names, else the master target.
fn column(finding: &Finding, columns: &[Column]) -> usize {
    let vm = finding.vm.as_ref();
    columns
        .iter()
        .position(|column| Some(&column.moref) == vm)
        .unwrap_or(0)
}

fn cell(
    judgement: &Judgement,
    findings: &[(usize, Finding)],
    columns: &[Column],
    column: usize,
) -> Cell {
    let is_target = columns
        .get(column)
        .is_some_and(|column| column.is_master_target);
    // Findings name their VM by themselves; this says on whom a rule that found nothing was asked.
    let concerned = match judgement.about {
        About::Target | About::Group | About::Server => is_target,
        // Without a VM to protect, the rule still shows that it had nothing to judge.
        About::Pairing => !is_target || columns.len() == 1,
    };
    let own = findings.iter().filter(|(at, _)| *at == column);
    let worst = own.map(|(_, finding)| Cell::from(finding.severity)).max();
    let gap = (concerned && has_gap(judgement, columns, column)).then_some(Cell::Unknown);
    worst.max(gap).unwrap_or(match judgement.verdict {
        _ if !concerned => Cell::Silent,
        Verdict::NotApplicable => Cell::NotApplicable,
        Verdict::Holds | Verdict::Broken | Verdict::Unknown => Cell::Holds,
    })
}

/// Whether something about this VM could not be judged: a gap about itself, or one that concerns every VM.
fn has_gap(judgement: &Judgement, columns: &[Column], column: usize) -> bool {
    if !matches!(judgement.verdict, Verdict::Broken | Verdict::Unknown) {
        return false;
    }
    if judgement.gaps.is_empty() {
        return judgement.verdict == Verdict::Unknown && judgement.findings.is_empty();
    }
    let protected = |vm: &ManagedObjectReference| {
        let mut others = columns.iter().filter(|column| !column.is_master_target);
        others.any(|column| &column.moref == vm)
    };
    judgement.gaps.iter().any(|gap| match &gap.vm {
        Some(vm) if protected(vm) => columns
            .get(column)
            .is_some_and(|column| &column.moref == vm),
        // What is not known of the master target leaves every pairing with it open.
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rules::{Gap, Severity, find, registry},
        site::sample,
    };

    /// A master target and two protected VMs, with one judgement.
    fn cells(
        rule: &str,
        verdict: Verdict,
        gap: Option<Option<usize>>,
        on: &[(usize, Severity)],
    ) -> Vec<Cell> {
        let column = |number: usize| Column {
            moref: ManagedObjectReference::new("VirtualMachine", format!("vm-{number}")),
            name: format!("app-{number}"),
            is_master_target: number == 0,
        };
        let columns: Vec<Column> = (0..3).map(column).collect();
        let facts = sample::ready();
        let some = find("no-snapshots").unwrap();
        let findings = on.iter().map(|(column, severity)| {
            let mut finding = Finding::new(some, &facts, "is wrong").severity(*severity);
            finding.vm = (*column > 0).then(|| columns[*column].moref.clone());
            finding
        });
        let gap_of = |of: Option<usize>| Gap {
            vm: of.map(|number| columns[number].moref.clone()),
            reason: "no privilege".to_owned(),
        };
        let judgement = Judgement {
            rule: rule.to_owned(),
            number: 1,
            about: find(rule).unwrap().about(),
            severity: Severity::Blocker,
            title: String::new(),
            verdict,
            reason: gap.map(|_| "no privilege".to_owned()),
            gaps: gap.iter().map(|of| gap_of(*of)).collect(),
            findings: findings.collect(),
        };
        row(&judgement, &columns).cells
    }

    #[test]
    fn a_finding_stands_with_its_vm_and_the_others_hold() {
        use Cell::{Blocker, Holds, Silent, Warning};
        let mounted = "protected-datastores-mounted";
        let on = [(2, Severity::Warning), (2, Severity::Blocker)];
        assert_eq!(
            cells(mounted, Verdict::Broken, None, &on),
            [Silent, Holds, Blocker]
        );
        assert_eq!(
            cells(
                "unique-uuids",
                Verdict::Broken,
                None,
                &[(0, Severity::Blocker)]
            ),
            [Blocker, Holds, Holds]
        );
        assert_eq!(
            cells(
                "no-snapshots",
                Verdict::Broken,
                None,
                &[(0, Severity::Warning)]
            ),
            [Warning, Silent, Silent]
        );
    }

    #[test]
    fn a_gap_is_shown_where_it_is_and_everywhere_when_nobody_knows() {
        use Cell::{Blocker, Holds, Silent, Unknown};
        let rule = "protected-powered-off";
        let named = Some(Some(1));
        assert_eq!(
            cells(rule, Verdict::Unknown, named, &[]),
            [Silent, Unknown, Holds]
        );
        assert_eq!(
            cells(rule, Verdict::Unknown, Some(None), &[]),
            [Silent, Unknown, Unknown]
        );
        assert_eq!(
            cells(rule, Verdict::Broken, named, &[(2, Severity::Blocker)]),
            [Silent, Unknown, Blocker]
        );
        // A warning does not hide what nobody could see, nor does a rule about the master target pass for the
        // sake of a name.
        assert_eq!(
            cells(rule, Verdict::Unknown, named, &[(1, Severity::Warning)]),
            [Silent, Unknown, Holds]
        );
        assert_eq!(
            cells("disk-slots", Verdict::Unknown, named, &[]),
            [Unknown, Silent, Silent]
        );
        assert_eq!(
            cells(rule, Verdict::Unknown, None, &[]),
            [Silent, Unknown, Unknown]
        );
    }

    #[test]
    fn every_rule_speaks_to_somebody() {
        for facts in [sample::ready(), sample::wrong(), sample::unread()] {
            let matrix = Matrix::of(&CheckReport::of(facts));
            assert_eq!(matrix.rows.len(), registry().len());
            for row in &matrix.rows {
                assert!(
                    row.cells.iter().any(|cell| *cell != Cell::Silent),
                    "{}",
                    row.rule
                );
            }
        }
    }
}
