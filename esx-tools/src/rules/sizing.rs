//! Rule 22: the master target is large enough.

use super::{Finding, Judgement, Rule, describe::describe};
use crate::site::Facts;

/// Decimal, so that nobody is warned for the difference between 1 TB and 1 TiB.
const GB: i64 = 1_000_000_000;
const MEMORY_MB: i64 = 6 * 1024;
const CPUS: i32 = 4;
const SYSTEM_DISK_BYTES: i64 = 100 * GB;
const RETENTION_DISK_BYTES: i64 = 1000 * GB;

/// Memory, processors, system disk and retention disk.
#[derive(Debug)]
pub(super) struct MasterTargetSizing;

impl Rule for MasterTargetSizing {
    describe! {
        22, "master-target-sizing", Warning, Target,
        title: "the master target is large enough",
        why: "The guide 'Install a Linux master target server for failback' asks for 6 GB of memory, 4 processors, a system disk of 100 GB and a retention disk of 1 TB. A smaller one works slowly, or runs out of room for retained changes.",
        remedy: "Power the VM off and give it what is missing; add a second disk for retention.",
    }

    super::describe::counts! { [master_target(Warning, &LINUX_MASTER_TARGET)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        let mut findings = Vec::new();
        let (memory, cpus, disks) = match (vm.memory_mb.get(), vm.cpus.get(), vm.disks.get()) {
            (Ok(memory), Ok(cpus), Ok(disks)) => (*memory, *cpus, disks),
            (Err(reason), _, _) | (_, Err(reason), _) | (_, _, Err(reason)) => {
                return Judgement::unknown(self, reason);
            }
        };
        if memory < MEMORY_MB {
            findings.push(
                Finding::new(
                    self,
                    facts,
                    format!("{memory} MB of memory, {MEMORY_MB} MB are asked for"),
                )
                .seen("config.hardware.memoryMB", memory),
            );
        }
        if cpus < CPUS {
            findings.push(
                Finding::new(
                    self,
                    facts,
                    format!("{cpus} processor(s), {CPUS} are asked for"),
                )
                .seen("config.hardware.numCPU", cpus),
            );
        }
        let Some((system, rest)) = disks.split_first() else {
            findings.push(Finding::new(self, facts, "no disk at all").seen("disks", 0));
            return Judgement::from_findings(self, findings);
        };
        // A size that the server does not tell cannot be called too small.
        if let Some(bytes) = system.capacity_bytes
            && bytes < SYSTEM_DISK_BYTES
        {
            findings.push(
                Finding::new(
                    self,
                    facts,
                    format!(
                        "the system disk has {} GB, 100 GB are asked for",
                        bytes / GB
                    ),
                )
                .seen(&system.label, format!("{bytes} bytes")),
            );
        }
        let large = |bytes: Option<i64>| bytes.is_none_or(|bytes| bytes >= RETENTION_DISK_BYTES);
        if !rest.iter().any(|disk| large(disk.capacity_bytes)) {
            let largest = rest.iter().filter_map(|disk| disk.capacity_bytes).max();
            let summary = match largest {
                Some(bytes) => format!(
                    "the largest disk for retention has {} GB, 1 TB is asked for",
                    bytes / GB
                ),
                None => "no second disk for retention, 1 TB is asked for".to_owned(),
            };
            findings.push(Finding::new(self, facts, summary).seen("disks", disks.len()));
        }
        Judgement::from_findings(self, findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, site::sample};

    #[test]
    fn each_shortage_is_its_own_finding() {
        let mut facts = sample::ready();
        facts.master_target.memory_mb = Fact::Known(4096);
        facts.master_target.cpus = Fact::Known(2);
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            disks[0].capacity_bytes = Some(40 * GB);
            disks[1].capacity_bytes = Some(200 * GB);
        }
        let judgement = MasterTargetSizing.check(&facts);
        assert_eq!(judgement.findings.len(), 4, "{judgement:?}");
        assert!(!judgement.blocks());
    }

    #[test]
    fn a_lone_disk_leaves_no_place_for_retention() {
        let mut facts = sample::ready();
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            disks.truncate(1);
        }
        let judgement = MasterTargetSizing.check(&facts);
        assert_eq!(
            judgement.findings[0].summary,
            "no second disk for retention, 1 TB is asked for"
        );
        facts.master_target.disks = Fact::Known(vec![]);
        assert_eq!(
            MasterTargetSizing.check(&facts).findings[0].summary,
            "no disk at all"
        );
    }
}
