//! Sending one change, and saying exactly how that ended. Nothing else in this crate sends one.

use std::time::Duration;

use vsphere_client::{
    Client, Error as ClientError,
    method::Method,
    rest::{RestError, RestErrorKind},
    task::{TaskOutcome, WaitOptions},
    vim::{FaultKind, ManagedObjectReference, MethodFault, TaskInfo},
};

use super::{
    end::{Attempt, Changed, NotDone, StepStatus, Unknown},
    event::{Event, Observer},
    patience::{FOREIGN_TASK, HEAD_START},
};
use crate::{plan::Step, wording::error_text};

/// Sends the changes of one step. What it sent is remembered, so that an end never claims less than was done.
pub struct Sender<'a> {
    client: &'a Client,
    step: &'a Step,
    observer: &'a dyn Observer,
    changed: Changed,
}

/// What came back of a call that starts no task.
pub(crate) enum SendOutcome<T> {
    /// The server's answer.
    Answered(T),
    /// The answer was lost: the state has to tell.
    Lost(Lost),
}

impl<T> SendOutcome<T> {
    /// The same with another answer.
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> SendOutcome<U> {
        match self {
            Self::Answered(answer) => SendOutcome::Answered(f(answer)),
            Self::Lost(lost) => SendOutcome::Lost(lost),
        }
    }
}

/// A call whose answer was lost.
pub(crate) struct Lost(String);

impl<'a> Sender<'a> {
    pub(super) fn new(client: &'a Client, step: &'a Step, observer: &'a dyn Observer) -> Self {
        Self {
            client,
            step,
            observer,
            changed: Changed::No,
        }
    }

