//! The task engine: work that takes steps of the clock.
//!
//! A method that returns a `Task` hands over a [`Plan`]. The task is queued, runs, shows progress
//! and then takes effect, each step an event of the simulated clock. What a step finds is what
//! counts: a reconfigure is judged when it takes effect, as on the real server.

mod info;
mod plan;

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::fault::Fault;
use crate::refuse;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

pub use plan::{Effect, Plan};

/// How many finished tasks stay to be asked about.
const KEPT: usize = 200;
/// How many tasks an entity's `recentTask` shows.
const RECENT: usize = 8;

#[derive(Debug)]
struct Running {
    plan: Plan,
    cancelled: bool,
    /// What it will fail with instead of taking effect.
    doom: Option<Fault>,
}

enum Step {
    Progress(MoRef, i32),
    Finish(MoRef),
    /// Something that happens by itself, such as a guest that has shut down.
    Happening(Box<dyn FnOnce(&mut World) + Send>),
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Progress(task, percent) => write!(f, "{task} at {percent} %"),
            Self::Finish(task) => write!(f, "{task} ends"),
            Self::Happening(_) => f.write_str("happening"),
        }
    }
}

/// Tasks that are queued or running, what is due, and failures ordered beforehand.
#[derive(Debug, Default)]
pub struct TaskEngine {
    running: BTreeMap<MoRef, Running>,
    /// Events by time, then by the order in which they were made.
    agenda: BTreeMap<(Timestamp, u64), Step>,
    order: u64,
    number: u64,
    finished: VecDeque<MoRef>,
    ordered_failures: Vec<(String, Fault)>,
}

impl TaskEngine {
    /// When the next step of any task is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.agenda.keys().next().map(|(when, _)| *when)
    }

    /// The task that holds an entity for itself, if one does.
    pub fn holder(&self, entity: &MoRef) -> Option<&MoRef> {
        self.running
            .iter()
            .find(|(_, r)| r.plan.exclusive && r.plan.entity.as_ref() == Some(entity))
            .map(|(task, _)| task)
    }

    /// How many tasks are queued or running.
    pub fn active(&self) -> usize {
        self.running.len()
    }

    fn schedule(&mut self, when: Timestamp, step: Step) {
        self.order += 1;
        self.agenda.insert((when, self.order), step);
    }

    fn take_failure(&mut self, method: &str) -> Option<Fault> {
        let at = self
            .ordered_failures
            .iter()
            .position(|(m, _)| m == method)?;
        Some(self.ordered_failures.remove(at).1)
    }
}

impl World {
    /// Starts a task and gives back its reference.
    ///
    /// # Errors
    ///
    /// `TaskInProgress` when another task holds the entity.
    pub fn start_task(&mut self, plan: Plan) -> Result<MoRef, Fault> {
        if let Some(entity) = plan.entity.as_ref().filter(|_| plan.exclusive)
            && let Some(holder) = self.tasks.holder(entity)
        {
            return Err(Fault::task_in_progress(holder));
        }
        self.tasks.number += 1;
        let task = MoRef::new("Task", format!("task-{}", self.tasks.number));
        let now = self.clock.now();
        let info = self.first_info(&task, &plan, now);
        self.store
            .insert(task.clone(), Data::new("Task").with("info", info));
        let steps = u32::try_from(plan.progress.len()).unwrap_or(1).max(1);
        let pace = SignedDuration::try_from(plan.duration / steps).unwrap_or(SignedDuration::ZERO);
        // A task is seen queued first; its steps follow at even distances.
        let mut when = now.saturating_add(pace / 2).unwrap_or(now);
        for percent in plan.progress {
            self.tasks
                .schedule(when, Step::Progress(task.clone(), *percent));
            when = when.saturating_add(pace).unwrap_or(when);
        }
        self.tasks.schedule(when, Step::Finish(task.clone()));
        if let Some(entity) = plan.entity.clone() {
            self.remember(&entity, &task);
        }
        self.tasks.running.insert(
            task.clone(),
            Running {
                plan,
                cancelled: false,
                doom: None,
            },
        );
        Ok(task)
    }

    /// Runs every task step that is due by now.
    pub fn run_due(&mut self) {
        let now = self.clock.now();
        while let Some(entry) = self.tasks.agenda.first_entry() {
            if entry.key().0 > now {
                break;
            }
            match entry.remove() {
                Step::Progress(task, percent) => self.show_progress(&task, percent),
                Step::Finish(task) => self.finish(&task),
                Step::Happening(happen) => happen(self),
            }
        }
    }

    /// Lets something happen by itself after a while, such as a guest that finishes shutting down.
    pub fn after(&mut self, delay: Duration, happen: impl FnOnce(&mut World) + Send + 'static) {
        let delay = SignedDuration::try_from(delay).unwrap_or(SignedDuration::ZERO);
        let now = self.clock.now();
        let when = now.saturating_add(delay).unwrap_or(now);
        self.tasks.schedule(when, Step::Happening(Box::new(happen)));
    }

