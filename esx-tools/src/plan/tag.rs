//! The tag that tells other people why a VM must not be moved.
//!
//! Which tags esxtool attached is noted on the VM, before they are attached: taking them back
//! takes exactly these.

use super::{
    change::Change,
    draft::{self, Draft, step},
    step::{Step, Undo, UnfixableCause},
    step_id::{StepId, StepKind},
};
use crate::{
    fact::{Evidence, Fact},
    privilege::ATTACH_TAG,
    rules::{Finding, Severity, ids},
    site::{Facts, PrivilegeFact, TagFacts, TagState},
    tag::{TAG_NOTE_KEY, TagName, note, noted},
    vm::Setting,
};

/// The tags to attach, with what there is of each.
fn to_attach(facts: &Facts) -> impl Iterator<Item = (&TagName, &TagState)> {
    let known = facts
        .tags
        .iter()
        .filter_map(|tag| Some((&tag.tag, tag.state.known()?)));
    known.filter(|(tag, state)| {
        let fits = state.category_id.is_none() || state.takes_vms;
        // A note about a tag that will not be there would have `include` take off one that others attached.
        let allowed = || lacking(facts, &attach_step(facts, tag, state)).is_none();
        !state.attached && fits && allowed()
    })
}

/// What the account surely lacks of the privileges for a step. Those that make a tag count on the server as a whole.
fn lacking<'a>(facts: &'a Facts, step: &Step) -> Option<&'a PrivilegeFact> {
    let names = step.privileges.iter().map(|one| one.privilege.as_str());
    let mut asked = names.filter_map(|name| facts.abilities.asked(name));
    asked.find(|entry| !entry.granted)
}

/// Adds a step, or says beforehand that the account may not do it.
fn add_or_refuse(draft: &mut Draft<'_>, tag: &TagName, step: Step) {
    let facts = draft.facts;
    let Some(lacking) = lacking(facts, &step) else {
        draft.add(step, &[]);
        return;
    };
    let (cause, reason) = UnfixableCause::not_permitted(&lacking.privilege, &lacking.on);
    draft.refuse(asked(facts, tag), cause, reason);
}

/// Whether a tag that esxtool attached stays because the account may not take it off.
fn stays(facts: &Facts) -> bool {
    let lacks = |entry: &PrivilegeFact| !entry.granted;
    let attached = facts
        .tags
        .iter()
        .filter_map(|tag| tag.state.known())
        .any(|state| state.attached);
    attached && facts.abilities.asked(ATTACH_TAG).is_some_and(lacks)
}

