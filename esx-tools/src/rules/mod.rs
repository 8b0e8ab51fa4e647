//! The failback rules: one file each, pure, in the order of their numbers.
//!
//! ```
//! for rule in esx_tools::rules::registry() {
//!     assert!(!rule.why().is_empty(), "{}", rule.id());
//! }
//! ```

mod appliance_requirements;
mod architecture;
mod basis;
mod classic_ended;
mod datastores_mounted;
mod datastores_not_nfs;
mod describe;
mod disk_enable_uuid;
mod disk_slots;
mod disks_as_recorded;
mod disks_attachable;
mod free_space;
mod group_whole;
pub(crate) mod ids;
mod known_to_vcenter;
mod licence;
mod lsi_controller;
mod name_clash;
mod no_consolidation;
mod no_paravirtual;
mod no_snapshots;
mod os_family;
mod page;
mod portal_code;
mod privileges;
mod protected_disk_kinds;
mod protected_disk_uuid;
mod protected_off;
mod protected_secure_boot;
mod protected_snapshots;
mod registry;
mod retention;
mod rule;
mod servers_answer;
mod severity;
mod sizing;
mod snapshots_possible;
mod storage_vmotion_excluded;
mod supported_versions;
mod tools_running;
mod unique_uuids;
mod vmfs_visible;
mod windows_2008_r2;

pub use basis::Basis;
pub use disk_enable_uuid::DISK_ENABLE_UUID;
pub use page::page;
pub use portal_code::{PORTAL_CODES, PortalCode, portal_code};
pub use registry::{find, find_by_code, judge, registry};
pub use rule::{About, Finding, FixKind, Gap, Judgement, Rule, Verdict};
pub use severity::Severity;
