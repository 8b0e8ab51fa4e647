//! Credentials: does the server let an account in, and what may the account do there?
//!
//! [`validate`] reads and judges; it changes nothing, and its [`Validation`] is one report for one
//! server. [`prepare_role`] plans to create the role that Azure Site Recovery's account needs, and to
//! give it to an account.
//!
//! ```no_run
//! use esx_tools::credentials::{self, Question};
//!
//! # async fn run(client: &vsphere_client::Client) -> Result<(), esx_tools::ops::OpError> {
//! let found = credentials::validate(client, &Question::default()).await?;
//! for line in &found.verdict.consequences {
//!     println!("{line}");
//! }
//! # Ok(())
//! # }
//! ```

mod create_role;
mod gather;
mod judge;
mod labels;
mod permission;
mod plan;
mod purpose;
mod report;
mod requirement;
mod tree;
mod validate;
mod verdict;

pub use create_role::{CreateRole, RoleAfter, prepare_role};
pub use labels::{PrivilegeLabel, label};
pub use plan::{RolePlan, RoleSeen, RoleWish};
pub use purpose::Purpose;
pub use report::{
    Access, AccessScope, AccountVerdict, CertificateFacts, ClockFacts, Gap, LicenceUse,
    PrivilegeGroup, SessionApi, SessionFacts, SessionState, TagWanted, Validation,
};
pub use requirement::{Requirement, TagNeed};
pub use validate::{Question, validate};
