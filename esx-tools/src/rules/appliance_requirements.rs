//! Rule 33: the replication appliance is what its support matrix asks for.

use super::{
    Finding, Judgement, Rule, Severity,
    describe::{Review, counts, describe},
};
use crate::{site::Facts, vm::OsFamily};

/// Decimal, so that nobody is warned for the difference between GB and GiB.
const GB: i64 = 1_000_000_000;
const MEMORY_MB: i64 = 16 * 1024;
const CPUS: i32 = 8;
const SYSTEM_DISK_BYTES: i64 = 80 * GB;
const DATA_DISK_BYTES: i64 = 620 * GB;
/// Windows Server 2019, and 2022 and later, which vSphere names after it.
const SYSTEMS: [&str; 2] = ["windows2019srv", "windows2022srv"];

/// System, processors, memory and disks of an appliance.
#[derive(Debug)]
pub(super) struct ApplianceRequirements;

impl Rule for ApplianceRequirements {
    describe! {
        33, "appliance-requirements", Blocker, Target,
        title: "the replication appliance has the system, processors, memory and disks that it needs",
        why: "An appliance is a Windows Server 2022 (2019 where it runs already) with 8 cores, 16 GB of memory, a disk of 80 GB for the system and one of 620 GB for data ('Support matrix for deploying the replication appliance with Azure Site Recovery - modernized'). It is deployed from its template, and neither cloned nor a template itself ('Deploy Azure Site Recovery replication appliance - Modernized'); that a VM is a clone cannot be seen from vSphere.",
        remedy: "Power the appliance off and give it what is missing, or deploy another from the template of the documents.",
    }

    counts! { [appliance(Blocker, &APPLIANCE_MATRIX)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        let mut review = Review::default();
        let family = OsFamily::of(vm.guest_family.as_deref(), vm.guest_id.as_deref());
        let guest = vm.guest_id.as_deref().unwrap_or("not told");
        let is_supported = |id: &str| {
            let id = id.to_ascii_lowercase();
            SYSTEMS.iter().any(|start| id.starts_with(start))
        };
        match (family, vm.guest_id.as_deref()) {
            (Some(OsFamily::Windows), Some(id)) if is_supported(id) => {}
            (Some(OsFamily::Windows), _) => review.found(
                Finding::new(self, facts, "it is no Windows Server 2022 or 2019")
                    .severity(Severity::Warning)
                    .seen("config.guestId", guest),
            ),
            (Some(other), _) => review.found(
                Finding::new(
                    self,
                    facts,
                    format!(
                        "an appliance is a Windows Server, this is {}",
                        other.label()
                    ),
                )
                .seen("config.guestId", guest),
            ),
            (None, _) => review.gap("config.guestId tells no system"),
        }
        if vm.template == Some(true) {
            let finding = Finding::new(self, facts, "it is a template, which cannot be powered on");
            review.found(finding.seen("config.template", true));
        }
        let mut short = |summary: String, name: &str, seen: String| {
            let finding = Finding::new(self, facts, summary).severity(Severity::Warning);
            review.found(finding.seen(name, seen));
        };
        if let Some(memory) = vm.memory_mb.known().filter(|memory| **memory < MEMORY_MB) {
            let summary = format!("{memory} MB of memory, {MEMORY_MB} MB are asked for");
            short(summary, "config.hardware.memoryMB", memory.to_string());
        }
        if let Some(cpus) = vm.cpus.known().filter(|cpus| **cpus < CPUS) {
            let summary = format!("{cpus} processor(s), {CPUS} are asked for");
            short(summary, "config.hardware.numCPU", cpus.to_string());
        }
        if let Some(disks) = vm.disks.known() {
            let system = disks.first().and_then(|disk| disk.capacity_bytes);
            if let Some(bytes) = system.filter(|bytes| *bytes < SYSTEM_DISK_BYTES) {
                let summary = format!("the system disk has {} GB, 80 GB are asked for", bytes / GB);
                short(summary, "system disk", format!("{bytes} bytes"));
            }
            // A size that the server does not tell cannot be called too small.
            let large = |bytes: Option<i64>| bytes.is_none_or(|bytes| bytes >= DATA_DISK_BYTES);
            if !disks.iter().skip(1).any(|disk| large(disk.capacity_bytes)) {
                let summary = "no second disk of 620 GB or more for data".to_owned();
                short(summary, "disks", disks.len().to_string());
            }
        }
        let sizes = [vm.memory_mb.reason(), vm.cpus.reason(), vm.disks.reason()];
        for reason in sizes.into_iter().flatten() {
            review.gap(reason);
        }
        review.conclude(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    fn with(change: impl FnOnce(&mut Facts)) -> Judgement {
        let mut facts = sample::appliance();
        change(&mut facts);
        ApplianceRequirements.check(&facts)
    }

    #[test]
    fn met() {
        assert_eq!(with(|_| {}).verdict, Verdict::Holds);
    }

    #[test]
    fn missing() {
        let judgement = with(|facts| {
            facts.master_target.guest_id = None;
            facts.master_target.guest_family = None;
        });
        assert_eq!(judgement.verdict, Verdict::Unknown);
        let judgement = with(|facts| facts.master_target.cpus = Fact::unknown("no privilege"));
        assert_eq!(judgement.verdict, Verdict::Unknown);
    }

    #[test]
    fn linux_and_a_template_are_none_and_what_is_small_is_a_warning_each() {
        let linux = with(|facts| {
            facts.master_target.guest_id = Some("ubuntu64Guest".into());
            facts.master_target.guest_family = None;
        });
        assert!(linux.blocks(), "{linux:?}");
        assert!(with(|facts| facts.master_target.template = Some(true)).blocks());
        let small = with(|facts| {
            let vm = &mut facts.master_target;
            vm.guest_id = Some("windows9Server64Guest".into());
            vm.memory_mb = Fact::Known(8192);
            vm.cpus = Fact::Known(4);
            vm.disks = sample::protected("x", 2).disks;
        });
        assert_eq!(small.findings.len(), 5, "{small:?}");
        assert!(!small.blocks());
    }
}
