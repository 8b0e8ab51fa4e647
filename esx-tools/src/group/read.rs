//! From the tree to what it says, with every mistake that can be found without a server.

use std::collections::BTreeMap;

use super::{
    Group, GroupFile, Located, Position, VmPattern,
    node::{Entry, Node, Value, Wrong},
};
use crate::{
    endpoint::{Endpoint, NotAnEndpoint},
    selector::VmSelector,
    target_kind::{NoTargetKind, TargetKind},
};

const TOP_KEYS: &[&str] = &[
    "master-targets",
    "groups",
    "configuration-server",
    "process-servers",
    "failback-vcenter",
    "target",
];
const GROUP_KEYS: &[&str] = &["name", "vms", "recreate", "master-target", "target"];

pub(super) fn file(file: &str, tree: &Node) -> Result<GroupFile, Wrong> {
    let top = Table::of(tree, "", TOP_KEYS)?;
    let groups = match top.get("groups") {
        None => return Err(Wrong::new(tree.at, "groups", "the file names no groups")),
        Some(entry) => groups(entry)?,
    };
    let read = GroupFile {
        file: file.to_owned(),
        master_targets: top.texts("master-targets", |text| Ok(VmSelector::parse(text)))?,
        groups,
        configuration_server: top.text("configuration-server", endpoint)?,
        process_servers: top.texts("process-servers", endpoint)?,
        target: top.text("target", target)?,
        failback_vcenter: top.text("failback-vcenter", |text| Ok(text.to_owned()))?,
    };
    each_once(&read)?;
    Ok(read)
}

fn endpoint(text: &str) -> Result<Endpoint, String> {
    text.parse()
        .map_err(|error: NotAnEndpoint| error.to_string())
}

fn target(text: &str) -> Result<TargetKind, String> {
    text.parse()
        .map_err(|error: NoTargetKind| error.to_string())
}

fn groups(entry: &Entry) -> Result<Vec<Group>, Wrong> {
    let items = list(&entry.value, "groups")?;
    if items.is_empty() {
        return Err(Wrong::new(entry.at, "groups", "the file names no groups"));
    }
    let items = items.iter().enumerate();
    items
        .map(|(index, node)| group(node, &format!("groups[{index}]")))
        .collect()
}

fn group(node: &Node, key: &str) -> Result<Group, Wrong> {
    let table = Table::of(node, key, GROUP_KEYS)?;
    let name = table
        .text("name", |text| Ok(text.to_owned()))?
        .ok_or_else(|| Wrong::new(table.at, key, "the group has no name"))?;
    let group = Group {
        name,
        vms: table.texts("vms", |text| {
            VmPattern::parse(text).map_err(|error| error.to_string())
        })?,
        recreate: table.texts("recreate", |text| Ok(text.to_owned()))?,
        master_target: table.text("master-target", |text| Ok(VmSelector::parse(text)))?,
        target: table.text("target", target)?,
    };
    if group.vms.is_empty() && group.recreate.is_empty() {
        return Err(Wrong::new(
            table.at,
            key,
            "the group is empty: name what it holds in vms or recreate",
        ));
    }
    Ok(group)
}

/// Names of groups, VMs and master targets stand once each.
fn each_once(file: &GroupFile) -> Result<(), Wrong> {
    if let Some(whole) = &file.target {
        let own = file.groups.iter().filter_map(|group| group.target.as_ref());
        if let Some(other) = own.into_iter().find(|own| own.value != whole.value) {
            let problem = format!("the file says {} for every group", whole.value.id());
            return Err(Wrong::new(other.at, &other.key, problem));
        }
    }
    let mut names = Once::new("a group of this name stands");
    let mut vms = Once::new("this VM stands");
    let mut targets = Once::new("this master target stands");
    for target in &file.master_targets {
        targets.add(&target.value.to_string(), target)?;
    }
    for group in &file.groups {
        names.add(&group.name.value, &group.name)?;
        for vm in &group.vms {
            vms.add(&vm.value.to_string(), vm)?;
            if targets.has(&vm.value.to_string()) {
                let problem = "a master target cannot be protected by itself";
                return Err(Wrong::new(vm.at, &vm.key, problem));
            }
        }
        for vm in &group.recreate {
            vms.add(&vm.value, vm)?;
        }
        if let Some(target) = &group.master_target
            && !file.master_targets.is_empty()
            && !targets.has(&target.value.to_string())
        {
            let problem = "this master target is not among master-targets";
            return Err(Wrong::new(target.at, &target.key, problem));
        }
    }
    Ok(())
}

