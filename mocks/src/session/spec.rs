//! What a client asked to read: `PropertyFilterSpec`, checked and made handy, and what is left of an answer to it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::fault::Fault;
use crate::schema::{ApiVersion, Family, Schema};
use crate::value::{Data, MoRef, Value};

/// A checked `PropertyFilterSpec`.
#[derive(Clone, Debug)]
pub(crate) struct Spec {
    pub(crate) wanted: Vec<WantedProperties>,
    pub(crate) roots: Vec<Root>,
    pub(crate) traversals: Vec<Traversal>,
    names: HashMap<String, Vec<usize>>,
    /// Whether missing objects are reported instead of failing the call.
    pub(crate) report_missing: bool,
}

/// `PropertySpec`: which properties of which type.
#[derive(Clone, Debug)]
pub(crate) struct WantedProperties {
    pub(crate) kind: String,
    pub(crate) all: bool,
    pub(crate) paths: Vec<String>,
}

/// `ObjectSpec`: where to start.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    pub(crate) object: MoRef,
    pub(crate) skip: bool,
    pub(crate) selections: Vec<Selection>,
}

/// `TraversalSpec`: where to go from objects of a type.
#[derive(Clone, Debug)]
pub(crate) struct Traversal {
    pub(crate) kind: String,
    pub(crate) path: String,
    pub(crate) skip: bool,
    pub(crate) selections: Vec<Selection>,
}

/// A traversal given right here, or the name of one given elsewhere.
#[derive(Clone, Debug)]
pub(crate) enum Selection {
    Here(usize),
    Named(String),
}

impl Spec {
    /// Reads and checks a `PropertyFilterSpec` for a client of `version`.
    ///
    /// # Errors
    ///
    /// `InvalidArgument` for unknown types and selection names, `InvalidProperty` for paths that
    /// the type does not have.
    pub(crate) fn new(data: &Data, version: ApiVersion) -> Result<Self, Fault> {
        let mut spec = Self {
            wanted: Vec::new(),
            roots: Vec::new(),
            traversals: Vec::new(),
            names: HashMap::new(),
            report_missing: data.bool("reportMissingObjectsInResults").unwrap_or(false),
        };
        for wanted in data.list("propSet").iter().filter_map(Value::as_data) {
            spec.wanted.push(read_wanted(wanted, version)?);
        }
        for root in data.list("objectSet").iter().filter_map(Value::as_data) {
            let object = root.reference("obj").cloned();
            let object = object.ok_or_else(|| Fault::invalid_argument("specSet.objectSet.obj"))?;
            let selections = spec.read_selections(root, version)?;
            let skip = root.bool("skip").unwrap_or(false);
            spec.roots.push(Root {
                object,
                skip,
                selections,
            });
        }
        spec.check_names()?;
        Ok(spec)
    }

    /// The traversals that a selection stands for.
    pub(crate) fn resolve<'a>(&'a self, selection: &'a Selection) -> &'a [usize] {
        match selection {
            Selection::Here(at) => std::slice::from_ref(at),
            Selection::Named(name) => self.names.get(name).map_or(&[], Vec::as_slice),
        }
    }

    fn read_selections(
        &mut self,
        holder: &Data,
        version: ApiVersion,
    ) -> Result<Vec<Selection>, Fault> {
        let mut selections = Vec::new();
        for data in holder.list("selectSet").iter().filter_map(Value::as_data) {
            if data.kind != "TraversalSpec" {
                let name = data.str("name").unwrap_or_default();
                selections.push(Selection::Named(name.to_owned()));
                continue;
            }
            let kind = data.str("type").unwrap_or_default();
            let path = data.str("path").unwrap_or_default();
            check_path(kind, path, version)?;
            // The index is taken before the children are read, so that they can name it.
            let at = self.traversals.len();
            self.traversals.push(Traversal {
                kind: kind.to_owned(),
                path: path.to_owned(),
                skip: data.bool("skip").unwrap_or(false),
                selections: Vec::new(),
            });
            if let Some(name) = data.str("name") {
                self.names.entry(name.to_owned()).or_default().push(at);
            }
            self.traversals[at].selections = self.read_selections(data, version)?;
            selections.push(Selection::Here(at));
        }
        Ok(selections)
    }

