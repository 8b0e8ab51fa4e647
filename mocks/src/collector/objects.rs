//! Every object that can be read: those of the store and those of the session.

use std::borrow::Cow;

use crate::session::Session;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The properties of an object as a session sees them.
pub(crate) fn lookup<'a>(
    world: &'a World,
    session: Option<&Session>,
    object: &MoRef,
) -> Option<Cow<'a, Data>> {
    match object.kind.as_str() {
        "ContainerView" | "ListView" => {
            let session = session?;
            let view = session.views.get(object)?;
            Some(Cow::Owned(view.properties(
                world,
                &session.account.user,
                &object.kind,
            )))
        }
        "PropertyFilter" => {
            let filters = session?.collectors.values().flat_map(|c| &c.filters);
            let filter = filters.into_iter().find(|f| f.reference == *object)?;
            Some(Cow::Owned(filter.properties()))
        }
        "PropertyCollector" => {
            let collector = session.and_then(|s| s.collectors.get(object));
            if collector.is_none() && !is_default_collector(world, object) {
                return None;
            }
            let filters = collector.into_iter().flat_map(|c| &c.filters);
            let filters = filters.map(|f| f.reference.clone());
            Some(Cow::Owned(
                Data::new("PropertyCollector").with("filter", Value::refs(filters)),
            ))
        }
        "ViewManager" => {
            let mut data = world.store.get(object)?.clone();
            let views = session.into_iter().flat_map(|s| s.views.keys().cloned());
            data.set("viewList", Value::refs(views));
            Some(Cow::Owned(data))
        }
        "SessionManager" => {
            let mut data = world.store.get(object)?.clone();
            if let Some(session) = session {
                data.set("currentSession", session.user_session());
                if world.has_privilege(&session.account.user, object, "Sessions.TerminateSession") {
                    let all = world.sessions.iter().map(Session::user_session);
                    data.set("sessionList", Value::list("UserSession", all));
                }
            }
            Some(Cow::Owned(data))
        }
        _ => {
            let data = world.store.get(object)?;
            match session.filter(|_| data.get("effectiveRole").is_some()) {
                Some(session) => Some(of_account(world, session, object, data)),
                None => Some(Cow::Borrowed(data)),
            }
        }
    }
}

/// The properties of an entity with the role that the account has there.
fn of_account<'a>(
    world: &World,
    session: &Session,
    object: &MoRef,
    data: &'a Data,
) -> Cow<'a, Data> {
    let role = world.role_on(&session.account.user, object);
    let roles = Value::list("int", role);
    if data.get("effectiveRole") == Some(&roles) {
        return Cow::Borrowed(data);
    }
    let mut data = data.clone();
    data.set("effectiveRole", roles);
    Cow::Owned(data)
}

/// Whether a session can refer to an object.
pub(crate) fn exists(world: &World, session: Option<&Session>, object: &MoRef) -> bool {
    match object.kind.as_str() {
        "ContainerView" | "ListView" => session.is_some_and(|s| s.views.contains_key(object)),
        "PropertyFilter" | "PropertyCollector" => lookup(world, session, object).is_some(),
        _ => world.store.contains(object),
    }
}

/// Whether this is the collector that every session has without making it.
fn is_default_collector(world: &World, object: &MoRef) -> bool {
    let path = "content.propertyCollector";
    let default = world.store.value(&World::service_instance(), path);
    default.and_then(Value::as_ref) == Some(object)
}
