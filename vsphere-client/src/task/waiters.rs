//! Collectors that wait for tasks, kept for the next wait.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::news::TaskNews;
use crate::client::Client;
use crate::error::Error;
use crate::property::{Collector, PropertySet, Update};
use crate::vim::{ManagedObjectReference, ObjectSpec, PropertyFilterSpec, PropertySpec};

/// How many tasks one collector is used for.
///
/// The filters of finished tasks stay in it: giving up each costs a call, and they cost the server
/// little. After so many the collector is given up with all of them.
const TASKS_PER_COLLECTOR: usize = 32;

/// A collector, and how many tasks it watches or has watched.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) collector: Collector<Update<TaskNews>>,
    tasks: usize,
}

/// The collectors of a client that wait for no task at present.
///
/// Each wait takes one out, so that waits at the same time do not stand in each other's way, and
/// puts it back when it is through. A wait that is dropped midway does not put it back: the
/// collector ends with the session.
#[derive(Debug, Default)]
pub(crate) struct TaskWaiters(Mutex<Vec<Waiter>>);

impl TaskWaiters {
    fn idle(&self) -> MutexGuard<'_, Vec<Waiter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A collector of the present session that watches `task`.
    pub(super) async fn watch(
        &self,
        client: &Client,
        task: &ManagedObjectReference,
    ) -> Result<Waiter, Error> {
        let generation = client.generation()?;
        let rested = {
            let mut idle = self.idle();
            idle.retain(|waiter| waiter.collector.generation() == generation);
            idle.pop()
        };
        let mut waiter = match rested {
            Some(waiter) => waiter,
            None => Waiter {
                collector: Collector::open(client).await?,
                tasks: 0,
            },
        };
        let spec = PropertyFilterSpec {
            prop_set: vec![PropertySpec {
                kind: TaskNews::TYPE.to_owned(),
                all: None,
                path_set: TaskNews::PATHS
                    .iter()
                    .map(|path| (*path).to_owned())
                    .collect(),
            }],
            object_set: vec![ObjectSpec::object(task.clone())],
            report_missing_objects_in_results: None,
        };
        waiter.tasks += 1;
        waiter.collector.watch(client, spec).await?;
        Ok(waiter)
    }

    /// Keeps the collector for the next wait, or gives it up when it is full.
    pub(super) async fn rest(&self, client: &Client, waiter: Waiter) {
        if waiter.tasks < TASKS_PER_COLLECTOR {
            self.idle().push(waiter);
        } else {
            // It ends with the session otherwise.
            let _ = waiter.collector.close(client).await;
        }
    }
}
