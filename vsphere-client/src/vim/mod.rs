//! Wire types of the vim25 API, written by hand for what is used.
//!
//! Type names are the API's own, field names are its names in snake case.
//! Enumerations have `Unknown`, polymorphic families `Other`: a newer server does not break an older client.

mod any;
mod fault;
mod fault_kind;
mod property_collector;
mod reference;
mod service;

pub use any::AnyValue;
pub use fault::MethodFault;
pub use fault_kind::FaultKind;
pub use property_collector::{
    DynamicProperty, MissingObject, MissingProperty, ObjectContent, ObjectSpec, ObjectUpdate,
    ObjectUpdateKind, PropertyChange, PropertyChangeOp, PropertyFilterSpec, PropertyFilterUpdate,
    PropertySpec, RetrieveOptions, RetrieveResult, SelectionSpec, TraversalSpec, UpdateSet,
    WaitOptions, visit_object,
};
pub use reference::{ManagedObjectReference, ParseReferenceError};
pub use service::{AboutInfo, ServiceContent, UserSession};
