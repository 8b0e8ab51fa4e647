//! Reads values out of a request, strictly by the schema.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::internal;
use super::tree::Element;
use super::{VIM, XSD, XSI};
use crate::schema::{ApiVersion, Family, Property, Schema};
use crate::value::{Data, MoRef, Value};

/// Reads the children of `element` as the properties given, in their order, into `kind`.
pub(super) fn properties<'a>(
    element: &'a Element,
    children: impl Iterator<Item = &'a Element>,
    properties: &[Property],
    kind: &str,
    version: ApiVersion,
) -> Result<Data, String> {
    let mut data = Data::new(kind);
    let mut at = 0;
    for child in children {
        let seen = || {
            format!(
                "Unexpected element tag \"{}\" seen\n\nwhile parsing serialized DataObject of \
                 type {kind}\n\nwhile parsing property \"{}\"",
                child.name, element.name
            )
        };
        let offset = properties[at..]
            .iter()
            .position(|p| p.name == child.name)
            .ok_or_else(seen)?;
        at += offset;
        let property = &properties[at];
        if property.since > version {
            return Err(seen());
        }
        let value = single(child, &property.of.kind, version)?;
        if property.of.array {
            match data.get_mut(&property.name).and_then(Value::as_list_mut) {
                Some(items) => items.push(value),
                None => data.set(
                    &property.name,
                    Value::List {
                        of: property.of.kind.clone(),
                        items: vec![value],
                    },
                ),
            }
        } else {
            data.set(&property.name, value);
            at += 1;
        }
    }
    match properties
        .iter()
        .find(|p| !p.optional && !p.of.array && data.get(&p.name).is_none())
    {
        Some(missing) => Err(format!(
            "Required property {} is missing from data object of type {kind}\n\nwhile parsing \
             serialized DataObject of type {kind}",
            missing.name
        )),
        None => Ok(data),
    }
}

/// Reads one value that is declared as `declared`.
fn single(element: &Element, declared: &str, version: ApiVersion) -> Result<Value, String> {
    if declared == internal::DISABLED_METHOD_REQUEST {
        let shape = internal::disabled_method_request();
        let children = element.children.iter();
        return properties(element, children, &shape, declared, version).map(Value::Data);
    }
    let schema = Schema::get();
    let given = concrete(element)?;
    if declared == "anyType" {
        let kind = given.ok_or_else(|| {
            format!(
                "the type of \"{}\" is not given and cannot be told",
                element.name
            )
        })?;
        return any(element, &kind, version);
    }
    match schema.family(declared) {
        Family::Data => {
            let kind = given.unwrap_or_else(|| declared.to_owned());
            if !schema.is_subtype(&kind, declared) {
                return Err(format!(
                    "{kind} is not a {declared}, in \"{}\"",
                    element.name
                ));
            }
            object(element, &kind, version).map(Value::Data)
        }
        Family::Managed => reference(element, declared).map(Value::Ref),
        Family::Enum => enumeration(element, declared),
        Family::Simple => {
            leaf(element)?;
            simple(element.text.as_str(), declared)
        }
    }
}

/// The local name of `xsi:type`, checked to be of a namespace that makes sense.
fn concrete(element: &Element) -> Result<Option<String>, String> {
    let Some(value) = element.attr(XSI, "type") else {
        return Ok(None);
    };
    match element.qualified(value.trim()) {
        Some((VIM, local)) | Some((XSD, local)) => Ok(Some(local.to_owned())),
        // Servers take the customary prefix without a declaration: govc sends it so.
        None => match value.trim().strip_prefix("xsd:") {
            Some(local) => Ok(Some(local.to_owned())),
            None => Err(format!("Unable to resolve WSDL type name {value}")),
        },
        _ => Err(format!("Unable to resolve WSDL type name {value}")),
    }
}

fn object(element: &Element, kind: &str, version: ApiVersion) -> Result<Data, String> {
    let def = Schema::get()
        .data(kind)
        .filter(|def| def.since <= version)
        .ok_or_else(|| format!("Unable to resolve WSDL type name {kind}"))?;
    if !element.text.trim().is_empty() {
        return Err(format!("unexpected text in data object of type {kind}"));
    }
    properties(
        element,
        element.children.iter(),
        &def.properties,
        kind,
        version,
    )
}

