//! Methods that no public description of the API holds.
//!
//! Two of `urn:internalvim25`, whose shape is known from use (`_this`, `entity[]`, `method[]`,
//! `sourceId`, `sessionScope`), and `Fetch`, which every managed object has and pyVmomi calls to
//! read a single property.

use crate::schema::{ApiVersion, MethodDef, Property, Schema, TypeRef};

/// The type of an item of `DisableMethods`' `method` parameter.
pub(super) const DISABLED_METHOD_REQUEST: &str = "DisabledMethodRequest";

/// The definition of an internal method.
pub(super) fn method(name: &str) -> Option<MethodDef> {
    let method_item = match name {
        "DisableMethods" => DISABLED_METHOD_REQUEST,
        "EnableMethods" => "string",
        _ => return None,
    };
    let mut params = vec![
        param("entity", "ManagedEntity", true, false),
        param("method", method_item, true, false),
        param("sourceId", "string", false, false),
    ];
    if name == "DisableMethods" {
        params.push(param("sessionScope", "boolean", false, true));
    }
    Some(MethodDef {
        name: name.to_owned(),
        params,
        result: None,
        // Asked for on each entity, which only the handler knows.
        privilege: None,
        since: ApiVersion::default(),
    })
}

/// The definition of `Fetch` for a property of a managed type; without a result when the type has
/// no such property.
pub(super) fn fetch(kind: &str, property: Option<&str>) -> MethodDef {
    let found = property.and_then(|name| Schema::get().property(kind, name));
    // The way in can be read before login.
    let open = kind == "ServiceInstance";
    MethodDef {
        name: "Fetch".to_owned(),
        params: vec![param("prop", "string", false, false)],
        result: found.map(|property| property.of.clone()),
        privilege: open.then(|| "System.Anonymous".to_owned()),
        since: ApiVersion::default(),
    }
}

/// The properties of `DisabledMethodRequest`.
pub(super) fn disabled_method_request() -> Vec<Property> {
    vec![
        param("method", "string", false, false),
        param("reasonId", "string", false, false),
    ]
}

fn param(name: &str, kind: &str, array: bool, optional: bool) -> Property {
    Property {
        name: name.to_owned(),
        of: TypeRef {
            kind: kind.to_owned(),
            array,
        },
        optional,
        since: ApiVersion::default(),
    }
}
