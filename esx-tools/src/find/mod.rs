//! From what a person typed to objects of the inventory: a VM, a folder, the names of all VMs.

mod container;
mod directory;
mod resolve;

pub(crate) use container::{container, folders, is_container};
pub(crate) use directory::Directory;
pub use resolve::resolve;
pub(crate) use resolve::resolve_reference;
