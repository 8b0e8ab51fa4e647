//! The record of what esxtool did to keep a VM from Storage vMotion.
//!
//! It is kept on the VM itself, as an advanced setting, and written before the layers are set.
//! A second operator sees it, and taking the layers back restores exactly what was there before.

use std::collections::BTreeMap;
use vsphere_client::vim::ManagedObjectReference;

use super::{change::Change, step::Step, step_id::StepId};
use crate::{
    exclusion::{LayerReport, LayerState, exclusion},
    percent::{NOTE, decode, encode},
    rules::{Finding, FixKind},
    site::{Facts, OverrideFacts},
    vm::{Setting, Vm},
};

/// Key of the advanced setting that holds the record.
pub const EXCLUSION_RECORD_KEY: &str = "esxtool.exclusion";

const FORMAT: &str = "1";

/// For each pod and cluster that esxtool gave an override: the entry that was there before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExclusionRecord {
    entries: BTreeMap<ManagedObjectReference, Option<OverrideFacts>>,
}

impl ExclusionRecord {
    /// The record of a VM; empty when it has none, or one of a format that is not known here.
    pub fn of(vm: &Vm) -> Self {
        vm.setting(EXCLUSION_RECORD_KEY)
            .and_then(|setting| Self::parse(&setting.value))
            .unwrap_or_default()
    }

    /// Reads a record; `None` when it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';');
        if parts.next() != Some(FORMAT) {
            return None;
        }
        let mut entries = BTreeMap::new();
        for part in parts.filter(|part| !part.is_empty()) {
            let (object, before) = part.split_once('=')?;
            entries.insert(decode(object)?.parse().ok()?, parse_entry(before)?);
        }
        Some(Self { entries })
    }

    /// The record as one line of printable ASCII without quotes.
    pub fn to_text(&self) -> String {
        let mut text = FORMAT.to_owned();
        for (object, before) in &self.entries {
            text.push(';');
            text.push_str(&encode(&object.to_string(), NOTE));
            text.push('=');
            match before {
                None => text.push_str("none"),
                Some(entry) => {
                    text.push_str(match entry.enabled {
                        None => "default",
                        Some(true) => "on",
                        Some(false) => "off",
                    });
                    if let Some(behavior) = &entry.behavior {
                        text.push(',');
                        text.push_str(&encode(behavior, NOTE));
                    }
                }
            }
        }
        text
    }

    /// Notes the entry that was there before, unless an earlier run noted one: that was the first state.
    pub fn note(&mut self, object: &ManagedObjectReference, before: Option<&OverrideFacts>) {
        self.entries
            .entry(object.clone())
            .or_insert_with(|| before.cloned());
    }

    /// The entry that was there before esxtool set its own; `None` when esxtool set none.
    pub fn before(&self, object: &ManagedObjectReference) -> Option<Option<&OverrideFacts>> {
        self.entries.get(object).map(Option::as_ref)
    }

    /// Whether nothing is noted.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
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
pub(super) fn missing(facts: &Facts, findings: &[Finding]) -> Vec<LayerReport> {
    if !findings.iter().any(excludes) {
        return Vec::new();
    }
    exclusion(facts)
        .layers
        .into_iter()
        .filter(|layer| layer.state == LayerState::Absent)
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
    let (writers, overrides) = (ids(steps, writes_record), ids(steps, is_override));
    for index in 1..steps.len() {
        let (before, rest) = steps.split_at_mut(index);
        let step = &mut rest[0];
        let awaited = match () {
            () if is_override(&step.change) => &writers,
            () if writes_record(&step.change) => &overrides,
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

fn writes_record(change: &Change) -> bool {
    let Change::Reconfigure { extra_config, .. } = change else {
        return false;
    };
    extra_config
        .iter()
        .any(|setting| setting.key.eq_ignore_ascii_case(EXCLUSION_RECORD_KEY))
}

fn parse_entry(text: &str) -> Option<Option<OverrideFacts>> {
    let (enabled, behavior) = match text.split_once(',') {
        Some((enabled, behavior)) => (enabled, Some(decode(behavior)?)),
        None => (text, None),
    };
    let enabled = match enabled {
        "none" => return Some(None),
        "default" => None,
        "on" => Some(true),
        "off" => Some(false),
        _ => return None,
    };
    Some(Some(OverrideFacts { enabled, behavior }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry() -> impl Strategy<Value = Option<OverrideFacts>> {
        let behavior = proptest::option::of("\\PC{1,12}");
        proptest::option::of(
            (any::<Option<bool>>(), behavior)
                .prop_map(|(enabled, behavior)| OverrideFacts { enabled, behavior }),
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_record_reads_back_as_it_was_written(
            entries in proptest::collection::btree_map(("[A-Z][a-z]{1,8}", "\\PC{1,10}"), entry(), 0..4)
        ) {
            let mut record = ExclusionRecord::default();
            for ((kind, value), before) in &entries {
                record.note(&ManagedObjectReference::new(kind, value), before.as_ref());
            }
            let text = record.to_text();
            prop_assert!(text.bytes().all(|b| b.is_ascii_graphic() && b != b'"'), "{text}");
            prop_assert_eq!(ExclusionRecord::parse(&text), Some(record));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,40}") {
            let _ = ExclusionRecord::parse(&text);
            let _ = ExclusionRecord::parse(&format!("1;{text}"));
        }
    }

    #[test]
    fn the_first_state_stays_noted() {
        let pod = ManagedObjectReference::new("StoragePod", "group-p1");
        let mut record = ExclusionRecord::default();
        record.note(&pod, None);
        record.note(
            &pod,
            Some(&OverrideFacts {
                enabled: Some(false),
                behavior: None,
            }),
        );
        assert_eq!(record.before(&pod), Some(None));
        assert_eq!(record.to_text(), "1;StoragePod:group-p1=none");
    }

    #[test]
    fn another_format_is_left_alone() {
        assert_eq!(ExclusionRecord::parse("2;StoragePod:group-p1=none"), None);
        assert_eq!(ExclusionRecord::parse(""), None);
    }
}
