//! The REST API of vCenter, where it is the better way: lists of what there is, and tags.
//!
//! A [`RestClient`] comes from [`Client::rest`](crate::Client::rest), which shares transport,
//! trust and account with the SOAP session and ends with it, or from
//! [`ClientBuilder::connect_rest`](crate::ClientBuilder::connect_rest) where no SOAP is needed.
//! A standalone ESXi host has no REST API.
//!
//! vCenter 7.0 U2 and later take a session from `POST /api/session`; older ones only from
//! `POST /rest/com/vmware/cis/session`. Each has its own spelling of paths, queries, bodies and
//! errors. [`Way`] is the one type that knows both; everything above it is written once.
//!
//! ```no_run
//! use vsphere_client::Client;
//! use vsphere_client::rest::VmFilter;
//!
//! # async fn run(client: Client) -> Result<(), vsphere_client::Error> {
//! let rest = client.rest().await?;
//! for vm in rest.vms(&VmFilter::default()).await? {
//!     println!("{} {} {}", vm.reference, vm.name, vm.power_state);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it holds to
//!
//! - A list is whole or an error. vCenter refuses to list more than 4,000 VMs (1,000 before
//!   7.0) or 2,500 hosts at once; the client then asks for smaller pieces by itself.
//! - [`RestError::may_have_acted`] tells whether a call that failed may have taken effect. Such a
//!   call is never repeated. Only vCenter's own word, and a missing session, prove that it did not.
//! - An answer has a bounded size, no secret shows in `Debug` texts, errors or wire traces.

mod answer;
mod basic;
mod client;
mod error;
mod filter;
mod list;
mod operation;
mod refusal;
mod session;
mod split;
mod summary;
mod tagging;
#[cfg(test)]
mod tests;
mod way;

pub use self::client::{RestCall, RestClient};
pub use self::error::RestError;
pub use self::filter::{DatastoreFilter, FolderFilter, HostFilter, VmFilter};
pub use self::refusal::{RestErrorKind, RestRefusal};
pub use self::summary::{
    DatacenterSummary, DatastoreKind, DatastoreSummary, FolderKind, FolderSummary,
    HostConnectionState, HostSummary, PowerState, VmSummary,
};
pub use self::tagging::{Cardinality, CategoryId, NewCategory, Tag, TagCategory, TagId, Tagging};
pub use self::way::Way;
