//! The disks of a master target: list, attach, detach.

mod list;

pub use list::{ListedDisks, list};
