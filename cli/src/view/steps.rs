//! What became of each step.

use esx_tools::apply::{Outcome, StepResult};

use super::Look;
use crate::exit::Exit;
use crate::output::{Column, Table};

/// One row per step.
pub(crate) fn steps(look: Look, results: &[StepResult]) -> String {
    let columns = [
        Column::whole("RESULT"),
        Column::text("STEP"),
        Column::text("ON"),
        Column::text("DETAIL"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    for step in results {
        let mut detail = step.detail.clone().unwrap_or_default();
        if step.status.is_good() && step.needs_power_cycle {
            detail = if detail.is_empty() {
                POWER.to_owned()
            } else {
                format!("{detail}; {POWER}")
            };
        }
        table.row([
            step.status.to_string(),
            step.title.clone(),
            step.object.clone(),
            detail,
        ]);
    }
    table.render()
}

const POWER: &str = "counts after the next power cycle";

/// The exit code of a plan that was carried out.
pub(crate) fn exit(outcome: Outcome, results: &[StepResult]) -> Exit {
    match outcome {
        Outcome::Ready => Exit::Done,
        Outcome::BlockersRemain => Exit::Blockers,
        Outcome::Partial => Exit::Partial,
        Outcome::Failed => Exit::Operation,
        Outcome::NotPermitted => Exit::Privilege,
        Outcome::Interrupted if changed(results) => Exit::Partial,
        Outcome::Interrupted => Exit::Interrupted,
    }
}

/// Whether any step changed something, or may have.
fn changed(results: &[StepResult]) -> bool {
    results.iter().any(|step| step.status.may_have_changed())
}

#[cfg(test)]
mod tests {
    use super::super::lines::tests::plain;
    use super::*;
    use esx_tools::apply::StepStatus;
    use esx_tools::plan::Undo;

    fn result(status: StepStatus) -> StepResult {
        StepResult {
            id: "set".to_owned(),
            title: "Set disk.EnableUUID".to_owned(),
            fixes: vec!["disk-enable-uuid".to_owned()],
            object: "mt".to_owned(),
            status,
            detail: None,
            task: None,
            optional: false,
            needs_power_cycle: true,
            undo: Undo::None {
                why: "it is a test".to_owned(),
            },
        }
    }

    #[test]
    fn a_stop_before_any_change_is_an_interrupt_and_after_one_a_part() {
        assert_eq!(
            exit(Outcome::Interrupted, &[result(StepStatus::Skipped)]),
            Exit::Interrupted
        );
        let some = [result(StepStatus::Done), result(StepStatus::Skipped)];
        assert_eq!(exit(Outcome::Interrupted, &some), Exit::Partial);
        let unknown = [result(StepStatus::Unfinished)];
        assert_eq!(exit(Outcome::Interrupted, &unknown), Exit::Partial);
    }

    #[test]
    fn the_power_cycle_is_told_with_the_step_that_needs_it() {
        let text = steps(plain(120), &[result(StepStatus::Done)]);
        assert!(text.contains("counts after the next power cycle"), "{text}");
        let text = steps(plain(120), &[result(StepStatus::Failed)]);
        assert!(!text.contains("power cycle"), "{text}");
    }
}
