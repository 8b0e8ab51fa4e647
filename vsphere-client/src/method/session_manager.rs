//! Calls of the session manager.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use super::{Effect, Method};
use crate::soap::{Encode, Writer};
use crate::vim::{ManagedObjectReference, UserSession};
use crate::wire_method;

/// Opens a session (`SessionManager.Login`). `Debug` shows neither the password nor its length.
#[derive(Clone)]
pub struct Login {
    /// The session manager.
    pub this: ManagedObjectReference,
    /// The account, `user@domain` or `DOMAIN\user`.
    pub user_name: String,
    /// Its password.
    pub password: SecretString,
    /// Language of messages, such as `en`; the server's own when absent.
    pub locale: Option<String>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("this", &self.this)
            .field("user_name", &self.user_name)
            .field("locale", &self.locale)
            .finish_non_exhaustive()
    }
}

impl Method for Login {
    const NAME: &'static str = "Login";
    const EFFECT: Effect = Effect::Session;
    const SENSITIVE: bool = true;
    type Output = UserSession;

    fn this(&self) -> &ManagedObjectReference {
        &self.this
    }

    fn params(&self, writer: &mut Writer) {
        self.user_name.encode(writer, "userName");
        writer.leaf("password", self.password.expose_secret());
        self.locale.encode(writer, "locale");
    }
}

wire_method! {
    /// Ends the session (`SessionManager.Logout`).
    pub struct Logout = "Logout": Effect::Session => () {}
}

/// Asks whether a session lives (`SessionManager.SessionIsActive`); vCenter only.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionIsActive {
    /// The session manager.
    pub this: ManagedObjectReference,
    /// The session's key, a secret in some versions.
    pub session_id: String,
    /// The account that opened it.
    pub user_name: String,
}

impl fmt::Debug for SessionIsActive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionIsActive")
            .field("this", &self.this)
            .field("user_name", &self.user_name)
            .finish_non_exhaustive()
    }
}

impl Method for SessionIsActive {
    const NAME: &'static str = "SessionIsActive";
    const EFFECT: Effect = Effect::Read;
    const SENSITIVE: bool = true;
    type Output = bool;

    fn this(&self) -> &ManagedObjectReference {
        &self.this
    }

    fn params(&self, writer: &mut Writer) {
        self.session_id.encode(writer, "sessionID");
        self.user_name.encode(writer, "userName");
    }
}
