//! The layers of Storage vMotion exclusion: setting them, and taking them back.

use super::{
    change::{Change, OverrideEdit},
    planner::{Draft, rules_of, step},
    reconfigure,
    record::{EXCLUSION_RECORD_KEY, ExclusionRecord},
    step::{Step, Undo},
    step_id::{StepId, StepKind},
};
use crate::{
    exclusion::{Layer, LayerReport, LayerState, RELOCATE_METHOD, SOURCE_ID, exclusion},
    fact::Evidence,
    rules::{Finding, FixKind},
    site::{Facts, OverrideFacts},
    vm::Setting,
};
use vsphere_client::vim::ManagedObjectReference;

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
    if let Some(step) = reconfigure::forget_record(facts) {
        draft.add(step, &[]);
    }
}

/// The record as it has to be written before overrides are set; `None` when nothing is to be noted.
pub(super) fn record_to_write(facts: &Facts, findings: &[Finding]) -> Option<Setting> {
    let vm = &facts.master_target;
    // Without the settings themselves an older record could be overwritten unseen.
    vm.extra_config.known()?;
    let mut record = ExclusionRecord::of(vm);
    for layer in missing(facts, findings)
        .iter()
        .filter(|layer| layer.layer.is_advisory())
    {
        if let Some(object) = &layer.object {
            record.note(object, entry_now(facts, object));
        }
    }
    let text = record.to_text();
    let now = vm.setting(EXCLUSION_RECORD_KEY);
    if record.is_empty() || now.is_some_and(|setting| setting.value == text) {
        return None;
    }
    let key = now.map_or_else(
        || EXCLUSION_RECORD_KEY.to_owned(),
        |setting| setting.key.clone(),
    );
    Some(Setting { key, value: text })
}

/// Whether esxtool fixes it by a layer of the exclusion.
pub(super) fn excludes(finding: &Finding) -> bool {
    matches!(finding.fix, Some(FixKind::ExcludeStorageVmotion { .. }))
}

/// Layers that do not hold, when the rule asks for them at all.
fn missing(facts: &Facts, findings: &[Finding]) -> Vec<LayerReport> {
    if !findings.iter().any(excludes) {
        return Vec::new();
    }
    exclusion(facts)
        .layers
        .into_iter()
        .filter(|layer| layer.state == LayerState::Absent)
        .collect()
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

fn entry_now<'a>(facts: &'a Facts, object: &ManagedObjectReference) -> Option<&'a OverrideFacts> {
    if let Some(pod) = facts
        .pods
        .known()
        .into_iter()
        .flatten()
        .find(|pod| &pod.moref == object)
    {
        return pod.storage_drs_override.known()?.as_ref();
    }
    let cluster = facts
        .cluster
        .known()?
        .as_ref()
        .filter(|cluster| &cluster.moref == object)?;
    cluster.drs_override.known()?.as_ref()
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