fn any(element: &Element, kind: &str, version: ApiVersion) -> Result<Value, String> {
    let schema = Schema::get();
    if let Some(item) = kind.strip_prefix("ArrayOf") {
        let item = item_kind(item);
        let items: Result<Vec<Value>, String> = element
            .children
            .iter()
            .map(|child| single(child, &item, version))
            .collect();
        return Ok(Value::List {
            of: item,
            items: items?,
        });
    }
    match schema.family(kind) {
        Family::Data => object(element, kind, version).map(Value::Data),
        Family::Managed => reference(element, "ManagedObject").map(Value::Ref),
        Family::Enum => enumeration(element, kind),
        Family::Simple => {
            leaf(element)?;
            simple(&element.text, kind)
        }
    }
}

/// `ArrayOfString` holds `string`s: the names of simple types begin with a small letter.
fn item_kind(item: &str) -> String {
    let schema = Schema::get();
    if schema.family(item) != Family::Simple {
        return item.to_owned();
    }
    let mut chars = item.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Reads a managed object reference that must be of the type `declared`.
pub(super) fn reference(element: &Element, declared: &str) -> Result<MoRef, String> {
    leaf(element)?;
    let kind = element
        .attr("", "type")
        .ok_or_else(|| format!("the reference \"{}\" has no type attribute", element.name))?;
    let schema = Schema::get();
    if schema.managed(kind).is_none() && !matches!(kind, "ManagedObject") {
        return Err(format!("Unable to resolve WSDL type name {kind}"));
    }
    if schema.managed(declared).is_some() && !schema.is_subtype(kind, declared) {
        return Err(format!(
            "{kind} is not a {declared}, in \"{}\"",
            element.name
        ));
    }
    Ok(MoRef::new(kind, element.text.trim()))
}

fn enumeration(element: &Element, kind: &str) -> Result<Value, String> {
    leaf(element)?;
    let known = Schema::get().enumeration(kind).unwrap_or_default();
    if known.contains(&element.text) {
        Ok(Value::of_enum(kind, &element.text))
    } else {
        Err(format!(
            "\"{}\" is no value of {kind}, in \"{}\"",
            element.text, element.name
        ))
    }
}

fn leaf(element: &Element) -> Result<(), String> {
    match element.children.first() {
        Some(child) => Err(format!(
            "Unexpected element tag \"{}\" seen in \"{}\"",
            child.name, element.name
        )),
        None => Ok(()),
    }
}

fn simple(text: &str, kind: &str) -> Result<Value, String> {
    let trimmed = text.trim();
    let bad = || format!("\"{trimmed}\" is no {kind}");
    Ok(match kind {
        "boolean" => match trimmed {
            "true" | "1" => Value::Bool(true),
            "false" | "0" => Value::Bool(false),
            _ => return Err(bad()),
        },
        "byte" => Value::Byte(trimmed.parse().map_err(|_| bad())?),
        "short" => Value::Short(trimmed.parse().map_err(|_| bad())?),
        "int" => Value::Int(trimmed.parse().map_err(|_| bad())?),
        "long" => Value::Long(trimmed.parse().map_err(|_| bad())?),
        "float" => Value::Float(trimmed.parse().map_err(|_| bad())?),
        "double" => Value::Double(trimmed.parse().map_err(|_| bad())?),
        "dateTime" => Value::Time(time(trimmed).ok_or_else(bad)?),
        "string" | "anyURI" | "base64Binary" | "TypeName" | "MethodName" | "PropertyPath" => {
            Value::Str(text.to_owned())
        }
        _ => return Err(format!("Unable to resolve WSDL type name {kind}")),
    })
}

/// A time without an offset counts as UTC, as vCenter has it.
fn time(text: &str) -> Option<Timestamp> {
    let local = || {
        let civil: DateTime = text.parse().ok()?;
        civil
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp())
    };
    text.parse().ok().or_else(local)
}
