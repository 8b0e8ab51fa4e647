//! Property collectors and filters of a session: what their client was told last, and what is to be told next.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::spec::Spec;
use crate::fault::Fault;
use crate::schema::ApiVersion;
use crate::value::{Data, MoRef, Value};

/// What was read of one object.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Reading {
    /// Paths and values; unset properties are not among them.
    pub(crate) found: Vec<(String, Value)>,
    /// Paths that could not be read, and why.
    pub(crate) missing: Vec<(String, Fault)>,
}

/// A `PropertyFilter`: what it selects and what it last told.
#[derive(Debug)]
pub(crate) struct Filter {
    pub(crate) reference: MoRef,
    raw: Data,
    partial: bool,
    pub(crate) spec: Spec,
    /// The version of the API that the client speaks.
    pub(crate) version: ApiVersion,
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
    pub(crate) fn properties(&self) -> Data {
        Data::new("PropertyFilter")
            .with("spec", self.raw.clone())
            .with("partialUpdates", self.partial)
    }

    /// Looks at everything again at the next poll, not only at what changed.
    pub(crate) fn look_again(&mut self) {
        self.looked = None;
    }

    /// Whether it has looked at this version of the store.
    pub(crate) fn has_seen(&self, version: u64) -> bool {
        self.looked == Some(version)
    }

    /// The `ObjectUpdate`s since the last look, at the store's version `now`: `objects` is what the filter selects,
    /// `changed` the store's version at an object's last change, `read` what there is to read of it.
    pub(crate) fn look(
        &mut self,
        now: u64,
        objects: &[MoRef],
        changed: impl Fn(&MoRef) -> Option<u64>,
        read: impl Fn(&Spec, &MoRef) -> Option<Reading>,
    ) -> Vec<Data> {
        let since = self.looked.replace(now);
        let mut updates = Vec::new();
        for object in objects {
            let unchanged = matches!((changed(object), since), (Some(v), Some(s)) if v <= s);
            if unchanged && self.told.contains_key(object) {
                continue;
            }
            let Some(reading) = read(&self.spec, object) else {
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
    /// Whether everything that was found has been told.
    pub(crate) fn is_drained(&self) -> bool {
        self.pending.is_empty()
    }

    /// Keeps the updates of a filter until they are told.
    pub(crate) fn keep(&mut self, filter: &MoRef, updates: Vec<Data>) {
        let updates = updates.into_iter().map(|update| (filter.clone(), update));
        self.pending.extend(updates);
    }

    /// Starts a wait of a client that has seen `version`; gives the last answer again when it was lost.
    ///
    /// # Errors
    ///
    /// `InvalidCollectorVersion` for a version that was not the last one given out.
    pub(crate) fn begin(&mut self, version: &str) -> Result<Option<Value>, Fault> {
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

    /// What is to be told to a client that has seen the version `asked`, at most `size` objects.
    pub(crate) fn take(&mut self, size: usize, asked: &str) -> Option<Value> {
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

/// Paths that could not be read as a list of `MissingProperty`.
pub(crate) fn missing(missing: Vec<(String, Fault)>) -> Option<Value> {
    let items: Vec<Data> = missing
        .into_iter()
        .map(|(path, fault)| {
            Data::new("MissingProperty")
                .with("path", path)
                .with("fault", fault.localized())
        })
        .collect();
    (!items.is_empty()).then(|| Value::list("MissingProperty", items))
}
