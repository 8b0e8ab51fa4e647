//! The stable columns of a list: what can be printed, compared and relied upon.

use std::borrow::Cow;
use vsphere_client::vim::ManagedObjectReference;

use jiff::Timestamp;
use serde::Serialize;

use crate::vm::ControllerKind;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A whole number.
    Number,
    /// A size in bytes.
    Bytes,
    /// A size in megabytes, of 1,048,576 bytes each.
    Megabytes,
    /// A span of time in seconds.
    Age,
    /// A moment.
    Time,
    /// Yes or no.
    Truth,
    /// Several texts.
    List,
}

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name: that of the field in JSON.
    pub name: &'static str,
    /// What its values are.
    pub kind: ColumnKind,
    /// What it says, in one sentence.
    pub about: &'static str,
}

impl Column {
    /// The name without its unit: `free` for `free_bytes`, `age` for `age_seconds`.
    ///
    /// ```
    /// use esx_tools::ops::inventory::{DatastoreRow, InventoryRow};
    ///
    /// let free = DatastoreRow::COLUMNS.iter().find(|column| column.name == "free_bytes");
    /// assert_eq!(free.map(|column| column.short_name()), Some("free"));
    /// ```
    #[must_use]
    pub fn short_name(&self) -> &'static str {
        let unit = match self.kind {
            ColumnKind::Bytes => "_bytes",
            ColumnKind::Megabytes => "_mb",
            ColumnKind::Age => "_seconds",
            _ => "",
        };
        self.name.strip_suffix(unit).unwrap_or(self.name)
    }
}

/// The value of a column in one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// It could not be read, or there is none.
    Unset,
    /// Text.
    Text(Cow<'a, str>),
    /// A number in the column's unit.
    Number(i64),
    /// A moment.
    Time(Timestamp),
    /// Yes or no.
    Truth(bool),
    /// Several texts.
    List(Vec<Cow<'a, str>>),
}

/// A row of a list, which knows its columns.
pub trait InventoryRow: Serialize + Send + 'static {
    /// What the list is called: `vms`.
    const KIND: &'static str;
    /// The managed type that the rows are read from.
    const SOURCE: &'static str;
    /// The columns, in the order of the fields.
    const COLUMNS: &'static [Column];

    /// The values, in the order of the columns.
    fn values(&self) -> Vec<Value<'_>>;
    /// The name of the managed object that the row belongs to.
    fn name(&self) -> &str;
    /// The inventory path of that object, when its way up could be walked.
    fn path(&self) -> Option<&str>;
    /// That object.
    fn owner(&self) -> &ManagedObjectReference;
    /// What could not be read of it, and why.
    fn note(&self) -> Option<&str>;
}

/// What a field of a row can be.
pub(super) trait Cell {
    fn value(&self) -> Value<'_>;
}

impl Cell for String {
    fn value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}

impl Cell for ManagedObjectReference {
    fn value(&self) -> Value<'_> {
        Value::Text(Cow::Owned(self.to_string()))
    }
}

impl Cell for ControllerKind {
    fn value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self.word()))
    }
}

impl Cell for bool {
    fn value(&self) -> Value<'_> {
        Value::Truth(*self)
    }
}

impl Cell for Timestamp {
    fn value(&self) -> Value<'_> {
        Value::Time(*self)
    }
}

impl Cell for i32 {
    fn value(&self) -> Value<'_> {
        Value::Number(i64::from(*self))
    }
}

impl Cell for i64 {
    fn value(&self) -> Value<'_> {
        Value::Number(*self)
    }
}

impl Cell for usize {
    fn value(&self) -> Value<'_> {
        Value::Number(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl<T: Cell> Cell for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Unset, Cell::value)
    }
}

impl<T: ToString> Cell for Vec<T> {
    fn value(&self) -> Value<'_> {
        Value::List(self.iter().map(|one| Cow::Owned(one.to_string())).collect())
    }
}

/// Makes a row: the struct, its columns with what they say, and its values.
macro_rules! inventory_row {
    (
        $(#[$meta:meta])*
        pub struct $name:ident = $kind:literal of $source:literal ($owner:ident, $label:ident, $path:ident) {
            $( $(#[doc = $about:literal])+ $field:ident : $type:ty => $column:ident ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            $( $(#[doc = $about])+ pub $field: $type, )*
        }

        impl $crate::ops::inventory::InventoryRow for $name {
            const KIND: &'static str = $kind;
            const SOURCE: &'static str = $source;
            const COLUMNS: &'static [$crate::ops::inventory::Column] = &[
                $( $crate::ops::inventory::Column {
                    name: stringify!($field),
                    kind: $crate::ops::inventory::ColumnKind::$column,
                    about: concat!($($about),+).trim_ascii(),
                }, )*
            ];

            fn values(&self) -> Vec<$crate::ops::inventory::Value<'_>> {
                vec![$( $crate::ops::inventory::column::Cell::value(&self.$field), )*]
            }

            fn name(&self) -> &str {
                &self.$label
            }

            fn path(&self) -> Option<&str> {
                self.$path.as_deref()
            }

            fn owner(&self) -> &vsphere_client::vim::ManagedObjectReference {
                &self.$owner
            }

            fn note(&self) -> Option<&str> {
                self.note.as_deref()
            }
        }
    };
}

pub(super) use inventory_row;
