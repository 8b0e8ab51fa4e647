//! The whole report as data.

use jiff::Timestamp;

use super::{Matrix, MountRow, Tally, Task, mounts::mounts, tasks};
use crate::{
    engine::{ChangeReport, StepResult},
    exclusion::ExclusionReport,
    fact::Fact,
    ops::{CheckReport, Checked, Pairing, Prepare},
    site::{Facts, TargetFacts},
    slots::SlotMap,
    vm::DiskFacts,
};

/// One report: every master target that was judged, and how the report came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    /// The master targets, in the order in which they were asked for.
    pub targets: Vec<TargetSheet>,
    /// Each replication group with each master target; empty without groups.
    pub pairings: Vec<Pairing>,
    /// Whether nothing blocks: on any master target, or for any group when there are groups.
    pub ready: bool,
    /// How the report came about.
    pub made: Made,
}

/// Where and when the facts were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Product of the server with version and build.
    pub server: String,
    /// Identity of the vCenter; unset on ESXi.
    pub instance_uuid: Option<String>,
    /// The account of the session.
    pub account: Option<String>,
    /// When the facts were gathered, by this machine's clock.
    pub gathered_at: Timestamp,
}

/// One master target.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetSheet {
    /// Its name.
    pub name: String,
    /// Who it is and where it stands, as names and values.
    pub about: Vec<(&'static str, String)>,
    /// Whether nothing blocks.
    pub ready: bool,
    /// How many rules gave which answer.
    pub tally: Tally,
    /// What to do, the worst first.
    pub tasks: Vec<Task>,
    /// Rules by VMs.
    pub matrix: Matrix,
    /// The VM's disks, or why they are not known.
    pub disks: Result<Vec<DiskFacts>, String>,
    /// Its slots for disks, or why they are not known.
    pub slots: Result<SlotMap, String>,
    /// The hosts of the mounts.
    pub hosts: Vec<String>,
    /// The datastores with their mounts, or why they are not known.
    pub datastores: Result<Vec<MountRow>, String>,
    /// How far it is kept from Storage vMotion.
    pub exclusion: ExclusionReport,
    /// What kind of target it is.
    pub target: TargetFacts,
    /// What was done to it; unset when it was only looked at.
    pub work: Option<WorkDone>,
}

/// What was done before the facts of the report were gathered.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkDone {
    /// What became of each step.
    pub steps: Vec<StepResult>,
    /// Whether a part of it counts only after the VM was switched off and on.
    pub needs_power_cycle: bool,
    /// Why the facts are those from before the work: what came after could not be read.
    pub stale: Option<String>,
}

impl Sheet {
    /// The report of checks on one server; `None` without any.
    pub fn of<'a>(checks: impl IntoIterator<Item = &'a CheckReport>) -> Option<Self> {
        let mut made = None;
        let targets: Vec<TargetSheet> = checks
            .into_iter()
            .map(|check| {
                made.get_or_insert_with(|| Made::of(&check.facts));
                TargetSheet::of(check)
            })
            .collect();
        Some(Self {
            ready: targets.iter().all(|target| target.ready),
            targets,
            pairings: Vec::new(),
            made: made?,
        })
    }

    /// The report of a check with replication groups; `None` without a master target.
    pub fn of_checked(checked: &Checked) -> Option<Self> {
        let mut sheet = Self::of(&checked.targets)?;
        sheet.pairings.clone_from(&checked.pairings);
        sheet.ready = checked.ready();
        Some(sheet)
    }

    /// The report of work on one master target: what is the case after it, and what was done.
    pub fn of_work(report: &ChangeReport<Prepare>) -> Self {
        let found = &report.after;
        let check = found.after.as_ref().unwrap_or(&found.before);
        let mut target = TargetSheet::of(check);
        if !report.steps.is_empty() {
            target.work = Some(WorkDone {
                steps: report.steps.clone(),
                needs_power_cycle: found.needs_power_cycle,
                stale: report.verify_error.clone(),
            });
        }
        Self {
            ready: target.ready,
            targets: vec![target],
            pairings: Vec::new(),
            made: Made::of(&check.facts),
        }
    }

    /// Whether some master target is ready to take this replication group.
    pub fn is_assigned(&self, group: &str) -> bool {
        self.pairings
            .iter()
            .any(|one| one.group == group && one.ready)
    }

    /// The replication groups by name, in the order of their file.
    pub fn groups(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for pairing in &self.pairings {
            if !names.contains(&pairing.group.as_str()) {
                names.push(&pairing.group);
            }
        }
        names
    }
}

