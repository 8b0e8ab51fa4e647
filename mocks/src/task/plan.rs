//! What a method hands over to be done in steps of the clock.

use std::fmt;
use std::time::Duration;

use crate::fault::Fault;
use crate::value::{MoRef, Value};
use crate::world::World;

/// What a task does when its time has come; its result goes to `info.result`.
pub type Effect = Box<dyn FnOnce(&mut World) -> Result<Option<Value>, Fault> + Send>;

/// A task to start.
pub struct Plan {
    /// The method's wire name, for example `ReconfigVM_Task`.
    pub method: String,
    /// What it works on.
    pub entity: Option<MoRef>,
    /// Whether nothing else may work on the entity meanwhile.
    pub exclusive: bool,
    /// Whether `CancelTask` is heard.
    pub cancelable: bool,
    /// From the first step to the end; the queue takes half a step before that.
    pub duration: Duration,
    /// The percentages shown on the way, at even distances.
    pub progress: &'static [i32],
    /// Who asked.
    pub user: String,
    /// What it does.
    pub effect: Effect,
}

impl Plan {
    /// A task of the usual length that locks its entity and cannot be cancelled.
    pub fn new(
        method: &str,
        entity: MoRef,
        user: &str,
        effect: impl FnOnce(&mut World) -> Result<Option<Value>, Fault> + Send + 'static,
    ) -> Self {
        Self {
            method: method.to_owned(),
            entity: Some(entity),
            exclusive: true,
            cancelable: false,
            duration: Duration::from_millis(800),
            progress: &[50],
            user: user.to_owned(),
            effect: Box::new(effect),
        }
    }

    /// The same task, longer, with more steps to see.
    #[must_use]
    pub fn long(mut self) -> Self {
        self.duration = Duration::from_millis(2400);
        self.progress = &[20, 55, 85];
        self
    }

    /// The same task, as many times as long.
    #[must_use]
    pub fn times(mut self, factor: u32) -> Self {
        self.duration = self.duration.saturating_mul(factor.max(1));
        self
    }

    /// The same task, heard to when somebody cancels it.
    #[must_use]
    pub fn cancelable(mut self) -> Self {
        self.cancelable = true;
        self
    }

    /// The same task, not locking its entity.
    #[must_use]
    pub fn shared(mut self) -> Self {
        self.exclusive = false;
        self
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("method", &self.method)
            .field("entity", &self.entity)
            .finish_non_exhaustive()
    }
}
