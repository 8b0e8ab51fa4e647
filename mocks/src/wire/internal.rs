//! The two methods of `urn:internalvim25` that the mock knows.
//!
//! They are in no public description of the API; their shape is known from use
//! (`_this`, `entity[]`, `method[]`, `sourceId`, `sessionScope`).

use crate::schema::{ApiVersion, MethodDef, Property, TypeRef};

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
