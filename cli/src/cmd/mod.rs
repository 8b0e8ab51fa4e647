//! One file for each subcommand; those that change a VM share [`change`].

pub(crate) mod change;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod credentials;
pub(crate) mod datastores;
pub(crate) mod disks;
pub(crate) mod duplicates;
mod group_file;
pub(crate) mod inventory;
pub(crate) mod man;
pub(crate) mod plan_reprotect;
pub(crate) mod prepare;
pub(crate) mod rules;
pub(crate) mod simulate;
pub(crate) mod snapshots;
pub(crate) mod storage_vmotion;
mod work;

pub(crate) use crate::context::Context;
pub(crate) use group_file::group_file;
pub(crate) use work::refused;
