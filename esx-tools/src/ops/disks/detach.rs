//! Detaching disks of protected VMs from a master target.

use serde::{Deserialize, Serialize};
use vsphere_client::{Client, vim::ManagedObjectReference};

use super::super::{OpError, resolve, resolve_reference};
use super::{
    DetachOptions, DiskReport, files::ask_by_uuid, list::read, report::of_plan, run_detach,
};
use crate::{
    apply::{Interrupt, Observer, Outcome},
    disks::{self, DetachFacts, DetachWanted, DiskPlan, OfVm},
    facts::{Fact, Facts},
    ledger::{Entry, Ledger},
    selector::VmSelector,
};

/// A plan to detach disks, with the facts that it rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PreparedDetach {
    /// The master target as it was seen.
    pub facts: Facts,
    /// What is to be done.
    pub plan: DiskPlan,
    #[serde(skip)]
    pub(super) seen: Option<Box<DetachFacts>>,
}

impl PreparedDetach {
    /// The end as one word when nothing is carried out.
    pub fn outcome(&self) -> Outcome {
        of_plan(&self.plan)
    }
}

/// Finds the disks that were named in the ledger and on the master target, and plans to take them off.
/// Changes nothing.
///
/// # Errors
///
/// [`OpError::Contradiction`] when nothing is named; [`OpError::NotFound`] and [`OpError::Ambiguous`];
/// else the client's. That a disk may not be detached is no error but an entry of [`DiskPlan::refused`].
pub async fn plan_detach(
    client: &Client,
    master_target: &VmSelector,
    options: &DetachOptions,
) -> Result<PreparedDetach, OpError> {
    if !options.all && options.vms.is_empty() && options.uuids.is_empty() {
        return Err(OpError::Contradiction {
            problem: "no disk is named: name VMs, UUIDs, or all".into(),
        });
    }
    let target = resolve_reference(client, master_target).await?;
    let facts = read(client, &target).await?;
    let mut wanted = DetachWanted {
        all: options.all,
        vms: Vec::new(),
        uuids: options.uuids.clone(),
    };
    let ledger = match facts.master_target.ledger() {
        Fact::Known(ledger) => ledger,
        Fact::Unknown { .. } => Ledger::default(),
    };
    for selector in &options.vms {
        wanted
            .vms
            .push(of_vm(client, selector, &ledger, &target).await?);
    }
    let seen = look(client, facts, wanted).await?;
    Ok(PreparedDetach {
        facts: seen.facts.clone(),
        plan: disks::plan_detach(&seen),
        seen: Some(Box::new(seen)),
    })
}

/// Takes off what was planned, in one reconfigure, reads back what came of it, and asks every file
/// whether it is still there and has its UUID.
///
/// No file is deleted, whatever happens.
///
/// # Errors
///
/// Only before anything was changed: [`OpError::Stale`] when the plan does not fit what is there now, or
/// the client's. What fails later is in the report.
pub async fn apply_detach(
    client: &Client,
    prepared: PreparedDetach,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<DiskReport, OpError> {
    run_detach::run(client, prepared, observer, interrupt).await
}

/// Asks the files of entries whose disks are not attached.
pub(super) async fn look(
    client: &Client,
    facts: Facts,
    wanted: DetachWanted,
) -> Result<DetachFacts, OpError> {
    let lost = disks::without_disk(&facts, &wanted);
    let expected = lost
        .into_iter()
        .map(|entry| (entry.uuid, entry.path))
        .collect();
    let files = ask_by_uuid(client, &facts, expected)
        .await
        .map_err(OpError::client("ask the files for their UUIDs"))?;
    Ok(DetachFacts {
        facts,
        wanted,
        files,
    })
}

/// The VM that was named; one that is gone is known by the ledger.
async fn of_vm(
    client: &Client,
    selector: &VmSelector,
    ledger: &Ledger,
    target: &ManagedObjectReference,
) -> Result<OfVm, OpError> {
    let found = match resolve(client, selector).await {
        Ok(found) => found,
        Err(error @ OpError::NotFound { .. }) => {
            return by_ledger(selector, ledger).ok_or(error);
        }
        Err(error) => return Err(error),
    };
    if found.moref == target.clone() {
        return Err(OpError::Contradiction {
            problem: format!(
                "{selector} is the master target itself; its own disks are never detached"
            ),
        });
    }
    let instance_uuid = found.instance_uuid.ok_or_else(|| OpError::Unreadable {
        what: format!("the instance UUID of {}", found.name),
        reason: "the server leaves it out".into(),
    })?;
    Ok(OfVm {
        name: found.name,
        instance_uuid,
    })
}

fn by_ledger(selector: &VmSelector, ledger: &Ledger) -> Option<OfVm> {
    let text = selector.to_string();
    let is_it = |entry: &&Entry| {
        entry.vm_name == text || entry.vm_instance_uuid.eq_ignore_ascii_case(&text)
    };
    let mut found = ledger.entries.iter().filter(is_it);
    let first = found.next()?;
    // Two VMs of one name that are both gone: nothing tells which is meant.
    if found.any(|entry| entry.vm_instance_uuid != first.vm_instance_uuid) {
        return None;
    }
    Some(OfVm {
        name: first.vm_name.clone(),
        instance_uuid: first.vm_instance_uuid.clone(),
    })
}
