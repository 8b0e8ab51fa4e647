//! The failback rules: one file each, pure, in the order of their numbers.
//!
//! ```
//! for rule in esx_tools::rules::registry() {
//!     assert!(!rule.why().is_empty(), "{}", rule.id());
//! }
//! ```

mod disk_enable_uuid;
mod lsi_controller;
mod no_consolidation;
mod no_paravirtual;
mod no_snapshots;
mod page;
mod registry;
mod rule;
mod sizing;
mod storage_vmotion_excluded;
mod tools_running;
mod vmfs_visible;

pub use disk_enable_uuid::DISK_ENABLE_UUID;
pub use page::page;
pub use registry::{find, judge, registry};
pub use rule::{Finding, Judgement, MendKind, Rule, Severity, Verdict};
