//! Wire types of the vim25 API, written by hand for what is used.
//!
//! Type names are the API's own, field names are its names in snake case.
//! Enumerations have `Unknown`, polymorphic families `Other`: a newer server does not break an older client.

mod any;
mod authorization;
mod cluster;
mod config_spec;
mod datastore;
mod datastore_browser;
mod datastore_path;
mod device;
mod fault;
mod fault_kind;
mod host;
mod host_storage;
mod layout;
mod option;
mod property_collector;
mod property_update;
mod reference;
mod service;
mod storage_drs;
mod task;
#[cfg(test)]
mod tests;
mod virtual_machine;

pub use any::AnyValue;
pub use authorization::*;
pub use cluster::*;
pub use config_spec::*;
pub use datastore::*;
pub use datastore_browser::*;
pub use datastore_path::DatastorePath;
pub use device::*;
pub use fault::MethodFault;
pub use fault_kind::FaultKind;
pub use host::*;
pub use host_storage::*;
pub use layout::*;
pub use option::{ExtraConfig, OptionValue};
pub use property_collector::*;
pub use property_update::*;
pub use reference::{ManagedObjectReference, ParseReferenceError};
pub use service::{AboutInfo, ServiceContent, UserSession};
pub use storage_drs::*;
pub use task::{TaskInfo, TaskInfoState, TaskReason};
pub use virtual_machine::*;
