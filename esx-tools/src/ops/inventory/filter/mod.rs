//! Expressions over the columns of a list.

mod error;
mod lex;
mod operand;
mod parse;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

pub use self::error::FilterError;
use self::{lex::Op, operand::Operand};
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

#[derive(Clone, Debug)]
enum Node {
    Any(Vec<Node>),
    All(Vec<Node>),
    Not(Box<Node>),
    IsTrue(usize),
    IsSet(usize),
    Compare {
        index: usize,
        op: Op,
        operand: Operand,
    },
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

impl Node {
    fn holds(&self, values: &[Value<'_>]) -> bool {
        match self {
            Self::Any(nodes) => nodes.iter().any(|one| one.holds(values)),
            Self::All(nodes) => nodes.iter().all(|one| one.holds(values)),
            Self::Not(inner) => !inner.holds(values),
            Self::IsTrue(index) => values.get(*index) == Some(&Value::Truth(true)),
            Self::IsSet(index) => match values.get(*index) {
                None | Some(Value::Unset) => false,
                Some(Value::List(list)) => !list.is_empty(),
                Some(Value::Text(text)) => !text.is_empty(),
                Some(_) => true,
            },
            Self::Compare { index, op, operand } => {
                let value = values.get(*index).unwrap_or(&Value::Unset);
                compare(value, *op, operand)
            }
        }
    }
}

fn compare(value: &Value<'_>, op: Op, operand: &Operand) -> bool {
    match op {
        Op::Equal | Op::Like => fits(value, operand),
        Op::NotEqual | Op::Unlike => !fits(value, operand),
        Op::Less => order(value, operand) == Some(Ordering::Less),
        Op::More => order(value, operand) == Some(Ordering::Greater),
        Op::AtMost => matches!(
            order(value, operand),
            Some(Ordering::Less | Ordering::Equal)
        ),
        Op::AtLeast => matches!(
            order(value, operand),
            Some(Ordering::Greater | Ordering::Equal)
        ),
    }
}

fn fits(value: &Value<'_>, operand: &Operand) -> bool {
    match (value, operand) {
        (Value::Text(text), Operand::Text(wanted)) => text.to_lowercase() == *wanted,
        (Value::Text(text), Operand::Glob(glob)) => glob.is_match(text.as_ref()),
        (Value::List(list), Operand::Text(wanted)) => {
            list.iter().any(|text| text.to_lowercase() == *wanted)
        }
        (Value::List(list), Operand::Glob(glob)) => {
            list.iter().any(|text| glob.is_match(text.as_ref()))
        }
        (Value::Truth(value), Operand::Truth(wanted)) => value == wanted,
        _ => order(value, operand) == Some(Ordering::Equal),
    }
}

fn order(value: &Value<'_>, operand: &Operand) -> Option<Ordering> {
    match (value, operand) {
        // Sizes up to petabytes are exact as floating point numbers.
        (Value::Number(value), Operand::Number(wanted)) => (*value as f64).partial_cmp(wanted),
        (Value::Time(value), Operand::Time(wanted)) => Some(value.cmp(wanted)),
        _ => None,
    }
}
