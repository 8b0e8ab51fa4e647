//! `--path` and `--where`, and what is wrong with them.

use esx_tools::ops::inventory::{
    ControllerRow, DatastoreRow, DiskRow, FilterError, HostRow, InventoryRow, Query, QueryError,
    VmRow, VmSnapshotRow,
};

use crate::args::{InventoryArgs, InventoryKind};
use crate::failure::Failure;
use crate::output::display_width;

/// So much of a long condition is shown around the part that is meant.
const SHOWN: usize = 60;

/// Looks at the query before anything is contacted.
///
/// # Errors
/// A usage failure that points at the span.
pub(crate) fn look_over(args: &InventoryArgs) -> Result<(), Failure> {
    match args.kind {
        InventoryKind::Hosts => query::<HostRow>(args).map(drop),
        InventoryKind::Datastores => query::<DatastoreRow>(args).map(drop),
        InventoryKind::Vms => query::<VmRow>(args).map(drop),
        InventoryKind::Controllers => query::<ControllerRow>(args).map(drop),
        InventoryKind::Snapshots => query::<VmSnapshotRow>(args).map(drop),
        InventoryKind::Disks => query::<DiskRow>(args).map(drop),
    }
}

/// What of a kind is wanted.
///
/// # Errors
/// As [`look_over`].
pub(super) fn query<R: InventoryRow>(args: &InventoryArgs) -> Result<Query<R>, Failure> {
    Query::new(args.path.as_deref(), args.condition.as_deref()).map_err(|error| match error {
        QueryError::Path(error) => Failure::usage(format!("--path cannot be read: {error}"))
            .hint("write it as in --path '/London/vm/Protected/app-*' or --path 'app-*'"),
        QueryError::Filter(error) => pointed(&error, R::KIND),
    })
}

fn pointed(error: &FilterError, kind: &str) -> Failure {
    let failure = Failure::usage(format!(
        "--where cannot be read: {error}\n{}",
        pointer(error.text(), error.span())
    ));
    match (error.near(), error.columns()) {
        (_, []) => failure.hint("write it as in --where 'free < 10GB and not accessible'"),
        ([], all) => failure.hint(format!("the columns of {kind} are {}", all.join(", "))),
        (near, all) => failure.hint(format!(
            "did you mean {}? The columns of {kind} are {}",
            near.join(" or "),
            all.join(", ")
        )),
    }
}

/// The condition, and below it marks under the part that is meant.
fn pointer(text: &str, span: std::ops::Range<usize>) -> String {
    // Runs of blanks become one where the message is wrapped, so they do here.
    let (before, meant) = (
        &text[..span.start],
        &text[span.start..span.end.max(span.start)],
    );
    let short = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let whole = short(text);
    let lead = format!("{}|", short(&format!("{before}|")).trim_end_matches('|'));
    let start = lead.chars().count() - 1;
    let marks = short(meant).chars().count().max(1);
    let skipped = start.saturating_sub(SHOWN / 2);
    let shown = || whole.chars().skip(skipped).take(SHOWN);
    let lead: String = shown().take(start - skipped).collect();
    let meant: String = shown().skip(start - skipped).take(marks).collect();
    format!(
        "  {}\n  {}{}",
        shown().collect::<String>(),
        " ".repeat(display_width(&lead)),
        "^".repeat(display_width(&meant).max(1))
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use crate::output::Paint;

    fn refused(condition: &str) -> Failure {
        let args = InventoryArgs {
            kind: InventoryKind::Datastores,
            path: None,
            condition: Some(condition.to_owned()),
        };
        look_over(&args).unwrap_err()
    }

    #[test]
    fn the_marks_stand_below_what_is_meant() {
        let failure = refused("kind = VMFS   and fre < 10GB");
        assert_eq!(failure.exit, Exit::Usage);
        let text = failure.render(Paint::new(false), 80);
        let lines: Vec<&str> = text.lines().collect();
        let span = lines[1].find("fre").unwrap();
        assert_eq!(lines[2].find("^^^"), Some(span), "{text}");
        assert_eq!(lines[2].trim(), "^^^");
        assert!(text.contains("did you mean free_bytes?"), "{text}");
    }

    #[test]
    fn the_end_and_the_middle_of_long_conditions_can_be_pointed_at() {
        let end = refused("free <").render(Paint::new(false), 80);
        assert!(end.contains("  free <\n        ^\n"), "{end}");
        let long = format!("{} or oops", ["kind = VMFS"; 20].join(" or "));
        let text = refused(&long).render(Paint::new(false), 80);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1].find("oops"), lines[2].find("^^^^"), "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }

    #[test]
    fn a_broken_pattern_is_a_usage_error() {
        let args = InventoryArgs {
            kind: InventoryKind::Vms,
            path: Some("/DC/[a".to_owned()),
            condition: None,
        };
        let failure = look_over(&args).unwrap_err();
        assert!(
            failure.message.starts_with("--path cannot be read"),
            "{failure:?}"
        );
    }
}
