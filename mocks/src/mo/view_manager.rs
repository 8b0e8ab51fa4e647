//! `ViewManager` and the views it makes.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::session::{Filter, Session, View};
use crate::value::{MoRef, Value};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("ViewManager", "CreateContainerView", create_container_view),
    ("ViewManager", "CreateListView", create_list_view),
    ("ListView", "ModifyListView", modify_list_view),
    ("ListView", "ResetListView", reset_list_view),
    ("View", "DestroyView", destroy_view),
];

fn create_container_view(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let container = call.args.reference("container").cloned();
    let container = container.ok_or_else(|| Fault::invalid_argument("container"))?;
    if !world.store.contains(&container) {
        return Err(Fault::not_found(&container));
    }
    let kinds = call
        .args
        .list("type")
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned);
    let kinds: Vec<String> = kinds.collect();
    let known = |kind: &String| crate::schema::Schema::get().managed(kind).is_some();
    if !kinds.iter().all(known) {
        return Err(Fault::invalid_argument("type"));
    }
    let recursive = call.args.bool("recursive").unwrap_or(false);
    let session = session(world, call)?;
    let reference = session.new_reference("ContainerView");
    session.views.insert(
        reference.clone(),
        View::Container {
            container,
            kinds,
            recursive,
        },
    );
    Ok(Some(reference.into()))
}

fn create_list_view(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let objects = call.args.references("obj");
    let session = session(world, call)?;
    let reference = session.new_reference("ListView");
    session.views.insert(reference.clone(), View::List(objects));
    Ok(Some(reference.into()))
}

fn modify_list_view(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let (add, remove) = (call.args.references("add"), call.args.references("remove"));
    let (known, unknown): (Vec<MoRef>, Vec<MoRef>) = add
        .into_iter()
        .partition(|object| world.store.contains(object));
    edit_list(world, call, |objects| {
        objects.retain(|object| !remove.contains(object));
        for object in known {
            if !objects.contains(&object) {
                objects.push(object);
            }
        }
    })?;
    Ok(Some(Value::refs(unknown)))
}

fn reset_list_view(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let (known, unknown): (Vec<MoRef>, Vec<MoRef>) = call
        .args
        .references("obj")
        .into_iter()
        .partition(|object| world.store.contains(object));
    edit_list(world, call, |objects| *objects = known)?;
    Ok(Some(Value::refs(unknown)))
}

fn destroy_view(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    session(world, call)?.views.remove(&call.this);
    Ok(None)
}

/// Changes a list view; the session's filters look again, since the store did not change.
fn edit_list(
    world: &mut World,
    call: &Call<'_>,
    edit: impl FnOnce(&mut Vec<MoRef>),
) -> Result<(), Fault> {
    let session = session(world, call)?;
    if let Some(View::List(objects)) = session.views.get_mut(&call.this) {
        edit(objects);
    }
    for collector in session.collectors.values_mut() {
        collector.filters.iter_mut().for_each(Filter::look_again);
    }
    world.store.wake();
    Ok(())
}

fn session<'a>(world: &'a mut World, call: &Call<'_>) -> Result<&'a mut Session, Fault> {
    let missing = || Fault::not_authenticated(&call.this, "System.View");
    world.sessions.get_mut(&call.session).ok_or_else(missing)
}
