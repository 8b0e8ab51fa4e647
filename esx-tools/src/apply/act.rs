//! Making one change, and saying exactly how that ended.

use std::time::Duration;

use vsphere_client::{
    Client, Error as ClientError,
    task::{TaskOutcome, WaitOptions},
    vim::{FaultKind, ManagedObjectReference, MethodFault, TaskInfo},
};

use super::{
    busy::refused_or_overtaken,
    devices, disk_request,
    event::{Event, Observer},
    give_back, mount, overrides,
    report::StepStatus,
    request::{Request, RequestError, request},
    settle, tag,
};
use crate::{
    facts::Facts,
    plan::{Change, Step},
};

/// How long a task is left alone before the first look at it.
///
/// A task stands in the queue first. A look at that tells nobody anything and costs a call, and a
/// plan has five tasks.
const HEAD_START: Duration = Duration::from_millis(400);

/// How making a change ended.
#[derive(Debug)]
pub(crate) enum Act {
    /// The server says that it is done.
    Done {
        task: Option<String>,
        /// What else is to be said about it.
        detail: Option<String>,
    },
    /// There was nothing to do.
    Nothing { detail: Option<String> },
    /// It is not done, for this reason.
    Not {
        status: StepStatus,
        reason: String,
        task: Option<String>,
        /// What the server said, when it was the server that refused.
        fault: Option<Box<MethodFault>>,
    },
    /// Somebody else changed the VM first.
    Overtaken { reason: String },
    /// The answer was lost and nothing on the server shows whether the change was made:
    /// whoever asks has to read the state.
    Unclear { reason: String },
    /// The server cannot be reached, or the session is lost for good; the rest makes no sense.
    CutOff {
        status: StepStatus,
        reason: String,
        task: Option<String>,
    },
}

/// Makes the change of a step. A change that may have been sent is never sent again.
pub(crate) async fn act(
    client: &Client,
    step: &Step,
    facts: &Facts,
    observer: &dyn Observer,
) -> Act {
    match &step.change {
        Change::AttachTag {
            vm,
            tag,
            category_id,
            tag_id,
        } => {
            let (category, id) = (category_id.as_deref(), tag_id.as_deref());
            return tag::attach(client, vm, tag, category, id).await;
        }
        Change::DetachTag { vm, tag_id, .. } => {
            return tag::detach(client, vm, tag_id.as_deref()).await;
        }
        Change::Mount(change) => return mount::act(client, &step.id, change, observer).await,
        _ => {}
    }
    let call = match build(client, step, facts).await {
        Ok(call) => call,
        Err(RequestError::Overtaken) => {
            return Act::Overtaken {
                reason: RequestError::Overtaken.to_string(),
            };
        }
        Err(RequestError::Unread(error)) => {
            return Act::CutOff {
                status: StepStatus::Failed,
                reason: told(&error),
                task: None,
            };
        }
        Err(RequestError::Missing(error)) => {
            return Act::Not {
                status: StepStatus::NotSupported,
                reason: told(&error),
                task: None,
                fault: None,
            };
        }
        Err(error) => {
            return Act::Not {
                status: StepStatus::Failed,
                reason: error.to_string(),
                task: None,
                fault: None,
            };
        }
    };
    send(client, step, call, observer).await
}

/// Sends a call that is ready, once, and waits for what it starts.
async fn send(client: &Client, step: &Step, call: Request, observer: &dyn Observer) -> Act {
    let started = match call {
        Request::RemoveAllSnapshots(call) => client.call(&call).await.map(Some),
        Request::Consolidate(call) => client.call(&call).await.map(Some),
        Request::Reconfigure(call) => client.call(call.as_ref()).await.map(Some),
        Request::StorageDrs(call) => client.call(&call).await.map(Some),
        Request::Drs(call) => client.call(&call).await.map(Some),
        Request::Disable(call) => client.call(&call).await.map(|()| None),
        Request::Enable(call) => client.call(&call).await.map(|()| None),
    };
    match started {
        Ok(None) => Act::Done {
            task: None,
            detail: None,
        },
        Ok(Some(task)) => wait(client, step, &task, WaitOptions::default(), observer).await,
        Err(error) if error.may_have_acted() => {
            let lost = told(&error);
            match settle::running_task(client, &step.change).await {
                Ok(Some(task)) => wait(client, step, &task, WaitOptions::default(), observer).await,
                Ok(None) => Act::Unclear {
                    reason: format!("the answer was lost ({lost})"),
                },
                Err(again) => Act::CutOff {
                    status: StepStatus::Unfinished,
                    reason: format!(
                        "the answer was lost ({lost}), and the server cannot be asked: {}",
                        told(&again)
                    ),
                    task: None,
                },
            }
        }
        Err(ClientError::Fault { fault, .. }) => {
            refused_or_overtaken(client, step, &fault, None, observer).await
        }
        Err(error) => Act::CutOff {
            status: StepStatus::Failed,
            reason: told(&error),
            task: None,
        },
    }
}

