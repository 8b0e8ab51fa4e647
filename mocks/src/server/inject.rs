//! Misbehaviour to order: by count, never by chance.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::watch;

use super::foreign::Foreign;
use crate::fault::Fault;

pub use super::gate::Gate;
pub use super::meanwhile::Meanwhile;

/// Which requests an injection strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// Every request.
    Any,
    /// Calls of a method; `GET` requests have their path's last part as their name, for example
    /// `vimServiceVersions.xml`, REST calls that of the operation, for example `session.create`.
    Method(String),
    /// The nth request that the server gets, from 1.
    Nth(u64),
    /// The nth call of a method, from 1.
    MethodNth(String, u64),
    /// The nth call of a method, from 1, and every later one.
    MethodFrom(String, u64),
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
    /// Acts, then answers what is no answer of vSphere.
    ForeignAfter(Foreign),
    /// Answers what is no answer of vSphere, instead of acting.
    ForeignInstead(Foreign),
    /// Holds the request until the gate is opened, then acts.
    Pause(Gate),
    /// Acts, and holds the answer until the gate is opened.
    HoldAnswer(Gate),
    /// Acts; the task that the call starts will end with this fault, without effect.
    FailTask(Fault),
    /// Acts; somebody cancels the task that the call starts, whether it may be cancelled or not.
    CancelTask,
    /// Somebody else does this first; then acts on what is there now.
    Meanwhile(Meanwhile),
    /// Never gets the request: the connection before it is closed after its last answer, and so many attempts at a
    /// new one die in the TLS handshake, so that the client knows that nothing was sent. Only for [`Match::Nth`] and
    /// only with TLS: without it nothing tells the client.
    Undelivered(u32),
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
    /// How many of them; [`Injection::FOREVER`] stands for all.
    pub times: u32,
    /// What happens to them.
    pub act: Act,
}

impl Injection {
    /// As many times as there are requests; see [`Injection::forever`].
    pub const FOREVER: u32 = u32::MAX;

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

    /// Strikes the nth call of a method from the server's start, from 1, and every later one.
    pub fn from_nth(method: &str, nth: u64, act: Act) -> Self {
        Self::new(Match::MethodFrom(method.to_owned(), nth), act).forever()
    }

    /// The same, so many times.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// The same, at every request that it names until it is taken back.
    #[must_use]
    pub fn forever(self) -> Self {
        self.times(Self::FOREVER)
    }
}

/// An injection and how often it has struck.
#[derive(Debug)]
struct ActiveInjection {
    injection: Injection,
    struck: u32,
}

impl ActiveInjection {
    fn stands(&self) -> bool {
        self.injection.times == Injection::FOREVER || self.struck < self.injection.times
    }

    /// Whether there is something left to see.
    fn waits(&self) -> bool {
        match self.injection.times {
            Injection::FOREVER => self.struck == 0,
            times => self.struck < times,
        }
    }

    /// Whether it strikes this request: a method, how many requests there were, and how many of that method.
    fn names(&self, method: &str, all: u64, of_method: u64) -> bool {
        match &self.injection.on {
            Match::Any => true,
            Match::Method(name) => name == method,
            Match::Nth(nth) => *nth == all,
            Match::MethodNth(name, nth) => name == method && *nth == of_method,
            Match::MethodFrom(name, nth) => name == method && *nth <= of_method,
        }
    }
}

/// The orders that stand.
#[derive(Debug, Default)]
pub(super) struct Injector {
    orders: Vec<ActiveInjection>,
    /// Every request by name, in the order of arrival.
    arrived: Vec<String>,
    by_method: HashMap<String, u64>,
    /// How many connections are to be refused before the next request.
    refusals: u32,
    hang_up: watch::Sender<()>,
}

impl Injector {
    pub(super) fn add(&mut self, injection: Injection) {
        self.orders.push(ActiveInjection {
            injection,
            struck: 0,
        });
        self.order_refusals();
    }

    pub(super) fn forget(&mut self) {
        self.orders.clear();
        self.refusals = 0;
    }

    pub(super) fn arrived(&self) -> &[String] {
        &self.arrived
    }

    /// Arms the refusals that are ordered before the next request.
    fn order_refusals(&mut self) {
        let next = self.requests() + 1;
        for order in self.orders.iter_mut().filter(|order| order.stands()) {
            let Injection { act, on, times } = &order.injection;
            if let (Act::Undelivered(attempts), Match::Nth(nth)) = (act, on)
                && *nth == next
            {
                self.refusals = *attempts;
                self.hang_up.send_replace(());
                order.struck = *times;
            }
        }
    }

    fn requests(&self) -> u64 {
        u64::try_from(self.arrived.len()).unwrap_or(u64::MAX)
    }

    /// Tells connections to end after the answer in hand, or at once when they are idle.
    pub(super) fn hang_ups(&self) -> watch::Receiver<()> {
        self.hang_up.subscribe()
    }

    /// Whether a new connection is to be refused.
    pub(super) fn refuses(&mut self) -> bool {
        let refuses = self.refusals > 0;
        self.refusals = self.refusals.saturating_sub(1);
        refuses
    }

    pub(super) fn pending(&self) -> usize {
        self.orders.iter().filter(|order| order.waits()).count()
    }

    /// Counts a request and gives back what is to happen to it.
    pub(super) fn strike(&mut self, method: &str) -> Option<Act> {
        self.arrived.push(method.to_owned());
        self.order_refusals();
        *self.by_method.entry(method.to_owned()).or_default() += 1;
        let (all, of_method) = (self.requests(), *self.by_method.get(method).unwrap_or(&0));
        let order = self.orders.iter_mut().find(|order| {
            order.stands()
                && !matches!(order.injection.act, Act::Undelivered(_))
                && order.names(method, all, of_method)
        })?;
        order.struck = order.struck.saturating_add(1);
        Some(order.injection.act.clone())
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

    #[test]
    fn injections_strike_from_a_call_on() {
        let mut injector = Injector::default();
        injector.add(Injection::from_nth("Login", 3, Act::Reset));
        injector.add(Injection::from_nth("Logout", 2, Act::Reset).times(2));
        assert_eq!(injector.pending(), 2);
        let mut strikes = |method: &str| -> Vec<bool> {
            (0..5).map(|_| injector.strike(method).is_some()).collect()
        };
        assert_eq!(strikes("Login"), [false, false, true, true, true]);
        assert_eq!(strikes("Logout"), [false, true, true, false, false]);
        assert_eq!(injector.pending(), 0, "one for ever has been seen");
        assert!(injector.strike("Login").is_some());
        injector.forget();
        assert!(injector.strike("Login").is_none());
    }

    #[test]
    fn refusals_are_armed_right_before_their_request() {
        let mut injector = Injector::default();
        injector.add(Injection::new(Match::Nth(2), Act::Undelivered(2)));
        let hang_ups = injector.hang_ups();
        assert!(!injector.refuses() && !hang_ups.has_changed().unwrap());
        assert!(injector.strike("Login").is_none());
        assert!(hang_ups.has_changed().unwrap());
        assert!(injector.refuses() && injector.refuses() && !injector.refuses());
        assert!(injector.strike("Logout").is_none());
        assert_eq!(injector.arrived(), ["Login", "Logout"]);
        assert_eq!(injector.pending(), 0);
    }
}
