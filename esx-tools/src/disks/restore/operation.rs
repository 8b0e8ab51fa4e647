//! Giving moved disks back to the VMs that own them: owner by owner, each in one reconfigure.
//!
//! No file is changed, moved or deleted, whatever happens.

use jiff::Timestamp;
use serde::Serialize;
use vsphere_client::{
    Client,
    vim::{FaultKind, MethodFault},
};

use super::{
    super::{
        DiskPlan, Located,
        list::read,
        locate::{LocatedDisks, look},
    },
    plan::{RestoreFacts, plan_restore},
};
use crate::{
    calls,
    engine::{Attempt, Operation, Outcome, Prepared, Remaining, Sender, StepResult},
    error::OpError,
    find::{resolve, resolve_reference},
    ledger::Ledger,
    plan::{Change, GivenBackDisk, Step},
    selector::VmSelector,
    site::{Facts, Knowledge, gather},
};

/// Giving disks back.
#[derive(Clone, Debug)]
pub struct Restore {
    plan: DiskPlan,
}

/// What a restore rests on.
#[derive(Clone, Debug)]
pub struct RestoreSeen {
    pub(super) facts: RestoreFacts,
    /// Where the disks are.
    pub located: LocatedDisks,
}

/// Where the disks are after a restore.
#[derive(Clone, Debug, Serialize)]
pub struct RestoreAfter {
    /// One for each entry of the ledger; unset when it could not be read.
    pub disks: Option<Vec<Located>>,
    /// All that was found out.
    #[serde(skip)]
    pub located: Option<LocatedDisks>,
}

/// Plans to give the moved disks of a ledger back to the VMs that own them, all or those of `vms`.
/// Changes nothing.
///
/// Each owner gets one reconfigure: the device that names the former file goes, and the file where it is now
/// comes to the same controller and unit. Then the ledger is told. What the master target has attached stays
/// attached.
///
/// # Errors
///
/// [`OpError::NotFound`] and [`OpError::Ambiguous`]; [`OpError::Unreadable`] when devices or ledger of the master
/// target cannot be read; else the client's. That a disk cannot be given back is no error but an entry of
/// [`DiskPlan::refused`].
pub async fn prepare(
    client: &Client,
    master_target: &VmSelector,
    vms: &[VmSelector],
) -> Result<Prepared<Restore>, OpError> {
    let target = resolve_reference(client, master_target).await?;
    let facts = read(client, &target).await?;
    let ledger = facts
        .master_target
        .ledger()
        .known()
        .cloned()
        .unwrap_or_default();
    let mut wanted = Vec::with_capacity(vms.len());
    for selector in vms {
        wanted.push(instance_uuid(client, selector, &ledger).await?);
    }
    let wanted = (!vms.is_empty()).then_some(wanted);
    let seen = see(client, facts, wanted).await?;
    let operation = Restore {
        plan: plan_restore(&seen.facts),
    };
    Ok(Prepared { operation, seen })
}

/// Looks for the disks, and keeps what a plan is made of.
async fn see(
    client: &Client,
    facts: Facts,
    wanted: Option<Vec<String>>,
) -> Result<RestoreSeen, OpError> {
    let look = look(client, facts).await?;
    Ok(RestoreSeen {
        facts: RestoreFacts {
            facts: look.located.facts.clone(),
            located: look.located.disks.clone(),
            owners: look.owners.vms,
            wanted,
        },
        located: look.located,
    })
}

impl Operation for Restore {
    type Seen = RestoreSeen;
    type Plan = DiskPlan;
    type After = RestoreAfter;

    fn plan(&self) -> &DiskPlan {
        &self.plan
    }

    fn steps(&self) -> &[Step] {
        &self.plan.steps
    }

    fn without_a_change(&self) -> Outcome {
        self.plan.without_a_change()
    }

    fn seen_at(&self, seen: &RestoreSeen) -> Timestamp {
        seen.facts.facts.gathered_at
    }

    async fn carry_out(&self, sender: &mut Sender<'_>, step: &Step, seen: &RestoreSeen) -> Attempt {
        calls::carry_out(sender, &step.change, Some(&seen.facts.facts)).await
    }

    async fn look(&self, client: &Client, before: &RestoreSeen) -> Result<RestoreSeen, OpError> {
        let own = &before.facts.facts.master_target;
        let facts = gather(client, &own.moref, Knowledge::Keep(&before.facts.facts))
            .await
            .map_err(OpError::client(format!("read the state of {}", own.name)))?;
        see(client, facts, before.facts.wanted.clone()).await
    }

