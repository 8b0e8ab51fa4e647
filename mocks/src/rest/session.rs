//! Sessions of the REST API, which count among the server's sessions.

use serde_json::json;

use super::{Reply, Request};
use crate::session::SessionKey;
use crate::world::World;

pub(super) const CREATE: &str = "session.create";

/// Logs in with user and password.
pub(super) fn create(world: &mut World, request: &Request) -> Reply {
    let admitted = request
        .login
        .as_ref()
        // One that is locked or whose password has run out looks like any other here.
        .filter(|(user, _)| !world.accounts.barred.contains_key(&user.to_lowercase()));
    let account =
        admitted.and_then(|(user, password)| world.accounts.login(user, password).cloned());
    let Some(account) = account else {
        return Reply::unauthenticated("Unable to authenticate user.");
    };
    let now = world.clock.now();
    let key = world.sessions.open(&account, now, "en", &request.agent);
    world.rest.sessions.insert(key.clone());
    Reply::Created(json!(key))
}

/// What the server says of the session.
pub(super) fn show(world: &World, key: &SessionKey) -> Reply {
    let session = world.sessions.get(key);
    session.map_or(Reply::Done, |session| {
        Reply::Value(json!({
            "user": session.account.user,
            "created_time": session.login_time.to_string(),
            "last_accessed_time": session.last_active.to_string(),
        }))
    })
}

/// Ends the session.
pub(super) fn delete(world: &mut World, key: &SessionKey) -> Reply {
    world.sessions.close(key);
    world.rest.sessions.remove(key);
    Reply::Done
}
