//! `SessionManager`: login and logout.

use crate::dispatch::{Call, Entry};
use crate::fault::Fault;
use crate::value::Value;
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("SessionManager", "Login", login),
    ("SessionManager", "Logout", logout),
    ("SessionManager", "SessionIsActive", session_is_active),
    ("SessionManager", "TerminateSession", terminate_session),
    ("SessionManager", "SetLocale", set_locale),
];

fn login(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let user = call.args.str("userName").unwrap_or_default();
    let password = call.args.str("password").unwrap_or_default();
    let account = world.accounts.login(user, password).cloned();
    let account = account.ok_or_else(Fault::invalid_login)?;
    let locale = call.args.str("locale").unwrap_or("en");
    let now = world.clock.now();
    let key = world.sessions.open(&account, now, locale, call.agent);
    Ok(world
        .sessions
        .get(&key)
        .map(|session| session.user_session().into()))
}

fn logout(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    world.sessions.close(&call.session);
    // Whoever waits in this session learns of its end.
    world.store.wake();
    Ok(None)
}

fn session_is_active(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let api = world
        .store
        .value(&World::service_instance(), "content.about.apiType");
    if api.and_then(Value::as_str) == Some("HostAgent") {
        // Only vCenter can tell; the mock does as hosts do.
        return Err(Fault::new(
            "NotImplemented",
            "The operation is not implemented on a host.",
        ));
    }
    let key = call.args.str("sessionID").unwrap_or_default();
    let user = call.args.str("userName").unwrap_or_default();
    let active = world
        .sessions
        .get(key)
        .is_some_and(|session| session.account.user.eq_ignore_ascii_case(user));
    Ok(Some(active.into()))
}

fn terminate_session(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let keys: Vec<&str> = call
        .args
        .list("sessionId")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if keys.contains(&call.session.as_str()) {
        return Err(Fault::invalid_argument("sessionId"));
    }
    if keys.iter().any(|key| world.sessions.get(key).is_none()) {
        return Err(Fault::new("NotFound", "The session does not exist."));
    }
    for key in keys {
        world.sessions.close(key);
    }
    world.store.wake();
    Ok(None)
}

fn set_locale(_: &mut World, _: &Call<'_>) -> Result<Option<Value>, Fault> {
    // The mock speaks one language; a locale changes nothing.
    Ok(None)
}
