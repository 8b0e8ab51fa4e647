//! From a change to the calls that make it.
//!
//! Most changes are one call, which `request` builds from the change and what was seen; what takes several is a
//! procedure in a file of its own. All of them send through the engine's `Sender`, which knows what was sent.

mod build;
mod controllers;
mod disks;
mod give_back;
mod mount;
mod mount_calls;
mod overrides;
mod power;
mod request;
mod role;
mod tag;

use vsphere_client::task::WaitOptions;

pub(crate) use disks::disk_of_index;

use self::build::{Request, RequestError};
use crate::{
    engine::{Attempt, SendOutcome, Sender},
    plan::Change,
    site::Facts,
    wording::error_text,
};

/// Makes a change, once, by what was seen. Changes of a host, of tags and of roles need no facts of a VM.
pub(crate) async fn carry_out(
    sender: &mut Sender<'_>,
    change: &Change,
    facts: Option<&Facts>,
) -> Attempt {
    match change {
        Change::ShutDown { .. } | Change::PowerOn { .. } => power::carry_out(sender, change).await,
        Change::Mount(change) => mount::carry_out(sender, change).await,
        Change::AttachTag { .. } | Change::DetachTag { .. } => tag::carry_out(sender, change).await,
        Change::Role(change) => role::carry_out(sender, change).await,
        change => match request::build(sender.client(), change, facts).await {
            Ok(request) => send(sender, request).await,
            Err(error) => not_built(sender, error),
        },
    }
}

async fn send(sender: &mut Sender<'_>, request: Request) -> Attempt {
    let options = WaitOptions::default();
    let sent = match request {
        Request::RemoveAllSnapshots(call) => return sender.task(&call, options).await,
        Request::Consolidate(call) => return sender.task(&call, options).await,
        Request::Reconfigure(call) => return sender.task(call.as_ref(), options).await,
        Request::StorageDrs(call) => return sender.task(&call, options).await,
        Request::Drs(call) => return sender.task(&call, options).await,
        Request::Disable(call) => sender.call(&call).await,
        Request::Enable(call) => sender.call(&call).await,
    };
    match sent {
        Ok(SendOutcome::Answered(())) => Attempt::done(),
        Ok(SendOutcome::Lost(lost)) => sender.lost(lost, None),
        Err(end) => end,
    }
}

fn not_built(sender: &Sender<'_>, error: RequestError) -> Attempt {
    match error {
        RequestError::Overtaken => sender.overtaken(error.to_string()),
        RequestError::Unread(error) => sender.unread(&error),
        RequestError::Missing(what) => sender.not_offered(what),
        error => sender.decline(error_text(&error)),
    }
}
