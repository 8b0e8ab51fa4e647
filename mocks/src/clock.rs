//! The server's clock: real, leaping, or moved by hand.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// How time passes on the server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClockMode {
    /// As on the wall, `scale` times as fast.
    Real {
        /// 1.0 is real time; 10.0 makes tasks ten times as fast.
        scale: f64,
    },
    /// Stands still and leaps to the next due event when a client would wait for it: tests never
    /// sleep.
    Jump,
    /// Moves only when the test says so.
    Manual,
}

/// The clock; see [`ClockMode`].
#[derive(Clone, Debug)]
pub struct Clock {
    mode: ClockMode,
    started: Instant,
    base: Timestamp,
    offset: SignedDuration,
}

impl Clock {
    /// A clock that starts at the present time.
    pub fn new(mode: ClockMode) -> Self {
        Self {
            mode,
            started: Instant::now(),
            base: Timestamp::now(),
            offset: SignedDuration::ZERO,
        }
    }

    /// How time passes.
    pub fn mode(&self) -> ClockMode {
        self.mode
    }

    /// The server's time.
    pub fn now(&self) -> Timestamp {
        let passed = match self.mode {
            ClockMode::Real { scale } => self.started.elapsed().mul_f64(scale),
            ClockMode::Jump | ClockMode::Manual => Duration::ZERO,
        };
        let passed = SignedDuration::try_from(passed).unwrap_or(SignedDuration::MAX);
        let total = self.offset.saturating_add(passed);
        self.base.saturating_add(total).unwrap_or(Timestamp::MAX)
    }

    /// Moves time forward.
    pub fn advance(&mut self, by: SignedDuration) {
        self.offset = self.offset.saturating_add(by);
    }

    /// Moves time forward to `then`; never back.
    pub fn advance_to(&mut self, then: Timestamp) {
        let by = then.duration_since(self.now());
        if by.is_positive() {
            self.advance(by);
        }
    }
}
