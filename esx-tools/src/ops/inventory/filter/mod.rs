//! Expressions over the columns of a list.

mod error;
mod lex;
mod node;
mod operand;
mod parse;
#[cfg(test)]
mod tests;

pub use self::error::FilterError;
use self::node::Node;
use super::{Column, Value};

/// A condition on the rows of a list: comparisons of columns with values, joined by `and`, `or`, `not` and
/// parentheses.
///
/// | comparison | meaning |
/// | --- | --- |
/// | `=` `!=` | equal, not equal; text without regard to case; of a list, whether any one equals |
/// | `<` `<=` `>` `>=` | of numbers, sizes (`10GB`, 1024-based), spans of time (`30d`) and moments (`2024-05-31`) |
/// | `~` `!~` | fits a pattern with `*`, `?`, `[...]`, `{a,b}`; without regard to case |
/// | a column alone | yes; of a column that is not yes or no: there is a value |
///
/// `and` binds closer than `or`. A column may be named without its unit, `free` for `free_bytes`. A value
/// with blanks or signs stands in quotes. A value that is unset equals nothing, fits no pattern and is
/// neither less nor more than any other.
///
/// ```
/// use esx_tools::ops::inventory::{DatastoreRow, Filter, InventoryRow};
///
/// Filter::parse("kind = VMFS and (free < 10GB or not accessible)", DatastoreRow::COLUMNS)?;
/// let error = Filter::parse("fre < 10GB", DatastoreRow::COLUMNS).unwrap_err();
/// assert_eq!(error.to_string(), "there is no column \"fre\"");
/// assert_eq!(error.span(), 0..3);
/// # Ok::<(), esx_tools::ops::inventory::FilterError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Filter {
    root: Node,
}

impl Filter {
    /// Reads an expression over these columns.
    ///
    /// # Errors
    ///
    /// [`FilterError`] with the span where it goes wrong.
    pub fn parse(text: &str, columns: &'static [Column]) -> Result<Self, FilterError> {
        Ok(Self {
            root: parse::parse(text, columns)?,
        })
    }

    /// Whether it holds for a row, given its values in the order of the columns.
    #[must_use]
    pub fn holds(&self, values: &[Value<'_>]) -> bool {
        self.root.holds(values)
    }
}
