//! Rule 26: the datastores have room for what will be written.

use std::collections::BTreeMap;
use vsphere_client::vim::ManagedObjectReference;

use super::{
    Finding, Judgement, Rule,
    describe::{Review, describe},
};
use crate::site::{DatastoreFacts, Facts};

const GIB: i64 = 1 << 30;

/// Thin disks can grow to their full size.
#[derive(Debug)]
pub(super) struct FreeSpace;

impl Rule for FreeSpace {
    describe! {
        26, "datastore-free-space", Warning, Group,
        title: "the datastores have room for thin disks to grow to their full size",
        why: "Failback writes what changed in Azure into the VMs' disks, and retained changes beside it (no document says so; 'Reprotect from Azure to on-premises' only asks for the datastores to be there). When a datastore runs full in the middle, replication stops, and every other VM on it stops as well.",
        remedy: "Make room on the datastore, or move VMs that are not concerned to another one.",
    }

    super::describe::counts! { [not_stated(master_target(Warning, &REPROTECT)), not_stated(appliance(Warning, &FAILBACK_MODERNIZED))] }

    fn check(&self, facts: &Facts) -> Judgement {
        let mut review = Review::default();
        let mut growth: BTreeMap<&ManagedObjectReference, Vec<(&str, i64)>> = BTreeMap::new();
        let own = (
            facts.master_target.name.as_str(),
            &facts.master_target.usage,
        );
        let theirs = facts.protected.vms.iter();
        let theirs = theirs.map(|vm| (vm.name.as_str(), &vm.usage));
        for (name, usage) in std::iter::once(own).chain(theirs) {
            match usage.get() {
                Ok(entries) => {
                    for entry in entries.iter().filter(|entry| entry.uncommitted > 0) {
                        let on = growth.entry(&entry.datastore).or_default();
                        on.push((name, entry.uncommitted));
                    }
                }
                Err(reason) => review.gap(format!("{name}: {reason}")),
            }
        }
        for (moref, growing) in growth {
            let Some(datastore) = find(facts, moref) else {
                review.gap(format!("{moref} could not be read"));
                continue;
            };
            let Some(free) = datastore.free_bytes else {
                review.gap(format!(
                    "the server does not tell how much is free on {}",
                    datastore.name
                ));
                continue;
            };
            // A sum beyond what fits the type is beyond any datastore as well.
            let needed = growing
                .iter()
                .fold(0, |sum: i64, (_, bytes)| sum.saturating_add(*bytes));
            if needed <= free {
                continue;
            }
            let summary = format!(
                "thin disks on it may grow by {} GiB, {} GiB are free",
                needed / GIB,
                free / GIB
            );
            let mut finding = Finding::new(self, facts, summary)
                .on(&datastore.name)
                .seen("summary.freeSpace", format!("{free} bytes"));
            for (name, bytes) in growing {
                finding = finding.seen(name, format!("up to {bytes} bytes"));
            }
            review.found(finding);
        }
        review.conclude(self)
    }
}

fn find<'a>(facts: &'a Facts, moref: &ManagedObjectReference) -> Option<&'a DatastoreFacts> {
    let of_host = facts.datastores.known().into_iter().flatten();
    of_host
        .chain(&facts.protected.datastores)
        .find(|datastore| &datastore.moref == moref)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        rules::{Severity, Verdict},
        site::sample,
    };

    fn with(free: Option<i64>) -> Facts {
        let mut facts = sample::protecting();
        facts.protected.datastores.clear();
        if let Fact::Known(datastores) = &mut facts.datastores {
            datastores[0].free_bytes = free;
        }
        facts
    }

    #[test]
    fn met() {
        assert_eq!(
            FreeSpace.check(&with(Some(572 * GIB))).verdict,
            Verdict::Holds
        );
    }

    #[test]
    fn missing() {
        assert_eq!(FreeSpace.check(&with(None)).verdict, Verdict::Unknown);
        assert_eq!(FreeSpace.check(&sample::unread()).verdict, Verdict::Unknown);
        let mut facts = with(Some(572 * GIB));
        facts.protected.vms[0].usage = Fact::unknown("no privilege");
        assert_eq!(
            FreeSpace.check(&facts).reason.as_deref(),
            Some("app-01: no privilege")
        );
        let mut facts = with(Some(1));
        facts.datastores = Fact::Known(vec![]);
        assert_eq!(FreeSpace.check(&facts).verdict, Verdict::Unknown);
    }

    #[test]
    fn the_sum_counts() {
        let judgement = FreeSpace.check(&with(Some(571 * GIB)));
        assert_eq!(judgement.worst(), Some(Severity::Warning));
        assert_eq!(judgement.findings[0].object, "ds1");
        assert_eq!(
            judgement.findings[0].summary,
            "thin disks on it may grow by 572 GiB, 571 GiB are free"
        );
    }
}
