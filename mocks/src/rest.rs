//! The REST API of a simulated vCenter: sessions, lists and tags, in both spellings.
//!
//! `/api` is what vCenter 7.0 U2 and later speak, `/rest` what every one speaks; a standalone host
//! has neither. As with SOAP, nothing is taken that the real server would refuse: sessions,
//! privileges, the limits of lists, the rules of categories, unknown parameters.

mod inventory;
mod reply;
mod request;
mod route;
mod session;
mod tagging;
#[cfg(test)]
mod tests;

pub(crate) use reply::Reply;
pub(crate) use request::Request;
pub(crate) use route::{Route, way};

pub use crate::lab::rest::{Cardinality, Category, RestState, Tag, TagTable, Ways};

use crate::accounts::Account;
use crate::model::service::is_vcenter;
use crate::schema::ApiVersion;
use crate::session::SessionKey;
use crate::value::Value;
use crate::world::World;

/// One of the two spellings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `/api`.
    Api,
    /// `/rest`.
    Rest,
}

/// Whether the server knows a spelling.
pub(crate) fn knows(world: &World, way: Way) -> bool {
    if !is_vcenter(world) {
        return false;
    }
    match (world.rest.ways, way) {
        (Ways::Neither, _) => false,
        (Ways::OldOnly, way) => way == Way::Rest,
        (Ways::AsVersionSays, Way::Rest) => true,
        (Ways::AsVersionSays, Way::Api) => version(world) >= ApiVersion::parse("7.0.2"),
    }
}

fn version(world: &World) -> ApiVersion {
    let service = World::service_instance();
    let version = world.store.value(&service, "content.about.version");
    ApiVersion::parse(version.and_then(Value::as_str).unwrap_or_default())
}

/// Does what a request asks for.
pub(crate) fn perform(world: &mut World, request: &Request, route: &Route) -> Reply {
    if route.name == session::CREATE {
        return session::create(world, request);
    }
    let now = world.clock.now();
    let key = request
        .session
        .clone()
        .filter(|key| world.rest.sessions.contains(key))
        .filter(|key| world.sessions.touch(key, now));
    let account = key
        .as_deref()
        .and_then(|key| world.sessions.get(key))
        .map(|session| session.account.clone());
    let (Some(key), Some(account)) = (key, account) else {
        return Reply::unauthenticated("This method requires authentication.");
    };
    if let Err(refusal) = request.check(route) {
        return refusal;
    }
    let outcome = act(world, request, route, &key, &account);
    outcome.unwrap_or_else(|refusal| refusal)
}

fn act(
    world: &mut World,
    request: &Request,
    route: &Route,
    key: &SessionKey,
    account: &Account,
) -> Result<Reply, Reply> {
    match route.name {
        "session.get" => Ok(session::show(world, key)),
        "session.delete" => Ok(session::delete(world, key)),
        name if name.starts_with("vcenter.") => inventory::list(world, request, name, account),
        _ => tagging::act(world, request, route, account),
    }
}
