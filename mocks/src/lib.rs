//! A stateful mock vCenter and ESXi that refuses like the real one.
//!
//! Start a [`Server`] on a [`scenario`], point any vSphere client at it, and read back what the
//! client did. It shares no code with this workspace's client: requests are read strictly by the
//! [`schema`], answers are written by a writer of its own in several spellings ([`Dialect`]).
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use mocks::{Act, Injection, Server};
//!
//! let server = Server::builder().scenario("ready").start().await?;
//! server.inject(Injection::on_method("ReconfigVM_Task", Act::DropAfterApply));
//! // ... a client works with server.url(), server.username() and server.password() ...
//! assert_eq!(server.open_sessions(), 0, "the client logged out");
//! assert!(server.unimplemented().is_empty());
//! server.shutdown().await;
//! # Ok::<(), mocks::server::Error>(())
//! # }).unwrap();
//! ```
//!
//! | part | what it does |
//! | --- | --- |
//! | [`server`] | sockets, TLS, injections, the record of calls and messages |
//! | `wire` | SOAP in and out |
//! | `dispatch` | session, existence, privilege, then the handler in `mo` |
//! | `collector`, `view` | property retrieval, filters, waiting, views |
//! | [`rest`] | the REST API: sessions, lists, tags |
//! | [`world`] | everything there is, behind one lock: [`store`], [`clock`], [`task`], [`files`], [`session`], [`accounts`] |
//! | [`model`], [`scenario`] | laying out sites |
//! | [`value`], [`schema`], [`fault`] | what everything else is made of |

pub mod accounts;
pub mod clock;
mod collector;
mod dispatch;
pub mod fault;
pub mod files;
mod ids;
pub mod lab;
mod mo;
pub mod model;
mod privilege;
mod refuse;
pub mod rest;
pub mod san;
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

pub use accounts::{Account, Role};
pub use clock::{Clock, ClockMode};
pub use fault::Fault;
pub use files::{DiskFacts, DiskFormat, FileEntry, FileKind, FileTable};
pub use mo::call::{Call, Entry, Handler};
pub use schema::{ApiVersion, Schema};
pub use server::{Act, CallRecord, Foreign, Gate, Injection, Match, Meanwhile, Server};
pub use store::{Object, Store};
pub use task::{Plan, TaskEngine};
pub use value::{Data, MoRef, Value};
pub use wire::Dialect;
pub use world::World;
