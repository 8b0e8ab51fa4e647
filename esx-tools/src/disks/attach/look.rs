//! What an attach is judged by, and reading it.

use std::collections::BTreeSet;

use vsphere_client::{
    Client, Error as ClientError,
    vim::{DatastorePath, ManagedObjectReference},
};

use super::super::{files::ask_files_of, list::neighbours_of};
use crate::{
    error::OpError,
    site::{Facts, ProtectedVms},
    vm::{NamedFile, Vm},
};

/// Everything that an attach is judged by.
#[derive(Clone, Debug)]
pub struct AttachFacts {
    /// The master target and what it stands on.
    pub facts: Facts,
    /// The VMs that were named, in that order.
    pub(crate) vms: Vec<Vm>,
    /// The files that were named, in that order.
    pub(crate) files: Vec<NamedFile>,
    /// The VMs that own those files.
    pub(crate) owners: Vec<Vm>,
    /// Every VM with files on the datastores concerned.
    pub(crate) holders: Vec<Vm>,
}

/// What was asked for, found on the server.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) vms: Vec<ManagedObjectReference>,
    pub(super) files: Vec<NamedFile>,
    pub(super) partial: bool,
}

/// Reads everything about what was asked for. The facts of the master target are given.
pub(super) async fn look(
    client: &Client,
    facts: Facts,
    asked: &Asked,
    before: Option<&AttachFacts>,
) -> Result<AttachFacts, OpError> {
    let vms = read_vms(client, &asked.vms, before).await?;
    let holders = neighbours_of(client, &facts, datastores(&facts, &vms, asked)).await?;
    let owners = owners_of_files(&facts, &vms, &holders, asked);
    let owners = read_vms(client, &owners, before).await?;
    Ok(AttachFacts {
        facts,
        vms,
        files: asked.files.clone(),
        owners,
        holders,
    })
}

/// VMs in the order in which they were named. What their files said before is not asked again.
async fn read_vms(
    client: &Client,
    references: &[ManagedObjectReference],
    before: Option<&AttachFacts>,
) -> Result<Vec<Vm>, OpError> {
    let read = ProtectedVms::gather(client, references)
        .await
        .map_err(|error| match error {
            ClientError::Gone(reference) => OpError::NotFound {
                wanted: reference.to_string(),
                near: Vec::new(),
            },
            error => OpError::client("read the VMs that own the disks")(error),
        })?;
    let mut found = read.vms;
    let position = |vm: &Vm| {
        references
            .iter()
            .position(|reference| vm.moref == reference.clone())
    };
    found.sort_by_key(position);
    match before {
        None => ask_files_of(client, &mut found)
            .await
            .map_err(OpError::client("ask the files for their UUIDs"))?,
        Some(before) => {
            for vm in &mut found {
                let mut known = before.vms.iter().chain(&before.owners);
                if let Some(known) = known.find(|known| known.moref == vm.moref) {
                    vm.files.clone_from(&known.files);
                }
            }
        }
    }
    Ok(found)
}

/// Datastores that hold what was named.
fn datastores(facts: &Facts, vms: &[Vm], asked: &Asked) -> BTreeSet<ManagedObjectReference> {
    let of_vms = vms
        .iter()
        .flat_map(|vm| vm.datastores.known().into_iter().flatten().cloned());
    let of_files = asked
        .files
        .iter()
        .filter_map(|file| DatastorePath::parse(&file.path))
        .filter_map(|path| facts.datastore(&path.datastore))
        .map(|datastore| datastore.moref.clone());
    of_vms.chain(of_files).collect()
}

/// The VMs that have the files that were named, unless they were named themselves.
fn owners_of_files(
    facts: &Facts,
    vms: &[Vm],
    holders: &[Vm],
    asked: &Asked,
) -> Vec<ManagedObjectReference> {
    let known = |moref: &ManagedObjectReference| {
        moref == &facts.master_target.moref || vms.iter().any(|vm| &vm.moref == moref)
    };
    let holds = |holder: &&Vm| {
        asked
            .files
            .iter()
            .any(|file| holder.disk_at(&file.path).is_some())
    };
    holders
        .iter()
        .filter(|holder| !known(&holder.moref))
        .filter(holds)
        .map(|holder| holder.moref.clone())
        .collect()
}