impl Made {
    fn of(facts: &Facts) -> Self {
        Self {
            server: facts.server.product.clone(),
            instance_uuid: facts.server.instance_uuid.clone(),
            account: facts.server.user.clone(),
            gathered_at: facts.gathered_at,
        }
    }
}

impl TargetSheet {
    /// Lays out one check.
    pub fn of(check: &CheckReport) -> Self {
        let facts = &check.facts;
        let (hosts, datastores) = mounts(facts);
        Self {
            name: facts.master_target.name.clone(),
            about: about(facts),
            ready: check.ready,
            tally: Tally::of(&check.judgements),
            tasks: tasks(&check.judgements),
            matrix: Matrix::of(check),
            disks: owned(&facts.master_target.disks),
            slots: owned(&SlotMap::of_vm(&facts.master_target)),
            hosts,
            datastores,
            exclusion: check.exclusion.clone(),
            target: facts.target.clone(),
            work: None,
        }
    }
}

fn owned<T: Clone>(fact: &Fact<T>) -> Result<T, String> {
    fact.get().cloned().map_err(str::to_owned)
}

fn about(facts: &Facts) -> Vec<(&'static str, String)> {
    let vm = &facts.master_target;
    let mut about = Vec::new();
    if let Some(path) = &vm.inventory_path {
        about.push(("Inventory path", path.clone()));
    }
    about.push(("Reference", vm.moref.to_string()));
    about.push(("Target", facts.target.to_string()));
    about.push((
        "Power",
        match vm.power_state.get() {
            Ok(state) => state.to_string(),
            Err(reason) => format!("unknown: {reason}"),
        },
    ));
    if let Some(guest) = &vm.guest_id {
        about.push(("Guest", guest.clone()));
    }
    about.push((
        "Host",
        match facts.host.get() {
            Ok(host) => match &host.product {
                Some(product) => format!("{} ({product})", host.name),
                None => host.name.clone(),
            },
            Err(reason) => format!("unknown: {reason}"),
        },
    ));
    match facts.cluster.get() {
        Ok(Some(cluster)) => about.push(("Cluster", cluster.name.clone())),
        Ok(None) => {}
        Err(reason) => about.push(("Cluster", format!("unknown: {reason}"))),
    }
    about
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{report::Cell, site::sample};

    #[test]
    fn a_report_is_ready_when_every_master_target_is() {
        let good = CheckReport::of(sample::ready());
        let bad = CheckReport::of(sample::wrong());
        assert!(Sheet::of([&good]).unwrap().ready);
        let both = Sheet::of([&good, &bad]).unwrap();
        assert!(!both.ready);
        assert_eq!(both.targets.len(), 2);
        assert_eq!(Sheet::of([]), None);
    }

    #[test]
    fn what_could_not_be_read_keeps_its_reason() {
        let sheet = TargetSheet::of(&CheckReport::of(sample::unread()));
        let reason = "no privilege System.Read".to_owned();
        assert_eq!(sheet.disks, Err(reason.clone()));
        assert_eq!(sheet.datastores, Err(reason.clone()));
        assert!(
            sheet
                .about
                .contains(&("Power", format!("unknown: {reason}")))
        );
        let open = sheet.tally.count(Cell::Unknown) + sheet.tally.count(Cell::NotApplicable);
        // The end of classic is told of any master target.
        let told = sheet.tally.count(Cell::Info);
        assert_eq!((open + told, told), (sheet.tally.total(), 1));
    }
}
