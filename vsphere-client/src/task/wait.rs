//! Waiting for a task's end.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::news::{TaskNews, WholeTask, outcome};
use super::waiters::Waiter;
use super::{TaskOutcome, WaitOptions};
use crate::client::Client;
use crate::error::Error;
use crate::method::{CancelTask, Method};
use crate::property::{Update, Waited};
use crate::transport::TransportError;
use crate::vim::{ManagedObjectReference, PropertyFilterUpdate, TaskInfo, TaskInfoState};

/// The pause before each wait. What happens within it is told in one answer, and a server that
/// always answers at once is not asked without end.
const PAUSE: Duration = Duration::from_millis(100);

/// The first wait; each further one is twice as long, up to [`WaitOptions::pace`].
const FIRST_WAIT: Duration = Duration::from_secs(1);

impl Client {
    /// Waits for the end of `task`.
    ///
    /// The server tells at once when the task ends. Its progress is looked up when nothing was told
    /// for a while ([`WaitOptions::pace`]); `progress` is called with each state that differs from
    /// the one before. A short task takes four or five calls with the one that started it.
    ///
    /// When the session ends meanwhile, the wait goes on in a new one. Dropping the future ends the
    /// wait and leaves the task alone; [`cancel_task`](Client::cancel_task) ends the task.
    ///
    /// # Errors
    ///
    /// [`Error::Gone`] when the task is no longer there, so that nobody can tell how it ended. Else
    /// those of the calls, once [`WaitOptions::patience`] is used up. An error says nothing about
    /// the task.
    pub async fn wait_task(
        &self,
        task: &ManagedObjectReference,
        options: WaitOptions,
        mut progress: impl FnMut(&TaskInfo) + Send,
    ) -> Result<TaskOutcome, Error> {
        let deadline = options
            .timeout
            .and_then(|limit| Instant::now().checked_add(limit));
        let mut known: Option<TaskInfo> = None;
        let mut trouble = Trouble::default();
        loop {
            let attempt = self
                .watch_task(task, options, deadline, &mut known, &mut progress)
                .await;
            let error = match attempt {
                Ok(outcome) => return Ok(outcome),
                Err(Attempt { error, got_through }) => {
                    if got_through {
                        trouble = Trouble::default();
                    }
                    error
                }
            };
            let lost = matches!(error, Error::SessionLost { .. });
            if !lost && !is_trouble_on_the_way(&error) {
                return Err(error);
            }
            // A session that is lost over and over is trouble as well.
            let Some(pause) = trouble.pause(options.patience) else {
                return Err(error);
            };
            if deadline.is_some_and(|deadline| Instant::now() + pause >= deadline) {
                return Ok(TaskOutcome::TimedOut(known.map(Box::new)));
            }
            sleep(if lost { Duration::ZERO } else { pause }).await;
        }
    }

    /// Makes a call that starts a task, and waits for its end.
    ///
    /// # Errors
    ///
    /// Those of the call, after which there may be a task all the same
    /// ([`Error::may_have_acted`]), and those of [`wait_task`](Client::wait_task).
    pub async fn run_task<M: Method<Output = ManagedObjectReference>>(
        &self,
        method: &M,
        options: WaitOptions,
        progress: impl FnMut(&TaskInfo) + Send,
    ) -> Result<TaskOutcome, Error> {
        let task = self.call(method).await?;
        self.wait_task(&task, options, progress).await
    }

    /// Asks the server to cancel `task`. It ends later, if at all: wait for it.
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] with `InvalidState` when it has ended already, with `NotSupported` when it
    /// cannot be cancelled.
    pub async fn cancel_task(&self, task: &ManagedObjectReference) -> Result<(), Error> {
        self.call(&CancelTask { this: task.clone() }).await
    }

    /// One collector's worth of waiting.
    async fn watch_task(
        &self,
        task: &ManagedObjectReference,
        options: WaitOptions,
        deadline: Option<Instant>,
        known: &mut Option<TaskInfo>,
        progress: &mut (impl FnMut(&TaskInfo) + Send),
    ) -> Result<TaskOutcome, Attempt> {
        let waiters = &self.inner.task_waiters;
        let mut got_through = false;
        let mut waiter = waiters
            .watch(self, task)
            .await
            .map_err(|error| Attempt { error, got_through })?;
        let left = || deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let mut pace = FIRST_WAIT.min(options.pace);
        loop {
            sleep(left().map_or(PAUSE, |left| left.min(PAUSE))).await;
            let before = known.clone();
            // The look at the very end of the time still counts.
            let wait = left().map_or(pace, |left| left.min(pace));
            let looked = look(self, &mut waiter, task, wait, known).await;
            looked.map_err(|error| Attempt { error, got_through })?;
            got_through = true;
            if let Some(info) = known {
                if before.as_ref() != Some(info) {
                    progress(info);
                }
                if let Some(outcome) = outcome(info) {
                    waiters.rest(self, waiter).await;
                    return Ok(outcome);
                }
            }
            if left().is_some_and(|left| left.is_zero()) {
                waiters.rest(self, waiter).await;
                return Ok(TaskOutcome::TimedOut(known.take().map(Box::new)));
            }
            pace = pace.saturating_mul(2).min(options.pace);
        }
    }
}

