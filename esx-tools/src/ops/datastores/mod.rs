//! The datastores of one host: which it mounts and how, mounting one, and unmounting it again.
//!
//! ```no_run
//! use esx_tools::{engine::{self, Interrupt, Silent}, ops::datastores::{self, HostSelector}};
//!
//! # async fn run(client: &vsphere_client::Client) -> Result<(), esx_tools::ops::OpError> {
//! let host = HostSelector::Named("esx-01.example.com".into());
//! let prepared = datastores::prepare_mount(client, "gold-01", &host).await?;
//! let report = engine::apply(client, prepared, &Silent, &Interrupt::new()).await?;
//! println!("{:?}", report.outcome);
//! # Ok(())
//! # }
//! ```

mod choose;
mod list;
mod mount;

pub use choose::HostSelector;
pub use list::{DatastoreOnHost, HostDatastores, list};
pub use mount::{Mount, MountAfter, MountPlan, prepare_mount, prepare_unmount};
