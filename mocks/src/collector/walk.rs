//! From the roots of a filter to the objects it selects.

use std::collections::{BTreeSet, HashSet};

use super::objects::lookup;
use crate::fault::Fault;
use crate::schema::Schema;
use crate::session::{Selection, Session, Spec};
use crate::value::{MoRef, Value};
use crate::world::World;

/// What a filter selects: each object once, in the order of finding.
#[derive(Debug, Default)]
pub(super) struct SelectedObjects {
    pub(super) objects: Vec<MoRef>,
    /// Roots that do not exist.
    pub(super) missing: Vec<MoRef>,
}

/// Selects the objects of a filter.
pub(super) fn select(world: &World, session: Option<&Session>, spec: &Spec) -> SelectedObjects {
    let mut walk = Walk {
        world,
        session,
        spec,
        chosen: BTreeSet::new(),
        visited: HashSet::new(),
        selected: SelectedObjects::default(),
    };
    for root in &spec.roots {
        if lookup(world, session, &root.object).is_none() {
            walk.selected.missing.push(root.object.clone());
            continue;
        }
        if !root.skip {
            walk.choose(&root.object);
        }
        walk.follow(&root.object, &root.selections);
    }
    walk.selected
}

/// As [`select`], where a missing root is a fault.
pub(super) fn select_or_fail(
    world: &World,
    session: Option<&Session>,
    spec: &Spec,
) -> Result<Vec<MoRef>, Fault> {
    let selected = select(world, session, spec);
    match selected.missing.first() {
        Some(missing) if !spec.report_missing => Err(Fault::not_found(missing)),
        _ => Ok(selected.objects),
    }
}

struct Walk<'a> {
    world: &'a World,
    session: Option<&'a Session>,
    spec: &'a Spec,
    chosen: BTreeSet<MoRef>,
    /// Object and traversal pairs that were followed: traversals may name themselves.
    visited: HashSet<(MoRef, usize)>,
    selected: SelectedObjects,
}

impl Walk<'_> {
    fn choose(&mut self, object: &MoRef) {
        let schema = Schema::get();
        let wanted = self
            .spec
            .wanted
            .iter()
            .any(|w| schema.is_subtype(&object.kind, &w.kind));
        if wanted && self.chosen.insert(object.clone()) {
            self.selected.objects.push(object.clone());
        }
    }

    fn follow(&mut self, object: &MoRef, selections: &[Selection]) {
        // A stack of its own: inventories may be deeper than the thread's stack likes.
        let mut stack: Vec<(MoRef, usize)> = Vec::new();
        self.push(&mut stack, object, selections);
        while let Some((object, at)) = stack.pop() {
            let traversal = &self.spec.traversals[at];
            if !Schema::get().is_subtype(&object.kind, &traversal.kind)
                || !self.visited.insert((object.clone(), at))
                || !self.may_see(&object)
            {
                continue;
            }
            let Some(data) = lookup(self.world, self.session, &object) else {
                continue;
            };
            let targets = match data.get_path(&traversal.path) {
                Some(Value::Ref(one)) => vec![one.clone()],
                Some(value) => value
                    .as_list()
                    .iter()
                    .filter_map(Value::as_ref)
                    .cloned()
                    .collect(),
                None => Vec::new(),
            };
            let skip = traversal.skip;
            for target in &targets {
                if !skip && lookup(self.world, self.session, target).is_some() {
                    self.choose(target);
                }
            }
            for target in targets.iter().rev() {
                let spec = self.spec;
                self.push(&mut stack, target, &spec.traversals[at].selections);
            }
        }
    }

    fn push(&self, stack: &mut Vec<(MoRef, usize)>, object: &MoRef, selections: &[Selection]) {
        for selection in selections.iter().rev() {
            for at in self.spec.resolve(selection).iter().rev() {
                stack.push((object.clone(), *at));
            }
        }
    }

    fn may_see(&self, object: &MoRef) -> bool {
        let user = self.session.map_or("", |s| s.account.user.as_str());
        self.world.has_privilege(user, object, "System.View")
    }
}
