//! What apply tells while it works.

use serde::{Deserialize, Serialize};

use crate::plan::StepId;

/// Something that happened while a plan was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// A step begins.
    StepStarted {
        /// The step's id.
        id: StepId,
        /// Its title.
        title: String,
        /// Its number, from 1.
        number: usize,
        /// How many steps there are.
        total: usize,
    },
    /// The server has taken up the step as a task.
    TaskStarted {
        /// The step's id.
        id: StepId,
        /// The task's reference, by which it can be found on the server.
        task: String,
    },
    /// The server tells how far the step is.
    StepProgress {
        /// The step's id.
        id: StepId,
        /// 0 to 100.
        percent: u8,
    },
    /// There is nothing to do: the state is as the step would make it.
    StepAlready {
        /// The step's id.
        id: StepId,
    },
    /// Something takes its time, and there is no task that would tell how far it is.
    StepWaiting {
        /// The step's id.
        id: StepId,
        /// What is waited for.
        what: String,
        /// How many seconds at most.
        limit_seconds: u64,
    },
    /// The server carried out the step.
    StepDone {
        /// The step's id.
        id: StepId,
    },
    /// The step did not succeed.
    StepFailed {
        /// The step's id.
        id: StepId,
        /// What the server said.
        reason: String,
    },
    /// Whether the step was carried out is not known.
    StepUnknown {
        /// The step's id.
        id: StepId,
        /// What is known.
        reason: String,
    },
    /// The step was not tried.
    StepSkipped {
        /// The step's id.
        id: StepId,
        /// Why.
        reason: String,
    },
    /// The server said that it carried out the step, and reading back shows that it did not take.
    StepUnverified {
        /// The step's id.
        id: StepId,
        /// What was read.
        reason: String,
    },
    /// Somebody else changed something; the facts were gathered again and the rest of the plan still fits.
    Replanned {
        /// What changed, as far as it is known.
        reason: String,
    },
    /// The result is being checked by gathering the facts again.
    Verifying,
}

/// Is told what happens while a plan is carried out.
///
/// Any `Fn(&Event)` that may be shared between threads is one.
pub trait Observer: Send + Sync {
    /// Something happened. Must return soon: the work waits.
    fn event(&self, event: &Event);
}

impl<F: Fn(&Event) + Send + Sync> Observer for F {
    fn event(&self, event: &Event) {
        self(event);
    }
}

/// An observer that does not look.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _event: &Event) {}
}
