//! The disks of a master target: list, attach, detach, locate, restore.
//!
//! Attach and detach come in two halves, so that a front end can show the plan and ask in between:
//! [`plan_attach`] and [`apply_attach`], [`plan_detach`] and [`apply_detach`].

mod attach;
mod detach;
mod files;
mod list;
mod locate;
mod options;
mod read_attach;
mod renew_attach;
mod report;
mod restore;
mod run_attach;
mod run_detach;
mod run_restore;
mod search;
mod search_attach;
mod work;

pub use attach::{PreparedAttach, apply_attach, plan_attach};
pub use detach::{PreparedDetach, apply_detach, plan_detach};
pub(super) use files::ask_files_of;
pub use list::{ListedDisks, list};
pub use locate::{LocatedDisks, locate};
pub use options::{AttachOptions, DetachOptions};
pub use report::{DiskReport, DiskResult, DiskStatus};
pub use restore::{PreparedRestore, RestoreReport, apply_restore, plan_restore};
pub use search::Unsearched;
