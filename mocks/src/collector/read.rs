//! Reads the wanted properties of one object.

use super::objects::lookup;
use crate::fault::Fault;
use crate::schema::{ApiVersion, Schema};
use crate::session::{Reading, Session, Spec};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// Reads what a filter wants of an object; nothing when the object is gone.
pub(super) fn read(
    world: &World,
    session: Option<&Session>,
    spec: &Spec,
    object: &MoRef,
    version: ApiVersion,
) -> Option<Reading> {
    let data = lookup(world, session, object)?;
    let user = session.map(|s| s.account.user.as_str());
    let mut reading = Reading::default();
    for path in paths(spec, &data, version) {
        match refusal(world, user, object, &path) {
            Some(fault) => reading.missing.push((path, fault)),
            None => {
                let value = data.get_path(&path).cloned();
                let empty = || {
                    world
                        .empty_arrays
                        .then(|| empty_array(&data, &path))
                        .flatten()
                };
                if let Some(value) = value.or_else(empty) {
                    reading.found.push((path, value));
                }
            }
        }
    }
    Some(reading)
}

/// Reads one property of one object; nothing when it is unset.
///
/// # Errors
///
/// `InvalidProperty` when the type has no such property, `NoPermission` or `NotAuthenticated` when
/// it may not be read.
pub(crate) fn read_one(
    world: &World,
    session: Option<&Session>,
    object: &MoRef,
    name: &str,
    version: ApiVersion,
) -> Result<Option<Value>, Fault> {
    let property = Schema::get()
        .property(&object.kind, name)
        .filter(|p| p.since <= version);
    property.ok_or_else(|| Fault::invalid_property(name))?;
    let user = session.map(|s| s.account.user.as_str());
    if let Some(fault) = refusal(world, user, object, name) {
        return Err(fault);
    }
    let data = lookup(world, session, object).ok_or_else(|| Fault::not_found(object))?;
    Ok(data.get(name).cloned())
}

/// An empty array for an array property that is unset, if what holds it is set.
fn empty_array(data: &Data, path: &str) -> Option<Value> {
    let (holder, name) = match path.rsplit_once('.') {
        Some((holder, name)) => (data.get_path(holder)?.as_data()?, name),
        None => (data, path),
    };
    let of = &Schema::get().property(&holder.kind, name)?.of;
    of.array.then(|| Value::List {
        of: of.kind.clone(),
        items: Vec::new(),
    })
}

/// The paths wanted of an object of this kind, each once.
fn paths(spec: &Spec, data: &Data, version: ApiVersion) -> Vec<String> {
    let schema = Schema::get();
    let mut paths: Vec<String> = Vec::new();
    for wanted in spec
        .wanted
        .iter()
        .filter(|w| schema.is_subtype(&data.kind, &w.kind))
    {
        let known = || {
            schema
                .managed(&data.kind)
                .into_iter()
                .flat_map(|def| &def.properties)
        };
        let all = wanted
            .all
            .then(known)
            .into_iter()
            .flatten()
            .filter(|property| property.since <= version)
            .map(|property| property.name.clone());
        for path in all.chain(wanted.paths.iter().cloned()) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
    }
    paths
}

/// Why the account cannot read the property, if it cannot.
fn refusal(world: &World, user: Option<&str>, object: &MoRef, path: &str) -> Option<Fault> {
    let privilege = match path {
        "name" | "parent" => "System.View",
        _ => "System.Read",
    };
    match user {
        None if object.kind == "ServiceInstance" => None,
        None => Some(Fault::not_authenticated(object, privilege)),
        Some(user) if world.has_privilege(user, object, privilege) => None,
        Some(_) => {
            let entity = world.entity_of(object).unwrap_or_else(|| object.clone());
            Some(Fault::no_permission(&entity, privilege))
        }
    }
}
