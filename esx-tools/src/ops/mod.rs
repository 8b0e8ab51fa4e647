//! What a front end calls: checks, plans, applies, lists.
//!
//! ```no_run
//! use esx_tools::{engine::{self, Interrupt, Silent}, ops::{self, PrepareOptions, VmSelector}};
//!
//! # async fn run(client: &vsphere_client::Client) -> Result<(), ops::OpError> {
//! let vm = VmSelector::from("mt-linux-01");
//! let prepared = ops::prepare(client, &vm, &PrepareOptions::default()).await?;
//! for step in prepared.steps() {
//!     println!("{}", step.title);
//! }
//! let report = engine::apply(client, prepared, &Silent, &Interrupt::new()).await?;
//! println!("{:?}", report.outcome);
//! # Ok(())
//! # }
//! ```

mod check;
mod choose;
pub mod datastores;
mod duplicates;
pub mod inventory;
mod options;
mod pairing;
mod prepare;
mod report;
mod reprotect;
pub mod snapshots;
pub mod storage_vmotion;

pub use crate::error::{ErrorClass, OpError};
pub use check::{check, check_all, check_with};
pub use duplicates::duplicates;
pub use options::CheckOptions;
pub use pairing::{Checked, Pairing};
pub use prepare::{Prepare, PrepareAfter, prepare};
pub use report::{CheckReport, PrepareOptions};
pub use reprotect::{ReprotectPlan, Uncounted, plan_reprotect, plan_reprotect_as};

pub use crate::{
    endpoint::{Endpoint, NotAnEndpoint},
    find::resolve,
    selector::VmSelector,
    vm::ResolvedVm,
};
