//! Waiting for updates without holding the world.

use std::time::Duration;

use tokio::time::Instant;

use super::Shared;
use crate::dispatch::{self, Context};
use crate::fault::Fault;
use crate::value::Value;
use crate::wire::Request;
use crate::world::World;

/// How long a wait without a limit lasts at most in real time.
const LONGEST_WAIT: Duration = Duration::from_secs(1800);

/// A client that polls a task instead of waiting sees it move on where time leaps. So does one that looks at
/// nothing but the power and the guest of a VM: a guest that was asked to shut down has no task.
pub(super) fn leap_for_pollers(world: &mut World, request: &Request) {
    if request.method.name.starts_with("RetrieveProperties") {
        let specs = request
            .args
            .list("specSet")
            .iter()
            .filter_map(Value::as_data);
        let roots = specs
            .flat_map(|spec| spec.list("objectSet"))
            .filter_map(Value::as_data);
        let mut objects = roots.filter_map(|root| root.reference("obj"));
        let polls = objects.any(|object| {
            object.kind == "Task"
                || object.kind == "VirtualMachine" && asks_for_power_alone(request)
        });
        if polls {
            world.leap();
        }
    }
}

fn asks_for_power_alone(request: &Request) -> bool {
    let specs = request.args.list("specSet").iter();
    let mut paths = specs
        .filter_map(Value::as_data)
        .flat_map(|spec| spec.list("propSet"))
        .filter_map(Value::as_data)
        .flat_map(|set| set.list("pathSet"))
        .filter_map(Value::as_str)
        .peekable();
    paths.peek().is_some()
        && paths.all(|path| path == "runtime.powerState" || path == "guest.toolsRunningStatus")
}

/// Waits until a collector has something to tell or the client's time is up.
pub(super) async fn updates(
    shared: &Shared,
    request: &Request,
    context: &Context,
) -> Result<Option<Value>, Fault> {
    let limit = request
        .args
        .data("options")
        .and_then(|options| options.int("maxWaitSeconds"));
    let limit = limit
        .and_then(|seconds| u64::try_from(seconds).ok())
        .map(Duration::from_secs);
    let deadline = Instant::now() + limit.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT);
    let mut ticket = None;
    loop {
        let (mut changed, due) = {
            let mut world = shared.world();
            world.run_due();
            let current = wait_ticket(&mut world, request, context, ticket.is_none());
            if ticket.is_some() && current.is_some() && ticket != current {
                return Err(Fault::new("RequestCanceled", "The wait was cancelled."));
            }
            ticket = ticket.or(current);
            // Marked before looking, so that a change right after it is not missed.
            let changed = world.store.watch();
            if let Some(updates) = dispatch::perform(&mut world, request, context)? {
                return Ok(Some(updates));
            }
            if limit != Some(Duration::ZERO) && world.leap() {
                continue;
            }
            let due = world
                .tasks
                .next_due()
                .and_then(|due| world.clock.real_wait_until(due));
            (changed, due)
        };
        let until = due.map_or(deadline, |due| deadline.min(Instant::now() + due));
        tokio::select! {
            // The sender is part of the world and outlives the wait.
            _ = changed.changed() => {}
            () = tokio::time::sleep_until(until) => {
                if Instant::now() >= deadline {
                    return Ok(None);
                }
            }
        }
    }
}

/// Which wait on the collector is the present one; a new one ends the one before.
fn wait_ticket(world: &mut World, request: &Request, context: &Context, new: bool) -> Option<u64> {
    let session = world.sessions.get_mut(context.session.as_deref()?)?;
    let collector = session.collectors.get_mut(&request.this)?;
    if new {
        collector.wait += 1;
        world.store.wake();
        let session = world.sessions.get(context.session.as_deref()?)?;
        return session.collectors.get(&request.this).map(|c| c.wait);
    }
    Some(collector.wait)
}
