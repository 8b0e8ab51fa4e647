//! Time as the simulated server knows it.
//!
//! Tasks, session expiry and every timestamp in an answer ask this clock, never this machine's.
//! So a test can let hours pass in no time, and a demonstration can show progress as people
//! know it.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// How simulated time passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClockMode {
    /// Time passes by itself, `scale` simulated seconds for each real one.
    Real {
        /// Simulated seconds for each second of the wall clock; 1.0 is natural speed.
        scale: f64,
    },
    /// Time stands still until somebody waits, then leaps to the next event that is due.
    ///
    /// Tests use this: a client sees every step of a task and nobody sleeps.
    Jump,
    /// Time passes only through [`Clock::advance`].
    Manual,
}

/// The simulated clock.
///
/// ```
/// use jiff::SignedDuration;
/// use mocks::{Clock, ClockMode};
///
/// let mut clock = Clock::new(ClockMode::Manual);
/// let before = clock.now();
/// clock.advance(SignedDuration::from_secs(30));
/// assert_eq!((clock.now() - before).get_seconds(), 30);
/// ```
#[derive(Clone, Debug)]
pub struct Clock {
    mode: ClockMode,
    started: Instant,
    epoch: Timestamp,
    /// What was added by leaps and by hand.
    leapt: SignedDuration,
}

impl Clock {
    /// A clock that starts at this machine's present time.
    pub fn new(mode: ClockMode) -> Self {
        Self::starting_at(mode, Timestamp::now())
    }

    /// A clock that starts at a chosen moment.
    pub fn starting_at(mode: ClockMode, epoch: Timestamp) -> Self {
        Self {
            mode,
            started: Instant::now(),
            epoch,
            leapt: SignedDuration::ZERO,
        }
    }

    /// How time passes here.
    pub fn mode(&self) -> ClockMode {
        self.mode
    }

    /// The present simulated moment.
    pub fn now(&self) -> Timestamp {
        let passed = self.leapt.saturating_add(self.flowed());
        self.epoch.saturating_add(passed).unwrap_or(Timestamp::MAX)
    }

    /// Lets time pass at once, whatever the mode.
    pub fn advance(&mut self, by: SignedDuration) {
        self.leapt = self.leapt.saturating_add(by);
    }

    /// Moves forward to `moment`; a moment in the past changes nothing.
    pub fn advance_to(&mut self, moment: Timestamp) {
        let ahead = moment.duration_since(self.now());
        if ahead.is_positive() {
            self.advance(ahead);
        }
    }

    /// The real time to sleep until `moment`; nothing when time does not flow by itself.
    pub fn real_wait_until(&self, moment: Timestamp) -> Option<Duration> {
        let ClockMode::Real { scale } = self.mode else {
            return None;
        };
        let ahead = moment.duration_since(self.now()).as_secs_f64().max(0.0);
        Duration::try_from_secs_f64(ahead / scale.max(f64::MIN_POSITIVE)).ok()
    }

    fn flowed(&self) -> SignedDuration {
        match self.mode {
            ClockMode::Real { scale } => {
                let seconds = self.started.elapsed().as_secs_f64() * scale;
                SignedDuration::try_from_secs_f64(seconds).unwrap_or(SignedDuration::MAX)
            }
            ClockMode::Jump | ClockMode::Manual => SignedDuration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jump_time_stands_still_until_it_leaps() {
        let start = "2026-03-01T08:00:00Z".parse().unwrap();
        let mut clock = Clock::starting_at(ClockMode::Jump, start);
        assert_eq!(clock.now(), start);
        let later = "2026-03-01T09:30:00Z".parse().unwrap();
        clock.advance_to(later);
        assert_eq!(clock.now(), later);
        clock.advance_to(start);
        assert_eq!(clock.now(), later, "time never runs backwards");
    }

    #[test]
    fn only_real_time_asks_for_sleep() {
        let moment = "2030-01-01T00:00:10Z".parse().unwrap();
        let start = "2030-01-01T00:00:00Z".parse().unwrap();
        assert_eq!(
            Clock::starting_at(ClockMode::Manual, start).real_wait_until(moment),
            None
        );
        let quick = Clock::starting_at(ClockMode::Real { scale: 10.0 }, start);
        let wait = quick.real_wait_until(moment).unwrap();
        assert!(
            wait <= Duration::from_secs(1) && wait > Duration::from_millis(900),
            "{wait:?}"
        );
    }
}
