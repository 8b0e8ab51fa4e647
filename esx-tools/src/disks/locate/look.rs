//! Finding the disks of the ledger again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vsphere_client::Client;

use super::{
    super::list::read,
    judge::{self, DiskState, Located, devices_known},
    search::{Search, Unsearched},
};
use crate::{
    error::OpError,
    find::resolve_reference,
    ledger::{Ledger, Unreadable},
    selector::VmSelector,
    site::{Facts, Owners, owners},
};

/// Where the disks of a ledger are, with the facts that this comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocatedDisks {
    /// The facts of the master target.
    pub facts: Facts,
    /// One for each entry of the ledger, by UUID.
    pub disks: Vec<Located>,
    /// Entries of the ledger that cannot be read.
    pub unreadable: Vec<Unreadable>,
    /// Names of the datastores that were searched; none when the master target's devices and the former file paths
    /// told everything.
    pub searched: Vec<String>,
    /// Datastores and files that could not be looked into: what is missing may be there.
    pub unsearched: Vec<Unsearched>,
}

impl LocatedDisks {
    /// Whether every disk is where the ledger says.
    pub fn all_as_recorded(&self) -> bool {
        self.unreadable.is_empty()
            && self
                .disks
                .iter()
                .all(|disk| disk.state == DiskState::AsRecorded)
    }

    /// How many disks are in a state.
    pub fn count(&self, state: DiskState) -> usize {
        self.disks.iter().filter(|disk| disk.state == state).count()
    }
}

/// Says of every disk in the ledger of a master target where it is now. Changes nothing.
///
/// The master target's own devices are looked at first, by UUID. For a disk that is not where it was attached,
/// its former file path is asked (`QueryVirtualDiskUuid`); for one that is found in neither way, every datastore that
/// the host of the master target or of an owner sees is searched, and its disks are asked.
///
/// # Errors
///
/// See [`OpError`]; [`OpError::Unreadable`] when devices or ledger of the VM cannot be read.
pub async fn locate(client: &Client, selector: &VmSelector) -> Result<LocatedDisks, OpError> {
    let vm = resolve_reference(client, selector).await?;
    let facts = read(client, &vm).await?;
    let look = look(client, facts).await?;
    Ok(look.located)
}

/// What a look for disks saw.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) located: LocatedDisks,
    pub(crate) owners: Owners,
}

/// Looks for the disks of a ledger.
pub(crate) async fn look(client: &Client, facts: Facts) -> Result<Look, OpError> {
    let vm = &facts.master_target;
    devices_known(vm).map_err(|reason| OpError::Unreadable {
        what: format!("the disks of {}", vm.name),
        reason,
    })?;
    let ledger = vm.ledger().known().cloned().unwrap_or_default();
    let Ledger {
        entries,
        unreadable,
    } = ledger;
    let mut search = Search::default();
    let mut owned = Owners::default();
    if !entries.is_empty() {
        let failed = || OpError::client(format!("look for the disks of {}", vm.name));
        owned = owners(client, &vm.moref, &entries)
            .await
            .map_err(failed())?;
        let paths = judge::to_ask(vm, &entries, &owned.vms);
        search.ask(client, &owned, paths).await.map_err(failed())?;
        if !judge::to_search(vm, &entries, &search.files).is_empty() {
            let wanted: BTreeSet<_> = entries.iter().map(|entry| entry.uuid.clone()).collect();
            search
                .datastores(client, &owned, &wanted)
                .await
                .map_err(failed())?;
        }
    }
    search.unsearched.sort();
    search.unsearched.dedup();
    let disks = judge::locate(vm, &entries, &owned.vms, &search.files, &search.holders);
    Ok(Look {
        located: LocatedDisks {
            disks,
            unreadable,
            searched: search.searched,
            unsearched: search.unsearched,
            facts,
        },
        owners: owned,
    })
}
