//! What a client that waits for updates is told.

use super::read::read;
use super::walk;
use crate::fault::Fault;
use crate::session::{Collector, Filter, Session};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The updates of a collector since `version`, at most `size` objects; nothing when nothing
/// changed.
///
/// # Errors
///
/// `InvalidCollectorVersion` for a version that was not the last one given out.
pub(crate) fn poll(
    world: &mut World,
    session: &str,
    collector: &MoRef,
    version: &str,
    size: usize,
) -> Result<Option<Value>, Fault> {
    let lost = || Fault::not_found(collector);
    let open = world.sessions.get_mut(session).ok_or_else(lost)?;
    // Taken out meanwhile: looking needs the whole world.
    let mut own = open.collectors.remove(collector).unwrap_or_default();
    let answer = own.begin(version).map(|again| {
        again.or_else(|| {
            if own.is_drained() {
                look(&mut own, world, world.sessions.get(session));
            }
            own.take(size, version)
        })
    });
    if let Some(open) = world.sessions.get_mut(session) {
        open.collectors.insert(collector.clone(), own);
    }
    answer
}

fn look(collector: &mut Collector, world: &World, session: Option<&Session>) {
    let mut found = Vec::new();
    for filter in &mut collector.filters {
        found.push((filter.reference.clone(), updates(filter, world, session)));
    }
    for (filter, updates) in found {
        collector.keep(&filter, updates);
    }
}

fn updates(filter: &mut Filter, world: &World, session: Option<&Session>) -> Vec<Data> {
    let now = world.store.version();
    if filter.has_seen(now) {
        return Vec::new();
    }
    let objects = walk::select(world, session, &filter.spec).objects;
    let version = filter.version;
    filter.look(
        now,
        &objects,
        |object| world.store.object(object).map(|object| object.version),
        |spec, object| read(world, session, spec, object, version),
    )
}

/// Refuses roots that do not exist, as the server does when a filter is made.
///
/// # Errors
///
/// `ManagedObjectNotFound` for the first of them.
pub(crate) fn check_roots(
    world: &World,
    session: Option<&Session>,
    filter: &Filter,
) -> Result<(), Fault> {
    walk::select_or_fail(world, session, &filter.spec).map(|_| ())
}