    fn remaining(&self, step: &Step, seen: &RestoreSeen) -> Remaining {
        let now = plan_restore(&seen.facts);
        match now.steps.iter().find(|now| now.id == step.id) {
            Some(fresh) if same(&fresh.change, &step.change) => {
                Remaining::Do(Box::new(fresh.clone()))
            }
            Some(fresh) => Remaining::Differs(format!("now it would be: {}", fresh.title)),
            None => {
                let mut refused = now.refused.iter();
                let about = refused.find(|refused| {
                    let uuid = refused.disk.uuid.as_ref();
                    uuid.is_some_and(|uuid| concerns(&step.change, uuid.as_str()))
                });
                match about {
                    Some(refused) => {
                        Remaining::Differs(format!("{}: {}", refused.disk, refused.reason))
                    }
                    None => Remaining::Nothing,
                }
            }
        }
    }

    /// A lock has one usual reason here, and a way out. Detaching is none: a moved disk is given back first, so that
    /// its own VM finds it.
    fn advice(&self, fault: &MethodFault) -> Option<String> {
        let mut at = Some(fault);
        while let Some(one) = at {
            if matches!(one.kind, FaultKind::FileLocked { .. }) {
                return Some("a VM that runs with the disk holds it, most likely the master target: shut that down, and run this again".into());
            }
            at = one.cause.as_deref();
        }
        None
    }

    fn after(&self, seen: Option<&RestoreSeen>, _: &[StepResult]) -> RestoreAfter {
        RestoreAfter {
            disks: seen.map(|seen| seen.located.disks.clone()),
            located: seen.map(|seen| seen.located.clone()),
        }
    }

    fn verdict(&self, _: &RestoreSeen, steps: &[StepResult]) -> Outcome {
        match (self.plan.refused.is_empty(), steps.is_empty()) {
            (true, _) => Outcome::Ready,
            (false, false) => Outcome::Partial,
            (false, true) => self.without_a_change(),
        }
    }
}

/// Whether a change is about a disk.
fn concerns(change: &Change, uuid: &str) -> bool {
    match change {
        Change::GiveBackDisks { disks, .. } => disks.iter().any(|disk| disk.uuid.as_str() == uuid),
        Change::Reconfigure { extra_config, .. } => extra_config
            .iter()
            .any(|setting| setting.key.to_ascii_lowercase().ends_with(uuid)),
        _ => false,
    }
}

/// Whether a change that is planned now is the one that was agreed to: the same disks from the same files, even
/// when a device got another key.
fn same(now: &Change, then: &Change) -> bool {
    match (now, then) {
        (
            Change::GiveBackDisks { vm, disks },
            Change::GiveBackDisks {
                vm: vm_then,
                disks: disks_then,
            },
        ) => {
            let named = |disks: &[GivenBackDisk]| -> Vec<(String, String, String)> {
                disks
                    .iter()
                    .map(|disk| {
                        let uuid = disk.uuid.to_string();
                        (uuid, disk.path.clone(), disk.address.clone())
                    })
                    .collect()
            };
            let then = named(disks_then);
            vm == vm_then && named(disks).iter().all(|one| then.contains(one))
        }
        (now, then) => now == then,
    }
}

/// The instance UUID of the VM that was named; one that is gone is known by the ledger.
async fn instance_uuid(
    client: &Client,
    selector: &VmSelector,
    ledger: &Ledger,
) -> Result<String, OpError> {
    let found = match resolve(client, selector).await {
        Ok(found) => found,
        Err(error @ OpError::NotFound { .. }) => {
            let text = selector.to_string();
            let mut named = ledger.entries.iter().filter(|entry| {
                entry.vm_name == text || entry.vm_instance_uuid.eq_ignore_ascii_case(&text)
            });
            let first = named.next().map(|entry| entry.vm_instance_uuid.clone());
            // Two VMs of one name that are both gone: nothing tells which is meant.
            let one = first.filter(|uuid| named.all(|entry| entry.vm_instance_uuid == *uuid));
            return one.ok_or(error);
        }
        Err(error) => return Err(error),
    };
    found.instance_uuid.ok_or_else(|| OpError::Unreadable {
        what: format!("the instance UUID of {}", found.name),
        reason: "the server leaves it out".into(),
    })
}
