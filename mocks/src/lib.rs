//! A stateful mock vCenter and ESXi that refuses like the real one.

pub mod accounts;
pub mod clock;
mod collector;
pub mod dispatch;
pub mod fault;
pub mod files;
pub mod lab;
mod mo;
pub mod model;
mod privilege;
mod refuse;
pub mod scenario;
pub mod schema;
pub mod server;
pub mod session;
mod shape;
pub mod store;
pub mod task;
pub mod value;
mod view;
mod vm;
mod wire;
pub mod world;

pub use accounts::Account;
pub use clock::{Clock, ClockMode};
pub use dispatch::{Call, Entry, Handler};
pub use fault::Fault;
pub use files::{DiskFacts, DiskFormat, FileEntry, FileKind, FileTable};
pub use model::Role;
pub use schema::{ApiVersion, Schema};
pub use server::{Act, CallRecord, Gate, Injection, Match, Server};
pub use store::{Object, Store};
pub use task::{Plan, TaskEngine};
pub use value::{Data, MoRef, Value};
pub use wire::Dialect;
pub use world::World;
