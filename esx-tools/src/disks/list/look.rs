//! Listing the disks of a master target.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vsphere_client::{Client, vim::ManagedObjectReference};

use super::{super::DiskList, rows};
use crate::{
    error::OpError,
    find::resolve_reference,
    selector::VmSelector,
    site::{Facts, Knowledge, gather, holders},
    vm::Vm,
};

/// The disks of a master target, with the facts that they come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedDisks {
    /// The facts.
    pub facts: Facts,
    /// The disks.
    pub list: DiskList,
}

/// Lists the disks of a master target with whose they are, and what its ledger says. Changes nothing.
///
/// Whose disk it is tells the ledger; where that is silent, the VMs with files on the same
/// datastores are read.
///
/// # Errors
///
/// See [`OpError`]; [`OpError::Unreadable`] when the VM's devices cannot be read.
pub async fn list(client: &Client, selector: &VmSelector) -> Result<ListedDisks, OpError> {
    let vm = resolve_reference(client, selector).await?;
    let facts = read(client, &vm).await?;
    let own = &facts.master_target;
    let others = neighbours_of(client, &facts, datastores_of(&facts)).await?;
    let list = rows::rows(own, &others).map_err(|reason| OpError::Unreadable {
        what: format!("the disks of {}", own.name),
        reason,
    })?;
    Ok(ListedDisks { facts, list })
}

/// The facts of the master target, without what only the rules need.
pub(crate) async fn read(client: &Client, vm: &ManagedObjectReference) -> Result<Facts, OpError> {
    gather(client, vm, Knowledge::Ask(&[]))
        .await
        .map_err(OpError::client(format!("read the facts of {vm}")))
}

/// Datastores that hold disks of the master target.
fn datastores_of(facts: &Facts) -> BTreeSet<ManagedObjectReference> {
    let disks = facts.master_target.disks.known().into_iter().flatten();
    let names: BTreeSet<&str> = disks
        .flat_map(|disk| {
            let base = disk
                .chain
                .first()
                .and_then(|unit| unit.datastore.as_deref());
            base.or(disk.datastore.as_deref())
        })
        .collect();
    names
        .into_iter()
        .filter_map(|name| facts.datastore(name))
        .map(|datastore| datastore.moref.clone())
        .collect()
}

/// The VMs with files on these datastores.
pub(crate) async fn neighbours_of(
    client: &Client,
    facts: &Facts,
    datastores: BTreeSet<ManagedObjectReference>,
) -> Result<Vec<Vm>, OpError> {
    holders(client, &datastores)
        .await
        .map_err(OpError::client(format!(
            "read which VMs have files on the datastores of {}",
            facts.master_target.name
        )))
}
