//! From the inventory and the roles to what the account may do where. Pure.

use std::collections::{BTreeMap, BTreeSet};
use vsphere_client::vim::ManagedObjectReference;

use super::Requirement;
use super::gather::Granted;
use super::labels::label;
use super::report::{Access, AccessScope, Gap, PrivilegeGroup};
use super::tree::{Node, Roles};
use crate::fact::Fact;
use crate::names;

/// Everything that was read.
#[derive(Debug)]
pub(super) struct AccountFacts {
    pub(super) root: ManagedObjectReference,
    pub(super) nodes: Vec<Node>,
    /// Name and privileges of each role.
    pub(super) roles: BTreeMap<i32, (String, BTreeSet<String>)>,
    /// The privileges that the server knows; all when it does not tell.
    pub(super) known: BTreeSet<String>,
    /// What vCenter says of the datacenters and the root folder.
    pub(super) granted: Fact<Granted>,
}

impl AccountFacts {
    fn node(&self, moref: &ManagedObjectReference) -> Option<&Node> {
        self.nodes.iter().find(|node| node.moref == *moref)
    }

    fn knows(&self, privilege: &str) -> bool {
        self.known.is_empty() || self.known.contains(privilege)
    }

    /// The privileges that roles grant together; `None` when the server does not tell of one.
    fn of_roles(&self, numbers: &[i32]) -> Option<BTreeSet<&str>> {
        let mut all = BTreeSet::new();
        for number in numbers {
            let (_, privileges) = self.roles.get(number)?;
            all.extend(privileges.iter().map(String::as_str));
        }
        Some(all)
    }

    /// What the account holds on a datacenter or the root folder.
    fn held(&self, moref: &ManagedObjectReference) -> Result<BTreeSet<&str>, String> {
        if let Some(held) = self.granted.known().and_then(|all| all.get(moref)) {
            return Ok(held.iter().map(String::as_str).collect());
        }
        match self.node(moref).map(|node| &node.roles) {
            Some(Roles::Known(numbers)) => self
                .of_roles(numbers)
                .ok_or_else(|| "the server does not tell the privileges of its roles".to_owned()),
            Some(Roles::Barred) => Ok(BTreeSet::new()),
            _ => Err(self
                .granted
                .reason()
                .unwrap_or("the server does not tell the account's roles")
                .to_owned()),
        }
    }
}

/// What the account may do on these datacenters, and on the server where something counts only there.
pub(super) fn scopes(
    account: &AccountFacts,
    required: Requirement,
    datacenters: &[ManagedObjectReference],
) -> Vec<AccessScope> {
    let paths = Paths::new(&account.nodes);
    let mut scopes: Vec<AccessScope> = datacenters
        .iter()
        .map(|datacenter| scope(account, &paths, required, datacenter))
        .collect();
    let of_server: BTreeSet<_> = wanted(account, required.on_server());
    if !of_server.is_empty() {
        scopes.push(AccessScope {
            moref: account.root.clone(),
            path: "/".to_owned(),
            groups: groups(account.held(&account.root), &of_server),
            gaps: Vec::new(),
            objects: 0,
            unreadable: 0,
        });
    }
    scopes
}

fn wanted<'a>(account: &AccountFacts, privileges: BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    privileges
        .into_iter()
        .filter(|privilege| account.knows(privilege))
        .collect()
}

fn scope(
    account: &AccountFacts,
    paths: &Paths<'_>,
    required: Requirement,
    datacenter: &ManagedObjectReference,
) -> AccessScope {
    let needed = wanted(account, required.on("Datacenter"));
    let held = account.held(datacenter);
    let below: Vec<&Node> = account
        .nodes
        .iter()
        .filter(|node| node.moref != *datacenter && paths.is_below(&node.moref, datacenter))
        .collect();
    let above: BTreeSet<&str> = held.iter().flatten().copied().collect();
    let gaps: BTreeMap<&ManagedObjectReference, (&Node, Access)> = below
        .iter()
        .filter_map(|node| {
            let access = access(account, required, &above, node)?;
            Some((&node.moref, (*node, access)))
        })
        .collect();
    AccessScope {
        moref: datacenter.clone(),
        path: paths.of(datacenter),
        groups: groups(held, &needed),
        gaps: topmost(&gaps, paths),
        objects: below.len(),
        unreadable: below
            .iter()
            .filter(|node| node.roles == Roles::Unreadable)
            .count(),
    }
}

