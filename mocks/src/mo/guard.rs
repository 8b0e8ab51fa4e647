//! What every writing method asks before it does anything.

use crate::dispatch::Call;
use crate::fault::Fault;
use crate::model::service::may_write;
use crate::task::Plan;
use crate::value::{MoRef, Value};
use crate::world::World;

/// Refuses to write where the licence or a disabled method forbids it.
///
/// # Errors
///
/// `RestrictedVersion` on a host with the free licence, `MethodDisabled` when somebody disabled
/// the method on the object.
pub(super) fn writable(world: &World, call: &Call<'_>) -> Result<(), Fault> {
    if !may_write(world) {
        return Err(Fault::restricted_version());
    }
    match world.lab.disabler(&call.this, call.method) {
        Some(source) => Err(Fault::method_disabled(Some(source))),
        None => Ok(()),
    }
}

/// Starts a task on the object of a call.
///
/// # Errors
///
/// What [`writable`] refuses, and `TaskInProgress`.
pub(super) fn start(
    world: &mut World,
    call: &Call<'_>,
    effect: impl FnOnce(&mut World) -> Result<Option<Value>, Fault> + Send + 'static,
) -> Result<Option<Value>, Fault> {
    begin(
        world,
        call,
        Plan::new(call.method, call.this.clone(), &call.user.user, effect),
    )
}

/// Starts a task that was planned otherwise than [`start`] plans it.
///
/// # Errors
///
/// As [`start`].
pub(super) fn begin(
    world: &mut World,
    call: &Call<'_>,
    plan: Plan,
) -> Result<Option<Value>, Fault> {
    writable(world, call)?;
    world.start_task(plan).map(|task| Some(task.into()))
}

/// A plan for the object of a call.
pub(super) fn plan(
    call: &Call<'_>,
    effect: impl FnOnce(&mut World) -> Result<Option<Value>, Fault> + Send + 'static,
) -> Plan {
    Plan::new(call.method, call.this.clone(), &call.user.user, effect)
}

/// Refuses when the caller lacks a privilege on an object.
///
/// # Errors
///
/// `NoPermission`.
pub(super) fn need(
    world: &World,
    call: &Call<'_>,
    object: &MoRef,
    privilege: &str,
) -> Result<(), Fault> {
    world.require(call.user, object, privilege)
}

/// An argument that is a reference, which must lead somewhere.
///
/// # Errors
///
/// `ManagedObjectNotFound`, or `InvalidArgument` when the argument is missing.
pub(super) fn object(world: &World, call: &Call<'_>, name: &str) -> Result<MoRef, Fault> {
    let Some(reference) = call.args.reference(name) else {
        return Err(Fault::invalid_argument(name));
    };
    if world.store.contains(reference) {
        Ok(reference.clone())
    } else {
        Err(Fault::not_found(reference))
    }
}
