//! Follows one VM and prints what changes, as it changes.
//!
//! The first argument is its inventory path, the second one after how many changes to end; without
//! it the example goes on until Ctrl-C. See `shared/connect.rs` for the settings.
//!
//! ```text
//! cargo run -p vsphere-client --example wait_for_updates -- /DC0/vm/web 3
//! ```

#[path = "shared/connect.rs"]
mod connect;

use std::env;
use std::error::Error;
use std::io::{Write, stdout};

use vsphere_client::property::{WatchEvent, Watcher};
use vsphere_client::vim::{ManagedObjectReference, ObjectSpec};
use vsphere_client::{Client, property_set};

property_set! {
    /// What is followed.
    struct Vm: "VirtualMachine" {
        /// Its name.
        name: Option<String> = "name",
        /// `poweredOn`, `poweredOff` or `suspended`.
        power_state: Option<String> = "runtime.powerState",
        /// What people wrote about it.
        notes: Option<String> = "config.annotation",
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().ok_or("name a VM by its inventory path")?;
    let most = arguments.next().map(|count| count.parse()).transpose()?;
    let builder = connect::from_environment()?;
    // Ctrl-C ends the work from the inside, so that the session is logged out all the same.
    Client::scope(builder, async |client| {
        tokio::select! {
            done = follow(&client, &path, most.unwrap_or(usize::MAX)) => done,
            pressed = tokio::signal::ctrl_c() => Ok(pressed?),
        }
    })
    .await
}

async fn follow(client: &Client, path: &str, most: usize) -> Result<(), Box<dyn Error>> {
    let vm = client.find_by_path(path).await?;
    let vm = vm.ok_or_else(|| format!("there is nothing at {path}"))?;
    let mut watcher = client.watch::<Vm>([ObjectSpec::object(vm.clone())]);
    let mut seen = 0;
    let mut first = true;
    while seen < most {
        match watcher.step().await? {
            WatchEvent::Changed { changes, settled } => {
                let paths: Vec<String> = changes.into_iter().flat_map(|one| one.paths).collect();
                show(&watcher, &vm, if first { &[] } else { &paths })?;
                seen += usize::from(!first);
                // The first picture may come in several parts.
                first &= !settled;
            }
            // Nothing happened for a minute; the next step waits on.
            WatchEvent::Quiet => {}
            // The session was lost and there is a new one: the picture comes once more.
            WatchEvent::Restarted => first = true,
        }
    }
    watcher.close().await?;
    Ok(())
}

fn show(
    watcher: &Watcher<Vm>,
    vm: &ManagedObjectReference,
    changed: &[String],
) -> std::io::Result<()> {
    let mut out = stdout();
    let Some(now) = watcher.objects().get(vm) else {
        return writeln!(out, "{vm} is gone");
    };
    let row = &now.properties;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    writeln!(
        out,
        "{}: {}, notes {:?}; changed: {}",
        text(&row.name),
        text(&row.power_state),
        text(&row.notes),
        if changed.is_empty() {
            "nothing yet".to_owned()
        } else {
            changed.join(", ")
        }
    )?;
    out.flush()
}
