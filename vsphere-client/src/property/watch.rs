//! Keeps a picture of some objects up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::client::Client;
use crate::error::Error;
use crate::property::collector::{Collector, WaitResult};
use crate::property::update::Update;
use crate::property::{Object, ObjectSet};
use crate::transport::TransportError;
use crate::vim::{ManagedObjectReference, ObjectSpec, PropertyFilterSpec, PropertyFilterUpdate};

/// How an object changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It came: it is new, or was found for the first time.
    Entered,
    /// Some of its properties changed.
    Modified,
    /// It went: it was deleted, or no longer belongs to the selection.
    Left,
}

/// One object that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The object.
    pub object: ManagedObjectReference,
    /// How it changed.
    pub kind: ChangeKind,
    /// Which of its properties did. Empty for an object that left.
    pub paths: Vec<String>,
}

/// What a step of a [`Watcher`] brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WatchEvent {
    /// These objects changed; [`Watcher::objects`] has them as they are now. With `settled`, the
    /// picture is whole; without, the next step brings more at once.
    Changed {
        /// The changes, in the server's order.
        changes: Vec<Change>,
        /// Whether nothing more is waiting.
        settled: bool,
    },
    /// Nothing changed within the wait.
    Quiet,
    /// The thread was lost, and everything is read again: the session ended, or the server forgot
    /// how far it had told. The picture stays as it was until the next steps have redrawn it.
    Restarted,
}

/// Keeps a picture of some objects up to date.
///
/// Each [`step`](Watcher::step) is one long wait. [`close`](Watcher::close) it in the end.
///
/// ```no_run
/// # use vsphere_client::{Client, Error, property::{Watcher, WatchEvent}, vim::ObjectSpec};
/// # vsphere_client::property_set! {
/// #     /// A VM.
/// #     pub struct Vm: "VirtualMachine" { /// Its name.
/// #     pub name: Option<String> = "name" }
/// # }
/// # async fn run(client: Client, object: ObjectSpec) -> Result<(), Error> {
/// let mut watcher: Watcher<Vm> = client.watch([object]);
/// while let WatchEvent::Changed { changes, .. } = watcher.step().await? {
///     for change in changes {
///         println!("{} {:?} {:?}", change.object, change.kind, change.paths);
///     }
/// }
/// watcher.close().await
/// # }
/// ```
#[derive(Debug)]
pub struct Watcher<T> {
    client: Client,
    selection: Vec<ObjectSpec>,
    wait: Duration,
    state: State<T>,
    objects: BTreeMap<ManagedObjectReference, Object<T>>,
}

/// `Start -> Draining -> Waiting`, and back to the beginning of either when the thread is lost.
#[derive(Debug)]
enum State<T> {
    /// No collector yet.
    Start,
    /// The server still has changes in store. `seen` holds what was told since the beginning:
    /// when all is told, everything else has gone.
    Draining {
        collector: Collector<Update<T>>,
        seen: BTreeSet<ManagedObjectReference>,
    },
    /// All that happened so far was told.
    Waiting { collector: Collector<Update<T>> },
}

