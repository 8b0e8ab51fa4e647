//! What goes into the record of exclusion, and when: written before the overrides are set, so that they can be taken
//! back; a method that is disabled already is noted as esxtool's only after esxtool has disabled it as well.

use vsphere_client::vim::ManagedObjectReference;

use super::{
    change::Change,
    step::Step,
    step_id::{StepId, StepKind},
};
use crate::{
    exclusion::{EXCLUSION_RECORD_KEY, ExclusionRecord, LayerReport, LayerState, exclusion},
    rules::{Finding, FixKind},
    site::{Facts, OverrideFacts},
    vm::Setting,
};

/// The record as it has to be written before the layers are set; `None` when nothing is to be noted.
///
/// With `disables`, the method is to be disabled as well.
pub(super) fn record_to_write(
    facts: &Facts,
    findings: &[Finding],
    disables: bool,
) -> Option<Setting> {
    let record = before_the_layers(facts, findings, disables)?;
    setting(facts, &record)
}

/// The record as it has to be written after a method that was disabled already was disabled by esxtool as well.
pub(super) fn record_with_method(facts: &Facts, findings: &[Finding]) -> Option<Setting> {
    let mut record = before_the_layers(facts, findings, false)?;
    record.note_method(&facts.master_target.moref);
    setting(facts, &record)
}

fn before_the_layers(
    facts: &Facts,
    findings: &[Finding],
    disables: bool,
) -> Option<ExclusionRecord> {
    let vm = &facts.master_target;
    // Without the settings themselves an older record could be overwritten unseen.
    vm.extra_config.known()?;
    let mut record = ExclusionRecord::of(vm);
    for layer in missing(facts, findings) {
        match &layer.object {
            Some(object) if layer.layer.is_advisory() => {
                record.note(object, entry_now(facts, object));
            }
            // Nobody has disabled it: once it is, it was esxtool.
            Some(_) if disables && layer.state == LayerState::Absent => {
                record.note_method(&vm.moref);
            }
            _ => {}
        }
    }
    Some(record)
}

/// The setting that holds the record; `None` when it does so already, or there is nothing to hold.
fn setting(facts: &Facts, record: &ExclusionRecord) -> Option<Setting> {
    let text = record.to_text();
    let vm = &facts.master_target;
    let now = vm.setting(EXCLUSION_RECORD_KEY);
    if record.is_empty() || now.is_some_and(|setting| setting.value == text) {
        return None;
    }
    Some(vm.setting_to_write(EXCLUSION_RECORD_KEY, text))
}

/// Whether esxtool fixes it by a layer of the exclusion.
pub(super) fn excludes(finding: &Finding) -> bool {
    matches!(finding.fix, Some(FixKind::ExcludeStorageVmotion { .. }))
}

/// Layers that esxtool has to set, when the rule asks for them at all.
pub(super) fn missing(facts: &Facts, findings: &[Finding]) -> Vec<LayerReport> {
    if !findings.iter().any(excludes) {
        return Vec::new();
    }
    exclusion(facts)
        .layers
        .into_iter()
        .filter(|layer| matches!(layer.state, LayerState::Absent | LayerState::ForNow))
        .collect()
}

pub(super) fn entry_now<'a>(
    facts: &'a Facts,
    object: &ManagedObjectReference,
) -> Option<&'a OverrideFacts> {
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

/// Says which steps come after which because of the record: an override that is set without it could never be taken
/// back, and a record that is forgotten too early neither.
pub(super) fn order(steps: &mut [Step]) {
    let ids = |steps: &[Step], of: fn(&Change) -> bool| -> Vec<StepId> {
        let found = steps.iter().filter(|step| of(&step.change));
        found.map(|step| step.id.clone()).collect()
    };
    let (writers, layers) = (ids(steps, writes_record), ids(steps, is_recorded));
    for index in 1..steps.len() {
        let (before, rest) = steps.split_at_mut(index);
        let step = &mut rest[0];
        let awaited = match () {
            // Without its record an override could not be taken back, nor a method be told from one of others.
            () if is_override(&step.change) => &writers,
            () if matches!(step.change, Change::DisableMethods { .. }) => &writers,
            // What notes the method waits for that one alone.
            () if step.id.kind == StepKind::RecordExclusion => continue,
            () if writes_record(&step.change) => &layers,
            () => continue,
        };
        let earlier = awaited
            .iter()
            .filter(|id| before.iter().any(|one| &one.id == *id));
        step.after.extend(earlier.cloned());
    }
}

fn is_override(change: &Change) -> bool {
    matches!(
        change,
        Change::StorageDrsOverride { .. } | Change::DrsOverride { .. }
    )
}

/// Whether the record is what takes it back, or what tells whose it is.
fn is_recorded(change: &Change) -> bool {
    is_override(change) || matches!(change, Change::EnableMethods { .. })
}

fn writes_record(change: &Change) -> bool {
    let Change::Reconfigure { extra_config, .. } = change else {
        return false;
    };
    extra_config
        .iter()
        .any(|setting| setting.key.eq_ignore_ascii_case(EXCLUSION_RECORD_KEY))
}
