//! Waiting for a task's end.
//!
//! A collector of one's own tells the end at once. When that way breaks, whatever the reason, the
//! task itself is read from time to time: that the wait broke says nothing about the task.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::news::{TaskNews, WholeTask, info_of};
use super::waiters::Waiter;
use super::{TaskOutcome, WaitOptions};
use crate::client::Client;
use crate::error::Error;
use crate::method::{CancelTask, Method};
use crate::property::{Update, WaitResult};
use crate::vim::{
    FaultKind, ManagedObjectReference, PropertyFilterUpdate, TaskInfo, TaskInfoState,
};

/// The pause before each wait. What happens within it is told in one answer, and a server that
/// always answers at once is not asked without end.
const PAUSE: Duration = Duration::from_millis(100);

/// The first wait; each further one is twice as long, up to [`WaitOptions::pace`].
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// How many collectors one wait uses, each in a new session, before it does without.
const COLLECTORS: usize = 3;

/// How many answers are fetched without a pause while the server says that it has more.
const ANSWERS_AT_ONCE: usize = 16;

/// How long the last look may take, once the caller's time is up.
const LAST_LOOK: Duration = Duration::from_secs(5);

impl Client {
    /// Waits for the end of `task`.
    ///
    /// The server tells at once when the task ends. Its progress is looked up when nothing was told
    /// for a while ([`WaitOptions::pace`]); `progress` is called with each state that differs from
    /// the one before. A short task takes four or five calls with the one that started it.
    ///
    /// When the session ends meanwhile, the wait goes on in a new one. When the server or something
    /// in front of it breaks the wait, the task itself is read at the same pace, one call each
    /// time. Dropping the future ends the wait and leaves the task alone;
    /// [`cancel_task`](Client::cancel_task) ends the task.
    ///
    /// # Errors
    ///
    /// An error says nothing about the task, and [`Error::delivery`] speaks of the call that read it.
    ///
    /// - [`Error::Gone`] with the task, when reading it shows that it is no longer there, so that
    ///   nobody can tell how it ended.
    /// - What no further look can help: [`Error::LoginRefused`], [`Error::LoggedOut`] and the like.
    /// - Any other, once nothing but errors came for as long as [`WaitOptions::patience`].
    pub async fn wait_task(
        &self,
        task: &ManagedObjectReference,
        options: WaitOptions,
        progress: impl FnMut(&TaskInfo) + Send,
    ) -> Result<TaskOutcome, Error> {
        let mut wait = Wait {
            client: self,
            task,
            options,
            deadline: options
                .timeout
                .and_then(|limit| Instant::now().checked_add(limit)),
            known: None,
            progress,
        };
        for _ in 0..COLLECTORS {
            match wait.by_collector().await {
                Ok(outcome) => return Ok(outcome),
                // There is a new session; the next collector belongs to it.
                Err(Error::SessionLost { .. }) => {}
                Err(error) if wait.is_hopeless(&error) => return Err(error),
                Err(_) => break,
            }
        }
        wait.by_reading().await
    }

    /// Makes a call that starts a task, and waits for its end.
    ///
    /// # Errors
    ///
    /// Those of the call, after which there may be a task all the same
    /// ([`Error::may_have_acted`]), and [`Error::TaskLost`] with one of
    /// [`wait_task`](Client::wait_task).
    pub async fn run_task<M: Method<Output = ManagedObjectReference>>(
        &self,
        method: &M,
        options: WaitOptions,
        progress: impl FnMut(&TaskInfo) + Send,
    ) -> Result<TaskOutcome, Error> {
        let task = self.call(method).await?;
        match self.wait_task(&task, options, progress).await {
            Ok(outcome) => Ok(outcome),
            Err(error) => Err(Error::TaskLost {
                method: M::NAME,
                task,
                source: Box::new(error),
            }),
        }
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
}

/// One wait, whichever way it goes.
struct Wait<'a, P> {
    client: &'a Client,
    task: &'a ManagedObjectReference,
    options: WaitOptions,
    deadline: Option<Instant>,
    /// What was told of the task so far.
    known: Option<TaskInfo>,
    progress: P,
}

