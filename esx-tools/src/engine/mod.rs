//! The engine: the only code that sends a change.
//!
//! An operation says what it looks at and what it plans ([`Operation`]); [`apply`] carries that out: step by step, each
//! change sent once, lost answers settled by what is there afterwards, changes of others answered by looking and
//! planning again, and all of it verified by reading back. How long it keeps at it is said in one file, `patience`.

mod end;
mod event;
mod interrupt;
mod operation;
mod patience;
mod run;
mod send;

#[doc(hidden)]
pub use end::{Attempt, NotDone, Unknown};
pub use end::{Changed, Outcome, StepEnd, StepResult, StepStatus};
pub use event::{Event, Observer, Silent};
pub use interrupt::Interrupt;
pub use operation::{ChangeReport, Narrowed, Operation, Prepared, Refusal, Remaining};
pub(crate) use patience::{SETTLE_LOOKS, settle_pause};
pub use run::apply;
pub(crate) use send::SendOutcome;
#[doc(hidden)]
pub use send::Sender;
