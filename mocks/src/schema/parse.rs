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
    spell_faults_as_the_wire_does(&mut schema);
    inherit(&mut schema.data);
    inherit(&mut schema.managed);
    schema
}

/// pyVmomi hides `LocalizedMethodFault`: it declares such properties as the fault inside. On the
/// wire the wrapper is there, and a fault's message is not one of its properties.
fn spell_faults_as_the_wire_does(schema: &mut Schema) {
    const WRAPPER: &str = "LocalizedMethodFault";
    if let Some(wrapper) = schema.data.get_mut(WRAPPER) {
        "DynamicData".clone_into(&mut wrapper.base);
    }
    if let Some(fault) = schema.data.get_mut("MethodFault") {
        fault.properties.retain(|property| property.name != "msg");
    }
    let faults: Vec<String> = schema
        .data
        .keys()
        .filter(|kind| schema.is_subtype(kind, "MethodFault"))
        .cloned()
        .collect();
    for def in schema.data.values_mut().filter(|def| def.name != WRAPPER) {
        for property in &mut def.properties {
            if faults.contains(&property.of.kind) {
                WRAPPER.clone_into(&mut property.of.kind);
            }
        }
    }
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
    fn faults_in_properties_are_wrapped_and_the_wrapper_is_no_fault() {
        let schema = parse(include_str!("../../schema/vim25.txt"));
        let kind = |of: &str, name: &str| schema.property(of, name).map(|p| p.of.kind.clone());
        assert_eq!(
            kind("TaskInfo", "error").as_deref(),
            Some("LocalizedMethodFault")
        );
        assert_eq!(
            kind("MethodFault", "faultCause").as_deref(),
            Some("LocalizedMethodFault")
        );
        assert_eq!(
            kind("LocalizedMethodFault", "fault").as_deref(),
            Some("MethodFault")
        );
        assert_eq!(kind("NoPermission", "msg"), None);
        assert!(!schema.is_subtype("LocalizedMethodFault", "MethodFault"));
    }

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