/// The call for a step. Moving devices takes them as they are on the server right now.
async fn build(client: &Client, step: &Step, facts: &Facts) -> Result<Request, RequestError> {
    match &step.change {
        Change::ConvertControllers { vm, controllers } => {
            devices::convert(client, vm, controllers, facts).await
        }
        Change::AddDisk { vm, disk, note } => devices::add_disk(vm, disk, note, facts),
        Change::DetachDisk { vm, disk, note } => devices::detach_disk(vm, disk, note, facts),
        Change::AttachDisks {
            vm,
            controller_kind,
            disks,
            record,
        } => disk_request::attach(vm, controller_kind, disks, record, facts),
        Change::GiveBackDisks { vm, disks } => give_back::give_back(client, vm, disks).await,
        Change::DetachDisks { vm, disks, forget } => disk_request::detach(vm, disks, forget, facts),
        change @ Change::StorageDrsOverride { pod, .. } => {
            overrides::storage_drs(client, change, pod, facts).await
        }
        change => request(change, facts, client.content()),
    }
}

/// Waits for a task to its end, as long as the options say.
pub(super) async fn wait(
    client: &Client,
    step: &Step,
    task: &ManagedObjectReference,
    options: WaitOptions,
    observer: &dyn Observer,
) -> Act {
    let name = task.to_string();
    observer.event(&Event::TaskStarted {
        id: step.id.clone(),
        task: name.clone(),
    });
    let progress = |info: &TaskInfo| {
        if let Some(percent) = info
            .progress
            .and_then(|percent| u8::try_from(percent.clamp(0, 100)).ok())
        {
            observer.event(&Event::StepProgress {
                id: step.id.clone(),
                percent,
            });
        }
    };
    tokio::time::sleep(HEAD_START).await;
    let outcome = client.wait_task(task, options, progress).await;
    let task = Some(name);
    match outcome {
        Ok(TaskOutcome::Succeeded(_)) => Act::Done { task, detail: None },
        Ok(TaskOutcome::Failed(fault)) => {
            refused_or_overtaken(client, step, &fault, task, observer).await
        }
        Ok(TaskOutcome::Cancelled) => Act::Not {
            status: StepStatus::Failed,
            reason: "somebody cancelled the task; what it had done so far may stand".into(),
            task,
            fault: None,
        },
        Ok(TaskOutcome::TimedOut(_)) => Act::CutOff {
            status: StepStatus::Unfinished,
            reason: "the task is still running".into(),
            task,
        },
        Err(error) => Act::CutOff {
            status: StepStatus::Unfinished,
            reason: format!(
                "the task was started, and how it ended is not known: {}",
                told(&error)
            ),
            task,
        },
    }
}

/// What a fault says about a step.
pub(super) fn refused(fault: &MethodFault, task: Option<String>) -> Act {
    let reason = fault_text(fault);
    let status = match &fault.kind {
        FaultKind::ConcurrentAccess => return Act::Overtaken { reason },
        FaultKind::NotSupported | FaultKind::NotImplemented | FaultKind::InvalidRequest => {
            StepStatus::NotSupported
        }
        FaultKind::NoPermission { .. } => StepStatus::NotPermitted,
        FaultKind::NotAuthenticated => {
            return Act::CutOff {
                status: StepStatus::Failed,
                reason,
                task,
            };
        }
        _ => StepStatus::Failed,
    };
    Act::Not {
        status,
        reason,
        task,
        fault: Some(Box::new(fault.clone())),
    }
}

/// A fault with the privilege or the state that it is about, and the causes behind it.
pub(super) fn fault_text(fault: &MethodFault) -> String {
    let mut text = fault.to_string();
    if let FaultKind::NoPermission {
        object,
        privilege_id: Some(privilege),
    } = &fault.kind
    {
        let place = object
            .as_ref()
            .map(|object| format!(" on {object}"))
            .unwrap_or_default();
        text.push_str(&format!(" (privilege {privilege}{place})"));
    }
    for message in &fault.fault_messages {
        if !text.contains(message.as_str()) {
            text.push_str(": ");
            text.push_str(message.trim_end_matches('.'));
        }
    }
    let mut cause = fault.cause.as_deref();
    while let Some(below) = cause {
        let words = below.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = below.cause.as_deref();
    }
    text
}

/// An error with all that lies beneath it, nothing said twice.
pub(crate) fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(below) = source {
        let words = below.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = below.source();
    }
    text
}
