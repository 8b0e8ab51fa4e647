//! A change is confirmed by `--yes` or on a terminal; otherwise nothing is even connected.

use integration_tests::{Esxtool, Lab};

const CHANGES: [&[&str]; 4] = [
    &["prepare-master-target", "mt-linux-01"],
    &["snapshots", "consolidate", "mt-linux-01"],
    &["storage-vmotion", "exclude", "mt-linux-01"],
    &["storage-vmotion", "include", "mt-linux-01"],
];

#[test]
fn without_a_terminal_and_without_yes_nothing_is_connected() {
    let lab = Lab::start("failback-lab");
    for arguments in CHANGES {
        let ended = lab.esxtool(arguments.iter().copied()).run().expect(2);
        ended.says(["--yes", "--dry-run", "nothing was done"]);
        assert_eq!(ended.stdout, "", "{ended}");
    }
    assert_eq!(lab.calls(), 0);
}

/// An answer on standard input that is no terminal is no consent: a pipe can say anything.
#[test]
fn a_yes_from_a_pipe_is_no_consent() {
    let lab = Lab::start("failback-lab");
    lab.esxtool(["prepare-master-target", "mt-linux-01"])
        .input("yes\n")
        .run()
        .expect(2);
    assert_eq!(lab.calls(), 0);
}

#[test]
fn a_dry_run_sends_nothing_that_changes_state() {
    let lab = Lab::start("failback-lab");
    for arguments in CHANGES {
        let ended = lab
            .esxtool(arguments.iter().copied())
            .arg("--dry-run")
            .run();
        assert!(matches!(ended.code, Some(0 | 1)), "{ended}");
    }
    assert!(lab.calls() > 0);
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[test]
fn a_refusal_in_json_is_a_document_too() {
    let ended = Esxtool::new([
        "prepare-master-target",
        "vm",
        "--simulator",
        "--output",
        "json",
    ])
    .run()
    .expect(2);
    let document = ended.json();
    assert_eq!(document["exit"], "usage");
    assert_eq!(document["exit_code"], 2);
    assert!(
        document["error"]["hint"]
            .as_str()
            .unwrap()
            .contains("--yes")
    );
}
