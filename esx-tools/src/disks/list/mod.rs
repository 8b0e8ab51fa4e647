//! Listing the disks of a master target.

mod look;
mod rows;
#[cfg(test)]
pub(super) mod tests;

pub use look::{ListedDisks, list};
pub(crate) use look::{neighbours_of, read};
