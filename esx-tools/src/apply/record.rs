//! Which steps may not be tried because of the record of the exclusion.
//!
//! The record tells what was there before esxtool set its overrides. An override that is set without it could never
//! be taken back, and a record that is forgotten too early neither.

use super::report::StepResult;
use crate::plan::{Change, EXCLUSION_RECORD_KEY, Plan, Step};

/// Why a step must wait until those before it have succeeded, if it must.
pub(super) fn obstacle(plan: &Plan, done: &[StepResult], step: &Step) -> Option<&'static str> {
    let failed = |of: fn(&Change) -> bool| {
        let mut earlier = plan.steps.iter().filter(|earlier| of(&earlier.change));
        earlier.any(|earlier| {
            done.iter()
                .any(|result| result.id == earlier.id && !result.status.is_good())
        })
    };
    if is_override(&step.change) && failed(writes_record) {
        return Some("the record of what was there before could not be written");
    }
    if writes_record(&step.change) && failed(is_override) {
        return Some("an override is not taken back, and the record is needed for that");
    }
    None
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