    /// Makes the next task of this method fail with `fault` instead of taking effect.
    pub fn fail_next_task(&mut self, method: &str, fault: Fault) {
        self.tasks.ordered_failures.push((method.to_owned(), fault));
    }

    /// Asks a task to stop: it ends with `RequestCanceled` and without effect.
    ///
    /// # Errors
    ///
    /// `NotSupported` when the task cannot be cancelled, `InvalidState` when it is over.
    pub fn cancel_task(&mut self, task: &MoRef) -> Result<(), Fault> {
        let soon = self.clock.now();
        let Some(running) = self.tasks.running.get_mut(task) else {
            return Err(refuse::invalid_state("The task has already ended."));
        };
        if !running.plan.cancelable {
            return Err(Fault::not_supported());
        }
        if !running.cancelled {
            running.cancelled = true;
            self.end_soon(task, soon);
        }
        Ok(())
    }

    /// Cancels a task from within the server, as its administrator or its host can, even one that `CancelTask` does
    /// not reach; false when it does not run.
    pub fn abort_task(&mut self, task: &MoRef) -> bool {
        let soon = self.clock.now();
        let Some(running) = self.tasks.running.get_mut(task) else {
            return false;
        };
        running.cancelled = true;
        self.end_soon(task, soon);
        true
    }

    /// Makes a task that runs fail with `fault` at its end instead of taking effect; false when it does not run.
    pub fn doom_task(&mut self, task: &MoRef, fault: Fault) -> bool {
        let running = self.tasks.running.get_mut(task);
        running.map(|running| running.doom = Some(fault)).is_some()
    }

    fn end_soon(&mut self, task: &MoRef, soon: Timestamp) {
        self.store
            .update(task, |data| data.set_path("info.cancelled", true));
        self.tasks.agenda.retain(|_, step| match step {
            Step::Progress(of, _) | Step::Finish(of) => of != task,
            Step::Happening(_) => true,
        });
        self.tasks.schedule(soon, Step::Finish(task.clone()));
    }

    fn show_progress(&mut self, task: &MoRef, percent: i32) {
        let now = self.clock.now();
        self.edit_info(task, |info| {
            if info.str("state") == Some("queued") {
                info.set("state", Value::of_enum("TaskInfoState", "running"));
                info.set("startTime", now);
            }
            info.set("progress", percent);
        });
    }

    fn finish(&mut self, task: &MoRef) {
        let Some(running) = self.tasks.running.remove(task) else {
            return;
        };
        let outcome = if running.cancelled {
            Err(Fault::request_canceled())
        } else if let Some(fault) = running.doom {
            Err(fault)
        } else if let Some(fault) = self.tasks.take_failure(&running.plan.method) {
            Err(fault)
        } else {
            (running.plan.effect)(self)
        };
        let now = self.clock.now();
        self.edit_info(task, |info| {
            if info.get("startTime").is_none() {
                info.set("startTime", now);
            }
            info.set("completeTime", now);
            info.remove("progress");
            match outcome {
                Ok(result) => {
                    info.set("state", Value::of_enum("TaskInfoState", "success"));
                    if let Some(result) = result {
                        info.set("result", result);
                    }
                }
                Err(fault) => {
                    info.set("state", Value::of_enum("TaskInfoState", "error"));
                    info.set("error", fault.localized());
                }
            }
        });
        self.tasks.finished.push_back(task.clone());
        while self.tasks.finished.len() > KEPT {
            if let Some(old) = self.tasks.finished.pop_front() {
                self.forget(&old);
            }
        }
    }

    fn edit_info(&mut self, task: &MoRef, edit: impl FnOnce(&mut Data)) {
        self.store.update(task, |data| {
            if let Some(info) = data.get_mut("info").and_then(Value::as_data_mut) {
                edit(info);
            }
        });
    }

    /// Shows the task in `recentTask` of its entity and of the task manager.
    fn remember(&mut self, entity: &MoRef, task: &MoRef) {
        let manager = self
            .store
            .exactly("TaskManager")
            .next()
            .map(|o| o.reference.clone());
        for holder in [Some(entity.clone()), manager].into_iter().flatten() {
            self.store.update(&holder, |data| {
                let mut recent = data.references("recentTask");
                recent.push(task.clone());
                let surplus = recent.len().saturating_sub(RECENT);
                data.set("recentTask", Value::refs(recent.into_iter().skip(surplus)));
            });
        }
    }

    fn forget(&mut self, task: &MoRef) {
        let entity = self
            .store
            .value(task, "info.entity")
            .and_then(|value| value.as_ref().cloned());
        let manager = self
            .store
            .exactly("TaskManager")
            .next()
            .map(|o| o.reference.clone());
        for holder in [entity, manager].into_iter().flatten() {
            self.store.unlink(&holder, "recentTask", task);
        }
        self.store.remove(task);
    }
}

#[cfg(test)]
mod tests;
