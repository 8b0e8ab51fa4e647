//! `esxtool inventory`: what the server has.

use esx_tools::ops::inventory::{
    self, ControllerRow, DatastoreRow, HostRow, Rows, VmRow, VmSnapshotRow,
};
use serde::Serialize;
use serde_json::json;
use vsphere_client::Client;

use super::{Context, work::refused};
use crate::args::{InventoryArgs, InventoryKind};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Table, bytes, count};
use crate::report::Report;
use crate::view::{Look, hang, moment};

/// Lists one kind of thing.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    args: &InventoryArgs,
) -> Result<Report, Failure> {
    let look = Look::of(&context.ui);
    match args.kind {
        InventoryKind::Hosts => {
            let rows = inventory::hosts(client).await.map_err(refused)?;
            list(look, "hosts", rows).await
        }
        InventoryKind::Datastores => {
            let rows = inventory::datastores(client).await.map_err(refused)?;
            list(look, "datastores", rows).await
        }
        InventoryKind::Vms => {
            let rows = inventory::vms(client).await.map_err(refused)?;
            list(look, "vms", rows).await
        }
        InventoryKind::Controllers => {
            let rows = inventory::controllers(client).await.map_err(refused)?;
            list(look, "controllers", rows).await
        }
        InventoryKind::Snapshots => {
            let rows = inventory::snapshots(client).await.map_err(refused)?;
            list(look, "snapshots", rows).await
        }
    }
}

/// How one kind of thing is listed.
trait Listed: Serialize + Send + 'static {
    /// What one of them is called.
    const NOUN: &'static str;
    /// The columns of the table.
    const COLUMNS: &'static [Column];

    /// By what the list is sorted.
    fn order(&self) -> (String, i64);
    /// The cells of its row.
    fn cells(&self) -> Vec<String>;
    /// What could not be read of it.
    fn note(&self) -> Option<(&str, &str)> {
        None
    }
}

async fn list<R: Listed>(look: Look, field: &str, rows: Rows<R>) -> Result<Report, Failure> {
    let mut rows = rows.all().await.map_err(refused)?;
    // Stable, so that a tree keeps the order within its VM.
    rows.sort_by_cached_key(Listed::order);
    let mut text = String::new();
    if !rows.is_empty() {
        let mut table = Table::new(R::COLUMNS, look.width, look.colour);
        for row in &rows {
            table.row(row.cells());
        }
        text.push_str(&table.render());
        text.push('\n');
    }
    text.push_str(&format!("{}\n", count(rows.len(), R::NOUN)));
    for (name, note) in rows.iter().filter_map(Listed::note) {
        text.push_str(&hang(
            look,
            &look.paint.careful("note: "),
            6,
            &format!("{name}: {note}"),
        ));
    }
    Report::new(Exit::Done, &json!({ field: rows }), text)
}

/// A value, or a mark that it could not be read.
fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn size(value: Option<i64>) -> String {
    or_dash(value.and_then(|size| u64::try_from(size).ok()).map(bytes))
}

impl Listed for HostRow {
    const NOUN: &'static str = "host";
    const COLUMNS: &'static [Column] = &[
        Column::text("HOST"),
        Column::text("CLUSTER"),
        Column::whole("STATE"),
        Column::number("VMS"),
        Column::number("DATASTORES"),
        Column::text("PRODUCT"),
    ];

    fn order(&self) -> (String, i64) {
        (self.name.clone(), 0)
    }

    fn cells(&self) -> Vec<String> {
        let state = match self.in_maintenance_mode {
            Some(true) => "maintenance".to_owned(),
            _ => or_dash(self.connection_state.as_deref()),
        };
        vec![
            self.name.clone(),
            or_dash(self.cluster.as_deref()),
            state,
            self.vms.to_string(),
            self.datastores.to_string(),
            or_dash(self.product.as_deref()),
        ]
    }

    fn note(&self) -> Option<(&str, &str)> {
        Some((&self.name, self.note.as_deref()?))
    }
}

