//! Finding the disks of a ledger again.

mod judge;
mod look;
mod search;
#[cfg(test)]
mod tests;

pub use judge::{Attached, DiskState, FoundFile, Located};
pub(crate) use judge::{base_path, owner_of};
pub(crate) use look::look;
pub use look::{LocatedDisks, locate};
pub use search::Unsearched;
