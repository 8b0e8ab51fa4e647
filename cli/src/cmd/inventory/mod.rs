//! `esxtool inventory`: what the server has.

mod columns;
#[cfg(test)]
mod documented;
mod listed;
mod query;
mod writer;

use esx_tools::ops::OpError;
use esx_tools::ops::inventory::{
    self, ControllerRow, DatastoreRow, DiskRow, HostRow, Rows, VmRow, VmSnapshotRow,
};
use serde_json::json;
use vsphere_client::Client;

pub(crate) use query::look_over;

use self::{
    listed::Listed,
    query::query,
    writer::{Writer, headings},
};
use super::{Context, work::refused};
use crate::args::{Format, InventoryArgs, InventoryKind};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;

/// Lists one kind of thing.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    args: &InventoryArgs,
) -> Result<Report, Failure> {
    match args.kind {
        InventoryKind::Hosts => list(context, inventory::hosts(client, query(args)?).await).await,
        InventoryKind::Datastores => {
            list(context, inventory::datastores(client, query(args)?).await).await
        }
        InventoryKind::Vms => list(context, inventory::vms(client, query(args)?).await).await,
        InventoryKind::Controllers => {
            list(context, inventory::controllers(client, query(args)?).await).await
        }
        InventoryKind::Snapshots => {
            list(context, inventory::snapshots(client, query(args)?).await).await
        }
        InventoryKind::Disks => list(context, inventory::disks(client, query(args)?).await).await,
    }
}

/// The line that stands above the records of all profiles in CSV.
///
/// # Errors
/// As `headings`.
pub(crate) fn headings_of_all(kind: InventoryKind) -> Result<String, Failure> {
    let first = Some("profile");
    match kind {
        InventoryKind::Hosts => headings::<HostRow>(first),
        InventoryKind::Datastores => headings::<DatastoreRow>(first),
        InventoryKind::Vms => headings::<VmRow>(first),
        InventoryKind::Controllers => headings::<ControllerRow>(first),
        InventoryKind::Snapshots => headings::<VmSnapshotRow>(first),
        InventoryKind::Disks => headings::<DiskRow>(first),
    }
}

/// Writes the rows as their pages come; only a JSON document, which is one whole, waits for the last.
async fn list<R: Listed>(
    context: &Context,
    rows: Result<Rows<R>, OpError>,
) -> Result<Report, Failure> {
    let mut rows = rows.map_err(refused)?;
    if context.ui.format == Format::Json {
        let rows = rows.all().await.map_err(refused)?;
        return Report::new(Exit::Done, &json!({ R::KIND: rows }), String::new());
    }
    let mut writer = Writer::new(context);
    while let Some(page) = rows.next_page().await.map_err(refused)? {
        writer.page(&page)?;
        if context.ui.is_closed() {
            // Nobody reads on. The rest stays with the server until the logout when this fails.
            let _ = rows.close().await;
            break;
        }
    }
    Report::new(Exit::Done, &json!({}), writer.end()?)
}
