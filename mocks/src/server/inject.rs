//! Misbehaviour to order: by count, never by chance.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::watch;

use crate::fault::Fault;

/// Which requests an injection strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// Every request.
    Any,
    /// Calls of a method; `GET` requests bear their path's last part as their name, for example
    /// `vimServiceVersions.xml`, REST calls that of the operation, for example `session.create`.
    Method(String),
    /// The nth request that the server gets, from 1.
    Nth(u64),
    /// The nth call of a method, from 1.
    MethodNth(String, u64),
}

/// What happens to a request that an injection strikes.
#[derive(Clone, Debug)]
pub enum Act {
    /// Answers this fault instead of acting.
    Fault(Fault),
    /// Answers status 503 with an HTML page instead of acting.
    Http503,
    /// Waits so long in real time, then acts.
    Delay(Duration),
    /// Closes the connection before acting.
    Reset,
    /// Acts, then closes the connection without an answer.
    DropAfterApply,
    /// Acts, then closes the connection after so many bytes of the answer's body.
    Truncate(usize),
    /// Acts, then answers what is no XML.
    Garble,
    /// Ends the caller's session, then acts (and so refuses).
    ExpireSession,
    /// Answers with elements nested so deep, instead of acting.
    NestedBomb(usize),
    /// Answers without end, instead of acting.
    Endless,
    /// Answers an HTML page with status 200, as a web server that is no vCenter would.
    Html200,
    /// Holds the request until the gate is opened, then acts.
    Pause(Gate),
}

/// An order to misbehave: on which requests, how many times, how.
///
/// ```
/// use mocks::{Act, Injection};
/// let injection = Injection::on_method("ReconfigVM_Task", Act::DropAfterApply).times(2);
/// assert_eq!(injection.times, 2);
/// ```
#[derive(Clone, Debug)]
pub struct Injection {
    /// Which requests it strikes.
    pub on: Match,
    /// How many of them.
    pub times: u32,
    /// What happens to them.
    pub act: Act,
}

impl Injection {
    /// Strikes once.
    pub fn new(on: Match, act: Act) -> Self {
        Self { on, times: 1, act }
    }

    /// Strikes the next call of a method.
    pub fn on_method(method: &str, act: Act) -> Self {
        Self::new(Match::Method(method.to_owned()), act)
    }

    /// Strikes the nth call of a method from the server's start, from 1.
    pub fn on_nth(method: &str, nth: u64, act: Act) -> Self {
        Self::new(Match::MethodNth(method.to_owned(), nth), act)
    }

    /// The same, so many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

/// Holds requests until a test lets them go.
#[derive(Clone, Debug)]
pub struct Gate {
    state: watch::Sender<GateState>,
}

#[derive(Clone, Copy, Debug, Default)]
struct GateState {
    arrived: u32,
    open: bool,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            state: watch::Sender::new(GateState::default()),
        }
    }
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until a request stands before the gate.
    pub async fn reached(&self) {
        let mut state = self.state.subscribe();
        // The sender lives as long as this gate, so the wait cannot fail.
        let _ = state.wait_for(|state| state.arrived > 0).await;
    }

    /// Lets every request pass, now and later.
    pub fn open(&self) {
        self.state.send_modify(|state| state.open = true);
    }

    /// Stands before the gate until it opens.
    pub(super) async fn pass(&self) {
        let mut state = self.state.subscribe();
        self.state.send_modify(|state| state.arrived += 1);
        let _ = state.wait_for(|state| state.open).await;
    }
}

/// The orders that stand.
#[derive(Debug, Default)]
pub(super) struct Injector {
    orders: Vec<Injection>,
    requests: u64,
    by_method: HashMap<String, u64>,
}

impl Injector {
    pub(super) fn add(&mut self, injection: Injection) {
        self.orders.push(injection);
    }

    pub(super) fn pending(&self) -> usize {
        self.orders.iter().filter(|order| order.times > 0).count()
    }

    /// Counts a request and gives back what is to happen to it.
    pub(super) fn strike(&mut self, method: &str) -> Option<Act> {
        self.requests += 1;
        let of_method = self.by_method.entry(method.to_owned()).or_default();
        *of_method += 1;
        let (all, of_method) = (self.requests, *of_method);
        let order = self.orders.iter_mut().find(|order| {
            order.times > 0
                && match &order.on {
                    Match::Any => true,
                    Match::Method(name) => name == method,
                    Match::Nth(nth) => *nth == all,
                    Match::MethodNth(name, nth) => name == method && *nth == of_method,
                }
        })?;
        order.times -= 1;
        Some(order.act.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn injections_strike_by_count() {
        let mut injector = Injector::default();
        injector.add(Injection::on_method("Login", Act::Http503).times(2));
        injector.add(Injection::new(Match::Nth(4), Act::Reset));
        injector.add(Injection::on_nth("Logout", 2, Act::Endless));
        let mut struck = |method: &str| injector.strike(method).is_some();
        assert!(!struck("Logout"));
        assert!(struck("Login"));
        assert!(struck("Login"));
        assert!(struck("Login"), "the fourth request of all");
        assert!(!struck("Login"));
        assert!(struck("Logout"));
        assert_eq!(injector.pending(), 0);
    }
}
