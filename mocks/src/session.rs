//! Sessions: who is logged in, and what lives and dies with each login.

mod spec;
mod updates;

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use jiff::{SignedDuration, Timestamp};

use crate::accounts::Account;
use crate::value::{Data, MoRef};

pub(crate) use spec::{Page, Selection, Spec};
pub(crate) use updates::{Collector, Filter, Reading, missing};

/// The key of a session, as the cookie and `UserSession.key` carry it.
pub type SessionKey = String;

/// A view: a list of managed objects that a client made.
#[derive(Clone, Debug)]
pub(crate) enum View {
    /// Everything of certain types below a container, as it is at the moment of asking.
    Container {
        /// Where to look.
        container: MoRef,
        /// The types to show; every type when empty.
        kinds: Vec<String>,
        /// Whether to look further down than one step.
        recursive: bool,
    },
    /// The objects that a client put there.
    List(Vec<MoRef>),
}

/// One login.
#[derive(Debug)]
pub struct Session {
    /// Its key.
    pub key: SessionKey,
    /// Who logged in.
    pub account: Account,
    /// When.
    pub login_time: Timestamp,
    /// When the last call came.
    pub last_active: Timestamp,
    /// How many calls came.
    pub calls: i64,
    locale: String,
    agent: String,
    pub(crate) views: BTreeMap<MoRef, View>,
    pub(crate) collectors: BTreeMap<MoRef, Collector>,
    pub(crate) pages: BTreeMap<String, Page>,
    next: u64,
}

impl Session {
    /// A reference for an object that belongs to this session, for example a view.
    pub(crate) fn new_reference(&mut self, kind: &str) -> MoRef {
        self.next += 1;
        MoRef::new(kind, format!("session[{}]{:08x}", self.key, self.next))
    }

    /// A token for the rest of a paged answer.
    pub(crate) fn new_token(&mut self) -> String {
        self.next += 1;
        format!("{}-{}", self.next, self.key)
    }

    /// The session as `UserSession`.
    pub fn user_session(&self) -> Data {
        Data::new("UserSession")
            .with("key", self.key.as_str())
            .with("userName", self.account.user.as_str())
            .with("fullName", self.account.user.as_str())
            .with("loginTime", self.login_time)
            .with("lastActiveTime", self.last_active)
            .with("locale", self.locale.as_str())
            .with("messageLocale", self.locale.as_str())
            .with("extensionSession", false)
            .with("ipAddress", "127.0.0.1")
            .with("userAgent", self.agent.as_str())
            .with("callCount", self.calls)
    }
}

/// The sessions, by key.
#[derive(Debug)]
pub struct Sessions {
    open: BTreeMap<SessionKey, Session>,
    /// How long a session lasts without a call.
    pub idle_timeout: SignedDuration,
    random: RandomState,
    count: u64,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            open: BTreeMap::new(),
            idle_timeout: SignedDuration::from_mins(30),
            random: RandomState::new(),
            count: 0,
        }
    }
}

impl Sessions {
    /// Opens a session and gives back its key.
    pub fn open(
        &mut self,
        account: &Account,
        now: Timestamp,
        locale: &str,
        agent: &str,
    ) -> SessionKey {
        self.count += 1;
        let noise = self.random.hash_one(self.count);
        let more = self.random.hash_one(noise);
        let key = format!(
            "52{:06x}-{:04x}-{:04x}-{:04x}-{:012x}",
            self.count & 0xff_ffff,
            noise & 0xffff,
            noise >> 16 & 0xffff,
            noise >> 32 & 0xffff,
            more >> 16
        );
        let session = Session {
            key: key.clone(),
            account: account.clone(),
            login_time: now,
            last_active: now,
            calls: 0,
            locale: locale.to_owned(),
            agent: agent.to_owned(),
            views: BTreeMap::new(),
            collectors: BTreeMap::new(),
            pages: BTreeMap::new(),
            next: 0,
        };
        self.open.insert(key.clone(), session);
        key
    }

    /// Counts a call of the session; false when there is none, or when it has been idle for too
    /// long and so ends now.
    pub fn touch(&mut self, key: &str, now: Timestamp) -> bool {
        let Some(session) = self.open.get_mut(key) else {
            return false;
        };
        if now.duration_since(session.last_active) > self.idle_timeout {
            self.open.remove(key);
            return false;
        }
        session.last_active = now;
        session.calls += 1;
        true
    }

    /// An open session.
    pub fn get(&self, key: &str) -> Option<&Session> {
        self.open.get(key)
    }

    /// An open session, to be changed.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Session> {
        self.open.get_mut(key)
    }

    /// Ends a session with all that belongs to it; false when there is none.
    pub fn close(&mut self, key: &str) -> bool {
        self.open.remove(key).is_some()
    }

    /// Ends every session.
    pub fn close_all(&mut self) {
        self.open.clear();
    }

    /// The open sessions.
    pub fn iter(&self) -> impl Iterator<Item = &Session> {
        self.open.values()
    }

    /// How many sessions are open.
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether nobody is logged in.
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_idle_out_and_calls_keep_them_alive() {
        let mut sessions = Sessions::default();
        let account = Account {
            user: "u".into(),
            password: "p".into(),
        };
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let key = sessions.open(&account, start, "en", "test");
        let other = sessions.open(&account, start, "en", "test");
        assert_ne!(key, other);
        let minutes = |n| start + SignedDuration::from_mins(n);
        assert!(sessions.touch(&key, minutes(29)));
        assert!(sessions.touch(&key, minutes(58)));
        assert!(!sessions.touch(&other, minutes(58)));
        assert!(!sessions.touch(&key, minutes(89)));
        assert!(sessions.is_empty());
    }
}