fn groups(
    held: Result<BTreeSet<&str>, String>,
    needed: &BTreeSet<&str>,
) -> Fact<Vec<PrivilegeGroup>> {
    let held = match held {
        Ok(held) => held,
        Err(reason) => return Fact::unknown(reason),
    };
    let mut groups: BTreeMap<&str, PrivilegeGroup> = BTreeMap::new();
    for privilege in needed {
        let name = label(privilege).map_or("Other", |label| label.group);
        let group = groups.entry(name).or_insert_with(|| PrivilegeGroup {
            name: name.to_owned(),
            held: Vec::new(),
            missing: Vec::new(),
        });
        let list = if held.contains(privilege) {
            &mut group.held
        } else {
            &mut group.missing
        };
        list.push((*privilege).to_owned());
    }
    Fact::Known(groups.into_values().collect())
}

/// What the account may do on an object, when that is less than on the datacenter above it.
fn access(
    account: &AccountFacts,
    required: Requirement,
    above: &BTreeSet<&str>,
    node: &Node,
) -> Option<Access> {
    let lost = |held: &BTreeSet<&str>| -> Vec<String> {
        let needed = wanted(account, required.on(&node.moref.kind));
        let lost = needed
            .iter()
            .filter(|one| above.contains(*one) && !held.contains(*one));
        lost.map(|one| (*one).to_owned()).collect()
    };
    match &node.roles {
        Roles::Unreadable => None,
        Roles::Barred if above.is_empty() => None,
        Roles::Barred => Some(Access::None),
        Roles::Known(numbers) => {
            let held = account.of_roles(numbers)?;
            let missing = lost(&held);
            if missing.is_empty() {
                return None;
            }
            if !held.contains("System.View") {
                return Some(Access::None);
            }
            let names = numbers
                .iter()
                .filter_map(|number| account.roles.get(number));
            Some(Access::Less {
                roles: names.map(|(name, _)| name.clone()).collect(),
                missing,
            })
        }
    }
}

/// Leaves out what lies below another gap of the same kind, and counts it there.
fn topmost(
    gaps: &BTreeMap<&ManagedObjectReference, (&Node, Access)>,
    paths: &Paths<'_>,
) -> Vec<Gap> {
    let same = |a: &Access, b: &Access| match (a, b) {
        (Access::None, Access::None) => true,
        (Access::Less { roles: a, .. }, Access::Less { roles: b, .. }) => a == b,
        _ => false,
    };
    let mut below: BTreeMap<&ManagedObjectReference, usize> = BTreeMap::new();
    let mut tops = Vec::new();
    for (moref, (node, access)) in gaps {
        let mut top: &ManagedObjectReference = moref;
        let mut at: &Node = node;
        // The way up is no longer than there are objects; anything longer goes in a circle.
        for _ in 0..=gaps.len() {
            let Some((parent, above)) = at.parent.as_ref().and_then(|up| gaps.get(up)) else {
                break;
            };
            if !same(access, above) {
                break;
            }
            top = &parent.moref;
            at = parent;
        }
        if top == *moref {
            tops.push((*moref, access));
        } else {
            *below.entry(top).or_default() += 1;
        }
    }
    let mut found: Vec<Gap> = tops
        .into_iter()
        .map(|(moref, access)| Gap {
            moref: moref.clone(),
            path: paths.of(moref),
            access: access.clone(),
            below: below.get(moref).copied().unwrap_or(0),
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Names and ways up.
struct Paths<'a> {
    nodes: BTreeMap<&'a ManagedObjectReference, &'a Node>,
}

impl<'a> Paths<'a> {
    fn new(nodes: &'a [Node]) -> Self {
        Self {
            nodes: nodes.iter().map(|node| (&node.moref, node)).collect(),
        }
    }

    /// The object and everything above it, nearest first.
    fn up(&self, moref: &ManagedObjectReference) -> impl Iterator<Item = &'a Node> {
        let first = self.nodes.get(moref).copied();
        let next = |node: &&'a Node| self.nodes.get(node.parent.as_ref()?).copied();
        std::iter::successors(first, next).take(self.nodes.len())
    }

    fn is_below(&self, moref: &ManagedObjectReference, above: &ManagedObjectReference) -> bool {
        self.up(moref).any(|node| node.moref == *above)
    }

    /// The inventory path; an object without a name is shown by its reference.
    fn of(&self, moref: &ManagedObjectReference) -> String {
        let mut parts: Vec<String> = self
            .up(moref)
            // The root folder is part of no path.
            .filter(|node| node.parent.is_some())
            .map(|node| match &node.name {
                Some(name) => names::decode(name),
                None => format!("({})", node.moref),
            })
            .collect();
        parts.push(String::new());
        parts.reverse();
        parts.join("/")
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
