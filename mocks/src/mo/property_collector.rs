//! `PropertyCollector` and `PropertyFilter`.

use crate::collector;
use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::session::{Collector, Filter, Page, Session, Spec};
use crate::value::{Data, Value};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("ManagedObject", "Fetch", fetch),
    (
        "PropertyCollector",
        "RetrievePropertiesEx",
        retrieve_properties_ex,
    ),
    (
        "PropertyCollector",
        "ContinueRetrievePropertiesEx",
        continue_retrieve,
    ),
    (
        "PropertyCollector",
        "CancelRetrievePropertiesEx",
        cancel_retrieve,
    ),
    (
        "PropertyCollector",
        "RetrieveProperties",
        retrieve_properties,
    ),
    (
        "PropertyCollector",
        "CreatePropertyCollector",
        create_collector,
    ),
    (
        "PropertyCollector",
        "DestroyPropertyCollector",
        destroy_collector,
    ),
    ("PropertyCollector", "CreateFilter", create_filter),
    ("PropertyFilter", "DestroyPropertyFilter", destroy_filter),
    ("PropertyCollector", "WaitForUpdatesEx", updates),
    ("PropertyCollector", "WaitForUpdates", updates),
    ("PropertyCollector", "CheckForUpdates", updates),
    ("PropertyCollector", "CancelWaitForUpdates", cancel_wait),
];

fn fetch(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let path = call.args.str("prop").unwrap_or_default();
    let session = world.sessions.get(&call.session);
    collector::read_one(world, session, &call.this, path, call.version)
}

fn retrieve_properties_ex(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let asked = call
        .args
        .data("options")
        .and_then(|options| options.int("maxObjects"));
    let size = page_size(world, asked, "options.maxObjects")?;
    let mut page = first(world, call, size)?;
    let (objects, more) = {
        let session = world.sessions.get(&call.session);
        collector::next_page(world, session, &mut page)
    };
    let token = match world.sessions.get_mut(&call.session).filter(|_| more) {
        Some(session) => {
            let token = session.new_token();
            session.pages.insert(token.clone(), page);
            Some(token)
        }
        None => None,
    };
    Ok(result(objects, token))
}

fn retrieve_properties(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let mut page = first(world, call, usize::MAX)?;
    let session = world.sessions.get(&call.session);
    let (objects, _) = collector::next_page(world, session, &mut page);
    Ok(Some(Value::list("ObjectContent", objects)))
}

fn continue_retrieve(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let token = call.args.str("token").unwrap_or_default();
    let bad = || Fault::new("InvalidProperty", "The token is not valid.").with("name", "token");
    let mut page = session(world, call)?.pages.remove(token).ok_or_else(bad)?;
    let (objects, more) = {
        let session = world.sessions.get(&call.session);
        collector::next_page(world, session, &mut page)
    };
    let token = if more {
        let session = session(world, call)?;
        let token = session.new_token();
        session.pages.insert(token.clone(), page);
        Some(token)
    } else {
        None
    };
    Ok(result(objects, token))
}

fn cancel_retrieve(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let token = call.args.str("token").unwrap_or_default();
    let bad = || Fault::new("InvalidProperty", "The token is not valid.").with("name", "token");
    session(world, call)?
        .pages
        .remove(token)
        .map(|_| None)
        .ok_or_else(bad)
}

fn create_collector(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let session = session(world, call)?;
    let reference = session.new_reference("PropertyCollector");
    session
        .collectors
        .insert(reference.clone(), Collector::default());
    Ok(Some(reference.into()))
}

fn destroy_collector(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    session(world, call)?.collectors.remove(&call.this);
    world.store.wake();
    Ok(None)
}

fn create_filter(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let spec = call
        .args
        .data("spec")
        .ok_or_else(|| Fault::invalid_argument("spec"))?;
    let partial = call.args.bool("partialUpdates").unwrap_or(false);
    let reference = session(world, call)?.new_reference("PropertyFilter");
    let filter = Filter::new(reference.clone(), spec, partial, call.version)?;
    collector::check_roots(world, world.sessions.get(&call.session), &filter)?;
    let session = session(world, call)?;
    session
        .collectors
        .entry(call.this.clone())
        .or_default()
        .filters
        .push(filter);
    // A wait under way reports the new filter's objects too.
    world.store.wake();
    Ok(Some(reference.into()))
}

fn destroy_filter(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    for collector in session(world, call)?.collectors.values_mut() {
        collector
            .filters
            .retain(|filter| filter.reference != call.this);
    }
    Ok(None)
}

/// What changed since the client's version; the server turns "nothing" into waiting.
fn updates(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let options = call.args.data("options");
    let asked = options.and_then(|options| options.int("maxObjectUpdates"));
    let size = page_size(world, asked, "options.maxObjectUpdates")?;
    let wait = options.and_then(|options| options.int("maxWaitSeconds"));
    if wait.is_some_and(|seconds| seconds < 0) {
        return Err(Fault::invalid_argument("options.maxWaitSeconds"));
    }
    let version = call.args.str("version").unwrap_or_default();
    collector::poll(world, &call.session, &call.this, version, size)
}

fn cancel_wait(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    if let Some(collector) = session(world, call)?.collectors.get_mut(&call.this) {
        collector.wait += 1;
    }
    world.store.wake();
    Ok(None)
}

/// The size of a page: what the client would take, never more than the server gives.
fn page_size(world: &World, asked: Option<i64>, name: &str) -> Result<usize, Fault> {
    match asked {
        None => Ok(world.page_size),
        Some(asked) => match usize::try_from(asked) {
            Ok(asked) if asked > 0 => Ok(asked.min(world.page_size)),
            _ => Err(Fault::invalid_argument(name)),
        },
    }
}

fn first(world: &World, call: &Call<'_>, size: usize) -> Result<Page, Fault> {
    let specs = call.args.list("specSet").iter().filter_map(Value::as_data);
    let specs: Result<Vec<Spec>, Fault> = specs.map(|spec| Spec::new(spec, call.version)).collect();
    let session = world.sessions.get(&call.session);
    collector::first_page(world, session, specs?, size, call.version)
}

/// A page as `RetrieveResult`; without any object there is no result at all.
fn result(objects: Vec<Data>, token: Option<String>) -> Option<Value> {
    if objects.is_empty() && token.is_none() {
        return None;
    }
    let result = Data::new("RetrieveResult")
        .with_opt("token", token)
        .with("objects", Value::list("ObjectContent", objects));
    Some(result.into())
}

fn session<'a>(world: &'a mut World, call: &Call<'_>) -> Result<&'a mut Session, Fault> {
    let missing = || Fault::not_authenticated(&call.this, "System.View");
    world.sessions.get_mut(&call.session).ok_or_else(missing)
}
