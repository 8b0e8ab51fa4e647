//! Failback readiness for vSphere: facts, rules, plan, apply, verify.
//!
//! Data flows one way: [`site`] is seen once, [`rules`] judge them, a [`plan`] says what to
//! change, [`engine`] changes it, and the facts are gathered again. Rules and plans are pure; nothing
//! here knows of terminals. A front end calls [`ops`].

mod calls;
pub mod capacity;
pub mod credentials;
pub mod disks;
pub mod documents;
pub mod duplicates;
mod endpoint;
pub mod engine;
mod error;
pub mod exclusion;
pub mod fact;
mod find;
mod folders;
pub mod group;
pub mod judge;
pub mod ledger;
pub mod mounting;
mod names;
pub mod ops;
mod parted;
mod percent;
pub mod plan;
pub mod power_cycle;
pub mod privilege;
pub mod report;
mod retention_note;
pub mod role;
pub mod rules;
mod selector;
mod setting;
pub mod site;
mod slot;
pub mod slots;
pub mod tag;
pub mod target_kind;
mod uuid_text;
pub mod vm;
mod wording;
