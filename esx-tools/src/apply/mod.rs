//! Carrying out a plan: step by step, told as events, verified by reading back.

mod event;
mod interrupt;
mod report;

pub use event::{Event, Observer, Silent};
pub use interrupt::Interrupt;
pub use report::{Outcome, StepResult, StepStatus};