    /// The client, for reading.
    pub(crate) fn client(&self) -> &'a Client {
        self.client
    }

    /// Whether a change has not even begun.
    pub(crate) fn has_changed(&self) -> bool {
        self.changed != Changed::No
    }

    /// Makes a call that starts a task, and waits for its end.
    pub(crate) async fn task<M: Method<Output = ManagedObjectReference>>(
        &mut self,
        call: &M,
        options: WaitOptions,
    ) -> Attempt {
        match self.client.call(call).await {
            Ok(task) => self.wait(&task, options).await,
            Err(error) => self.not_answered(error).await,
        }
    }

    /// Makes a call that is over when it is answered.
    ///
    /// # Errors
    ///
    /// The end of the step, when the call was refused or not sent.
    pub(crate) async fn call<M: Method>(
        &mut self,
        call: &M,
    ) -> Result<SendOutcome<M::Output>, Attempt> {
        match self.client.call(call).await {
            Ok(answer) => {
                self.changed = Changed::Yes;
                Ok(SendOutcome::Answered(answer))
            }
            Err(error) if error.may_have_acted() => {
                self.changed = self.changed.max(Changed::Unknown);
                Ok(SendOutcome::Lost(Lost(error_text(&error))))
            }
            Err(error) => Err(self.not_answered(error).await),
        }
    }

    /// Makes a call over REST. What `made` says was carried out counts as a change even when a later one fails.
    pub(crate) async fn rest<T>(
        &mut self,
        call: impl Future<Output = Result<T, RestError>>,
    ) -> Result<SendOutcome<T>, Attempt> {
        match call.await {
            Ok(answer) => {
                self.changed = Changed::Yes;
                Ok(SendOutcome::Answered(answer))
            }
            Err(error) if error.may_have_acted() => {
                self.changed = self.changed.max(Changed::Unknown);
                Ok(SendOutcome::Lost(Lost(error_text(&error))))
            }
            Err(error) => {
                let status = match &error {
                    RestError::NotOffered => StepStatus::NotSupported,
                    error if error.is(&RestErrorKind::Unauthorized) => StepStatus::NotPermitted,
                    _ => StepStatus::Refused,
                };
                let proof = NotDone::refused_by_rest(status, error_text(&error), self.changed);
                Err(match error.is(&RestErrorKind::AlreadyExists) {
                    // Somebody was faster: what is there now decides.
                    true if !self.has_changed() => Attempt::Overtaken(proof),
                    _ => Attempt::NotDone(proof),
                })
            }
        }
    }

    /// The end when an answer was lost and nothing shows what became of the call.
    pub(crate) fn lost(&self, Lost(lost): Lost, unread: Option<String>) -> Attempt {
        let reason = match unread {
            None => format!("the answer was lost ({lost})"),
            Some(error) => {
                format!("the answer was lost ({lost}), and the state cannot be read: {error}")
            }
        };
        Attempt::Unknown(Unknown::of(reason))
    }

    /// The end when it turns out, before it is sent, that the change cannot be made.
    pub(crate) fn decline(&self, reason: impl Into<String>) -> Attempt {
        Attempt::NotDone(NotDone::not_sent(reason, self.changed))
    }

    /// The end when the server said that it was done, and it was not.
    pub(crate) fn not_taken(&self, reason: impl Into<String>) -> Attempt {
        Attempt::NotDone(NotDone::not_taken(reason, self.changed))
    }

    /// Makes a call that changes nothing for good, such as a scan. One whose answer is lost may go on: what it finds is
    /// looked at all the same.
    ///
    /// # Errors
    ///
    /// The end of the step, when the call was refused or not sent.
    pub(crate) async fn ask<M: Method>(&mut self, call: &M) -> Result<(), Attempt> {
        match self.client.call(call).await {
            Ok(_) => Ok(()),
            Err(error) if error.may_have_acted() => Ok(()),
            Err(error) => Err(self.not_answered(error).await),
        }
    }

    /// The same when the server lacks what it needs.
    pub(crate) fn not_offered(&self, what: &'static str) -> Attempt {
        let reason = ClientError::Missing(what).to_string();
        Attempt::NotDone(NotDone::not_offered(reason, self.changed))
    }

    /// The same when what has to be known cannot be read.
    pub(crate) fn unread(&self, error: &ClientError) -> Attempt {
        let reason = format!("the state cannot be read: {}", error_text(error));
        Attempt::NotDone(NotDone::cut_off(reason, self.changed))
    }

    /// The same when somebody else changed the object since it was looked at.
    pub(crate) fn overtaken(&self, reason: impl Into<String>) -> Attempt {
        Attempt::Overtaken(NotDone::not_sent(reason, self.changed))
    }

    /// The end when it is still at work after all the time there was.
    pub(crate) fn still_at_work(&self, reason: impl Into<String>) -> Attempt {
        let reason = reason.into();
        Attempt::Unknown(Unknown::of(reason))
    }

    /// Tells that something takes its time.
    pub(crate) fn waits_for(&self, what: impl Into<String>, limit: Duration) {
        self.observer.event(&Event::StepWaiting {
            id: self.step.id.clone(),
            what: what.into(),
            limit_seconds: limit.as_secs(),
        });
    }

    /// The end of a call that brought no answer to go on with.
    async fn not_answered(&mut self, error: ClientError) -> Attempt {
        if error.may_have_acted() {
            self.changed = self.changed.max(Changed::Unknown);
            let reason = format!("the answer was lost ({})", error_text(&error));
            return Attempt::Unknown(Unknown::of(reason));
        }
        match error {
            ClientError::Fault { fault, .. } => self.refused(&fault, None).await,
            // A session that ended for good is told by the server: it did nothing.
            error => Attempt::NotDone(NotDone::cut_off(error_text(&error), self.changed)),
        }
    }

    /// What a fault comes to: after another task, when that was the reason, the state has to be read again.
    async fn refused(&mut self, fault: &MethodFault, task: Option<String>) -> Attempt {
        let proof = NotDone::refused(fault, task, self.changed);
        let other = match &fault.kind {
            FaultKind::ConcurrentAccess | FaultKind::TaskInProgress { task: None } => {
                return Attempt::Overtaken(proof);
            }
            FaultKind::TaskInProgress { task: Some(other) } => other,
            _ => return Attempt::NotDone(proof),
        };
        let object = &self.step.object;
        self.waits_for(format!("another task on {object} ({other})"), FOREIGN_TASK);
        let options = WaitOptions::timeout(FOREIGN_TASK);
        match self.client.wait_task(other, options, |_| {}).await {
            Ok(TaskOutcome::TimedOut(_)) => Attempt::NotDone(proof),
            Err(error) if !matches!(error, ClientError::Gone(_)) => Attempt::NotDone(proof),
            // However it ended, it is out of the way, and what it did decides what is still to do.
            _ => Attempt::Overtaken(
                proof.with_reason(|_| format!("another task was at work on {object}")),
            ),
        }
    }

    /// Waits for a task to its end, as long as the options say.
    pub(super) async fn wait(
        &mut self,
        task: &ManagedObjectReference,
        options: WaitOptions,
    ) -> Attempt {
        let id = &self.step.id;
        let name = task.to_string();
        self.observer.event(&Event::TaskStarted {
            id: id.clone(),
            task: name.clone(),
        });
        let progress = |info: &TaskInfo| {
            if let Some(percent) = info
                .progress
                .and_then(|percent| u8::try_from(percent.clamp(0, 100)).ok())
            {
                self.observer.event(&Event::StepProgress {
                    id: id.clone(),
                    percent,
                });
            }
        };
        tokio::time::sleep(HEAD_START).await;
        let outcome = self.client.wait_task(task, options, progress).await;
        let task = Some(name);
        // What fails half-way has done a half, unless the server does it all or not at all.
        let half = match self.step.change.is_all_or_nothing() {
            true => self.changed,
            false => self.changed.max(Changed::Unknown),
        };
        match outcome {
            Ok(TaskOutcome::Succeeded(_)) => {
                self.changed = Changed::Yes;
                Attempt::Done { task, detail: None }
            }
            Ok(TaskOutcome::Failed(fault)) => {
                self.changed = half;
                self.refused(&fault, task).await
            }
            Ok(TaskOutcome::Cancelled) => Attempt::NotDone(NotDone::cancelled(task, half)),
            Ok(TaskOutcome::TimedOut(_)) => self.task_unknown("the task is still running", task),
            Err(error) => {
                let reason = format!(
                    "the task was started, and how it ended is not known: {}",
                    error_text(&error)
                );
                self.task_unknown(&reason, task)
            }
        }
    }

    fn task_unknown(&mut self, reason: &str, task: Option<String>) -> Attempt {
        self.changed = self.changed.max(Changed::Unknown);
        Attempt::Unknown(Unknown {
            task,
            ..Unknown::of(reason.to_owned())
        })
    }
}

