//! `ServiceInstance`: the way in.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::value::Value;
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("ServiceInstance", "CurrentTime", current_time),
    (
        "ServiceInstance",
        "RetrieveServiceContent",
        retrieve_service_content,
    ),
];

fn current_time(world: &mut World, _: &Call<'_>) -> Result<Option<Value>, Fault> {
    Ok(Some(world.clock.now().into()))
}

fn retrieve_service_content(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let content = world.store.value(&call.this, "content").cloned();
    content
        .map(Some)
        .ok_or_else(|| Fault::not_found(&call.this))
}
