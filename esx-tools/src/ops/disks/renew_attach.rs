//! Reading and planning an attach again, after somebody else changed something.

use std::collections::BTreeSet;

use super::{
    attach::look_again,
    read_attach::is_attached,
    run_attach::{Blamed, Run},
    work::Problem,
};
use crate::{
    disks::{self, ATTACH, DiskName, DiskPlan},
    ledger::{DiskUuid, Entry},
    plan::{Change, PlacedDisk},
};

impl Run<'_> {
    /// Reads everything again, and takes the places of a new plan.
    pub(super) async fn renew(
        &mut self,
        disks: &mut Vec<PlacedDisk>,
        record: &mut Vec<Entry>,
    ) -> Result<(), Problem> {
        let (fresh_disks, fresh_record) = self.refresh(disks, record).await?;
        *disks = fresh_disks;
        *record = fresh_record;
        Ok(())
    }

    /// What of these disks and entries is still to be done, by a plan for what is there now.
    async fn refresh(
        &mut self,
        disks: &[PlacedDisk],
        record: &[Entry],
    ) -> Result<(Vec<PlacedDisk>, Vec<Entry>), Problem> {
        self.seen = look_again(self.client, &self.seen, self.asked)
            .await
            .map_err(|error| Problem::Unread(Box::new(error)))?;
        self.fresh = true;
        let now = disks::plan_attach(&self.seen, true);
        let wanted: BTreeSet<&DiskUuid> = disks.iter().map(|disk| &disk.entry.uuid).collect();
        let news = now.refused.iter().find(|refused| {
            let meant = match &refused.disk.uuid {
                Some(uuid) => wanted.contains(uuid),
                // What is wrong with a VM, or with the master target, is about all.
                None => true,
            };
            meant && !self.plan.refused.contains(refused)
        });
        if let Some(news) = news {
            // A refusal without a disk is about the master target.
            let of_disk = news.disk != DiskName::default();
            if !of_disk {
                return Err(Problem::Changed(news.reason.clone()));
            }
            if !self.asked.partial {
                return Err(Problem::Changed(format!("{}: {}", news.disk, news.reason)));
            }
            let left_out: Vec<Blamed> = disks
                .iter()
                .filter(|disk| !is_planned(&now, disk) && !is_attached(disk, &self.seen.facts))
                .map(|disk| (disk.clone(), news.reason.clone()))
                .collect();
            self.blamed.extend(left_out);
        }
        let recorded: BTreeSet<&DiskUuid> = record.iter().map(|entry| &entry.uuid).collect();
        Ok(match now.step(ATTACH).map(|step| &step.change) {
            Some(Change::AttachDisks {
                disks, record: now, ..
            }) => (
                disks
                    .iter()
                    .filter(|disk| wanted.contains(&disk.entry.uuid))
                    .cloned()
                    .collect(),
                now.iter()
                    .filter(|entry| wanted.contains(&entry.uuid) || recorded.contains(&entry.uuid))
                    .cloned()
                    .collect(),
            ),
            _ => (Vec::new(), Vec::new()),
        })
    }
}

fn is_planned(plan: &DiskPlan, disk: &PlacedDisk) -> bool {
    plan.steps.iter().any(|step| match &step.change {
        Change::AttachDisks { disks, .. } => {
            disks.iter().any(|one| one.entry.uuid == disk.entry.uuid)
        }
        _ => false,
    })
}
