//! The snapshots of VMs.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use vsphere_client::{
    Client,
    method::CurrentTime,
    property::Object,
    vim::{ManagedObjectReference, ObjectSpec, VirtualMachineFileLayoutEx},
};

use super::{Query, Rows, around, column::inventory_row, note, snapshot_size::sizes};
use crate::{
    ops::OpError,
    site::Site,
    vm::{SnapshotFacts, Vm, VmParts, parts},
};

/// What is read of each VM.
const SNAPSHOTS: u32 = parts::NAME | parts::PARENT | parts::SNAPSHOTS | parts::CONSOLIDATION;

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
/// The client's, and [`OpError::NoSuchPath`].
pub async fn snapshots(
    client: &Client,
    query: Query<VmSnapshotRow>,
) -> Result<Rows<VmSnapshotRow>, OpError> {
    let around = Arc::new(around(client).await?);
    let now = client
        .call(&CurrentTime::default())
        .await
        .map_err(OpError::client("ask for the server's time"))?;
    let with_files = client.clone();
    Rows::list::<VmParts<SNAPSHOTS>, _>(client, query, "snapshots", move |page| {
        let (client, around) = (with_files.clone(), Arc::clone(&around));
        Box::pin(async move {
            let files = files(&client, &page).await?;
            let rows = page.into_iter().flat_map(|object| {
                let layout = files.get(&object.reference);
                rows_of(object, &around, layout, now)
            });
            Ok(rows.collect())
        })
    })
    .await
}

/// The files of the VMs that have snapshots. They are many, and nobody else's are needed.
async fn files(
    client: &Client,
    page: &[Object<VmParts<SNAPSHOTS>>],
) -> Result<BTreeMap<ManagedObjectReference, VirtualMachineFileLayoutEx>, OpError> {
    let with_snapshots: Vec<ObjectSpec> = page
        .iter()
        .filter(|object| object.properties.0.snapshot.is_some())
        .map(|object| ObjectSpec::object(object.reference.clone()))
        .collect();
    if with_snapshots.is_empty() {
        return Ok(BTreeMap::new());
    }
    let found = client
        .retrieve::<VmParts<{ parts::LAYOUT }>>(with_snapshots)
        .await
        .map_err(OpError::client("read the files of the snapshots"))?;
    Ok(found
        .into_iter()
        .filter_map(|object| Some((object.reference, object.properties.0.layout?)))
        .collect())
}

fn rows_of(
    object: Object<VmParts<SNAPSHOTS>>,
    around: &Site<0>,
    layout: Option<&VirtualMachineFileLayoutEx>,
    now: Timestamp,
) -> Vec<VmSnapshotRow> {
    let note = note(&object);
    let vm = Vm::of(object, &around.folders);
    let blank = VmSnapshotRow {
        vm: vm.moref,
        path: vm.inventory_path,
        vm_name: vm.name,
        moref: None,
        name: None,
        description: None,
        created: None,
        age_seconds: None,
        size_bytes: None,
        depth: None,
        is_current: None,
        consolidation_needed: vm.consolidation_needed.known().copied(),
        note,
    };
    let roots = vm.snapshots.known().map(Vec::as_slice).unwrap_or_default();
    if roots.is_empty() {
        return Vec::from_iter(blank.note.is_some().then_some(blank));
    }
    let sizes = layout.map(sizes).unwrap_or_default();
    SnapshotFacts::walk(roots)
        .into_iter()
        .map(|(depth, snapshot)| VmSnapshotRow {
            moref: Some(snapshot.moref.clone()),
            name: Some(snapshot.name.clone()),
            description: Some(snapshot.description.clone()),
            created: snapshot.created,
            // A clock that was set back makes no snapshot of the future.
            age_seconds: (snapshot.created)
                .map(|created| now.as_second().saturating_sub(created.as_second()).max(0)),
            size_bytes: sizes.get(&snapshot.moref).copied(),
            depth: Some(depth),
            is_current: Some(snapshot.is_current),
            ..blank.clone()
        })
        .collect()
}
