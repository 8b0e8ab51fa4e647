//! Operations on categories, tags and what carries them, with the privileges that they need.

use serde_json::{Value, json};

use super::request::text;
use super::{Reply, Request, Route, Way};
use crate::accounts::Account;
use crate::lab::rest::{Cardinality, Category, Refusal, Tag};
use crate::value::MoRef;
use crate::world::World;

type Outcome = Result<Reply, Reply>;

/// Does what a tagging operation asks for.
pub(super) fn act(world: &mut World, request: &Request, route: &Route, user: &Account) -> Outcome {
    let id = route.id.as_deref().unwrap_or_default();
    match route.name {
        "tagging.category.list" => {
            let ids = world.rest.tags.categories().map(|one| one.id.as_str());
            Ok(Reply::Value(ids.collect()))
        }
        "tagging.category.get" => {
            let category = world.rest.tags.category(id);
            let category = category.ok_or_else(|| Reply::not_found("category", id))?;
            Ok(Reply::Value(show_category(category)))
        }
        "tagging.category.create" => create_category(world, request, user),
        "tagging.category.delete" => {
            need(world, user, "DeleteCategory")?;
            let removed = world.rest.tags.remove_category(id);
            removed.map_err(|refusal| refused(refusal, "category", id))?;
            Ok(Reply::Done)
        }
        "tagging.tag.list" => {
            let ids = world.rest.tags.tags().map(|one| one.id.as_str());
            Ok(Reply::Value(ids.collect()))
        }
        "tagging.tag.get" => {
            let tag = world.rest.tags.tag(id);
            let tag = tag.ok_or_else(|| Reply::not_found("tag", id))?;
            Ok(Reply::Value(show_tag(tag)))
        }
        "tagging.tag.create" => create_tag(world, request, user),
        "tagging.tag.delete" => {
            need(world, user, "DeleteTag")?;
            let removed = world.rest.tags.remove_tag(id);
            removed.map_err(|refusal| refused(refusal, "tag", id))?;
            Ok(Reply::Done)
        }
        "tagging.tag.list_tags_for_category" => tags_of(world, request, route),
        "tagging.tag_association.list_attached_tags" => {
            let object = object(world, request, user)?;
            let ids = world.rest.tags.carried_by(&object);
            Ok(Reply::Value(ids.collect()))
        }
        "tagging.tag_association.list_attached_tags_on_objects" => on_objects(world, request, user),
        "tagging.tag_association.list_attached_objects" => carriers(world, id, user),
        _ => associate(world, request, route, user),
    }
}

fn create_category(world: &mut World, request: &Request, user: &Account) -> Outcome {
    need(world, user, "CreateCategory")?;
    let spec = request.specification()?;
    let types = spec.get("associable_types").and_then(Value::as_array);
    let types = types.ok_or_else(|| Reply::invalid("The field associable_types is missing."))?;
    let name = text(spec, "name")?;
    let category = Category {
        id: String::new(),
        name: filled(name)?,
        description: text(spec, "description")?.to_owned(),
        cardinality: match text(spec, "cardinality")? {
            "SINGLE" => Cardinality::Single,
            "MULTIPLE" => Cardinality::Multiple,
            other => return Err(Reply::invalid(format!("{other} is no cardinality."))),
        },
        associable_types: types
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    };
    let made = world.rest.tags.add_category(category);
    let id = made.map_err(|refusal| refused(refusal, "category", name))?;
    Ok(Reply::Created(json!(id)))
}

fn create_tag(world: &mut World, request: &Request, user: &Account) -> Outcome {
    need(world, user, "CreateTag")?;
    let spec = request.specification()?;
    let name = text(spec, "name")?;
    let tag = Tag {
        id: String::new(),
        category: text(spec, "category_id")?.to_owned(),
        name: filled(name)?,
        description: text(spec, "description")?.to_owned(),
    };
    let made = world.rest.tags.add_tag(tag);
    let id = made.map_err(|refusal| refused(refusal, "tag", name))?;
    Ok(Reply::Created(json!(id)))
}

fn tags_of(world: &World, request: &Request, route: &Route) -> Outcome {
    let in_body = || {
        let body = request.body.as_ref();
        body.and_then(|body| body.get("category_id")?.as_str())
    };
    let id = match request.way {
        Way::Api => in_body(),
        Way::Rest => route.id.as_deref(),
    };
    let id = id.ok_or_else(|| Reply::invalid("The field category_id is missing."))?;
    if world.rest.tags.category(id).is_none() {
        return Err(Reply::not_found("category", id));
    }
    let tags = world.rest.tags.tags().filter(|tag| tag.category == id);
    Ok(Reply::Value(tags.map(|tag| tag.id.as_str()).collect()))
}

