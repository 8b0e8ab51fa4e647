//! The judgements as JUnit XML, as Jenkins, GitLab and their like read it. Described in `docs/reports.md`.

use std::time::Duration;

use esx_tools::report::{Cell, Row, Sheet, TargetSheet};
use esx_tools::rules::Finding;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::clean;
use crate::exit::Exit;
use crate::failure::Failure;

/// The document: one suite for each master target, one case for each rule and VM, and what went wrong with the run.
///
/// # Errors
/// A text that XML cannot carry, which is a mistake in this program.
pub(crate) fn junit(
    command: &str,
    sheet: Option<&Sheet>,
    failure: Option<&Failure>,
) -> Result<String, Failure> {
    let mut report = Report::new("esxtool");
    report.set_time(TIME);
    if let Some(sheet) = sheet {
        report.add_test_suites(sheet.targets.iter().map(|target| suite(sheet, target)));
        if !sheet.pairings.is_empty() {
            report.add_test_suite(groups(sheet));
        }
    }
    report.add_test_suites(failure.map(|failure| broken(command, failure)));
    report.to_string().map_err(|error| {
        Failure::new(Exit::Operation, "cannot write the result as XML").because(error)
    })
}

/// Facts are gathered once for all rules, so a rule by itself takes no time.
const TIME: Duration = Duration::ZERO;

fn suite(sheet: &Sheet, target: &TargetSheet) -> TestSuite {
    let made = &sheet.made;
    let columns = &target.matrix.columns;
    let mut suite = new_suite(&target.name);
    // As an attribute of our own: the crate's field would need chrono beside jiff.
    let gathered = made.gathered_at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    suite.extra.insert("timestamp".into(), gathered.into());
    suite.add_property(("esxtool", env!("CARGO_PKG_VERSION")));
    suite.add_property(("ready", target.ready.to_string().as_str()));
    suite.add_property(("target", fit(&target.target.to_string()).as_str()));
    suite.add_property(("server", fit(&made.server).as_str()));
    if let Some(account) = &made.account {
        suite.add_property(("account", fit(account).as_str()));
    }
    if let Some(column) = columns.first() {
        suite.add_property(("master-target", column.moref.to_string().as_str()));
    }
    for (index, column) in columns.iter().enumerate() {
        for row in &target.matrix.rows {
            let cell = row.cells.get(index).copied().unwrap_or(Cell::Silent);
            suite.add_test_cases(case(&column.name, row, index, cell));
        }
    }
    suite
}

fn new_suite(name: &str) -> TestSuite {
    let mut suite = TestSuite::new(fit(name));
    suite.set_time(TIME);
    suite
}

fn new_case(class: &str, name: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(fit(name), status);
    case.set_classname(fit(class)).set_time(TIME);
    case
}

/// A case that did not pass; `details` may have several lines.
fn broken_case(kind: NonSuccessKind, word: &str, message: &str, details: &str) -> TestCaseStatus {
    let details: Vec<String> = details.lines().map(fit).collect();
    let mut status = TestCaseStatus::non_success(kind);
    status.set_type(word).set_message(fit(message));
    status.set_description(details.join("\n"));
    status
}

/// Nothing broken passes, save what is only good to know; nothing unknown passes.
fn case(vm: &str, row: &Row, index: usize, cell: Cell) -> Option<TestCase> {
    let findings: Vec<&Finding> = row.findings_of(index).collect();
    let reason = row.reason.as_deref().unwrap_or("the facts do not suffice");
    let details = findings
        .iter()
        .map(|one| description(one))
        .collect::<Vec<_>>()
        .join("\n");
    let failed = |word| {
        let message = match findings.as_slice() {
            [] => row.title.clone(),
            [one] => said_of(vm, one),
            [first, rest @ ..] => format!("{} (and {} more)", said_of(vm, first), rest.len()),
        };
        broken_case(NonSuccessKind::Failure, word, &message, &details)
    };
    let status = match cell {
        Cell::Silent => return None,
        Cell::Holds | Cell::Info => TestCaseStatus::success(),
        Cell::NotApplicable => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(fit(reason));
            skipped
        }
        Cell::Warning => failed("warning"),
        Cell::Blocker => failed("blocker"),
        Cell::Unknown => {
            let demand = format!("demands that {}", row.title);
            broken_case(NonSuccessKind::Error, "unknown", reason, &demand)
        }
    };
    let mut case = new_case(vm, &row.rule, status);
    if cell == Cell::Info {
        case.set_system_out(details);
    }
    Some(case)
}

/// What a finding says, with its object when that is not the VM of the case.
fn said_of(vm: &str, finding: &Finding) -> String {
    if finding.object == vm {
        finding.summary.clone()
    } else {
        format!("{}: {}", finding.object, finding.summary)
    }
}

/// A finding in lines.
fn description(finding: &Finding) -> String {
    let mut lines = vec![format!("{}: {}", finding.object, finding.summary)];
    lines.extend(
        finding
            .evidence
            .iter()
            .map(|seen| format!("  seen: {} = {}", seen.name, seen.value)),
    );
    lines.extend(finding.portal().map(|codes| format!("  portal: {codes}")));
    let who = if finding.fix.is_some() {
        "esxtool can"
    } else {
        "you have to"
    };
    lines.push(format!("  {who}: {}", finding.remedy));
    lines
        .iter()
        .map(|line| fit(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// One case for each replication group: passed when it can go to some master target now.
fn groups(sheet: &Sheet) -> TestSuite {
    const NAME: &str = "replication groups";
    let mut suite = new_suite(NAME);
    for group in sheet.groups() {
        let status = if sheet.is_assigned(group) {
            TestCaseStatus::success()
        } else {
            let own = sheet.pairings.iter().filter(|one| one.group == group);
            let lines: Vec<String> = own
                .map(|one| {
                    let rules = one.judgements.iter().map(|one| one.rule.as_str());
                    let rules = rules.collect::<Vec<_>>().join(", ");
                    let word = if one.fits { "fits" } else { "does not fit" };
                    format!("{}: {word} {rules}", one.master_target)
                })
                .collect();
            let message = "no master target can take the group now";
            broken_case(
                NonSuccessKind::Failure,
                "blocker",
                message,
                &lines.join("\n"),
            )
        };
        suite.add_test_case(new_case(NAME, group, status));
    }
    suite
}

/// The run itself as a case that failed.
fn broken(command: &str, failure: &Failure) -> TestSuite {
    let mut lines = vec![failure.message.clone()];
    let causes = failure.causes.iter();
    lines.extend(causes.map(|cause| format!("because: {cause}")));
    lines.extend(failure.hint.iter().map(|hint| format!("hint: {hint}")));
    let (word, details) = (failure.exit.word(), lines.join("\n"));
    let status = broken_case(NonSuccessKind::Error, word, &failure.message, &details);
    let mut suite = new_suite("esxtool");
    suite.add_test_case(new_case("esxtool", command, status));
    suite
}

/// Text that XML can carry: the crate escapes, but some characters must not be there even when escaped.
fn fit(text: &str) -> String {
    clean(text).replace(['\u{fffe}', '\u{ffff}'], "?")
}

#[cfg(test)]
#[path = "junit_tests.rs"]
mod tests;
