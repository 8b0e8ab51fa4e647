//! The layers of Storage vMotion exclusion: setting them, and taking them back.

use super::{
    change::{Change, OverrideEdit},
    draft::{Draft, rules_of, step},
    reconfigure,
    record::{self, entry_now, missing},
    step::{Step, Undo, UnfixableCause},
    step_id::{StepId, StepKind},
    tag,
};
use crate::{
    exclusion::{
        EXCLUSION_RECORD_KEY, ExclusionRecord, Layer, LayerReport, LayerState, RELOCATE_METHOD,
        SOURCE_ID, exclusion,
    },
    fact::Evidence,
    privilege::{ADVANCED_CONFIG, DISABLE_METHODS},
    rules::{Finding, FixKind},
    site::{Facts, OverrideFacts},
};

/// Adds a step for every layer that does not hold: the overrides, then the method.
///
/// The method comes last, since from then on nothing relocates the VM, not even a step of this plan.
pub(super) fn exclude(draft: &mut Draft<'_>, findings: &[Finding]) {
    let facts = draft.facts;
    for layer in missing(facts, findings) {
        if layer.layer.is_advisory()
            && let Some(step) = override_step(facts, &layer, OverrideEdit::excluding)
        {
            add_layer(draft, step, &layer, findings);
        }
    }
    for layer in missing(facts, findings) {
        match layer.state {
            _ if layer.layer.is_advisory() => {}
            LayerState::ForNow => beside_others(draft, &layer, findings),
            _ => add_layer(draft, disable_step(facts), &layer, findings),
        }
    }
}

/// Disables a method that is disabled already, in the name of esxtool, and notes it.
///
/// Whether others hold it or esxtool does is told by the record alone: it is noted when it is done, and what cannot be
/// noted is not done, since it would be planned for ever.
fn beside_others(draft: &mut Draft<'_>, layer: &LayerReport, findings: &[Finding]) {
    let facts = draft.facts;
    let of_method = |finding: &&Finding| matches!(&finding.fix, Some(FixKind::ExcludeStorageVmotion { layer, .. }) if !layer.is_advisory());
    let Some(finding) = findings.iter().find(of_method) else {
        return;
    };
    if draft.lacks_on_vm(ADVANCED_CONFIG) {
        let vm = facts.master_target.moref.clone();
        draft.give_up_for_privilege(finding.clone(), ADVANCED_CONFIG, vm);
        return;
    }
    let Some(mut note) = note_step(facts, findings) else {
        let reason = "the settings of the VM or config.changeVersion could not be read, so that it could not be noted";
        draft.give_up(finding.clone(), UnfixableCause::NotReadable, reason);
        return;
    };
    let disable = disable_step(facts);
    note.after = vec![disable.id.clone()];
    note.optional = true;
    add_layer(draft, disable, layer, findings);
    if !draft.lacks_on_vm(DISABLE_METHODS) {
        draft.add(note, &[]);
    }
}

/// Takes back every layer that esxtool set, in the reverse order.
pub(super) fn include(draft: &mut Draft<'_>) {
    let facts = draft.facts;
    let record = ExclusionRecord::of(&facts.master_target);
    let mut layers: Vec<LayerReport> = exclusion(facts)
        .layers
        .into_iter()
        .filter(|layer| layer.state == LayerState::Holds || may_be_ours(facts, layer))
        .collect();
    // The cluster before the pods, as they were set the other way round; the method is first of all.
    layers.sort_by_key(|layer| match layer.layer {
        Layer::MethodDisabled => 0,
        Layer::DrsOverride => 1,
        Layer::StorageDrsOverride => 2,
    });
    for layer in layers {
        if !layer.layer.is_advisory() {
            draft.add(enable_step(facts), &[]);
        } else if let Some(before) = layer
            .object
            .as_ref()
            .and_then(|object| record.before(object))
            && let Some(step) = override_step(facts, &layer, |_| OverrideEdit::restoring(before))
        {
            draft.add(step, &[]);
        }
    }
    if let Some(step) = forget_record(facts) {
        draft.add(step, &[]);
    }
}

/// Whether esxtool may have set a layer that it has no record of: an older one noted no method.
fn may_be_ours(facts: &Facts, layer: &LayerReport) -> bool {
    let vm = &facts.master_target;
    layer.state == LayerState::ForNow
        && (vm.extra_config.known().is_none() || vm.filled_setting(EXCLUSION_RECORD_KEY).is_some())
}