impl Attempt {
    /// The same end with more to say about it.
    pub(crate) fn explained(self, say: impl FnOnce(String) -> String) -> Self {
        match self {
            Self::NotDone(proof) => Self::NotDone(proof.with_reason(say)),
            Self::Overtaken(proof) => Self::Overtaken(proof.with_reason(say)),
            Self::Unknown(unknown) => Self::Unknown(Unknown {
                reason: say(unknown.reason),
                ..unknown
            }),
            good => good,
        }
    }

    /// The same end, when all that was changed before it was taken back.
    pub(crate) fn taken_back(self) -> Self {
        match self {
            Self::NotDone(proof) => Self::NotDone(proof.taken_back()),
            other => other,
        }
    }

    /// Done, with nothing more to say.
    pub(crate) fn done() -> Self {
        Self::Done {
            task: None,
            detail: None,
        }
    }

    /// Nothing to do, with nothing more to say.
    pub(crate) fn already() -> Self {
        Self::Already { detail: None }
    }
}

/// The task on the server that makes this change right now, if there is one.
///
/// A task that has ended is not looked for: what it did shows in the state.
///
/// # Errors
///
/// The client's, when the server cannot be asked.
pub(crate) async fn running_task(
    client: &Client,
    object: &ManagedObjectReference,
    method: &str,
) -> Result<Option<ManagedObjectReference>, ClientError> {
    let tasks = client.recent_tasks(object).await?;
    // The newest stands last.
    let mut running = tasks
        .into_iter()
        .rev()
        .filter(|info| !info.state.is_final());
    Ok(running
        .find(|info| is_of(method, info))
        .map(|info| info.task))
}

/// Whether a task carries out this method, by its name or by the key of its description.
fn is_of(method: &str, info: &TaskInfo) -> bool {
    let key = match method {
        "RemoveAllSnapshots_Task" => "VirtualMachine.removeAllSnapshots",
        "ConsolidateVMDisks_Task" => "VirtualMachine.consolidateDisks",
        "ReconfigVM_Task" => "VirtualMachine.reconfigure",
        "PowerOffVM_Task" => "VirtualMachine.powerOff",
        "PowerOnVM_Task" => "VirtualMachine.powerOn",
        "ConfigureStorageDrsForPod_Task" => "StorageResourceManager.configureStorageDrsForPod",
        "ReconfigureComputeResource_Task" => "ComputeResource.reconfigureEx",
        _ => return false,
    };
    let same = |text: &str, wanted: &str| text.eq_ignore_ascii_case(wanted);
    info.name
        .as_deref()
        .is_some_and(|name| same(name, method) || same(name, method.trim_end_matches("_Task")))
        || info
            .description_id
            .as_deref()
            .is_some_and(|id| same(id, key))
}
