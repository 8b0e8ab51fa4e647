//! Giving moved disks back to the VMs that own them.

use serde::{Deserialize, Serialize};
use vsphere_client::Client;

use super::super::{OpError, resolve, resolve_reference};
use super::{
    list::read,
    locate::{LocatedDisks, look},
    run_restore,
};
use crate::{
    apply::{Interrupt, Observer, Outcome, StepResult},
    disks::{self, DiskPlan, RefusedCause, RestoreFacts},
    facts::Facts,
    ledger::Ledger,
    selector::VmSelector,
};

/// A plan to give disks back, with what it rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PreparedRestore {
    /// Where the disks are.
    pub located: LocatedDisks,
    /// What is to be done.
    pub plan: DiskPlan,
    #[serde(skip)]
    pub(super) seen: Option<Box<RestoreFacts>>,
}

impl PreparedRestore {
    /// The end as one word when nothing is carried out.
    pub fn outcome(&self) -> Outcome {
        of_plan(&self.plan)
    }
}

/// What became of a restore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreReport {
    /// What was to be done.
    pub plan: DiskPlan,
    /// What became of each step.
    pub steps: Vec<StepResult>,
    /// Where the disks are now; unset when that could not be read.
    pub after: Option<LocatedDisks>,
    /// Why it could not be read.
    pub verify_error: Option<String>,
    /// Times that somebody else changed something, and the work went on all the same.
    pub replanned: Vec<String>,
    /// The end as one word.
    pub outcome: Outcome,
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
pub async fn plan_restore(
    client: &Client,
    master_target: &VmSelector,
    vms: &[VmSelector],
) -> Result<PreparedRestore, OpError> {
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
    let (seen, located) = see(client, facts, wanted).await?;
    Ok(PreparedRestore {
        plan: disks::plan_restore(&seen),
        located,
        seen: Some(Box::new(seen)),
    })
}

/// Gives back what was planned, owner by owner, and reads back what came of it. Running it again changes nothing.
///
/// No file is changed, moved or deleted, whatever happens.
///
/// # Errors
///
/// Only before anything was changed: [`OpError::Stale`] when the plan does not fit what is there now, or
/// the client's. What fails later is in the report.
pub async fn apply_restore(
    client: &Client,
    prepared: PreparedRestore,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<RestoreReport, OpError> {
    run_restore::run(client, prepared, observer, interrupt).await
}

/// Looks for the disks, and keeps what a plan is made of.
pub(super) async fn see(
    client: &Client,
    facts: Facts,
    wanted: Option<Vec<String>>,
) -> Result<(RestoreFacts, LocatedDisks), OpError> {
    let look = look(client, facts).await?;
    let seen = RestoreFacts {
        facts: look.located.facts.clone(),
        located: look.located.disks.clone(),
        owners: look.owners.vms,
        wanted,
    };
    Ok((seen, look.located))
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

/// The end of a plan that has nothing to do.
pub(super) fn of_plan(plan: &DiskPlan) -> Outcome {
    if plan.refused.is_empty() {
        Outcome::Ready
    } else if plan
        .refused
        .iter()
        .any(|one| one.cause == RefusedCause::NotPermitted)
    {
        Outcome::NotPermitted
    } else {
        Outcome::BlockersRemain
    }
}
