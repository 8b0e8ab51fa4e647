//! Holds values against the schema.

use super::{Data, Value};
use crate::schema::{Family, Schema, TypeRef};

impl Data {
    /// Says what is wrong with a data object (or a managed object's properties) by the schema: unknown types and
    /// properties, required ones that are absent, values of another type than declared.
    ///
    /// Properties of managed objects are never required: objects hold what the scenario needs.
    pub fn complaints(&self) -> Vec<String> {
        let mut found = Vec::new();
        data(Schema::get(), self, &self.kind, &mut found);
        found
    }
}

/// Checks a data object whose path is called `path` in the complaints.
fn data(schema: &Schema, data: &Data, path: &str, found: &mut Vec<String>) {
    let managed = schema.managed(&data.kind).is_some();
    let Some(def) = schema
        .data(&data.kind)
        .or_else(|| schema.managed(&data.kind))
    else {
        found.push(format!("{path}: unknown type {}", data.kind));
        return;
    };
    for (name, given) in data.fields() {
        match schema.property(&data.kind, name) {
            None => found.push(format!("{path}: {} has no property {name}", data.kind)),
            Some(property) => {
                value(
                    schema,
                    given,
                    &property.of,
                    &format!("{path}.{name}"),
                    found,
                );
            }
        }
    }
    for property in &def.properties {
        // An array without items and an absent array look the same on the wire.
        let absent = match data.get(&property.name) {
            None => true,
            Some(Value::List { items, .. }) => items.is_empty(),
            Some(_) => false,
        };
        if !managed && !property.optional && absent {
            found.push(format!("{path}: {} lacks {}", data.kind, property.name));
        }
    }
}

fn value(schema: &Schema, given: &Value, of: &TypeRef, path: &str, found: &mut Vec<String>) {
    if of.array {
        match given {
            Value::List { items, .. } => {
                for (at, item) in items.iter().enumerate() {
                    single(schema, item, &of.kind, &format!("{path}[{at}]"), found);
                }
            }
            _ => found.push(format!("{path}: {}[] expected", of.kind)),
        }
    } else {
        single(schema, given, &of.kind, path, found);
    }
}

fn single(schema: &Schema, given: &Value, of: &str, path: &str, found: &mut Vec<String>) {
    let fits = match given {
        Value::Data(inner) => {
            data(schema, inner, path, found);
            schema.is_subtype(&inner.kind, of)
        }
        Value::List { of: kind, items } if of == "anyType" => {
            let list = TypeRef {
                kind: kind.clone(),
                array: true,
            };
            value(
                schema,
                &Value::List {
                    of: kind.clone(),
                    items: items.clone(),
                },
                &list,
                path,
                found,
            );
            true
        }
        Value::List { .. } => false,
        Value::Ref(reference) => {
            of == "anyType"
                || of == "ManagedObjectReference"
                || schema.is_subtype(&reference.kind, of)
        }
        Value::Enum { kind, value } => {
            let known = schema
                .enumeration(kind)
                .is_some_and(|all| all.contains(value));
            if !known {
                found.push(format!("{path}: {kind} has no value {value}"));
            }
            // A property declared as string may hold the values of an enumeration.
            kind == of || of == "anyType" || of == "string"
        }
        Value::Bool(_) => matches!(of, "boolean" | "anyType"),
        Value::Byte(_) => matches!(of, "byte" | "anyType"),
        Value::Short(_) => matches!(of, "short" | "anyType"),
        Value::Int(_) => matches!(of, "int" | "anyType"),
        Value::Long(_) => matches!(of, "long" | "anyType"),
        Value::Float(_) => matches!(of, "float" | "anyType"),
        Value::Double(_) => matches!(of, "double" | "anyType"),
        Value::Time(_) => matches!(of, "dateTime" | "anyType"),
        Value::Str(_) => schema.family(of) == Family::Simple && !is_number(of),
    };
    if !fits {
        found.push(format!("{path}: {of} expected"));
    }
}

fn is_number(of: &str) -> bool {
    matches!(
        of,
        "boolean" | "byte" | "short" | "int" | "long" | "float" | "double" | "dateTime"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_name_the_path() {
        let bad = Data::new("OptionValue")
            .with("key", 7)
            .with("colour", "red");
        let found = bad.complaints();
        assert_eq!(found.len(), 2, "{found:?}");
        let good = Data::new("OptionValue")
            .with("key", "a")
            .with("value", Value::Int(1));
        assert_eq!(good.complaints(), Vec::<String>::new());
        let nothing = Value::list("KeyAnyValue", Vec::<Data>::new());
        let empty = Data::new("LicenseManagerEvaluationInfo").with("properties", nothing);
        assert_eq!(empty.complaints().len(), 1);
    }
}
