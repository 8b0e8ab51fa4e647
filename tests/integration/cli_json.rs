//! The JSON document is what `cli/docs/json.md` says, field by field.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests end a test as tests do"
)]

use std::collections::{BTreeMap, BTreeSet};

use integration_tests::{Esxtool, Lab};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../cli/docs/json.md");

/// The fields that the document lists below each of its headings; headings are command names in backquotes.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current: Vec<String> = Vec::new();
    for line in DOCUMENT.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            current = heading
                .split('`')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect();
        } else if let Some(row) = line.strip_prefix("| `") {
            let field = row.split('`').next().unwrap_or_default();
            for command in &current {
                all.entry(command.clone())
                    .or_default()
                    .insert(field.to_owned());
            }
        }
    }
    all
}

const ENVELOPE: [&str; 5] = ["version", "command", "exit", "exit_code", "error"];
const SESSION: [&str; 2] = ["server", "calls"];

/// Demands that a document has exactly the documented fields.
#[track_caller]
fn agrees(document: &Value, command: &str, connected: bool) {
    let fields: BTreeSet<&str> = document
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for field in ENVELOPE {
        assert!(fields.contains(field), "{command}: no `{field}`");
    }
    for field in SESSION {
        assert_eq!(fields.contains(field), connected, "{command}: `{field}`");
    }
    let envelope: BTreeSet<&str> = ENVELOPE.into_iter().chain(SESSION).collect();
    let own: BTreeSet<&str> = fields.difference(&envelope).copied().collect();
    let documented = documented();
    let expected = documented
        .get(command)
        .unwrap_or_else(|| panic!("{command} is not documented"));
    let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
    assert_eq!(own, expected, "{command}");
    assert_eq!(document["version"], 1, "{command}");
    assert_eq!(document["command"], command);
    assert!(
        document["exit"].is_string() && document["exit_code"].is_u64(),
        "{command}"
    );
}

#[test]
fn every_command_prints_exactly_the_documented_fields() {
    let lab = Lab::start("failback-lab");
    let groups = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    let text = "master-targets = [\"mt-linux-01\"]\n[[groups]]\nname = \"a\"\nvms = [\"sql-01\"]\n";
    std::fs::write(groups.path(), text).unwrap();
    let groups = groups.path().to_str().unwrap();
    let cases: [(&str, i32, &[&str]); 15] = [
        ("check", 1, &["check", "mt-linux-01"]),
        ("plan-reprotect", 1, &["plan-reprotect", "--group", groups]),
        ("duplicates", 0, &["duplicates"]),
        ("inventory hosts", 0, &["inventory", "hosts"]),
        ("inventory datastores", 0, &["inventory", "datastores"]),
        ("inventory vms", 0, &["inventory", "vms"]),
        ("inventory controllers", 0, &["inventory", "controllers"]),
        ("inventory disks", 0, &["inventory", "disks"]),
        ("inventory snapshots", 0, &["inventory", "snapshots"]),
        ("snapshots list", 0, &["snapshots", "list", "mt-linux-01"]),
        (
            "storage-vmotion status",
            0,
            &["storage-vmotion", "status", "mt-linux-01"],
        ),
        (
            "storage-vmotion exclude",
            0,
            &["storage-vmotion", "exclude", "mt-linux-01", "--yes"],
        ),
        (
            "storage-vmotion include",
            0,
            &["storage-vmotion", "include", "mt-linux-01", "--yes"],
        ),
        (
            "snapshots consolidate",
            0,
            &["snapshots", "consolidate", "mt-linux-01", "--yes"],
        ),
        (
            "prepare-master-target",
            0,
            &["prepare-master-target", "mt-linux-01", "--yes"],
        ),
    ];
    for (command, code, arguments) in cases {
        let ended = lab
            .esxtool(arguments.iter().copied())
            .args(["-o", "json"])
            .run()
            .expect(code);
        agrees(&ended.json(), command, true);
        assert_eq!(ended.json()["exit_code"], code, "{command}");
    }
    for (command, arguments) in [
        ("rules", ["rules"].as_slice()),
        ("completions", &["completions", "bash"]),
        ("man", &["man"]),
    ] {
        let ended = Esxtool::new(arguments.iter().copied())
            .args(["-o", "json"])
            .run()
            .expect(0);
        agrees(&ended.json(), command, false);
    }
}

/// A run that changes nothing has no result to verify: it shows the plan instead.
#[test]
fn a_dry_run_shows_the_plan_that_is_carried_out() {
    let lab = Lab::start("failback-lab");
    let target = ["prepare-master-target", "mt-linux-01", "-o", "json"];
    let dry = lab.esxtool(target).arg("--dry-run").run().expect(0).json();
    assert_eq!(dry["dry_run"], true);
    let steps = dry["plan"]["steps"].as_array().unwrap();
    assert!(steps.len() >= 4, "{dry:#}");
    for step in steps {
        for field in [
            "id",
            "title",
            "fixes",
            "object",
            "expects",
            "change",
            "undo",
            "privileges",
        ] {
            assert!(!step[field].is_null(), "no {field}: {step:#}");
        }
    }
    let real = lab.esxtool(target).arg("--yes").run().expect(0).json();
    assert_eq!(real["plan"], dry["plan"], "what was shown is what was done");
    let again = lab.esxtool(target).arg("--yes").run().expect(0).json();
    assert_eq!(
        again["plan"]["steps"],
        serde_json::json!([]),
        "a second run plans nothing"
    );
}

#[test]
fn the_calls_are_counted_with_login_and_logout() {
    let lab = Lab::start("failback-lab");
    let document = lab
        .esxtool(["check", "mt-linux-ready", "-o", "json"])
        .run()
        .expect(0)
        .json();
    let calls = &document["calls"];
    assert_eq!(calls["by_method"]["Login"], 1);
    assert_eq!(calls["by_method"]["Logout"], 1);
    assert_eq!(
        calls["total"].as_u64().unwrap(),
        lab.calls() as u64,
        "{calls}"
    );
}

#[test]
fn a_failure_is_a_document_with_message_and_hint() {
    let lab = Lab::start("failback-lab");
    let document = lab
        .esxtool(["check", "no-such-vm", "-o", "json"])
        .run()
        .expect(6)
        .json();
    assert_eq!(document["exit"], "not-found-or-ambiguous");
    let error = &document["error"];
    assert!(
        error["message"].as_str().unwrap().contains("no-such-vm"),
        "{document:#}"
    );
    assert!(error["hint"].is_string(), "{document:#}");
    assert!(
        document["server"]["url"]
            .as_str()
            .unwrap()
            .contains("127.0.0.1")
    );
}

#[test]
fn with_quiet_stderr_is_empty_when_all_goes_well() {
    let lab = Lab::start("failback-lab");
    for arguments in [
        ["check", "mt-linux-ready"].as_slice(),
        &["prepare-master-target", "mt-linux-01", "--yes"],
    ] {
        for form in ["json", "table"] {
            let ended = lab
                .esxtool(arguments.iter().copied())
                .args(["-q", "-o", form])
                .run()
                .expect(0);
            assert_eq!(ended.stderr, "", "{ended}");
            assert!(!ended.stdout.is_empty());
        }
    }
}