impl Listed for DatastoreRow {
    const NOUN: &'static str = "datastore";
    const COLUMNS: &'static [Column] = &[
        Column::text("DATASTORE"),
        Column::whole("TYPE"),
        Column::number("CAPACITY"),
        Column::number("FREE"),
        Column::text("POD"),
        Column::number("HOSTS"),
        Column::number("WRITABLE"),
    ];

    fn order(&self) -> (String, i64) {
        (self.name.clone(), 0)
    }

    fn cells(&self) -> Vec<String> {
        let hosts = match self.accessible {
            Some(false) => "lost access".to_owned(),
            _ => self.hosts.to_string(),
        };
        vec![
            self.name.clone(),
            or_dash(self.kind.as_deref()),
            size(self.capacity_bytes),
            size(self.free_bytes),
            or_dash(self.pod.as_deref()),
            hosts,
            self.writable_hosts.to_string(),
        ]
    }

    fn note(&self) -> Option<(&str, &str)> {
        Some((&self.name, self.note.as_deref()?))
    }
}

impl Listed for VmRow {
    const NOUN: &'static str = "VM";
    const COLUMNS: &'static [Column] = &[
        Column::text("VM"),
        Column::whole("REFERENCE"),
        Column::whole("STATE"),
        Column::number("CPUS"),
        Column::number("MEMORY"),
        Column::number("DISKS"),
        Column::text("HOST"),
        Column::extra("GUEST"),
    ];

    fn order(&self) -> (String, i64) {
        (self.name.clone(), 0)
    }

    fn cells(&self) -> Vec<String> {
        let state = match (self.template, self.power_state.as_deref()) {
            (Some(true), _) => "template".to_owned(),
            (_, Some("poweredOn")) => "on".to_owned(),
            (_, Some("poweredOff")) => "off".to_owned(),
            (_, other) => or_dash(other),
        };
        vec![
            self.name.clone(),
            self.moref.value.clone(),
            state,
            or_dash(self.cpus),
            size(self.memory_mb.map(|mb| mb.saturating_mul(1024 * 1024))),
            or_dash(self.disks),
            or_dash(self.host.as_deref()),
            or_dash(self.guest_id.as_deref()),
        ]
    }

    fn note(&self) -> Option<(&str, &str)> {
        Some((&self.name, self.note.as_deref()?))
    }
}

impl Listed for ControllerRow {
    const NOUN: &'static str = "controller";
    const COLUMNS: &'static [Column] = &[
        Column::text("VM"),
        Column::text("CONTROLLER"),
        Column::text("KIND"),
        Column::number("BUS"),
        Column::number("DEVICES"),
        Column::number("FREE"),
    ];

    fn order(&self) -> (String, i64) {
        (
            format!("{}\0{}", self.vm_name, self.vm),
            i64::from(self.key),
        )
    }

    fn cells(&self) -> Vec<String> {
        vec![
            self.vm_name.clone(),
            self.label.clone(),
            self.kind.label().to_owned(),
            self.bus.to_string(),
            self.devices.to_string(),
            or_dash(self.free_places),
        ]
    }
}

impl Listed for VmSnapshotRow {
    const NOUN: &'static str = "snapshot";
    const COLUMNS: &'static [Column] = &[
        Column::text("VM"),
        Column::text("SNAPSHOT"),
        Column::whole("TAKEN"),
        Column::whole("REFERENCE"),
    ];

    fn order(&self) -> (String, i64) {
        (format!("{}\0{}", self.vm_name, self.vm), 0)
    }

    fn cells(&self) -> Vec<String> {
        let branch = "- ".repeat(self.depth.saturating_sub(1));
        let here = if self.is_current { " (current)" } else { "" };
        vec![
            self.vm_name.clone(),
            format!("{branch}{}{here}", self.name),
            moment(self.created),
            self.moref.value.clone(),
        ]
    }
}
