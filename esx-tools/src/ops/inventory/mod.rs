//! What there is: hosts, datastores, VMs, controllers, disks, snapshots.
//!
//! Each list begins with three calls for the folders, and takes three more and one for each further page.
//! Rows are handed out as pages come. [`Query`] narrows a list by position and by an expression over its
//! [`Column`]s. An object that cannot be read is a row with a `note`, not an error.

mod column;
mod datastores;
mod devices;
mod filter;
mod hosts;
mod query;
mod rows;
mod snapshot_size;
mod snapshots;
mod vms;

use std::future::ready;

use futures_util::future::BoxFuture;
use vsphere_client::{Client, property::Object};

use super::OpError;
use crate::{
    names::decode,
    site::{
        Site,
        parts::{COMPUTE, FOLDERS, HOST_NAME},
        read_all,
    },
};

pub use column::{Column, ColumnKind, InventoryRow, Value};
pub use datastores::{DatastoreRow, MountRow, datastores};
pub use devices::{ControllerRow, DiskRow, controllers, disks};
pub use filter::{Filter, FilterError};
pub use hosts::{HostRow, hosts};
pub use query::{Query, QueryError};
pub use rows::Rows;
pub use snapshots::{VmSnapshotRow, snapshots};
pub use vms::{VmRow, vms};

/// What rows stand in and refer to: folders, datacenters, storage pods and compute resources, and the names of hosts.
///
/// Three calls, and one more for each further page. It holds no VMs and no datastores: it is small where the
/// inventory is large.
async fn around(client: &Client) -> Result<Site<0>, OpError> {
    read_all::<0, { FOLDERS | COMPUTE | HOST_NAME }>(client)
        .await
        .map_err(OpError::client("read the folders of the inventory"))
}

/// Why something of an object is not there, when the server refused it.
fn note<T>(object: &Object<T>) -> Option<String> {
    let missing = object
        .missing
        .first()
        .map(|m| format!("{} cannot be read: {}", m.path, m.fault));
    missing.or_else(|| {
        let odd = object.unreadable.first()?;
        Some(format!("{} has an unknown shape: {}", odd.path, odd.error))
    })
}

/// The name of an object, or its reference where the name cannot be read.
fn name<S>(object: &Object<S>, of: impl Fn(&S) -> Option<&str>) -> String {
    of(&object.properties).map_or_else(|| object.reference.value.clone(), decode)
}

/// Rows that need nothing more from the server.
fn at_once<S, R: Send + 'static>(
    page: Vec<Object<S>>,
    rows_of: impl FnMut(Object<S>) -> Vec<R>,
) -> BoxFuture<'static, Result<Vec<R>, OpError>> {
    let rows = page.into_iter().flat_map(rows_of).collect();
    Box::pin(ready(Ok(rows)))
}
