//! Snapshots of one VM, and consolidation by itself.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use vsphere_client::Client;

use super::{CheckReport, OpError, Prepare, PrepareOptions, VmSelector, check, prepare};
use crate::{engine::Prepared, plan::Scope, vm::SnapshotFacts};

/// The snapshots of a VM, parents before children.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotList {
    /// The facts they come from.
    pub report: CheckReport,
    /// One row per snapshot.
    pub rows: Vec<SnapshotRow>,
}

/// One snapshot of a VM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotRow {
    /// Its reference.
    pub moref: String,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: String,
    /// When it was taken.
    pub created: Option<Timestamp>,
    /// Its level in the tree, from 1.
    pub depth: usize,
    /// Whether the VM stands on it now.
    pub is_current: bool,
}

/// Lists the snapshots of a VM, with whether its disks need consolidation. Changes nothing.
///
/// # Errors
///
/// See [`OpError`].
pub async fn list(client: &Client, selector: &VmSelector) -> Result<SnapshotList, OpError> {
    let report = check(client, selector).await?;
    let roots = report.facts.master_target.snapshots.known();
    let rows = SnapshotFacts::walk(roots.map(Vec::as_slice).unwrap_or_default())
        .into_iter()
        .map(|(depth, snapshot)| SnapshotRow {
            moref: snapshot.moref.to_string(),
            name: snapshot.name.clone(),
            description: snapshot.description.clone(),
            created: snapshot.created,
            depth,
            is_current: snapshot.is_current,
        })
        .collect();
    Ok(SnapshotList { report, rows })
}

/// Plans to consolidate the disks of a VM that needs it. Its snapshots stay. Changes nothing.
///
/// # Errors
///
/// See [`OpError`].
pub async fn prepare_consolidate(
    client: &Client,
    selector: &VmSelector,
) -> Result<Prepared<Prepare>, OpError> {
    prepare(client, selector, &PrepareOptions::only(Scope::Consolidate)).await
}
