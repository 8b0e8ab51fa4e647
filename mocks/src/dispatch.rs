//! From a method's name to its handler.

use crate::accounts::Account;
use crate::fault::Fault;
use crate::schema::ApiVersion;
use crate::session::SessionKey;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// One method call, read and checked.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The object it is called on; it exists.
    pub this: MoRef,
    /// The method's wire name.
    pub method: &'a str,
    /// The arguments, read strictly by the schema; `kind` is the method's name.
    pub args: Data,
    /// Who calls.
    pub user: &'a Account,
    /// The caller's session.
    pub session: SessionKey,
    /// The API version that the request asks for.
    pub version: ApiVersion,
}

/// What does a method's work: gives back the result, if the method has one, or the fault.
pub type Handler = fn(&mut World, &Call<'_>) -> Result<Option<Value>, Fault>;

/// One line of a family's table: managed type (subtypes inherit), method, handler.
pub type Entry = (&'static str, &'static str, Handler);
