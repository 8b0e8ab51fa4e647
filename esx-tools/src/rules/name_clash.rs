//! Rule 21: a VM that is recreated finds its name free.

use super::{Finding, Judgement, Rule, describe::describe};
use crate::site::{Facts, NeighbourFacts};

/// No VM on the host or in the folder of the master target has the name.
#[derive(Debug)]
pub(super) struct NameFree;

fn folder_of(neighbour: &NeighbourFacts) -> &'static str {
    match (neighbour.on_host, neighbour.in_folder) {
        (true, true) => "on the master target's host and in its folder",
        (true, false) => "on the master target's host",
        _ => "in the master target's folder",
    }
}

impl Rule for NameFree {
    describe! {
        21, "name-free", Warning, Target,
        title: "no VM near the master target has the name of one that is to be recreated",
        why: "When the VM is gone on-premises, failback recreates it beside the master target ('About on-premises disaster recovery failover/failback - Modernized', alternate location). A VM of the same name on that host or in that folder makes creating it fail.",
        remedy: "Rename the VM that has the name, or remove it from the inventory when it is no longer needed.",
    }

    super::describe::counts! { [master_target(Warning, &TROUBLESHOOT_FAILBACK), not_stated(appliance(Warning, &FAILBACK_MODERNIZED))]; codes: [78052] }

    fn check(&self, facts: &Facts) -> Judgement {
        let wanted = &facts.protected.recreate;
        if wanted.is_empty() {
            return Judgement::not_applicable(self, "no VM is to be recreated");
        }
        let neighbours = match facts.protected.neighbours.get() {
            Ok(neighbours) => neighbours,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        let mut findings = Vec::new();
        for name in wanted {
            // vSphere does not tell names apart by case within a folder.
            let lower = name.to_lowercase();
            for neighbour in neighbours
                .iter()
                .filter(|neighbour| neighbour.name.to_lowercase() == lower)
            {
                let summary = format!("a VM of this name stands {}", folder_of(neighbour));
                findings.push(
                    Finding::new(self, facts, summary)
                        .on(name)
                        .seen(&neighbour.name, &neighbour.moref),
                );
            }
        }
        Judgement::from_findings(self, findings)
    }
}

#[cfg(test)]
mod tests {
    use vsphere_client::vim::ManagedObjectReference;

    use super::*;
    use crate::{
        fact::Fact,
        rules::{Severity, Verdict},
        site::sample,
    };

    fn with(name: &str, on_host: bool, in_folder: bool) -> Judgement {
        let mut facts = sample::protecting();
        facts.protected.neighbours = Fact::Known(vec![NeighbourFacts {
            moref: ManagedObjectReference::new("VirtualMachine", "vm-9"),
            name: name.into(),
            on_host,
            in_folder,
        }]);
        NameFree.check(&facts)
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(with("other", true, true).verdict, Verdict::Holds);
        assert_eq!(
            NameFree.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn missing() {
        let mut facts = sample::protecting();
        facts.protected.neighbours = Fact::unknown("no privilege");
        assert_eq!(NameFree.check(&facts).verdict, Verdict::Unknown);
    }

    #[test]
    fn a_namesake_is_a_warning() {
        let judgement = with("OLD-01", false, true);
        assert_eq!(judgement.worst(), Some(Severity::Warning));
        assert_eq!(
            judgement.findings[0].summary,
            "a VM of this name stands in the master target's folder"
        );
        assert_eq!(judgement.findings[0].object, "old-01");
    }
}