/// Refuses what stands a second time.
struct Once {
    what: &'static str,
    seen: BTreeMap<String, Position>,
}

impl Once {
    fn new(what: &'static str) -> Self {
        Self {
            what,
            seen: BTreeMap::new(),
        }
    }

    fn has(&self, text: &str) -> bool {
        self.seen.contains_key(text)
    }

    fn add<T>(&mut self, text: &str, position: &Located<T>) -> Result<(), Wrong> {
        match self.seen.insert(text.to_owned(), position.at) {
            None => Ok(()),
            Some(first) => Err(Wrong::new(
                position.at,
                &position.key,
                format!("{text:?}: {} in line {} already", self.what, first.line),
            )),
        }
    }
}

/// A table all of whose keys are known.
struct Table<'a> {
    at: Position,
    key: &'a str,
    entries: &'a [Entry],
}

impl<'a> Table<'a> {
    fn of(node: &'a Node, key: &'a str, known: &[&str]) -> Result<Self, Wrong> {
        let Value::Table(entries) = &node.value else {
            let problem = format!("expected a table, this is {}", node.kind());
            return Err(Wrong::new(node.at, key, problem));
        };
        if let Some(entry) = entries
            .iter()
            .find(|entry| !known.contains(&entry.key.as_str()))
        {
            let near = crate::names::near(&entry.key, known.iter().copied());
            let problem = match near.first() {
                Some(near) => format!("unknown key; did you mean {near}?"),
                None => format!("unknown key; there are {}", known.join(", ")),
            };
            return Err(Wrong::new(entry.at, join(key, &entry.key), problem));
        }
        Ok(Self {
            at: node.at,
            key,
            entries,
        })
    }

    fn get(&self, name: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == name)
    }

    fn text<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<Located<T>>, Wrong> {
        self.get(name)
            .map(|entry| located(&entry.value, join(self.key, name), &read))
            .transpose()
    }

    fn texts<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<Located<T>>, Wrong> {
        let Some(entry) = self.get(name) else {
            return Ok(Vec::new());
        };
        let key = join(self.key, name);
        let items = list(&entry.value, &key)?.iter().enumerate();
        items
            .map(|(index, node)| located(node, format!("{key}[{index}]"), &read))
            .collect()
    }
}

fn list<'a>(node: &'a Node, key: &str) -> Result<&'a [Node], Wrong> {
    match &node.value {
        Value::List(items) => Ok(items),
        _ => {
            let problem = format!("expected a list, this is {}", node.kind());
            Err(Wrong::new(node.at, key, problem))
        }
    }
}

fn located<T>(
    node: &Node,
    key: String,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Located<T>, Wrong> {
    let Value::Text(text) = &node.value else {
        let problem = format!(
            "expected text, this is {}; put it in quotes if it is a name",
            node.kind()
        );
        return Err(Wrong::new(node.at, key, problem));
    };
    let text = text.trim();
    if text.is_empty() || text.contains(char::is_control) {
        let problem = "expected text that can be seen";
        return Err(Wrong::new(node.at, key, problem));
    }
    match read(text) {
        Ok(value) => Ok(Located {
            value,
            at: node.at,
            key,
        }),
        Err(problem) => Err(Wrong::new(node.at, key, problem)),
    }
}

fn join(key: &str, name: &str) -> String {
    if key.is_empty() {
        name.to_owned()
    } else {
        format!("{key}.{name}")
    }
}
