//! Reads the UUIDs of an inventory, and finds those that several VMs have.

use vsphere_client::Client;

use super::OpError;
use crate::{
    duplicates::{Duplicates, find},
    find::{container, folders},
    vm::{Vm, VmParts, parts},
};

/// What is read of each VM.
const BEARING: u32 = parts::NAME
    | parts::PARENT
    | parts::TEMPLATE
    | parts::DISK_UUID_FLAG
    | parts::BIOS_UUID
    | parts::INSTANCE_UUID
    | parts::DEVICES;

/// Finds the UUIDs that several VMs of an inventory have, or of the part below `scope`.
///
/// `scope` is the inventory path of a folder, datacenter, cluster, host, resource pool or vApp. The
/// VMs are read page by page; only their names, UUIDs and files are kept.
///
/// # Errors
///
/// [`OpError::NoSuchPath`], or the client's. A VM that cannot be read is no error but an entry
/// of [`Duplicates::unread`].
pub async fn duplicates(client: &Client, scope: Option<&str>) -> Result<Duplicates, OpError> {
    let container = match scope {
        Some(path) => container(client, path).await?,
        None => client.content().root_folder.clone(),
    };
    let folders = folders(client).await?;
    let failed = || OpError::client("read the UUIDs of the VMs");
    let mut listing = client
        .listing::<VmParts<BEARING>>(&container)
        .await
        .map_err(failed())?;
    let mut vms = Vec::new();
    let outcome = loop {
        match listing.next_page().await {
            Ok(Some(page)) => {
                vms.extend(page.into_iter().map(|object| Vm::of(object, &folders)));
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    // What was read counts; a view that cannot be given up ends with the session.
    let _ = listing.close().await;
    outcome.map_err(failed())?;
    Ok(find(&vms))
}
