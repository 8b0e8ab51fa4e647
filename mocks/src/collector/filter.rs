//! Filters and the updates that they report.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::page::missing;
use super::read::{Reading, read};
use super::spec::Spec;
use super::walk;
use crate::fault::Fault;
use crate::schema::ApiVersion;
use crate::session::Session;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// A `PropertyFilter`: what it selects and what it last told.
#[derive(Debug)]
pub(crate) struct Filter {
    pub(crate) reference: MoRef,
    raw: Data,
    partial: bool,
    spec: Spec,
    version: ApiVersion,
    /// What was last told of each object.
    told: BTreeMap<MoRef, Reading>,
    /// The store's version at the last look; none to look at everything.
    looked: Option<u64>,
}

impl Filter {
    /// A filter that has told nothing yet.
    pub(crate) fn new(
        reference: MoRef,
        raw: &Data,
        partial: bool,
        version: ApiVersion,
    ) -> Result<Self, Fault> {
        let spec = Spec::new(raw, version)?;
        let raw = raw.clone();
        Ok(Self {
            reference,
            raw,
            partial,
            spec,
            version,
            told: BTreeMap::new(),
            looked: None,
        })
    }

    /// The filter's own properties.
    pub(super) fn properties(&self) -> Data {
        Data::new("PropertyFilter")
            .with("spec", self.raw.clone())
            .with("partialUpdates", self.partial)
    }

    /// Refuses roots that do not exist, as the server does when a filter is made.
    pub(crate) fn check_roots(
        &self,
        world: &World,
        session: Option<&Session>,
    ) -> Result<(), Fault> {
        walk::select_or_fail(world, session, &self.spec).map(|_| ())
    }

    /// Looks at everything again at the next poll, not only at what changed.
    pub(crate) fn look_again(&mut self) {
        self.looked = None;
    }

    /// The `ObjectUpdate`s since the last look.
    fn look(&mut self, world: &World, session: Option<&Session>) -> Vec<Data> {
        let now = world.store.version();
        let since = self.looked.replace(now);
        if since == Some(now) {
            return Vec::new();
        }
        let objects = walk::select(world, session, &self.spec).objects;
        let mut updates = Vec::new();
        for object in &objects {
            let version = world.store.object(object).map(|o| o.version);
            let unchanged = matches!((version, since), (Some(v), Some(s)) if v <= s);
            if unchanged && self.told.contains_key(object) {
                continue;
            }
            let Some(reading) = read(world, session, &self.spec, object, self.version) else {
                continue;
            };
            match self.told.get(object) {
                None => updates.push(update("enter", object, &reading, assignments(&reading))),
                Some(old) if *old != reading => {
                    updates.push(update(
                        "modify",
                        object,
                        &reading,
                        differences(old, &reading),
                    ));
                }
                Some(_) => {}
            }
            self.told.insert(object.clone(), reading);
        }
        let present: BTreeSet<&MoRef> = objects.iter().collect();
        let gone: Vec<MoRef> = self
            .told
            .keys()
            .filter(|object| !present.contains(object))
            .cloned()
            .collect();
        for object in gone {
            self.told.remove(&object);
            updates.push(update("leave", &object, &Reading::default(), Vec::new()));
        }
        updates
    }
}

fn update(kind: &str, object: &MoRef, reading: &Reading, changes: Vec<Data>) -> Data {
    let changes = (!changes.is_empty()).then(|| Value::list("PropertyChange", changes));
    let refused = reading.missing.clone();
    Data::new("ObjectUpdate")
        .with_enum("kind", "ObjectUpdateKind", kind)
        .with("obj", object)
        .with_opt("changeSet", changes)
        .with_opt("missingSet", missing(refused))
}

fn assign(path: &str, value: Option<&Value>) -> Data {
    Data::new("PropertyChange")
        .with("name", path)
        .with_enum("op", "PropertyChangeOp", "assign")
        .with_opt("val", value.cloned())
}

fn assignments(reading: &Reading) -> Vec<Data> {
    reading
        .found
        .iter()
        .map(|(path, value)| assign(path, Some(value)))
        .collect()
}

