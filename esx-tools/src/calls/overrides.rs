//! Editing a VM's entry in Storage DRS without losing what else stands in it.

use vsphere_client::{
    Client, property_set,
    vim::{
        ArrayUpdateOperation, ManagedObjectReference, StorageDrsConfigInfo, StorageDrsVmConfigInfo,
    },
};

use super::build::{Request, RequestError};

property_set! {
    struct Entries: "StoragePod" {
        config: Option<StorageDrsConfigInfo> = "podStorageDrsEntry.storageDrsConfig",
    }
}

/// The call with the whole entry in it. An edit replaces the whole entry, so affinity and rules that a
/// person set go along as they are on the server right now.
///
/// # Errors
///
/// [`RequestError::Unread`] when the entry cannot be read.
pub(super) async fn whole_entry(
    client: &Client,
    pod: &ManagedObjectReference,
    mut call: Request,
) -> Result<Request, RequestError> {
    if let Request::StorageDrs(call) = &mut call {
        let edits = call.spec.vm_config_spec.iter_mut();
        for edit in edits.filter(|edit| edit.operation == ArrayUpdateOperation::Edit) {
            let Some(info) = &mut edit.info else { continue };
            let pod = pod.clone();
            let entries = client
                .retrieve_one::<Entries>(&pod)
                .await
                .map_err(RequestError::Unread)?;
            let now = entries.properties.config.into_iter();
            let mine = now
                .flat_map(|config| config.vm_config)
                .find(|entry| entry.vm == info.vm);
            if let Some(mine) = mine {
                keep(info, mine);
            }
        }
    }
    Ok(call)
}

/// What is to be, with everything of what is that it does not speak of.
fn keep(info: &mut StorageDrsVmConfigInfo, now: StorageDrsVmConfigInfo) {
    let wanted = std::mem::replace(info, now);
    info.enabled = wanted.enabled;
    info.behavior = wanted.behavior.or(info.behavior.take());
}
