//! The disks of a master target: list, attach, detach, locate, restore.

mod list;
mod locate;
mod search;

pub use list::{ListedDisks, list};
pub use locate::{LocatedDisks, locate};
pub use search::Unsearched;
