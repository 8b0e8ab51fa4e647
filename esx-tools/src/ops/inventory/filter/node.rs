//! The tree of a condition, and whether it holds for a row.

use std::cmp::Ordering;

use super::{super::Value, lex::Op, operand::Operand};

/// A condition, or several joined.
#[derive(Clone, Debug)]
pub(super) enum Node {
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

impl Node {
    pub(super) fn holds(&self, values: &[Value<'_>]) -> bool {
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