impl<P: FnMut(&TaskInfo) + Send> Wait<'_, P> {
    /// Waits with a collector of its own, which is told of the end at once.
    async fn by_collector(&mut self) -> Result<TaskOutcome, Error> {
        let waiters = &self.client.inner.task_waiters;
        let mut waiter = waiters.watch(self.client, self.task).await?;
        let mut pace = self.first_pace();
        loop {
            sleep(self.at_most(PAUSE)).await;
            let before = self.known.clone();
            // The look at the very end of the time still counts.
            let wait = self.at_most(pace);
            self.look(&mut waiter, wait).await?;
            let ended = self.tell(before.as_ref());
            if ended.is_some() || self.is_over() {
                waiters.rest(self.client, waiter).await;
                return Ok(ended.unwrap_or_else(|| self.time_is_up()));
            }
            pace = self.next_pace(pace);
        }
    }

    /// Waits by reading the task from time to time.
    async fn by_reading(&mut self) -> Result<TaskOutcome, Error> {
        // The way here was trouble already.
        let mut trouble = ErrorStreak::begin();
        let mut pace = self.first_pace();
        loop {
            let last = self.is_over();
            let before = self.known.clone();
            let pause = match self.read().await {
                Ok(None) => return Ok(self.time_is_up()),
                Ok(Some(info)) => {
                    self.known = Some(info);
                    if let Some(ended) = self.tell(before.as_ref()) {
                        return Ok(ended);
                    }
                    trouble = ErrorStreak::default();
                    let pause = pace.max(PAUSE);
                    pace = self.next_pace(pace);
                    pause
                }
                Err(error) if is_about(&error, self.task) => {
                    return Err(Error::Gone(self.task.clone()));
                }
                Err(error) if self.is_hopeless(&error) => return Err(error),
                Err(_) if last => return Ok(self.time_is_up()),
                Err(error) => match trouble.pause(self.options.patience) {
                    Some(pause) => pause,
                    None => return Err(error),
                },
            };
            if last {
                return Ok(self.time_is_up());
            }
            sleep(self.at_most(pause)).await;
        }
    }

    /// One wait of the collector. When it brings nothing, the whole task is read, for its progress.
    async fn look(&mut self, waiter: &mut Waiter, wait: Duration) -> Result<(), Error> {
        // What is in store is fetched at once.
        for _ in 0..ANSWERS_AT_ONCE {
            match waiter.collector.wait(self.client, wait).await? {
                WaitResult::Changed { filters, more } => {
                    take_news(filters, self.task, &mut self.known)?;
                    if !more {
                        break;
                    }
                }
                WaitResult::Nothing => {
                    if let Some(whole) = self.read().await? {
                        self.known = Some(whole);
                    }
                    return Ok(());
                }
                WaitResult::StartOver => {}
            }
        }
        if let Some(TaskInfo {
            state: TaskInfoState::Error,
            error: None,
            cancelled,
            ..
        }) = &self.known
            && *cancelled != Some(true)
            // Why it failed decides what to do next, so it is worth a call. That it failed is known
            // without.
            && let Ok(Some(whole)) = self.read().await
        {
            self.known = Some(whole);
        }
        Ok(())
    }

    /// Reads how the task stands, progress and all; `None` when the time is up meanwhile.
    async fn read(&self) -> Result<Option<TaskInfo>, Error> {
        let read = async {
            let whole = self.client.retrieve_one::<WholeTask>(self.task).await?;
            info_of(whole).map(Some)
        };
        match self.deadline {
            None => read.await,
            Some(deadline) => {
                let limit = deadline.max(Instant::now() + LAST_LOOK);
                timeout_at(limit, read).await.unwrap_or(Ok(None))
            }
        }
    }

    /// Tells what is new since `before`, and how the task ended if it has.
    fn tell(&mut self, before: Option<&TaskInfo>) -> Option<TaskOutcome> {
        let info = self.known.as_ref()?;
        if before != Some(info) {
            (self.progress)(info);
        }
        TaskOutcome::of(info)
    }

    fn time_is_up(&mut self) -> TaskOutcome {
        TaskOutcome::TimedOut(self.known.take().map(Box::new))
    }

    /// Whether the caller's time is up.
    fn is_over(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// As long as `duration`, and no longer than the caller's time.
    fn at_most(&self, duration: Duration) -> Duration {
        let left = self
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        left.map_or(duration, |left| left.min(duration))
    }

    fn first_pace(&self) -> Duration {
        FIRST_WAIT.min(self.options.pace)
    }

    fn next_pace(&self, pace: Duration) -> Duration {
        pace.saturating_mul(2).min(self.options.pace)
    }

    /// Whether no further call can bring anything, or should be made: an account that is refused is
    /// soon locked.
    fn is_hopeless(&self, error: &Error) -> bool {
        match error {
            Error::LoggedOut
            | Error::NoCredentials
            | Error::LoginRefused { .. }
            | Error::Encode { .. } => true,
            Error::Fault { fault, .. } => fault.is_not_authenticated() && !self.client.can_log_in(),
            _ => false,
        }
    }
}

/// Whether the error says that there is no such task: `ManagedObjectNotFound` may also speak of
/// something else.
pub(super) fn is_about(error: &Error, task: &ManagedObjectReference) -> bool {
    match error {
        Error::Gone(object) => object == task,
        Error::Fault { fault, .. } => match &fault.kind {
            // The read names nothing else.
            FaultKind::ManagedObjectNotFound { object: None } => true,
            FaultKind::ManagedObjectNotFound {
                object: Some(object),
            } => object.value == task.value,
            _ => false,
        },
        _ => false,
    }
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
                Update::Changed(news) if news.object.reference == *task => {
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

/// Errors in a row: since when, and how many so far.
#[derive(Default)]
struct ErrorStreak {
    since: Option<Instant>,
    times: u32,
}

impl ErrorStreak {
    /// Trouble that has been there before.
    fn begin() -> Self {
        Self {
            since: Some(Instant::now()),
            times: 0,
        }
    }

    /// How long to pause before the next attempt; `None` when patience is used up.
    fn pause(&mut self, patience: Duration) -> Option<Duration> {
        let since = *self.since.get_or_insert_with(Instant::now);
        self.times += 1;
        let pause = Duration::from_millis(500) * 2u32.saturating_pow(self.times.min(5) - 1);
        (since.elapsed() + pause <= patience).then_some(pause)
    }
}
