//! What a list needs to be a table.

use esx_tools::ops::inventory::InventoryRow;

use crate::output::{Column, bytes};

/// How one kind of thing is shown in a table.
pub(super) trait Listed: InventoryRow {
    /// What one of them is called.
    const NOUN: &'static str;
    /// The columns of the table.
    const COLUMNS: &'static [Column];
    /// The columns that the wide table has beyond those.
    const WIDE: &'static [Column];

    /// The cells of its row; a wide one has those of the further columns as well.
    fn cells(&self, wide: bool) -> Vec<String>;
}

/// A value, or a mark that there is none.
pub(super) fn or_dash<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// A size, or a mark that there is none.
pub(super) fn size(value: Option<i64>) -> String {
    or_dash(value.and_then(|size| u64::try_from(size).ok()).map(bytes))
}

/// `yes`, `no` or a mark that it is not known.
pub(super) fn truth(value: Option<bool>) -> String {
    or_dash(value.map(|value| if value { "yes" } else { "no" }))
}
