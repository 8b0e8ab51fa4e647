//! `SessionManager`: login and logout.

use crate::accounts::Bar;
use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
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
    admit(world, user)?;
    let account = account.ok_or_else(Fault::invalid_login)?;
    if !world
        .accounts
        .permissions
        .iter()
        .any(|p| p.user == account.user)
    {
        let root = world.root_folder().unwrap_or_else(|| call.this.clone());
        return Err(Fault::no_permission(&root, "System.View"));
    }
    let locale = call.args.str("locale").unwrap_or("en");
    let now = world.clock.now();
    let key = world.sessions.open(&account, now, locale, call.agent);
    Ok(world
        .sessions
        .get(&key)
        .map(|session| session.user_session().into()))
}

/// Refuses an account that is locked, whatever its password, and one whose password has run out.
fn admit(world: &World, user: &str) -> Result<(), Fault> {
    match world.accounts.barred.get(&user.to_lowercase()) {
        None => Ok(()),
        Some(Bar::Locked) => Err(Fault::new(
            "InvalidLogin",
            format!("Cannot complete login: the account '{user}' is locked."),
        )),
        Some(Bar::PasswordExpired) => Err(Fault::new(
            "PasswordExpired",
            "Cannot complete login: the password of the account has expired.",
        )),
    }
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
