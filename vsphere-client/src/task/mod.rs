//! Work that the server does on its own time.
//!
//! A method whose name ends in `_Task` answers at once with a task. [`Client::wait_task`] waits
//! for its end without polling, tells its progress, and gives one of four outcomes: an unfinished
//! task is never taken for success, and a wait that breaks never for the end of the task.
//! [`Client::run_task`] makes the call and waits in one go. [`Client::recent_tasks`] finds the task
//! of a call whose answer was lost.
//!
//! [`Client::recent_tasks`]: crate::Client::recent_tasks
//! [`Client::wait_task`]: crate::Client::wait_task
//! [`Client::run_task`]: crate::Client::run_task

mod news;
mod outcome;
mod recent;
mod wait;
mod waiters;

#[cfg(test)]
mod tests;

use std::time::Duration;

pub use self::outcome::{TaskError, TaskOutcome};
pub(crate) use self::waiters::TaskWaiters;

/// How to wait for a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitOptions {
    /// How long to wait at most. As long as it takes when unset: consolidating large disks takes
    /// hours.
    pub timeout: Option<Duration>,
    /// How often to look at the progress of a task that goes on. Every 3 s unless set, and more
    /// often at first. Each look costs two calls. The end of the task is told at once, unless the
    /// wait broke: then it is seen at the next look, which costs one call.
    pub pace: Duration,
    /// How long to put up with nothing but errors, from a server that cannot be reached or does not
    /// tell how the task stands, before the wait gives up with the last of them. 60 s unless set.
    pub patience: Duration,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            timeout: None,
            pace: Duration::from_secs(3),
            patience: Duration::from_secs(60),
        }
    }
}

impl WaitOptions {
    /// Waits so long at most.
    pub fn timeout(limit: Duration) -> Self {
        Self {
            timeout: Some(limit),
            ..Self::default()
        }
    }
}