fn carriers(world: &World, id: &str, user: &Account) -> Outcome {
    if world.rest.tags.tag(id).is_none() {
        return Err(Reply::not_found("tag", id));
    }
    let seen = world
        .rest
        .tags
        .carriers(id)
        .filter(|object| world.has_privilege(&user.user, object, "System.Read"));
    let shown = seen.map(|object| json!({"id": object.value, "type": object.kind}));
    Ok(Reply::Value(shown.collect()))
}

/// The tags of several objects; those that carry none, or may not be read, are left out.
fn on_objects(world: &World, request: &Request, user: &Account) -> Outcome {
    let body = request.body.as_ref();
    let objects = body.and_then(|body| body.get("object_ids")?.as_array());
    let objects = objects.ok_or_else(|| Reply::invalid("The field object_ids is missing."))?;
    let mut found = Vec::new();
    for named in objects {
        let object = MoRef::new(text(named, "type")?, text(named, "id")?);
        let ids: Vec<&str> = world.rest.tags.carried_by(&object).collect();
        if !ids.is_empty() && world.has_privilege(&user.user, &object, "System.Read") {
            found.push(json!({"object_id": named, "tag_ids": ids}));
        }
    }
    Ok(Reply::Value(Value::Array(found)))
}

fn associate(world: &mut World, request: &Request, route: &Route, user: &Account) -> Outcome {
    let object = object(world, request, user)?;
    let privilege = "InventoryService.Tagging.AttachTag";
    if !world.has_privilege(&user.user, &object, privilege) {
        return Err(Reply::unauthorized());
    }
    let id = route.id.as_deref().unwrap_or_default();
    let done = if route.name.ends_with(".attach") {
        world.rest.tags.attach(&object, id)
    } else {
        world.rest.tags.detach(&object, id)
    };
    done.map_err(|refusal| refused(refusal, "tag", id))?;
    Ok(Reply::Done)
}

/// The object that a body names; it has to be there and readable.
fn object(world: &World, request: &Request, user: &Account) -> Result<MoRef, Reply> {
    let named = request.body.as_ref().and_then(|body| body.get("object_id"));
    let named = named.ok_or_else(|| Reply::invalid("The field object_id is missing."))?;
    let object = MoRef::new(text(named, "type")?, text(named, "id")?);
    if !world.store.contains(&object) {
        return Err(Reply::invalid(format!("There is no object {object}.")));
    }
    if !world.has_privilege(&user.user, &object, "System.Read") {
        return Err(Reply::unauthorized());
    }
    Ok(object)
}

/// Tags belong to no inventory object; their privileges count on the root.
fn need(world: &World, user: &Account, privilege: &str) -> Result<(), Reply> {
    let privilege = format!("InventoryService.Tagging.{privilege}");
    let root = world.root_folder();
    let held = root.is_some_and(|root| world.has_privilege(&user.user, &root, &privilege));
    if held {
        Ok(())
    } else {
        Err(Reply::unauthorized())
    }
}

fn filled(name: &str) -> Result<String, Reply> {
    if name.trim().is_empty() || name.chars().count() > 256 {
        return Err(Reply::invalid(
            "The name is empty or longer than 256 characters.",
        ));
    }
    Ok(name.to_owned())
}

fn refused(refusal: Refusal, what: &str, name: &str) -> Reply {
    match refusal {
        Refusal::AlreadyExists => Reply::refuse(
            "ALREADY_EXISTS",
            format!("The {what} {name} exists already."),
        ),
        Refusal::NotFound => Reply::not_found(what, name),
        Refusal::WrongType => Reply::invalid("The category does not take objects of this type."),
        Refusal::OnlyOne => Reply::invalid("The object carries another tag of this category."),
    }
}

fn show_category(category: &Category) -> Value {
    json!({
        "description": category.description,
        "cardinality": match category.cardinality {
            Cardinality::Single => "SINGLE",
            Cardinality::Multiple => "MULTIPLE",
        },
        "associable_types": category.associable_types,
        "name": category.name,
        "id": category.id,
        "used_by": [],
    })
}

fn show_tag(tag: &Tag) -> Value {
    json!({
        "category_id": tag.category,
        "description": tag.description,
        "id": tag.id,
        "name": tag.name,
        "used_by": [],
    })
}
