//! The judgements as JUnit XML, as Jenkins, GitLab and their like read it. Described in `docs/reports.md`.

use esx_tools::report::{Cell, Matrix, Row, Sheet, TargetSheet};
use esx_tools::rules::Finding;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::clean;
use crate::exit::Exit;
use crate::failure::Failure;

/// How a case ends, with its message and its details.
enum End {
    Passed(Option<String>),
    Failed(&'static str, String, String),
    Error(&'static str, String, String),
    Skipped(String),
}

struct Case {
    class: String,
    name: String,
    end: End,
}

struct Suite {
    name: String,
    timestamp: Option<String>,
    properties: Vec<(&'static str, String)>,
    cases: Vec<Case>,
}

/// The document: one suite for each master target, one case for each rule and VM, and what went wrong with the run.
///
/// # Errors
/// A text that XML cannot carry, which is a mistake in this program.
pub(crate) fn junit(
    command: &str,
    sheet: Option<&Sheet>,
    failure: Option<&Failure>,
) -> Result<String, Failure> {
    let mut suites: Vec<Suite> = sheet
        .iter()
        .flat_map(|sheet| sheet.targets.iter().map(|target| suite(sheet, target)))
        .collect();
    if let Some(sheet) = sheet.filter(|sheet| !sheet.pairings.is_empty()) {
        suites.push(groups(sheet));
    }
    if let Some(failure) = failure {
        suites.push(broken(command, failure));
    }
    write(&suites).map_err(|error| {
        Failure::new(Exit::Operation, "cannot write the result as XML").because(error)
    })
}

fn suite(sheet: &Sheet, target: &TargetSheet) -> Suite {
    let made = &sheet.made;
    let Matrix { columns, rows } = &target.matrix;
    let mut cases = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        for row in rows {
            let cell = row.cells.get(place).copied().unwrap_or(Cell::Silent);
            if let Some(end) = end(row, place, cell) {
                cases.push(Case {
                    class: column.name.clone(),
                    name: row.rule.clone(),
                    end,
                });
            }
        }
    }
    let mut properties = vec![
        ("esxtool", env!("CARGO_PKG_VERSION").to_owned()),
        ("ready", target.ready.to_string()),
        ("server", made.server.clone()),
    ];
    properties.extend(made.account.clone().map(|account| ("account", account)));
    properties.extend(
        columns
            .first()
            .map(|one| ("master-target", one.moref.to_string())),
    );
    Suite {
        name: target.name.clone(),
        timestamp: Some(made.gathered_at.strftime("%Y-%m-%dT%H:%M:%S").to_string()),
        properties,
        cases,
    }
}

/// Nothing broken passes, save what is only good to know; nothing unknown passes.
fn end(row: &Row, place: usize, cell: Cell) -> Option<End> {
    let findings: Vec<&Finding> = row.findings_of(place).collect();
    let reason = || {
        row.reason
            .clone()
            .unwrap_or_else(|| "the facts do not suffice".to_owned())
    };
    let message = || match findings.as_slice() {
        [] => row.title.clone(),
        [one] => one.summary.clone(),
        [first, rest @ ..] => format!("{} (and {} more)", first.summary, rest.len()),
    };
    let details = || {
        findings
            .iter()
            .map(|one| told(one))
            .collect::<Vec<_>>()
            .join("\n")
    };
    Some(match cell {
        Cell::Silent => return None,
        Cell::Holds => End::Passed(None),
        Cell::NotApplicable => End::Skipped(reason()),
        Cell::Info => End::Passed(Some(details())),
        Cell::Warning => End::Failed("warning", message(), details()),
        Cell::Blocker => End::Failed("blocker", message(), details()),
        Cell::Unknown => End::Error("unknown", reason(), format!("demands that {}", row.title)),
    })
}

/// A finding in lines.
fn told(finding: &Finding) -> String {
    let mut lines = vec![format!("{}: {}", finding.object, finding.summary)];
    lines.extend(
        finding
            .evidence
            .iter()
            .map(|seen| format!("  seen: {} = {}", seen.name, seen.value)),
    );
    let who = if finding.fix.is_some() {
        "esxtool can"
    } else {
        "you have to"
    };
    lines.push(format!("  {who}: {}", finding.remedy));
    lines
        .iter()
        .map(|line| clean(line))
        .collect::<Vec<_>>()
        .join("\n")
}

/// One case for each replication group: passed when it can go to some master target now.
fn groups(sheet: &Sheet) -> Suite {
    let case = |group: &str| {
        let own = || sheet.pairings.iter().filter(|one| one.group == group);
        let told: Vec<String> = own()
            .map(|one| {
                let rules: Vec<&str> = one.judgements.iter().map(|one| one.rule.as_str()).collect();
                let word = if one.fits { "fits" } else { "does not fit" };
                format!("{}: {word} {}", one.master_target, rules.join(", "))
            })
            .collect();
        let message = "no master target can take the group now".to_owned();
        Case {
            class: "replication groups".to_owned(),
            name: group.to_owned(),
            end: if sheet.has_place(group) {
                End::Passed(None)
            } else {
                End::Failed("blocker", message, told.join("\n"))
            },
        }
    };
    Suite {
        name: "replication groups".to_owned(),
        timestamp: None,
        properties: Vec::new(),
        cases: sheet.groups().into_iter().map(case).collect(),
    }
}

fn broken(command: &str, failure: &Failure) -> Suite {
    let mut lines = vec![failure.message.clone()];
    lines.extend(
        failure
            .causes
            .iter()
            .map(|cause| format!("because: {cause}")),
    );
    lines.extend(failure.hint.iter().map(|hint| format!("hint: {hint}")));
    Suite {
        name: "esxtool".to_owned(),
        timestamp: None,
        properties: Vec::new(),
        cases: vec![Case {
            class: "esxtool".to_owned(),
            name: command.to_owned(),
            end: End::Error(
                failure.exit.word(),
                failure.message.clone(),
                lines.join("\n"),
            ),
        }],
    }
}

fn write(suites: &[Suite]) -> std::io::Result<String> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let all = || suites.iter().flat_map(|suite| &suite.cases);
    writer
        .create_element("testsuites")
        .with_attribute(("name", "esxtool"))
        .with_attributes(
            counts(all())
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        )
        .write_inner_content(|writer| {
            suites
                .iter()
                .try_for_each(|suite| write_suite(writer, suite))
        })?;
    let mut text = String::from_utf8(writer.into_inner()).map_err(std::io::Error::other)?;
    text.push('\n');
    Ok(text)
}

fn counts<'a>(cases: impl Iterator<Item = &'a Case> + Clone) -> [(&'static str, String); 5] {
    let number = |wanted: fn(&End) -> bool| {
        cases
            .clone()
            .filter(|case| wanted(&case.end))
            .count()
            .to_string()
    };
    [
        ("tests", number(|_| true)),
        ("failures", number(|end| matches!(end, End::Failed(..)))),
        ("errors", number(|end| matches!(end, End::Error(..)))),
        ("skipped", number(|end| matches!(end, End::Skipped(..)))),
        ("time", TIME.to_owned()),
    ]
}

/// Facts are gathered once for all rules, so a rule by itself takes no time.
const TIME: &str = "0";

fn write_suite(writer: &mut Writer<Vec<u8>>, suite: &Suite) -> std::io::Result<()> {
    let name = fit(&suite.name);
    let mut element = writer
        .create_element("testsuite")
        .with_attribute(("name", name.as_str()))
        .with_attributes(
            counts(suite.cases.iter())
                .iter()
                .map(|(name, value)| (*name, value.as_str())),
        );
    if let Some(timestamp) = &suite.timestamp {
        element = element.with_attribute(("timestamp", timestamp.as_str()));
    }
    element.write_inner_content(|writer| {
        if !suite.properties.is_empty() {
            writer
                .create_element("properties")
                .write_inner_content(|writer| {
                    for (name, value) in &suite.properties {
                        writer
                            .create_element("property")
                            .with_attribute(("name", *name))
                            .with_attribute(("value", fit(value).as_str()))
                            .write_empty()?;
                    }
                    Ok(())
                })?;
        }
        suite
            .cases
            .iter()
            .try_for_each(|case| write_case(writer, case))
    })?;
    Ok(())
}

fn write_case(writer: &mut Writer<Vec<u8>>, case: &Case) -> std::io::Result<()> {
    let (class, name) = (fit(&case.class), fit(&case.name));
    let element = writer
        .create_element("testcase")
        .with_attribute(("classname", class.as_str()))
        .with_attribute(("name", name.as_str()))
        .with_attribute(("time", TIME));
    match &case.end {
        End::Passed(None) => {
            element.write_empty()?;
        }
        End::Passed(Some(told)) => {
            element.write_inner_content(|writer| {
                writer
                    .create_element("system-out")
                    .write_text_content(BytesText::new(&lines(told)))?;
                Ok(())
            })?;
        }
        End::Skipped(why) => {
            element.write_inner_content(|writer| {
                writer
                    .create_element("skipped")
                    .with_attribute(("message", fit(why).as_str()))
                    .write_empty()?;
                Ok(())
            })?;
        }
        End::Failed(kind, message, told) | End::Error(kind, message, told) => {
            let tag = if matches!(case.end, End::Failed(..)) {
                "failure"
            } else {
                "error"
            };
            element.write_inner_content(|writer| {
                writer
                    .create_element(tag)
                    .with_attribute(("message", fit(message).as_str()))
                    .with_attribute(("type", *kind))
                    .write_text_content(BytesText::new(&lines(told)))?;
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Text that XML can carry: quick-xml escapes, but some characters must not be there even when escaped.
fn fit(text: &str) -> String {
    clean(text).replace(['\u{fffe}', '\u{ffff}'], "?")
}

fn lines(text: &str) -> String {
    text.lines().map(fit).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
#[path = "junit_tests.rs"]
mod tests;
