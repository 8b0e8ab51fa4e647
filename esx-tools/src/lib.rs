//! Failback readiness for vSphere: facts, rules, plan, apply, verify.
//!
//! Data flows one way: [`facts`] are gathered once, [`rules`] judge them, a plan says what to change.
//! Rules and plans are pure; nothing here knows of terminals.

pub mod exclusion;
pub mod facts;
pub mod plan;
pub mod rules;