/// Notes that esxtool disabled the method beside others.
fn note_step(facts: &Facts, findings: &[Finding]) -> Option<Step> {
    let record = record::record_with_method(facts, findings)?;
    let does = "record that esxtool disabled RelocateVM_Task";
    let mut step = reconfigure::only_settings(facts, vec![record], does)?;
    step.id = StepId::of(StepKind::RecordExclusion);
    Some(step)
}

fn add_layer(draft: &mut Draft<'_>, mut step: Step, layer: &LayerReport, findings: &[Finding]) {
    let fixed: Vec<&Finding> = findings
        .iter()
        .filter(|finding| {
            matches!(&finding.fix, Some(FixKind::ExcludeStorageVmotion { layer: of, object })
                if *of == layer.layer && *object == layer.object)
        })
        .collect();
    step.fixes = rules_of(&fixed);
    step.expects = vec![Evidence::new(layer.layer.id(), &layer.state)];
    step.optional = true;
    draft.add(step, &fixed);
}

fn override_step<'a>(
    facts: &'a Facts,
    layer: &LayerReport,
    edit: impl FnOnce(Option<&'a OverrideFacts>) -> OverrideEdit,
) -> Option<Step> {
    let object = layer.object.clone()?;
    let now = entry_now(facts, &object);
    let edit = edit(now);
    let back = match (&edit, now) {
        (OverrideEdit::Add { .. }, _) | (_, None) => OverrideEdit::Remove,
        (OverrideEdit::Remove, Some(entry)) => OverrideEdit::Add {
            entry: entry.clone(),
        },
        (OverrideEdit::Edit { .. }, Some(_)) => OverrideEdit::restoring(now),
    };
    let vm = facts.master_target.moref.clone();
    let change = |edit| match layer.layer {
        Layer::StorageDrsOverride => Change::StorageDrsOverride {
            pod: object.clone(),
            vm: vm.clone(),
            edit,
        },
        Layer::DrsOverride | Layer::MethodDisabled => Change::DrsOverride {
            cluster: object.clone(),
            vm: vm.clone(),
            edit,
        },
    };
    let what = if layer.layer == Layer::StorageDrsOverride {
        "Storage DRS"
    } else {
        "DRS"
    };
    let name = &layer.object_name;
    let excludes = matches!(&edit, OverrideEdit::Add { entry } | OverrideEdit::Edit { entry } if entry.excludes());
    let title = if excludes {
        format!("Disable {what} for the VM on {name}")
    } else {
        format!("Give {what} on {name} back to the VM")
    };
    let kind = match layer.layer {
        Layer::StorageDrsOverride => StepKind::StorageDrsOverride,
        Layer::DrsOverride | Layer::MethodDisabled => StepKind::DrsOverride,
    };
    let id = StepId::on(kind, &object.value);
    let mut step = step(
        facts,
        id,
        title,
        change(edit),
        Undo::By(Box::new(change(back))),
    );
    step.object.clone_from(name);
    Some(step)
}

fn disable_step(facts: &Facts) -> Step {
    let (disable, enable) = method_changes(facts);
    let title = format!("Disable {RELOCATE_METHOD} on the VM");
    step(
        facts,
        StepKind::DisableMethods,
        title,
        disable,
        Undo::By(Box::new(enable)),
    )
}

fn enable_step(facts: &Facts) -> Step {
    let (disable, enable) = method_changes(facts);
    let title = format!("Enable {RELOCATE_METHOD} on the VM");
    let mut step = step(
        facts,
        StepKind::EnableMethods,
        title,
        enable,
        Undo::By(Box::new(disable)),
    );
    step.expects = vec![Evidence::new("disabledMethod", RELOCATE_METHOD)];
    step
}

fn method_changes(facts: &Facts) -> (Change, Change) {
    let vm = facts.master_target.moref.clone();
    let methods = vec![RELOCATE_METHOD.to_owned()];
    (
        Change::DisableMethods {
            vm: vm.clone(),
            methods: methods.clone(),
            source_id: SOURCE_ID.into(),
        },
        Change::EnableMethods {
            vm,
            methods,
            source_id: SOURCE_ID.into(),
        },
    )
}

/// Removes the record of exclusion and the note about tags.
fn forget_record(facts: &Facts) -> Option<Step> {
    let vm = &facts.master_target;
    let record = vm.setting_to_remove(EXCLUSION_RECORD_KEY);
    let tags = tag::note_to_forget(facts);
    let does = match (&record, &tags) {
        (None, None) => return None,
        (Some(_), None) => "remove the note about Storage vMotion",
        (None, Some(_)) => "remove the note about the tag",
        (Some(_), Some(_)) => "remove the notes about Storage vMotion and the tag",
    };
    let settings = record.into_iter().chain(tags).collect();
    reconfigure::only_settings(facts, settings, does)
}
