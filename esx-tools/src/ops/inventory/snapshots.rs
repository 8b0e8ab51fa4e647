//! The snapshots of VMs.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use vsphere_client::{
    Client,
    method::CurrentTime,
    property::Object,
    property_set,
    vim::{
        ManagedObjectReference, ObjectSpec, VirtualMachineFileLayoutEx, VirtualMachineSnapshotInfo,
        VirtualMachineSnapshotTree,
    },
};

use super::{Query, Rows, column::inventory_row, name, note, snapshot_size::sizes, tree::Tree};
use crate::{names::decode, ops::OpError};

property_set! {
    struct Snapshots: "VirtualMachine" {
        name: Option<String> = "name",
        parent: Option<ManagedObjectReference> = "parent",
        snapshot: Option<VirtualMachineSnapshotInfo> = "snapshot",
        consolidation_needed: Option<bool> = "runtime.consolidationNeeded",
    }
}

property_set! {
    struct Files: "VirtualMachine" {
        layout: Option<VirtualMachineFileLayoutEx> = "layoutEx",
    }
}

inventory_row! {
    /// A snapshot.
    pub struct VmSnapshotRow = "snapshots" of "VirtualMachine" (vm, vm_name, path) {
        /// The VM's reference.
        vm: ManagedObjectReference => Text,
        /// The VM's name.
        vm_name: String => Text,
        /// The VM's inventory path.
        path: Option<String> => Text,
        /// The snapshot's reference.
        moref: Option<ManagedObjectReference> => Text,
        /// The snapshot's name.
        name: Option<String> => Text,
        /// What its maker wrote.
        description: Option<String> => Text,
        /// When it was taken.
        created: Option<Timestamp> => Time,
        /// How long ago that was, by the server's clock.
        age_seconds: Option<i64> => Age,
        /// Bytes of the files that are there because of it: its state and memory, and the delta files that
        /// were begun when it was taken.
        size_bytes: Option<i64> => Bytes,
        /// Its level in the tree, from 1.
        depth: Option<usize> => Number,
        /// Whether the VM stands on it now.
        is_current: Option<bool> => Truth,
        /// Whether the VM's disks need consolidation.
        consolidation_needed: Option<bool> => Truth,
        /// What could not be read, and why.
        note: Option<String> => Text,
    }
}

/// Lists the snapshots of the VMs, parents before children.
///
/// One more call asks for the server's time, and one for each page with snapshots for their files.
///
/// # Errors
///
/// The client's, and [`OpError::NoSuchPlace`].
pub async fn snapshots(
    client: &Client,
    query: Query<VmSnapshotRow>,
) -> Result<Rows<VmSnapshotRow>, OpError> {
    let tree = Arc::new(Tree::read(client).await?);
    let now = client
        .call(&CurrentTime::default())
        .await
        .map_err(OpError::client("ask for the server's time"))?;
    let with_files = client.clone();
    Rows::list::<Snapshots, _>(client, query, "snapshots", move |page| {
        let (client, tree) = (with_files.clone(), Arc::clone(&tree));
        Box::pin(async move {
            let files = files(&client, &page).await?;
            let rows = page.iter().flat_map(|object| {
                let layout = files.get(&object.reference);
                vm(object, &tree, layout, now)
            });
            Ok(rows.collect())
        })
    })
    .await
}

/// The files of the VMs that have snapshots. They are many, and nobody else's are needed.
async fn files(
    client: &Client,
    page: &[Object<Snapshots>],
) -> Result<BTreeMap<ManagedObjectReference, VirtualMachineFileLayoutEx>, OpError> {
    let with_snapshots: Vec<ObjectSpec> = page
        .iter()
        .filter(|object| object.properties.snapshot.is_some())
        .map(|object| ObjectSpec::object(object.reference.clone()))
        .collect();
    if with_snapshots.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = client
        .retrieve::<Files>(with_snapshots)
        .await
        .map_err(OpError::client("read the files of the snapshots"))?;
    Ok(found
        .into_iter()
        .filter_map(|object| Some((object.reference, object.properties.layout?)))
        .collect())
}

fn vm(
    object: &Object<Snapshots>,
    tree: &Tree,
    layout: Option<&VirtualMachineFileLayoutEx>,
    now: Timestamp,
) -> Vec<VmSnapshotRow> {
    let set = &object.properties;
    let vm_name = name(object, |set| set.name.as_deref());
    let blank = VmSnapshotRow {
        vm: object.reference.clone(),
        path: tree.path(&vm_name, set.parent.as_ref()),
        vm_name,
        moref: None,
        name: None,
        description: None,
        created: None,
        age_seconds: None,
        size_bytes: None,
        depth: None,
        is_current: None,
        consolidation_needed: set.consolidation_needed,
        note: note(object),
    };
    let Some(info) = &set.snapshot else {
        return Vec::from_iter(blank.note.is_some().then_some(blank));
    };
    let sizes = layout.map(sizes).unwrap_or_default();
    info.walk()
        .map(|(depth, snapshot)| VmSnapshotRow {
            depth: Some(depth),
            is_current: Some(info.current_snapshot.as_ref() == Some(&snapshot.snapshot)),
            size_bytes: sizes.get(&snapshot.snapshot).copied(),
            ..described(&blank, snapshot, now)
        })
        .collect()
}

fn described(
    blank: &VmSnapshotRow,
    snapshot: &VirtualMachineSnapshotTree,
    now: Timestamp,
) -> VmSnapshotRow {
    let created = snapshot.create_time;
    VmSnapshotRow {
        moref: Some(snapshot.snapshot.clone()),
        name: Some(decode(&snapshot.name)),
        description: Some(snapshot.description.clone()),
        created: Some(created),
        // A clock that was set back makes no snapshot of the future.
        age_seconds: Some(now.as_second().saturating_sub(created.as_second()).max(0)),
        ..blank.clone()
    }
}