/// The note as it has to be written before tags are attached; nothing when it says so already.
pub(super) fn note_to_write(facts: &Facts) -> Option<Setting> {
    let vm = &facts.master_target;
    // Without the settings themselves an older note could be overwritten unseen.
    vm.extra_config.known()?;
    let before = noted(vm);
    let mut tags = before.clone();
    for (tag, _) in to_attach(facts) {
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    (tags != before).then(|| vm.setting_to_write(TAG_NOTE_KEY, note(&tags)))
}

/// The note, emptied; nothing when there is none, or when a tag that it names stays.
pub(super) fn note_to_forget(facts: &Facts) -> Option<Setting> {
    if stays(facts) {
        return None;
    }
    facts.master_target.setting_to_remove(TAG_NOTE_KEY)
}

/// Adds a step for each tag that is asked for and not there.
pub(super) fn attach(draft: &mut Draft<'_>) {
    let facts = draft.facts;
    for TagFacts { tag, state } in &facts.tags {
        match state {
            Fact::Unknown { reason } => {
                let reason = format!("the tags cannot be read: {reason}");
                draft.refuse(asked(facts, tag), UnfixableCause::NotReadable, reason);
            }
            Fact::Known(state) if state.attached => {
                draft.already.push(format!("the VM carries the tag {tag}"));
            }
            Fact::Known(state) if state.category_id.is_some() && !state.takes_vms => {
                let reason = format!(
                    "the category {:?} does not take VMs; name another as CATEGORY/NAME",
                    tag.category
                );
                draft.refuse(asked(facts, tag), UnfixableCause::ForAPerson, reason);
            }
            Fact::Known(state) => add_or_refuse(draft, tag, attach_step(facts, tag, state)),
        }
    }
}

/// Adds a step for each tag that esxtool attached.
pub(super) fn detach(draft: &mut Draft<'_>) {
    let facts = draft.facts;
    for TagFacts { tag, state } in &facts.tags {
        match state {
            Fact::Unknown { reason } => {
                let reason = format!("the tags cannot be read: {reason}");
                draft.refuse(asked(facts, tag), UnfixableCause::NotReadable, reason);
            }
            Fact::Known(state) => {
                if let Some(id) = state.tag_id.as_ref().filter(|_| state.attached) {
                    add_or_refuse(draft, tag, detach_step(facts, tag, state, id));
                }
            }
        }
    }
}

fn attach_step(facts: &Facts, tag: &TagName, state: &TagState) -> Step {
    let title = match (&state.category_id, &state.tag_id) {
        (_, Some(_)) => format!("Attach the tag {tag}"),
        (Some(_), None) => format!("Make the tag {tag} and attach it"),
        (None, None) => format!("Make the tag {tag} with its category, and attach it"),
    };
    let undo = Change::DetachTag {
        vm: facts.master_target.moref.clone(),
        tag: tag.clone(),
        tag_id: state.tag_id.clone(),
    };
    let mut step = step(
        facts,
        StepId::on(StepKind::Tag, tag.to_string()),
        title,
        change(facts, tag, state),
        Undo::By(Box::new(undo)),
    );
    step.expects = vec![Evidence::new("tag on the VM", "no")];
    for needed in &mut step.privileges {
        if let Some(asked) = facts.abilities.asked(&needed.privilege) {
            needed.on.clone_from(&asked.on);
        }
    }
    step
}

fn detach_step(facts: &Facts, tag: &TagName, state: &TagState, id: &str) -> Step {
    let detach = Change::DetachTag {
        vm: facts.master_target.moref.clone(),
        tag: tag.clone(),
        tag_id: Some(id.to_owned()),
    };
    let mut step = step(
        facts,
        StepId::on(StepKind::Untag, tag.to_string()),
        format!("Take the tag {tag} off the VM"),
        detach,
        Undo::By(Box::new(change(facts, tag, state))),
    );
    step.expects = vec![Evidence::new("tag on the VM", "yes")];
    step
}

fn change(facts: &Facts, tag: &TagName, state: &TagState) -> Change {
    Change::AttachTag {
        vm: facts.master_target.moref.clone(),
        tag: tag.clone(),
        category_id: state.category_id.clone(),
        tag_id: state.tag_id.clone(),
    }
}

fn asked(facts: &Facts, tag: &TagName) -> Finding {
    draft::asked(
        facts,
        ids::STORAGE_VMOTION_EXCLUDED,
        Severity::Warning,
        format!("the tag {tag} was asked for"),
        "attach it in the vSphere Client",
    )
}

#[cfg(test)]
mod tests {
    use vsphere_client::vim::ManagedObjectReference;

    use super::*;
    use crate::plan::{Fixes, Plan, Scope, model, plan_with};
    use crate::privilege::{CREATE_CATEGORY, CREATE_TAG};
    use crate::site::sample;

    fn tagged(state: Fact<TagState>) -> Facts {
        let mut facts = sample::ready();
        facts.tags = vec![TagFacts {
            tag: "asr-master-target".parse().unwrap(),
            state,
        }];
        facts
    }

    fn planned(facts: &Facts, scope: Scope) -> Plan {
        plan_with(facts, scope, &Fixes::default())
    }

    fn ids(plan: &Plan) -> Vec<String> {
        plan.steps.iter().map(|step| step.id.to_string()).collect()
    }

    const TAG: &str = "tag:Azure Site Recovery/asr-master-target";
    const UNTAG: &str = "untag:Azure Site Recovery/asr-master-target";

    #[test]
    fn it_is_noted_and_attached_and_the_second_plan_is_empty() {
        let facts = tagged(Fact::Known(TagState::default()));
        let plan = planned(&facts, Scope::Prepare);
        assert_eq!(ids(&plan), ["reconfigure", TAG]);
        assert!(
            plan.steps[1].title.starts_with(
                "Make the tag Azure Site Recovery/asr-master-target with its category"
            )
        );
        let after = plan
            .steps
            .iter()
            .fold(facts, |facts, step| model::apply(&facts, &step.change));
        let again = planned(&after, Scope::Prepare);
        assert!(again.is_empty(), "{again:?}");
        let already = "the VM carries the tag Azure Site Recovery/asr-master-target";
        assert_eq!(again.already, [already]);
    }

    #[test]
    fn include_takes_off_what_was_noted_and_the_note_with_it() {
        let facts = tagged(Fact::Known(TagState::default()));
        let plan = planned(&facts, Scope::Exclude);
        assert_eq!(ids(&plan), ["reconfigure", TAG]);
        let after = plan
            .steps
            .iter()
            .fold(facts, |facts, step| model::apply(&facts, &step.change));
        let undo = planned(&after, Scope::Include);
        assert!(ids(&undo).contains(&UNTAG.to_owned()), "{:?}", ids(&undo));
        let before = undo
            .steps
            .iter()
            .fold(after, |facts, step| model::apply(&facts, &step.change));
        assert!(noted(&before.master_target).is_empty());
        assert_eq!(
            before.tags[0].state.known().map(|state| state.attached),
            Some(false)
        );
    }

    /// `exclude --tag` failed at its last step, after everything else was done.
    #[test]
    fn a_tag_that_the_account_may_not_attach_is_given_up_beforehand() {
        let root = ManagedObjectReference::new("Folder", "group-d1");
        let held = |facts: &mut Facts, all: &[(&str, bool)]| {
            let vm = facts.master_target.moref.clone();
            let fact = |(privilege, granted): &(&str, bool)| PrivilegeFact {
                on: match *privilege == ATTACH_TAG {
                    true => vm.clone(),
                    false => root.clone(),
                },
                privilege: (*privilege).to_owned(),
                granted: *granted,
            };
            facts.abilities.add(all.iter().map(fact).collect());
        };
        let made = TagState {
            category_id: Some("c".into()),
            takes_vms: true,
            tag_id: Some("t".into()),
            attached: false,
        };
        let may_not_make = [
            (ATTACH_TAG, true),
            (CREATE_TAG, false),
            (CREATE_CATEGORY, false),
        ];
        for (state, lacks, refused) in [
            (TagState::default(), &may_not_make[..], Some(CREATE_TAG)),
            (
                TagState::default(),
                &[(ATTACH_TAG, false)],
                Some(ATTACH_TAG),
            ),
            (made.clone(), &[(ATTACH_TAG, false)], Some(ATTACH_TAG)),
            (made, &may_not_make, None),
        ] {
            let mut facts = tagged(Fact::Known(state));
            held(&mut facts, lacks);
            let plan = planned(&facts, Scope::Exclude);
            let told = plan.unfixable.first().map(|one| (one.asked, &one.cause));
            match refused {
                None => assert_eq!(ids(&plan), ["reconfigure", TAG]),
                Some(privilege) => {
                    assert_eq!(ids(&plan), [""; 0], "nothing is noted either");
                    let on = if privilege == ATTACH_TAG {
                        facts.master_target.moref.clone()
                    } else {
                        root.clone()
                    };
                    let cause = UnfixableCause::NotPermitted {
                        privilege: privilege.into(),
                        on,
                    };
                    assert_eq!(told, Some((true, &cause)));
                }
            }
        }
    }

    #[test]
    fn a_tag_that_may_not_be_taken_off_stays_noted() {
        let facts = tagged(Fact::Known(TagState::default()));
        let plan = planned(&facts, Scope::Exclude);
        let mut after = plan
            .steps
            .iter()
            .fold(facts, |facts, step| model::apply(&facts, &step.change));
        after.abilities.add(vec![PrivilegeFact {
            on: after.master_target.moref.clone(),
            privilege: ATTACH_TAG.into(),
            granted: false,
        }]);
        let undo = planned(&after, Scope::Include);
        assert!(!ids(&undo).contains(&UNTAG.to_owned()));
        assert!(undo.unfixable.iter().any(|one| one.asked));
        let left = undo
            .steps
            .iter()
            .fold(after, |facts, step| model::apply(&facts, &step.change));
        assert_eq!(noted(&left.master_target).len(), 1);
    }

    #[test]
    fn a_tag_that_others_attached_is_not_noted() {
        let state = TagState {
            category_id: Some("c".into()),
            takes_vms: true,
            tag_id: Some("t".into()),
            attached: true,
        };
        let plan = planned(&tagged(Fact::Known(state)), Scope::Prepare);
        assert!(plan.is_empty(), "{plan:?}");
        assert_eq!(plan.already.len(), 1);
    }

    #[test]
    fn what_cannot_be_read_or_does_not_fit_was_asked_for_and_is_told() {
        let unfit = TagState {
            category_id: Some("c".into()),
            ..TagState::default()
        };
        for state in [Fact::unknown("no REST"), Fact::Known(unfit)] {
            let plan = planned(&tagged(state), Scope::Prepare);
            assert!(plan.is_empty());
            assert!(plan.unfixable.iter().any(|one| one.asked), "{plan:?}");
        }
    }
}
