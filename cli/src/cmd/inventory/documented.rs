//! The document of the columns is what the rows have.

use esx_tools::ops::inventory::{
    ColumnKind, ControllerRow, DatastoreRow, DiskRow, HostRow, InventoryRow, VmRow, VmSnapshotRow,
};

const DOCUMENT: &str = include_str!("../../../docs/inventory.md");

fn agrees<R: InventoryRow>() {
    let heading = format!("### `{}`\n", R::KIND);
    let (_, rest) = DOCUMENT.split_once(&heading).unwrap();
    let section = rest.split("\n###").next().unwrap();
    let rows: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let expected: Vec<String> = R::COLUMNS
        .iter()
        .map(|column| {
            let kind = match column.kind {
                ColumnKind::Text => "text",
                ColumnKind::Number => "a number",
                ColumnKind::Bytes => "a size",
                ColumnKind::Megabytes => "a size in MB",
                ColumnKind::Age => "a span of time",
                ColumnKind::Time => "a moment",
                ColumnKind::Truth => "yes or no",
                ColumnKind::List => "a list",
            };
            format!("| `{}` | {kind} | {} |", column.name, column.about)
        })
        .collect();
    assert_eq!(rows, expected, "{}", R::KIND);
}

#[test]
fn every_column_is_documented_as_it_is() {
    agrees::<HostRow>();
    agrees::<DatastoreRow>();
    agrees::<VmRow>();
    agrees::<ControllerRow>();
    agrees::<DiskRow>();
    agrees::<VmSnapshotRow>();
}
