//! What needs no server: help, rules, completions, and arguments that are refused.

use std::process::Stdio;

use integration_tests::Esxtool;
use serde_json::json;

#[test]
fn help_tells_the_exit_codes() {
    let ended = Esxtool::new(["--help"]).run().expect(0);
    ended.prints([
        "prepare-master-target",
        "Exit codes:",
        "130 interrupted",
        "--simulator",
    ]);
    assert_eq!(ended.stderr, "");
}

#[test]
fn no_arguments_is_a_usage_error_that_shows_the_help() {
    let ended = Esxtool::new::<_, &str>([]).run().expect(2);
    ended.says(["Usage: esxtool"]);
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_password_as_an_argument_is_refused_and_not_repeated() {
    for arguments in [
        ["check", "vm", "--url", "https://vc", "--password=hunter2"].as_slice(),
        &["check", "vm", "--url", "https://me:hunter2@vc"],
    ] {
        let ended = Esxtool::new(arguments.iter().copied()).run().expect(2);
        ended.hides("hunter2").says(["password"]);
    }
}

#[test]
fn contradictions_end_with_2_and_say_which() {
    let many: [&[&str]; 5] = [
        &["check", "vm", "--simulator", "ready", "--url", "vc"],
        &[
            "check",
            "vm",
            "--url",
            "vc",
            "--username",
            "u",
            "--insecure",
            "--thumbprint",
            "aa",
        ],
        &[
            "check",
            "vm",
            "--url",
            "vc",
            "--username",
            "u",
            "--password-stdin",
            "--password-file",
            "x",
        ],
        &["prepare-master-target", "vm", "--yes", "--dry-run"],
        &["inventory", "unicorns"],
    ];
    for arguments in many {
        let ended = Esxtool::new(arguments.iter().copied()).run().expect(2);
        ended.says(["error:"]);
        assert_eq!(ended.stdout, "", "{ended}");
    }
}

#[test]
fn without_a_server_the_hint_names_the_ways_to_give_one() {
    Esxtool::new(["check", "vm"]).run().expect(2).says([
        "no server is named",
        "--url",
        "GOVC_URL",
        "--simulator",
    ]);
}

#[test]
fn a_thumbprint_that_is_none_is_a_usage_error() {
    Esxtool::new([
        "check",
        "vm",
        "--url",
        "vc",
        "--username",
        "u",
        "--thumbprint",
        "AA:BB",
    ])
    .env("ESXTOOL_PASSWORD", "hunter2")
    .run()
    .expect(2)
    .says(["SHA-256"])
    .hides("hunter2");
}

#[test]
fn an_unknown_scenario_lists_the_known_ones() {
    let ended = Esxtool::new(["check", "--simulator", "mt-linux-01", "mt-linux-01"])
        .run()
        .expect(2);
    ended.says(["mt-linux-01", "failback-lab", "ready"]);
}

#[test]
fn rules_are_listed_and_explained() {
    let list = Esxtool::new(["rules"]).run().expect(0);
    list.prints([
        "disk-enable-uuid",
        "no-snapshots",
        "storage-vmotion-excluded",
        "blocker",
    ]);
    let one = Esxtool::new(["rules", "no-snapshots"]).run().expect(0);
    one.prints(["no-snapshots", "Why", "What to do"]);
    let by_number = Esxtool::new(["rules", "2"]).run().expect(0);
    assert_eq!(one.stdout, by_number.stdout);
    Esxtool::new(["rules", "no-such-rule"])
        .run()
        .expect(6)
        .says(["no-such-rule", "no-snapshots"]);
}

#[test]
fn rules_as_json_hold_every_text() {
    let document = Esxtool::new(["rules", "--output", "json"])
        .run()
        .expect(0)
        .json();
    assert_eq!(document["version"], 1);
    assert_eq!(document["command"], "rules");
    assert_eq!(document["error"], json!(null));
    let rules = document["rules"].as_array().unwrap();
    assert!(rules.len() >= 9);
    for rule in rules {
        for field in ["id", "severity", "title", "why", "remedy"] {
            assert!(
                rule[field].as_str().is_some_and(|text| !text.is_empty()),
                "{rule}"
            );
        }
        assert!(rule["number"].as_u64().is_some());
    }
}

#[test]
fn completions_and_the_manual_page_are_made_from_the_arguments() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ended = Esxtool::new(["completions", shell]).run().expect(0);
        ended.prints(["prepare-master-target", "storage-vmotion"]);
    }
    Esxtool::new(["man"])
        .run()
        .expect(0)
        .prints([".TH esxtool"]);
}

/// `esxtool ... | head` must not end in a panic or a complaint.
#[test]
fn a_reader_that_leaves_is_no_error() {
    let mut command = std::process::Command::new(integration_tests::path());
    command
        .args(["completions", "zsh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn colour_is_used_only_when_asked_for_or_on_a_terminal() {
    let plain = Esxtool::new(["rules", "no-snapshots"]).run().expect(0);
    assert!(!plain.stdout.contains('\u{1b}'));
    let coloured = Esxtool::new(["rules", "no-snapshots", "--color", "always"])
        .run()
        .expect(0);
    assert!(coloured.stdout.contains('\u{1b}'));
    let never = Esxtool::new(["rules", "no-snapshots", "--color", "never"])
        .run()
        .expect(0);
    assert_eq!(plain.stdout, never.stdout);
}

#[test]
fn tables_keep_the_width_that_is_asked_for() {
    for columns in ["60", "80", "120"] {
        let ended = Esxtool::new(["rules"])
            .env("COLUMNS", columns)
            .run()
            .expect(0);
        let width: usize = columns.parse().unwrap();
        for line in ended.stdout.lines() {
            assert!(line.chars().count() <= width, "{columns}: {line:?}");
        }
    }
}
