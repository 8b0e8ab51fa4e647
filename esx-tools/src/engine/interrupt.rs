//! A request to stop between two steps.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Asks apply to finish the step in hand and then stop; clones share the request.
///
/// To leave at once, drop the future that applies. The step in hand then goes on at the server.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    requested: Arc<AtomicBool>,
}

impl Interrupt {
    /// An interrupt that nobody has requested yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks to stop after the step in hand.
    pub fn request(&self) {
        self.requested.store(true, Ordering::Release);
    }

    /// Whether somebody asked to stop.
    pub fn is_requested(&self) -> bool {
        self.requested.load(Ordering::Acquire)
    }
}
