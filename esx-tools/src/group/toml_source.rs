//! From TOML to the tree.

use toml::de::{DeTable, DeValue};

use super::node::{Entry, Node, Position, Value, Wrong};

/// Reads TOML. The parser bounds how deep tables and lists may nest.
pub(super) fn parse(text: &str) -> Result<Node, Wrong> {
    let table = DeTable::parse(text).map_err(|error| Wrong {
        at: error.span().map(|span| Position::of_byte(text, span.start)),
        key: String::new(),
        problem: format!("not TOML: {}", error.message()),
    })?;
    let at = Position { line: 1, column: 1 };
    Ok(Node {
        at,
        value: entries(text, table.get_ref()),
    })
}

fn entries(text: &str, table: &DeTable<'_>) -> Value {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            at: Position::of_byte(text, key.span().start),
            value: node(text, value.span().start, value.get_ref()),
        })
        .collect();
    // In the order of the file, so that the first mistake is the one that is told.
    entries.sort_by_key(|entry| entry.at);
    Value::Table(entries)
}

fn node(text: &str, start: usize, value: &DeValue<'_>) -> Node {
    let value = match value {
        DeValue::String(content) => Value::Text(content.to_string()),
        DeValue::Array(items) => Value::List(
            items
                .iter()
                .map(|item| node(text, item.span().start, item.get_ref()))
                .collect(),
        ),
        DeValue::Table(table) => entries(text, table),
        DeValue::Integer(_) | DeValue::Float(_) => Value::Other("a number"),
        DeValue::Boolean(_) => Value::Other("true or false"),
        DeValue::Datetime(_) => Value::Other("a time"),
    };
    Node {
        at: Position::of_byte(text, start),
        value,
    }
}
