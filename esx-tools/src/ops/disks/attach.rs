//! Attaching disks of protected VMs to a master target.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vsphere_client::{
    Client, Error as ClientError,
    vim::{DatastorePath, ManagedObjectReference},
};

use super::super::{OpError, resolve_reference};
use super::{
    AttachOptions, DiskReport,
    files::{ask, ask_files_of, datastore_path},
    list::{neighbours_of, read},
    report::of_plan,
    run_attach,
};
use crate::{
    apply::{Interrupt, Observer, Outcome},
    disks::{self, AttachFacts, DiskPlan, NamedFile},
    facts::{Facts, Holder, Knowledge, ProtectedVm, ProtectedVms, gather},
    selector::VmSelector,
};

/// A plan to attach disks, with the facts that it rests on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PreparedAttach {
    /// The master target as it was seen.
    pub facts: Facts,
    /// What is to be done.
    pub plan: DiskPlan,
    #[serde(skip)]
    pub(super) asked: Asked,
    #[serde(skip)]
    pub(super) seen: Option<Box<AttachFacts>>,
}

impl PreparedAttach {
    /// The end as one word when nothing is carried out.
    pub fn outcome(&self) -> Outcome {
        of_plan(&self.plan)
    }
}

/// What was asked for, found on the server.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    vms: Vec<ManagedObjectReference>,
    files: Vec<NamedFile>,
    pub(super) partial: bool,
}

/// Finds the disks that were named, checks whether they may be attached, and plans it. Changes nothing.
///
/// # Errors
///
/// [`OpError::Contradiction`] when nothing is named, when a path is none, or when the master target itself
/// is named; [`OpError::NotFound`] and [`OpError::Ambiguous`]; else the client's. That a disk may not be
/// attached is no error but an entry of [`DiskPlan::refused`].
pub async fn plan_attach(
    client: &Client,
    master_target: &VmSelector,
    options: &AttachOptions,
) -> Result<PreparedAttach, OpError> {
    if options.vms.is_empty() && options.files.is_empty() {
        return Err(OpError::Contradiction {
            problem: "no disk is named: name VMs or files".into(),
        });
    }
    let paths = options
        .files
        .iter()
        .map(|text| datastore_path(text))
        .collect::<Result<BTreeSet<DatastorePath>, OpError>>()?;
    let target = resolve_reference(client, master_target).await?;
    let mut vms: Vec<ManagedObjectReference> = Vec::new();
    for selector in &options.vms {
        let vm = resolve_reference(client, selector).await?;
        if vm == target {
            return Err(OpError::Contradiction {
                problem: format!(
                    "{selector} is the master target itself; its own disks are not attached to it"
                ),
            });
        }
        if !vms.contains(&vm) {
            vms.push(vm);
        }
    }
    let facts = read(client, &target).await?;
    let files = ask(client, &facts, paths.into_iter().collect())
        .await
        .map_err(OpError::client("ask the files for their UUIDs"))?;
    let asked = Asked {
        vms,
        files,
        partial: options.partial,
    };
    let seen = look(client, facts, &asked, None).await?;
    let plan = disks::plan_attach(&seen, asked.partial);
    Ok(PreparedAttach {
        facts: seen.facts.clone(),
        plan,
        asked,
        seen: Some(Box::new(seen)),
    })
}

/// Attaches what was planned, in one reconfigure, and reads back what came of it.
///
/// When the server refuses because of one disk, that disk is found: by what the server says, else by
/// trying halves. Then none is attached, or with [`AttachOptions::partial`] the rest.
///
/// # Errors
///
/// Only before anything was changed: [`OpError::Stale`] when the plan does not fit what is there now, or
/// the client's. What fails later is in the report.
pub async fn apply_attach(
    client: &Client,
    prepared: PreparedAttach,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<DiskReport, OpError> {
    run_attach::run(client, prepared, observer, interrupt).await
}

/// Reads everything about what was asked for, again. The facts of the master target are given.
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

/// Reads all of it again, and nothing that does not change meanwhile.
pub(super) async fn look_again(
    client: &Client,
    before: &AttachFacts,
    asked: &Asked,
) -> Result<AttachFacts, OpError> {
    let facts = read_again(client, &before.facts)
        .await
        .map_err(OpError::client(format!(
            "read the state of {}",
            before.facts.master_target.name
        )))?;
    look(client, facts, asked, Some(before)).await
}

/// The master target's own facts, again.
pub(super) async fn read_again(client: &Client, before: &Facts) -> Result<Facts, ClientError> {
    let vm = before.master_target.moref.clone();
    gather(client, &vm, Knowledge::Keep(before)).await
}

/// VMs in the order in which they were named. What their files said before is not asked again.
async fn read_vms(
    client: &Client,
    references: &[ManagedObjectReference],
    before: Option<&AttachFacts>,
) -> Result<Vec<ProtectedVm>, OpError> {
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
    let place = |vm: &ProtectedVm| {
        references
            .iter()
            .position(|reference| vm.moref == reference.clone())
    };
    found.sort_by_key(place);
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
fn datastores(
    facts: &Facts,
    vms: &[ProtectedVm],
    asked: &Asked,
) -> BTreeSet<ManagedObjectReference> {
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
    vms: &[ProtectedVm],
    holders: &[Holder],
    asked: &Asked,
) -> Vec<ManagedObjectReference> {
    let known = |moref: &ManagedObjectReference| {
        moref == &facts.master_target.moref || vms.iter().any(|vm| &vm.moref == moref)
    };
    let holds = |holder: &&Holder| {
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
