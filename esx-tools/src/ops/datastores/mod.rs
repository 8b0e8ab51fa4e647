//! The datastores of one host: which it mounts and how, mounting one, and unmounting it again.
//!
//! ```no_run
//! use esx_tools::{apply::{Interrupt, Silent}, ops::datastores::{self, HostSelector}};
//!
//! # async fn run(client: &vsphere_client::Client) -> Result<(), esx_tools::ops::OpError> {
//! let host = HostSelector::Named("esx-01.example.com".into());
//! let plan = datastores::plan_mount(client, "gold-01", &host).await?;
//! let report = datastores::apply(client, plan, &Silent, &Interrupt::new()).await?;
//! println!("{:?}", report.outcome);
//! # Ok(())
//! # }
//! ```

mod choose;
mod list;
mod mount;

pub use choose::HostSelector;
pub use list::{DatastoreOnHost, HostDatastores, list};
pub use mount::{MountPlan, MountReport, apply, plan_mount, plan_unmount};
