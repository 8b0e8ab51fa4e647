//! From what a person typed to one VM.

use vsphere_client::{
    Client, Error as ClientError,
    method::{FindAllByUuid, FindByInventoryPath},
    vim::{FaultKind, ManagedObjectReference, ObjectSpec},
};

use crate::{
    error::OpError,
    folders::{with_ancestors, with_vms_below},
    names,
    selector::VmSelector,
    site::{parts::FOLDERS, read},
    vm::{ResolvedVm, VmParts, parts},
};

/// What tells a VM from others.
const IDENTITY: u32 = parts::NAME | parts::PARENT | parts::INSTANCE_UUID | parts::BIOS_UUID;

/// Finds the one VM that `selector` names, with what tells it from others.
///
/// # Errors
///
/// [`OpError::NotFound`] with near names, [`OpError::Ambiguous`] with all matches, or the client's.
pub async fn resolve(client: &Client, selector: &VmSelector) -> Result<ResolvedVm, OpError> {
    let found = resolve_reference(client, selector).await?;
    identify(client, std::slice::from_ref(&found))
        .await?
        .pop()
        .ok_or_else(|| OpError::NotFound {
            wanted: selector.to_string(),
            near: Vec::new(),
        })
}

/// Finds the reference of the one VM that `selector` names, in as few calls as possible.
pub(crate) async fn resolve_reference(
    client: &Client,
    selector: &VmSelector,
) -> Result<ManagedObjectReference, OpError> {
    let mut found = match selector {
        VmSelector::ManagedObjectReference(reference) => {
            existing(client, reference.clone()).await?
        }
        VmSelector::Path(path) => by_path(client, path).await?,
        VmSelector::Uuid(uuid) => by_uuid(client, uuid).await?,
        VmSelector::NameOrMoRef(text) => {
            let reference =
                existing(client, ManagedObjectReference::new("VirtualMachine", text)).await?;
            if reference.is_empty() {
                by_name(client, selector, text).await?
            } else {
                reference
            }
        }
        VmSelector::Name(name) => by_name(client, selector, name).await?,
    };
    match found.len() {
        1 => Ok(found.swap_remove(0)),
        0 => {
            // A path may be wrong in one letter only, so its last part is held against all names.
            let near = match selector {
                VmSelector::Path(path) => {
                    let last = path.rsplit('/').next().unwrap_or(path);
                    let all = all_names(client).await?;
                    names::near(last, all.iter().map(|(_, name)| name.as_str()))
                }
                _ => Vec::new(),
            };
            Err(OpError::NotFound {
                wanted: selector.to_string(),
                near,
            })
        }
        _ => {
            let matches = identify(client, &found).await?;
            Err(OpError::Ambiguous {
                wanted: selector.to_string(),
                matches,
            })
        }
    }
}

async fn existing(
    client: &Client,
    reference: ManagedObjectReference,
) -> Result<Vec<ManagedObjectReference>, OpError> {
    match client
        .retrieve_one::<VmParts<{ parts::NAME }>>(&reference)
        .await
    {
        Ok(object) if object.properties.0.name.is_some() => Ok(vec![reference]),
        Ok(object) => match object.missing("name").map(|missing| &missing.fault.kind) {
            Some(FaultKind::NoPermission { .. }) => Ok(vec![reference]),
            _ => Ok(Vec::new()),
        },
        Err(error) if error.is_gone() => Ok(Vec::new()),
        Err(error) => Err(OpError::client(format!("look up {reference}"))(error)),
    }
}

async fn by_path(client: &Client, path: &str) -> Result<Vec<ManagedObjectReference>, OpError> {
    let call = FindByInventoryPath {
        this: search_index(client)?,
        inventory_path: path.to_owned(),
    };
    let found = client
        .call(&call)
        .await
        .map_err(OpError::client(format!("look up the path /{path}")))?;
    Ok(found
        .into_iter()
        .filter(|reference| reference.is("VirtualMachine"))
        .collect())
}

/// By instance UUID, else by BIOS UUID, which clones may share.
async fn by_uuid(client: &Client, uuid: &str) -> Result<Vec<ManagedObjectReference>, OpError> {
    for instance_uuid in [true, false] {
        let call = FindAllByUuid {
            this: search_index(client)?,
            datacenter: None,
            uuid: uuid.to_owned(),
            vm_search: true,
            instance_uuid: Some(instance_uuid),
        };
        let found = client
            .call(&call)
            .await
            .map_err(OpError::client(format!("look up the UUID {uuid}")))?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// By the very name, else by the name without regard to case.
async fn by_name(
    client: &Client,
    selector: &VmSelector,
    name: &str,
) -> Result<Vec<ManagedObjectReference>, OpError> {
    let all = all_names(client).await?;
    let mut exact = Vec::new();
    let mut folded = Vec::new();
    let lower = name.to_lowercase();
    for (reference, candidate) in &all {
        if candidate == name {
            exact.push(reference.clone());
        } else if candidate.to_lowercase() == lower {
            folded.push(reference.clone());
        }
    }
    if exact.is_empty() && folded.is_empty() {
        let near = names::near(name, all.iter().map(|(_, name)| name.as_str()));
        return Err(OpError::NotFound {
            wanted: selector.to_string(),
            near,
        });
    }
    Ok(if exact.is_empty() { folded } else { exact })
}

/// Every VM's reference and name: one call, and one more for each further page.
///
/// There is no search by name in the API, and a view would cost two calls more.
async fn all_names(client: &Client) -> Result<Vec<(ManagedObjectReference, String)>, OpError> {
    let root = ObjectSpec::object(client.content().root_folder.clone()).skipped();
    let found = read::<{ parts::NAME }, 0>(client, [with_vms_below(root)])
        .await
        .map_err(OpError::client("read the names of the VMs"))?;
    Ok((found.vms.into_iter())
        .filter_map(|(reference, vm)| Some((reference, names::decode(&vm.properties.name?))))
        .collect())
}

/// Reads what tells VMs apart, for all of them in one call.
async fn identify(
    client: &Client,
    references: &[ManagedObjectReference],
) -> Result<Vec<ResolvedVm>, OpError> {
    let specs = references.iter().cloned().map(ObjectSpec::object);
    let found = read::<IDENTITY, FOLDERS>(client, specs.map(with_ancestors))
        .await
        .map_err(OpError::client("read the identity of the VMs"))?;
    let vms = found.all_vms().map(|vm| ResolvedVm {
        moref: vm.moref,
        name: vm.name,
        inventory_path: vm.inventory_path,
        instance_uuid: vm.instance_uuid,
        bios_uuid: vm.bios_uuid,
    });
    Ok(vms.collect())
}

pub(crate) fn search_index(client: &Client) -> Result<ManagedObjectReference, OpError> {
    client
        .content()
        .search_index
        .clone()
        .ok_or(ClientError::Missing("a SearchIndex"))
        .map_err(OpError::client("look up a VM"))
}
