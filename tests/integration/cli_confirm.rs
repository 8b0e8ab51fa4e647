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

#[test]
fn on_a_terminal_the_plan_is_shown_and_no_is_taken_for_an_answer() {
    for answer in ["n", "", "perhaps"] {
        let lab = Lab::start("failback-lab");
        let arguments = ["prepare-master-target", "mt-linux-01"];
        let mut running = lab.esxtool(arguments).on_terminal().spawn();
        running.until_stderr("Carry out this plan? [y/N]");
        running.type_line(answer);
        let ended = running.wait().expect(130);
        ended.says(["Plan:", "Remove the 2 snapshots", "nothing was changed"]);
        assert_eq!(lab.changes(), Vec::<String>::new(), "{ended}");
    }
}

#[test]
fn on_a_terminal_yes_goes_ahead_with_a_bar() {
    let lab = Lab::start("failback-lab");
    let arguments = ["storage-vmotion", "exclude", "mt-linux-01", "-o", "json"];
    let mut running = lab.esxtool(arguments).on_terminal().spawn();
    running.until_stderr("Carry out this plan? [y/N]");
    running.type_line("y");
    let ended = running.wait().expect(0);
    assert_eq!(
        ended.json()["after"]["exclusion"]["protection"],
        "full",
        "{ended}"
    );
    assert!(
        ended.stderr.contains("[1/4]") && ended.stderr.contains(" %"),
        "{ended}"
    );
    assert!(!lab.changes().is_empty());
}

#[test]
fn an_interrupt_at_the_question_is_a_no() {
    let lab = Lab::start("failback-lab");
    let mut running = lab
        .esxtool(["snapshots", "consolidate", "mt-linux-01"])
        .on_terminal()
        .spawn();
    running.until_stderr("[y/N]");
    running.interrupt();
    running.wait().expect(130).says(["nothing was changed"]);
    assert_eq!(lab.changes(), Vec::<String>::new());
}
