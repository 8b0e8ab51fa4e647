//! What there is: hosts, datastores, virtual machines, controllers, snapshots.
//!
//! Each list takes three calls and one more for each further page, and up to three more for the
//! names that rows refer to. An object that cannot be read is a row with a `note`, not an error.

mod machines;
mod places;
mod rows;

use std::collections::BTreeMap;

use vsphere_client::{
    Client,
    property::{Object, ObjectSet},
    vim::ManagedObjectReference,
};

use super::OpError;
use crate::names::decode;

pub use machines::{ControllerRow, VmRow, VmSnapshotRow, controllers, snapshots, vms};
pub use places::{DatastoreRow, HostRow, datastores, hosts};
pub use rows::Rows;

/// Names by reference, of all objects of one type.
async fn names<S: ObjectSet>(
    client: &Client,
    what: &str,
    name_of: impl Fn(S) -> Option<String>,
) -> Result<BTreeMap<ManagedObjectReference, String>, OpError> {
    let root = &client.content().root_folder;
    let found = client
        .list::<S>(root)
        .await
        .map_err(OpError::client(format!("list the {what}")))?;
    let named = found
        .into_iter()
        .filter_map(|object| Some((object.reference, decode(&name_of(object.properties)?))));
    Ok(named.collect())
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
