//! The tasks of an object, for whoever lost the answer to a call that started one.

use super::news::{WholeTask, info_of};
use super::wait::is_about;
use crate::client::Client;
use crate::error::Error;
use crate::property::Object;
use crate::vim::{FaultKind, ManagedObjectReference, ObjectSpec, TaskInfo};

crate::property_set! {
    /// The tasks that an object shows.
    struct RecentTasks: "ManagedEntity" {
        tasks: Vec<ManagedObjectReference> = "recentTask",
    }
}

impl Client {
    /// The tasks of `entity` that are queued, running or not long ended, oldest first
    /// (`ManagedEntity.recentTask`).
    ///
    /// It takes two calls, however many tasks there are, and one when there are none. vCenter shows
    /// a task for ten minutes after its end. One that vanishes between the two calls is left out;
    /// one whose state is withheld is an error, so that no task is missing for any other reason
    /// than its age. Still, that there is no task proves little by itself: a request on its way may
    /// start one yet.
    ///
    /// ```no_run
    /// use vsphere_client::{Client, Error, vim::{ManagedObjectReference, TaskInfo}};
    ///
    /// // After a lost answer: which reconfigures of this VM may be ours?
    /// async fn candidates(
    ///     client: &Client,
    ///     vm: &ManagedObjectReference,
    /// ) -> Result<Vec<TaskInfo>, Error> {
    ///     let mut tasks = client.recent_tasks(vm).await?;
    ///     tasks.retain(|task| {
    ///         task.description_id.as_deref() == Some("VirtualMachine.reconfigure")
    ///     });
    ///     Ok(tasks)
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::is_gone`] when there is no such object; else those of [`Client::retrieve`], and the
    /// reason why a property was withheld.
    pub async fn recent_tasks(
        &self,
        entity: &ManagedObjectReference,
    ) -> Result<Vec<TaskInfo>, Error> {
        let shown = self.retrieve_one::<RecentTasks>(entity).await?;
        let shown = shown.whole("RetrievePropertiesEx")?.tasks;
        let mut tasks = Vec::new();
        for task in self.read_tasks(shown).await? {
            let reference = task.reference.clone();
            match info_of(task) {
                Ok(info) => tasks.push(info),
                Err(error) if is_about(&error, &reference) => {}
                Err(error) => return Err(error),
            }
        }
        tasks.sort_by_key(|task| task.queue_time);
        Ok(tasks)
    }

    /// Reads these tasks in one go. A server that refuses all of them because one is gone is asked
    /// for the others.
    async fn read_tasks(
        &self,
        mut tasks: Vec<ManagedObjectReference>,
    ) -> Result<Vec<Object<WholeTask>>, Error> {
        // Each round has one task less than the one before.
        while !tasks.is_empty() {
            let objects = tasks.iter().cloned().map(ObjectSpec::object);
            match self.retrieve(objects).await {
                Ok(found) => return Ok(found),
                Err(error) => match tasks.iter().position(|task| names(&error, task)) {
                    Some(gone) => tasks.swap_remove(gone),
                    None => return Err(error),
                },
            };
        }
        Ok(Vec::new())
    }
}

/// Whether the error says that this very task is gone, by its name.
fn names(error: &Error, task: &ManagedObjectReference) -> bool {
    error.fault().is_some_and(|fault| {
        matches!(&fault.kind, FaultKind::ManagedObjectNotFound { object: Some(object) }
            if object.value == task.value)
    })
}
