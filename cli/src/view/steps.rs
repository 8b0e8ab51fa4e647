//! What became of each step.

use esx_tools::engine::StepResult;

use super::Look;
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
        let mut detail = step.detail().unwrap_or_default().to_owned();
        if step.status().is_good() && step.needs_power_cycle {
            detail = if detail.is_empty() {
                POWER.to_owned()
            } else {
                format!("{detail}; {POWER}")
            };
        }
        table.row([
            step.status().to_string(),
            step.title.clone(),
            step.object.clone(),
            detail,
        ]);
    }
    table.render()
}

const POWER: &str = "takes effect after the next power cycle";
