//! Takes a snapshot of a VM with progress, and removes it again.
//!
//! The argument is the VM's inventory path. See `shared/connect.rs` for the settings.
//!
//! ```text
//! cargo run -p vsphere-client --example run_task -- /DC0/vm/web
//! ```

#[path = "shared/connect.rs"]
mod connect;

use std::env;
use std::error::Error;
use std::io::{Write, stdout};
use std::time::Duration;

use vsphere_client::Client;
use vsphere_client::method::{CreateSnapshotTask, Method, RemoveSnapshotTask};
use vsphere_client::task::{TaskOutcome, WaitOptions};
use vsphere_client::vim::{AnyValue, ManagedObjectReference, TaskInfo};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1);
    let path = path.ok_or("name a VM by its inventory path")?;
    Client::scope(connect::from_environment()?, async |client| {
        let vm = client.find_by_path(&path).await?;
        let vm = vm.ok_or_else(|| format!("there is nothing at {path}"))?;
        let taken = CreateSnapshotTask {
            this: vm,
            name: "example".into(),
            description: Some("taken by the example run_task, which removes it again".into()),
            memory: false,
            quiesce: false,
        };
        let made = run(&client, &taken).await?;
        // A task's result is whatever its method makes: here the snapshot.
        let Some(AnyValue::Ref(snapshot)) = made.result else {
            return Err("the task did not tell which snapshot it took".into());
        };
        let removed = RemoveSnapshotTask {
            this: snapshot,
            remove_children: false,
            consolidate: Some(true),
        };
        run(&client, &removed).await?;
        Ok(())
    })
    .await
}

/// Makes a call that starts a task, and waits ten minutes at most for its end.
async fn run<M>(client: &Client, method: &M) -> Result<TaskInfo, Box<dyn Error>>
where
    M: Method<Output = ManagedObjectReference>,
{
    let limit = WaitOptions::timeout(Duration::from_secs(600));
    let outcome = client
        .run_task(method, limit, |info| {
            if let Some(percent) = info.progress {
                // A progress bar would stand here.
                let _ = writeln!(stdout(), "{} {percent} %", M::NAME);
            }
        })
        .await?;
    // There are four ends, and only one of them is success.
    match outcome {
        TaskOutcome::Succeeded(info) => {
            writeln!(stdout(), "{} succeeded", M::NAME)?;
            Ok(*info)
        }
        TaskOutcome::Failed(fault) => Err(format!("{} failed: {fault}", M::NAME).into()),
        TaskOutcome::Cancelled => Err(format!("somebody cancelled {}", M::NAME).into()),
        TaskOutcome::TimedOut(_) => Err(format!("{} goes on without us", M::NAME).into()),
    }
}
