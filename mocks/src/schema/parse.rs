//! Reads `vim25.txt`.

use std::collections::HashMap;

use super::{ApiVersion, MethodDef, Property, Schema, TypeDef, TypeRef};

/// Builds the schema from its text; lines that make no sense are left out (a test counts them).
pub(super) fn parse(text: &str) -> Schema {
    let mut schema = Schema::default();
    let mut current: Option<(bool, TypeDef)> = None;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let indent = line.len() - line.trim_start().len();
        match (indent, words.as_slice()) {
            (0, ["enum", name, values @ ..]) => {
                let values = values.iter().map(|v| (*v).to_owned()).collect();
                schema.enums.insert((*name).to_owned(), values);
            }
            (0, [family, name, ":", base, rest @ ..]) => {
                finish(&mut schema, current.take());
                let def = TypeDef {
                    name: (*name).to_owned(),
                    base: (*base).to_owned(),
                    since: since(rest),
                    properties: Vec::new(),
                    methods: Vec::new(),
                };
                current = Some((*family == "managed", def));
            }
            (2, ["call", name, "->", result, "priv", privilege, rest @ ..]) => {
                if let Some((_, def)) = &mut current {
                    def.methods.push(MethodDef {
                        name: (*name).to_owned(),
                        params: Vec::new(),
                        result: (*result != "-").then(|| type_ref(result)),
                        privilege: (*privilege != "-").then(|| (*privilege).to_owned()),
                        since: since(rest),
                    });
                }
            }
            (2, [name, of, rest @ ..]) => {
                if let Some((_, def)) = &mut current {
                    def.properties.push(property(name, of, rest));
                }
            }
            (4, [name, of, rest @ ..]) => {
                let method = current.as_mut().and_then(|(_, def)| def.methods.last_mut());
                if let Some(method) = method {
                    method.params.push(property(name, of, rest));
                }
            }
            _ => {}
        }
    }
    finish(&mut schema, current);
    inherit(&mut schema.data);
    inherit(&mut schema.managed);
    schema
}

fn finish(schema: &mut Schema, done: Option<(bool, TypeDef)>) {
    if let Some((managed, def)) = done {
        let table = if managed {
            &mut schema.managed
        } else {
            &mut schema.data
        };
        table.insert(def.name.clone(), def);
    }
}

/// Puts the properties of base types in front of a type's own.
fn inherit(table: &mut HashMap<String, TypeDef>) {
    let own: HashMap<String, (String, Vec<Property>)> = table
        .iter()
        .map(|(name, def)| (name.clone(), (def.base.clone(), def.properties.clone())))
        .collect();
    for def in table.values_mut() {
        let mut chain = Vec::new();
        let mut kind = &def.base;
        while let Some((base, properties)) = own.get(kind) {
            chain.push(properties);
            kind = base;
        }
        let inherited = chain.into_iter().rev().flatten().cloned();
        let properties = inherited.chain(def.properties.drain(..)).collect();
        def.properties = properties;
    }
}

fn property(name: &str, of: &str, rest: &[&str]) -> Property {
    Property {
        name: name.to_owned(),
        of: type_ref(of),
        optional: rest.contains(&"?"),
        since: since(rest),
    }
}

fn type_ref(text: &str) -> TypeRef {
    match text.strip_suffix("[]") {
        Some(kind) => TypeRef {
            kind: kind.to_owned(),
            array: true,
        },
        None => TypeRef {
            kind: text.to_owned(),
            array: false,
        },
    }
}

fn since(rest: &[&str]) -> ApiVersion {
    rest.iter()
        .find_map(|word| word.strip_prefix('@'))
        .map(ApiVersion::parse)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_understood() {
        let text = include_str!("../../schema/vim25.txt");
        let schema = parse(text);
        let count = |prefix: &str| text.lines().filter(|l| l.starts_with(prefix)).count();
        assert_eq!(schema.data.len(), count("data "));
        assert_eq!(schema.managed.len(), count("managed "));
        assert_eq!(schema.enums.len(), count("enum "));
        let calls: usize = schema.managed.values().map(|def| def.methods.len()).sum();
        assert_eq!(calls, count("  call "));
        let params: usize = schema
            .managed
            .values()
            .flat_map(|def| &def.methods)
            .map(|method| method.params.len())
            .sum();
        assert_eq!(params, count("    "));
    }
}