    fn check_names(&self) -> Result<(), Fault> {
        let roots = self.roots.iter().flat_map(|root| &root.selections);
        let deeper = self
            .traversals
            .iter()
            .flat_map(|traversal| &traversal.selections);
        for selection in roots.chain(deeper) {
            if self.resolve(selection).is_empty() {
                return Err(Fault::invalid_argument("specSet.objectSet.selectSet.name"));
            }
        }
        Ok(())
    }
}

fn read_wanted(data: &Data, version: ApiVersion) -> Result<WantedProperties, Fault> {
    let kind = data.str("type").unwrap_or_default().to_owned();
    let paths: Vec<String> = data
        .list("pathSet")
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    if Schema::get().managed(&kind).is_none() && kind != "ManagedObject" {
        return Err(Fault::invalid_argument("specSet.propSet.type"));
    }
    for path in &paths {
        check_path(&kind, path, version)?;
    }
    Ok(WantedProperties {
        kind,
        all: data.bool("all").unwrap_or(false),
        paths,
    })
}

/// Holds a dotted path against the declared types; a step into an array needs a key.
fn check_path(kind: &str, path: &str, version: ApiVersion) -> Result<(), Fault> {
    let schema = Schema::get();
    if schema.managed(kind).is_none() {
        return Err(Fault::invalid_argument("specSet.objectSet.selectSet.type"));
    }
    let invalid = || Fault::invalid_property(path);
    let mut at = kind.to_owned();
    let mut steps = steps(path).into_iter().peekable();
    while let Some((name, keyed)) = steps.next() {
        let property = schema.property(&at, name).filter(|p| p.since <= version);
        let property = property.ok_or_else(invalid)?;
        if keyed && !property.of.array {
            return Err(invalid());
        }
        if steps.peek().is_some() {
            let reachable = !property.of.array || keyed;
            if !reachable || schema.family(&property.of.kind) != Family::Data {
                return Err(invalid());
            }
        }
        at.clone_from(&property.of.kind);
    }
    Ok(())
}

/// The steps of a path and whether each names one item of an array.
fn steps(path: &str) -> Vec<(&str, bool)> {
    let mut steps = Vec::new();
    let (mut from, mut depth) = (0, 0_u32);
    for (at, c) in path.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => {
                steps.push(&path[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    steps.push(&path[from..]);
    steps
        .into_iter()
        .map(|step| match step.split_once('[') {
            Some((name, _)) => (name, true),
            None => (step, false),
        })
        .collect()
}

/// The rest of an answer that was too long for one page.
///
/// Only the references are kept; values are read when their page is asked for, as they are then.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    specs: Arc<Vec<Spec>>,
    /// Objects that are to be read, each with the number of its spec.
    rest: VecDeque<(usize, MoRef)>,
    /// How many objects go on a page.
    pub(crate) size: usize,
    pub(crate) version: ApiVersion,
}

impl Page {
    /// What the specs select, each object with the number of its spec, in pages of a size.
    pub(crate) fn new(
        specs: Vec<Spec>,
        found: Vec<(usize, MoRef)>,
        size: usize,
        version: ApiVersion,
    ) -> Self {
        Self {
            specs: Arc::new(specs),
            rest: found.into(),
            size: size.max(1),
            version,
        }
    }

    /// The next object to read, with what is wanted of it.
    pub(crate) fn next_object(&mut self) -> Option<(&Spec, MoRef)> {
        let (at, object) = self.rest.pop_front()?;
        Some((self.specs.get(at)?, object))
    }

    /// Whether no object is left.
    pub(crate) fn is_read(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: &str, path: &str) -> bool {
        check_path(kind, path, ApiVersion::parse("8.0")).is_ok()
    }

    #[test]
    fn paths_are_held_against_declared_types() {
        assert!(check("VirtualMachine", "config.hardware.device"));
        assert!(check(
            "VirtualMachine",
            "config.extraConfig[\"disk.EnableUUID\"].value"
        ));
        assert!(check("Datastore", "summary.freeSpace"));
        assert!(check("StoragePod", "childEntity"));
        assert!(!check("VirtualMachine", "config.hardware.device.key"));
        assert!(!check("VirtualMachine", "config.misspelt"));
        assert!(!check("VirtualMachine", "name.length"));
        assert!(!check("VirtualMachine", ""));
        assert!(!check("NoSuchType", "name"));
        assert!(
            check_path(
                "ComputeResource",
                "lifecycleManaged",
                ApiVersion::parse("6.7")
            )
            .is_err()
        );
    }
}
