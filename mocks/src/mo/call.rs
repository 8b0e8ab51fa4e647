//! A method call as a handler gets it, and what every writing method asks before it does anything.

use crate::accounts::Account;
use crate::fault::Fault;
use crate::model::service::may_write;
use crate::schema::ApiVersion;
use crate::session::SessionKey;
use crate::task::Plan;
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
    /// Who calls; without a name when nobody is logged in.
    pub user: &'a Account,
    /// The caller's session; empty when nobody is logged in.
    pub session: SessionKey,
    /// The API version that the request asks for.
    pub version: ApiVersion,
    /// What the client calls itself.
    pub agent: &'a str,
}

/// What does a method's work: gives back the result, if the method has one, or the fault.
pub type Handler = fn(&mut World, &Call<'_>) -> Result<Option<Value>, Fault>;

/// One line of a family's table: managed type (subtypes inherit), method, handler.
pub type Entry = (&'static str, &'static str, Handler);

impl Call<'_> {
    /// Refuses to write where the licence or a disabled method forbids it.
    ///
    /// # Errors
    ///
    /// `RestrictedVersion` on a host with the free licence, `MethodDisabled` when somebody disabled
    /// the method on the object.
    pub(super) fn writable(&self, world: &World) -> Result<(), Fault> {
        if !may_write(world) {
            return Err(Fault::restricted_version());
        }
        match world.lab.disabler(&self.this, self.method) {
            Some(source) => Err(Fault::method_disabled(Some(source))),
            None => Ok(()),
        }
    }

    /// Starts a task on the object of the call.
    ///
    /// # Errors
    ///
    /// What [`Call::writable`] refuses, and `TaskInProgress`.
    pub(super) fn start(
        &self,
        world: &mut World,
        effect: impl FnOnce(&mut World) -> Result<Option<Value>, Fault> + Send + 'static,
    ) -> Result<Option<Value>, Fault> {
        self.begin(world, self.plan(effect))
    }

    /// Starts a task that was planned otherwise than [`Call::start`] plans it.
    ///
    /// # Errors
    ///
    /// As [`Call::start`].
    pub(super) fn begin(&self, world: &mut World, plan: Plan) -> Result<Option<Value>, Fault> {
        self.writable(world)?;
        world.start_task(plan).map(|task| Some(task.into()))
    }

    /// A plan for the object of the call.
    pub(super) fn plan(
        &self,
        effect: impl FnOnce(&mut World) -> Result<Option<Value>, Fault> + Send + 'static,
    ) -> Plan {
        Plan::new(self.method, self.this.clone(), &self.user.user, effect)
    }

    /// Refuses when the caller lacks a privilege on an object.
    ///
    /// # Errors
    ///
    /// `NoPermission`.
    pub(super) fn need(&self, world: &World, object: &MoRef, privilege: &str) -> Result<(), Fault> {
        world.require(self.user, object, privilege)
    }

    /// An argument that is a reference, which must lead somewhere.
    ///
    /// # Errors
    ///
    /// `ManagedObjectNotFound`, or `InvalidArgument` when the argument is missing.
    pub(super) fn object(&self, world: &World, name: &str) -> Result<MoRef, Fault> {
        let Some(reference) = self.args.reference(name) else {
            return Err(Fault::invalid_argument(name));
        };
        if world.store.contains(reference) {
            Ok(reference.clone())
        } else {
            Err(Fault::not_found(reference))
        }
    }
}
