//! What a front end calls: checks, plans, applies, lists.

mod error;
mod names;
mod report;
mod resolve;
mod selector;

pub use error::{ErrorClass, OpError};
pub use report::{CheckReport, PrepareOptions, PrepareReport, Prepared};
pub use resolve::{ResolvedVm, resolve};
pub use selector::VmSelector;
