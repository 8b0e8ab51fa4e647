//! What every command works with.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::interrupt::Interrupts;
use crate::output::Ui;

/// The streams, the interrupts, and what is known of the session for the end of the output.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) ui: Arc<Ui>,
    pub(crate) interrupts: Interrupts,
    /// What is in hand: set while a change is being made.
    hand: watch::Sender<Option<String>>,
    session: Mutex<Map<String, Value>>,
    part: Option<Part>,
}

/// The share of one profile in a run over all of them.
#[derive(Clone, Debug)]
struct Part {
    profile: String,
    until: Instant,
    limit: Duration,
}

impl Context {
    pub(crate) fn new(ui: Ui, interrupts: Interrupts) -> Self {
        Self {
            ui: Arc::new(ui),
            interrupts,
            hand: watch::Sender::new(None),
            session: Mutex::default(),
            part: None,
        }
    }

    /// The context of one profile among all: its own session, its own deadline, the same streams.
    pub(crate) fn for_profile(&self, name: &str, limit: Duration) -> Self {
        Self {
            ui: Arc::clone(&self.ui),
            interrupts: self.interrupts.clone(),
            hand: watch::Sender::new(None),
            session: Mutex::default(),
            part: Some(Part {
                profile: name.to_owned(),
                until: Instant::now() + limit,
                limit,
            }),
        }
    }

    /// The profile, where this is one of several that work side by side.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.part.as_ref().map(|part| part.profile.as_str())
    }

    /// Waits until the time of this profile is up, and gives how long it was; forever where there is no limit.
    pub(crate) async fn expired(&self) -> Duration {
        match &self.part {
            Some(part) => {
                tokio::time::sleep_until(part.until).await;
                part.limit
            }
            None => std::future::pending().await,
        }
    }

    /// Whether a question can be asked; not where several profiles would ask at the same time.
    pub(crate) fn can_ask(&self) -> bool {
        self.part.is_none() && self.ui.can_ask()
    }

    /// Tells a part of the story, with the profile where there are several.
    pub(crate) fn say(&self, text: &str) {
        self.ui.say(&self.labelled(text));
    }

    /// Warns, with the profile where there are several.
    pub(crate) fn warn(&self, text: &str) {
        self.ui.warn(&self.labelled(text));
    }

    fn labelled(&self, text: &str) -> String {
        match self.profile() {
            Some(profile) => format!("{profile}: {text}"),
            None => text.to_owned(),
        }
    }

    /// Takes a change in hand: until the guard is dropped, the first Ctrl-C does not end the command.
    pub(crate) fn take_in_hand(&self, what: &str) -> InHand<'_> {
        self.hand.send_replace(Some(what.to_owned()));
        InHand(self)
    }

    /// Names the step that is in hand now.
    pub(crate) fn now_at(&self, what: &str) {
        self.hand.send_replace(Some(what.to_owned()));
    }

    /// Waits until the command has to end: on the first Ctrl-C with nothing in hand, on the second in any case.
    ///
    /// Gives what is in hand at that moment; asked later, the work that held it may be gone already.
    pub(crate) async fn leave(&self) -> Option<String> {
        self.interrupts.first().await;
        let mut hand = self.hand.subscribe();
        tokio::select! {
            () = self.interrupts.second() => {}
            // The sender lives in this very context, so waiting cannot fail.
            _ = hand.wait_for(Option::is_none) => {}
        }
        self.hand.borrow().clone()
    }

    /// Remembers a field about the session for the JSON document.
    pub(crate) fn note(&self, name: &str, value: Value) {
        self.session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.to_owned(), value);
    }

    /// The address of the server, once there was a session.
    pub(crate) fn url(&self) -> Option<String> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session
            .get("server")?
            .get("url")?
            .as_str()
            .map(str::to_owned)
    }

    /// How many calls the session took, once it has ended.
    pub(crate) fn calls(&self) -> Option<u64> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        session.get("calls")?.get("total")?.as_u64()
    }

    /// Adds what is known about the session.
    pub(crate) fn describe_session(&self, fields: &mut Map<String, Value>) {
        for (name, value) in self
            .session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
        {
            fields.insert(name.clone(), value.clone());
        }
    }
}

/// While it lives, something is being changed.
#[derive(Debug)]
pub(crate) struct InHand<'a>(&'a Context);

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.0.hand.send_replace(None);
    }
}
