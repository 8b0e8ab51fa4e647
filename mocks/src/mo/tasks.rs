//! `Task` and `OptionManager`: small families.

use crate::fault::Fault;
use crate::mo::call::{Call, Entry};
use crate::shape::{parts, text};
use crate::value::{Data, Value};
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("Task", "CancelTask", cancel),
    ("OptionManager", "QueryOptions", query_options),
];

fn cancel(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    // One's own tasks may be stopped without a privilege.
    let starter = world
        .store
        .value(&call.this, "info.reason.userName")
        .and_then(Value::as_str);
    if starter != Some(call.user.user.as_str())
        && let Some(root) = world.root_folder()
    {
        call.need(world, &root, "Global.CancelTask")?;
    }
    world.cancel_task(&call.this).map(|()| None)
}

fn query_options(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    let prefix = call.args.str("name").unwrap_or_default();
    let Some(data) = world.store.get(&call.this) else {
        return Err(Fault::not_found(&call.this));
    };
    let found: Vec<Data> = parts(data, "setting")
        .filter(|option| {
            let key = text(option, "key");
            prefix.is_empty() || key == prefix || prefix.ends_with('.') && key.starts_with(prefix)
        })
        .cloned()
        .collect();
    if found.is_empty() {
        return Err(
            Fault::new("InvalidName", format!("No option is called '{prefix}'."))
                .with("name", prefix),
        );
    }
    Ok(Some(Value::list("OptionValue", found)))
}
