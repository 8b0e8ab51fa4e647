//! The record of what esxtool did to keep a VM from Storage vMotion.
//!
//! It is kept on the VM itself, as an advanced setting. A second operator sees it, and taking the layers back restores
//! exactly what was there before. Of a disabled method the server tells no more than its name: only this record tells
//! that it was esxtool that disabled it.

use std::collections::BTreeMap;
use vsphere_client::vim::ManagedObjectReference;

use crate::{
    percent::{NOTE, decode, encode},
    site::OverrideFacts,
    vm::Vm,
};

/// Key of the advanced setting that holds the record.
pub const EXCLUSION_RECORD_KEY: &str = "esxtool.exclusion";

const FORMAT: &str = "1";

/// For each pod and cluster that esxtool gave an override: the entry that was there before. An entry for the VM itself
/// says that esxtool disabled `RelocateVM_Task` on it.
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

    /// Notes that esxtool disables `RelocateVM_Task` on this VM.
    pub fn note_method(&mut self, vm: &ManagedObjectReference) {
        self.note(vm, None);
    }

    /// Whether it was esxtool that disabled `RelocateVM_Task` on this VM. A VM that was registered again has another
    /// reference, and nothing is disabled on it any more.
    pub fn has_method(&self, vm: &ManagedObjectReference) -> bool {
        self.entries.contains_key(vm)
    }

    /// Whether nothing is noted.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
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
