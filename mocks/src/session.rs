//! Sessions: who is logged in, and what lives and dies with each login.

/// The key of a session, as the cookie and `UserSession.key` carry it.
pub type SessionKey = String;

/// The sessions.
#[derive(Debug, Default)]
pub struct Sessions {}