impl<T: ObjectSet> Watcher<T> {
    /// How long a step waits at most. 60 s unless set.
    #[must_use]
    pub fn wait_at_most(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// The objects as they were last told.
    pub fn objects(&self) -> &BTreeMap<ManagedObjectReference, Object<T>> {
        &self.objects
    }

    /// Waits for the next change.
    ///
    /// The future may be dropped, and a step taken again: no change is lost.
    ///
    /// # Errors
    ///
    /// Those of the calls. The next step goes on where this one failed.
    pub async fn step(&mut self) -> Result<WatchEvent, Error> {
        if let State::Start = self.state {
            let collector = Collector::open(&self.client).await?;
            let spec = PropertyFilterSpec {
                prop_set: T::specs(),
                object_set: self.selection.clone(),
                report_missing_objects_in_results: None,
            };
            collector.watch(&self.client, spec).await?;
            self.state = State::Draining {
                collector,
                seen: BTreeSet::new(),
            };
        }
        let waited = match &mut self.state {
            State::Draining { collector, .. } | State::Waiting { collector } => {
                collector.wait(&self.client, self.wait).await
            }
            State::Start => return Ok(WatchEvent::Restarted),
        };
        match waited {
            Ok(WaitResult::Nothing) => Ok(self.settle(Vec::new())),
            Ok(WaitResult::Changed { filters, more }) => {
                let changes = self.apply(filters);
                if more {
                    Ok(WatchEvent::Changed {
                        changes,
                        settled: false,
                    })
                } else {
                    Ok(self.settle(changes))
                }
            }
            Ok(WaitResult::StartOver) => {
                self.resync();
                Ok(WatchEvent::Restarted)
            }
            Err(Error::SessionLost { .. }) => {
                self.state = State::Start;
                Ok(WatchEvent::Restarted)
            }
            // The server owes an answer: the same question can be asked again.
            Err(Error::Transport {
                source: TransportError::Timeout { .. },
                ..
            }) => Ok(WatchEvent::Quiet),
            Err(error) if error.is_gone() => {
                self.state = State::Start;
                Ok(WatchEvent::Restarted)
            }
            Err(error) => Err(error),
        }
    }

    /// Gives up the collector.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub async fn close(self) -> Result<(), Error> {
        match self.state {
            State::Start => Ok(()),
            State::Draining { collector, .. } | State::Waiting { collector } => {
                collector.close(&self.client).await
            }
        }
    }

    /// Reads everything again with the same collector.
    fn resync(&mut self) {
        if let State::Draining { collector, .. } | State::Waiting { collector } =
            std::mem::replace(&mut self.state, State::Start)
        {
            self.state = State::Draining {
                collector,
                seen: BTreeSet::new(),
            };
        }
    }

    /// All is told: what was not told since the beginning has gone without a word.
    fn settle(&mut self, mut changes: Vec<Change>) -> WatchEvent {
        match std::mem::replace(&mut self.state, State::Start) {
            State::Draining { collector, seen } => {
                self.objects.retain(|object, _| {
                    let there = seen.contains(object);
                    if !there {
                        let object = object.clone();
                        changes.push(Change {
                            object,
                            kind: ChangeKind::Left,
                            paths: Vec::new(),
                        });
                    }
                    there
                });
                self.state = State::Waiting { collector };
                WatchEvent::Changed {
                    changes,
                    settled: true,
                }
            }
            other => {
                self.state = other;
                if changes.is_empty() {
                    WatchEvent::Quiet
                } else {
                    WatchEvent::Changed {
                        changes,
                        settled: true,
                    }
                }
            }
        }
    }

    fn apply(&mut self, filters: Vec<PropertyFilterUpdate<Update<T>>>) -> Vec<Change> {
        let mut changes = Vec::new();
        for filter in filters {
            for missing in filter.missing_set {
                self.leave(missing.obj, &mut changes);
            }
            for update in filter.object_set {
                match update {
                    Update::Left(object) => self.leave(object, &mut changes),
                    Update::Changed(update) => {
                        if let State::Draining { seen, .. } = &mut self.state {
                            seen.insert(update.object.reference.clone());
                        }
                        changes.push(update.apply(&mut self.objects));
                    }
                    Update::Foreign => {}
                }
            }
        }
        changes
    }

    fn leave(&mut self, object: ManagedObjectReference, changes: &mut Vec<Change>) {
        if let State::Draining { seen, .. } = &mut self.state {
            seen.remove(&object);
        }
        if self.objects.remove(&object).is_some() {
            changes.push(Change {
                object,
                kind: ChangeKind::Left,
                paths: Vec::new(),
            });
        }
    }
}

impl Client {
    /// Watches the properties that `T` names, of the objects that `objects` leads to.
    ///
    /// Nothing is called before the first step.
    pub fn watch<T: ObjectSet>(&self, objects: impl IntoIterator<Item = ObjectSpec>) -> Watcher<T> {
        Watcher {
            client: self.clone(),
            selection: objects.into_iter().collect(),
            wait: Duration::from_secs(60),
            state: State::Start,
            objects: BTreeMap::new(),
        }
    }
}