fn differences(old: &Reading, new: &Reading) -> Vec<Data> {
    let of = |reading: &Reading, path: &str| -> Option<Value> {
        reading
            .found
            .iter()
            .find(|(p, _)| p == path)
            .map(|(_, value)| value.clone())
    };
    let changed = new
        .found
        .iter()
        .filter(|(path, value)| of(old, path).as_ref() != Some(value))
        .map(|(path, value)| assign(path, Some(value)));
    let unset = old
        .found
        .iter()
        .filter(|(path, _)| of(new, path).is_none())
        .map(|(path, _)| assign(path, None));
    changed.chain(unset).collect()
}

/// A property collector of a session: its filters and how far its client has come.
#[derive(Debug, Default)]
pub(crate) struct Collector {
    pub(crate) filters: Vec<Filter>,
    /// Which wait is the present one; an older one is cancelled.
    pub(crate) wait: u64,
    version: u64,
    pending: VecDeque<(MoRef, Data)>,
    /// The last answer and the version it answered, for a client that asks again because the
    /// answer was lost.
    last: Option<(String, Value)>,
}

impl Collector {
    fn begin(&mut self, version: &str) -> Result<Option<Value>, Fault> {
        if version.is_empty() {
            self.pending.clear();
            self.last = None;
            for filter in &mut self.filters {
                filter.told.clear();
                filter.looked = None;
            }
            return Ok(None);
        }
        if version == self.version.to_string() {
            return Ok(None);
        }
        match &self.last {
            Some((answered, value)) if answered == version => Ok(Some(value.clone())),
            _ => Err(Fault::new(
                "InvalidCollectorVersion",
                "The version is not one that this collector gave out last.",
            )),
        }
    }

    fn take(&mut self, size: usize, asked: &str) -> Option<Value> {
        if self.pending.is_empty() {
            return None;
        }
        let mut sets: Vec<(MoRef, Vec<Data>)> = Vec::new();
        for _ in 0..size.max(1) {
            let Some((filter, update)) = self.pending.pop_front() else {
                break;
            };
            match sets.last_mut() {
                Some((last, updates)) if *last == filter => updates.push(update),
                _ => sets.push((filter, vec![update])),
            }
        }
        let sets = sets.into_iter().map(|(filter, updates)| {
            Data::new("PropertyFilterUpdate")
                .with("filter", filter)
                .with("objectSet", Value::list("ObjectUpdate", updates))
        });
        let sets: Vec<Data> = sets.collect();
        self.version += 1;
        let set = Data::new("UpdateSet")
            .with("version", self.version.to_string())
            .with("filterSet", Value::list("PropertyFilterUpdate", sets))
            .with_opt("truncated", (!self.pending.is_empty()).then_some(true));
        let value = Value::from(set);
        self.last = Some((asked.to_owned(), value.clone()));
        Some(value)
    }
}

/// The updates of a collector since `version`, at most `size` objects; nothing when nothing
/// changed.
///
/// # Errors
///
/// `InvalidCollectorVersion` for a version that was not the last one given out.
pub(crate) fn poll(
    world: &mut World,
    session: &str,
    collector: &MoRef,
    version: &str,
    size: usize,
) -> Result<Option<Value>, Fault> {
    let lost = || Fault::not_found(collector);
    let open = world.sessions.get_mut(session).ok_or_else(lost)?;
    // Taken out meanwhile: looking needs the whole world.
    let mut own = open.collectors.remove(collector).unwrap_or_default();
    let answer = own.begin(version).map(|again| {
        again.or_else(|| {
            if own.pending.is_empty() {
                for filter in &mut own.filters {
                    let session = world.sessions.get(session);
                    let updates = filter.look(world, session);
                    let reference = filter.reference.clone();
                    own.pending
                        .extend(updates.into_iter().map(|u| (reference.clone(), u)));
                }
            }
            own.take(size, version)
        })
    });
    if let Some(open) = world.sessions.get_mut(session) {
        open.collectors.insert(collector.clone(), own);
    }
    answer
}
