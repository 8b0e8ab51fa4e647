//! From what a person typed to one host.

use vsphere_client::{
    Client, Error as ClientError,
    vim::{ManagedObjectReference, ObjectSpec, SelectionSpec, TraversalSpec},
};

use super::super::OpError;
use crate::{
    find::resolve_reference,
    names::near,
    selector::VmSelector,
    site::{parts::HOST_NAME, read},
    vm::{self, VmParts},
};

/// Which host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostSelector {
    /// The host of this name or reference (`host-42`).
    Named(String),
    /// The host that this VM is registered on.
    Of(VmSelector),
    /// The only host that there is.
    Only,
}

/// Finds the one host that is meant.
pub(super) async fn choose(
    client: &Client,
    host: &HostSelector,
) -> Result<ManagedObjectReference, OpError> {
    let wanted = match host {
        HostSelector::Of(vm) => return of_vm(client, vm).await,
        HostSelector::Named(wanted) => Some(wanted.trim()),
        HostSelector::Only => None,
    };
    let all = all_hosts(client).await?;
    let Some(wanted) = wanted else {
        return match all.as_slice() {
            [(only, _)] => Ok(only.clone()),
            _ => Err(OpError::Contradiction {
                problem: format!(
                    "the server has {} hosts: name one with --host, or the VM that it runs with --like",
                    all.len()
                ),
            }),
        };
    };
    let by = |fits: &dyn Fn(&ManagedObjectReference, &str) -> bool| -> Vec<_> {
        let fitting = all.iter().filter(|(reference, name)| fits(reference, name));
        fitting.collect()
    };
    let mut found = by(&|_, name| name == wanted);
    if found.is_empty() {
        found = by(&|reference, name| {
            name.eq_ignore_ascii_case(wanted)
                || reference.value == wanted
                || reference.to_string() == wanted
        });
    }
    match found.as_slice() {
        [(one, _)] => Ok(one.clone()),
        [] => Err(OpError::NoSuchObject {
            kind: "host",
            wanted: wanted.to_owned(),
            near: near(wanted, all.iter().map(|(_, name)| name.as_str())),
            list: "esxtool inventory hosts",
        }),
        several => Err(OpError::Contradiction {
            problem: format!(
                "{} hosts are named {wanted:?}: name one by its reference: {}",
                several.len(),
                several
                    .iter()
                    .map(|(reference, _)| reference.value.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        }),
    }
}

async fn of_vm(client: &Client, vm: &VmSelector) -> Result<ManagedObjectReference, OpError> {
    let reference = resolve_reference(client, vm).await?;
    let what = || format!("read the host of {vm}");
    let found = client
        .retrieve_one::<VmParts<{ vm::parts::HOST }>>(&reference)
        .await
        .map_err(OpError::client(what()))?;
    found
        .properties
        .0
        .host
        .ok_or(ClientError::Missing("runtime.host of the VM"))
        .map_err(OpError::client(what()))
}

/// Reference and name of every host: one call, and one more for each further page.
async fn all_hosts(client: &Client) -> Result<Vec<(ManagedObjectReference, String)>, OpError> {
    let from_root = ObjectSpec::object(client.content().root_folder.clone())
        .skipped()
        .select(
            TraversalSpec::path("Folder", "childEntity")
                .named("folder")
                .then(SelectionSpec::named("folder"))
                .then(
                    TraversalSpec::path("Datacenter", "hostFolder")
                        .named("datacenter")
                        .skipped()
                        .then(SelectionSpec::named("folder")),
                )
                .then(TraversalSpec::path("ComputeResource", "host").named("compute")),
        );
    let found = read::<0, HOST_NAME>(client, [from_root])
        .await
        .map_err(OpError::client("read the names of the hosts"))?;
    let name = |host| (ManagedObjectReference::clone(host), found.host_name(host));
    Ok(found.hosts.keys().map(name).collect())
}