/// One wait of the collector. When it brings nothing, the whole task is read, for its progress.
async fn look(
    client: &Client,
    waiter: &mut Waiter,
    task: &ManagedObjectReference,
    wait: Duration,
    known: &mut Option<TaskInfo>,
) -> Result<(), Error> {
    // What is in store is fetched at once.
    loop {
        match waiter.collector.wait(client, wait).await? {
            Waited::Changed { filters, more } => {
                take_news(filters, task, known)?;
                if !more {
                    break;
                }
            }
            Waited::Nothing => return read_whole(client, task, known).await,
            Waited::StartOver => {}
        }
    }
    match known {
        // Why it failed decides what to do next, so it is worth a call.
        Some(TaskInfo {
            state: TaskInfoState::Error,
            error: None,
            cancelled,
            ..
        }) if *cancelled != Some(true) => read_whole(client, task, known).await,
        _ => Ok(()),
    }
}

/// Reads how the task stands, progress and all.
async fn read_whole(
    client: &Client,
    task: &ManagedObjectReference,
    known: &mut Option<TaskInfo>,
) -> Result<(), Error> {
    let whole = client.retrieve_one::<WholeTask>(task).await?;
    if let Some(info) = whole.properties.info {
        *known = Some(info);
    }
    Ok(())
}

/// Takes over what concerns `task`; the filters of earlier tasks may speak up as well.
fn take_news(
    filters: Vec<PropertyFilterUpdate<Update<TaskNews>>>,
    task: &ManagedObjectReference,
    known: &mut Option<TaskInfo>,
) -> Result<(), Error> {
    for filter in filters {
        if filter
            .missing_set
            .iter()
            .any(|missing| missing.obj == *task)
        {
            return Err(Error::Gone(task.clone()));
        }
        for update in filter.object_set {
            match update {
                Update::Told(news) if news.object.reference == *task => {
                    if let Some(fault) = TaskNews::obstacle(&news.object) {
                        return Err(Error::Fault {
                            method: "WaitForUpdatesEx",
                            fault: Box::new(fault),
                        });
                    }
                    if let Some(unreadable) = news.object.unreadable.into_iter().next() {
                        let source = unreadable.error;
                        return Err(Error::Decode {
                            method: "WaitForUpdatesEx",
                            source,
                        });
                    }
                    news.object.properties.apply(task, known);
                }
                Update::Left(object) if object == *task => {
                    return Err(Error::Gone(task.clone()));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// How an attempt failed, and whether the server had answered within it.
struct Attempt {
    error: Error,
    got_through: bool,
}

/// Trouble on the way that goes on: since when, and how often so far.
#[derive(Default)]
struct Trouble {
    since: Option<Instant>,
    times: u32,
}

impl Trouble {
    /// How long to pause before the next attempt; `None` when patience is used up.
    fn pause(&mut self, patience: Duration) -> Option<Duration> {
        let since = *self.since.get_or_insert_with(Instant::now);
        self.times += 1;
        let pause = Duration::from_millis(500) * 2u32.saturating_pow(self.times.min(5) - 1);
        (since.elapsed() + pause <= patience).then_some(pause)
    }
}

/// Whether the server may be there again in a moment. Waiting repeats nothing but questions.
fn is_trouble_on_the_way(error: &Error) -> bool {
    error.is_passing()
        || matches!(
            error,
            Error::Transport {
                source: TransportError::Timeout { .. },
                ..
            }
        )
}
