//! Carrying out a plan: step by step, told as events, verified by reading back.

mod act;
mod busy;
mod compare;
mod devices;
mod disk_request;
mod event;
mod execute;
mod give_back;
mod interrupt;
mod mount;
mod mount_calls;
mod mount_steps;
mod overrides;
mod power;
mod record;
mod report;
mod request;
mod settle;
mod tag;

pub(crate) use act::{Act, act, told};
pub(crate) use disk_request::disk_of_index;
pub use event::{Event, Observer, Silent};
pub(crate) use execute::{
    Applied, ApplyError, execute, is_fresh, result as step_result, tell as tell_step,
};
pub use interrupt::Interrupt;
pub(crate) use mount_steps::carry_out_mounts;
pub use report::{Outcome, StepResult, StepStatus};
