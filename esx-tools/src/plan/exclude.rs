//! The layers of Storage vMotion exclusion: setting them, and taking them back.

use super::{
    change::{Change, OverrideEdit},
    draft::{Draft, rules_of, step},
    reconfigure,
    record::{EXCLUSION_RECORD_KEY, ExclusionRecord, entry_now, missing},
    step::{Step, Undo},
    step_id::{StepId, StepKind},
    tag,
};
use crate::{
    exclusion::{Layer, LayerReport, LayerState, RELOCATE_METHOD, SOURCE_ID, exclusion},
    fact::Evidence,
    rules::{Finding, FixKind},
    site::{Facts, OverrideFacts},
    vm::Setting,
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
        if !layer.layer.is_advisory() {
            add_layer(draft, disable_step(facts), &layer, findings);
        }
    }
}

/// Takes back every layer that esxtool set, in the reverse order.
pub(super) fn include(draft: &mut Draft<'_>) {
    let facts = draft.facts;
    let record = ExclusionRecord::of(&facts.master_target);
    let mut layers: Vec<LayerReport> = exclusion(facts)
        .layers
        .into_iter()
        .filter(|layer| layer.state == LayerState::Holds)
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
    let record = vm
        .setting(EXCLUSION_RECORD_KEY)
        .filter(|setting| !setting.value.is_empty())
        .map(|setting| Setting {
            key: setting.key.clone(),
            value: String::new(),
        });
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
