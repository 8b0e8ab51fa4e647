//! The task engine: work that takes steps of the clock.

use jiff::Timestamp;

use crate::world::World;

/// Tasks that are queued or running.
#[derive(Debug, Default)]
pub struct TaskEngine {}

impl TaskEngine {
    /// When the next step of any task is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        None
    }
}

impl World {
    /// Runs every task step that is due by now.
    pub fn run_due(&mut self) {}
}
