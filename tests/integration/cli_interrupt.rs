//! Ctrl-C: once finishes the step in hand, twice leaves at once; a reader leaves on the first.
//!
//! Signals are sent while the server holds a call at a gate, so nothing here depends on luck.

use std::time::Duration;

use integration_tests::Lab;

#[test]
fn once_during_a_task_finishes_the_step_and_stops_before_the_next() {
    let lab = Lab::start("failback-lab");
    let gate = lab.hold("WaitForUpdatesEx");
    let mut running = lab
        .esxtool(["prepare-master-target", "mt-linux-01", "--yes"])
        .spawn();
    lab.reached(&gate);
    running.interrupt();
    running.until_stderr("press Ctrl-C again");
    gate.open();
    let ended = running.wait().expect(8);
    assert_eq!(lab.changes(), ["RemoveAllSnapshots_Task"], "{ended}");
    ended.says([
        "a part of the plan was carried out",
        "run the same command again",
    ]);
    ended.prints(["done", "skipped", "NOT READY"]);
}

/// The step was asked for and the stop comes before the server has taken it up: it still is the step in hand.
#[test]
fn once_before_the_server_answers_waits_for_that_answer() {
    let lab = Lab::start("failback-lab");
    let gate = lab.hold("RemoveAllSnapshots_Task");
    let mut running = lab
        .esxtool([
            "prepare-master-target",
            "mt-linux-01",
            "--yes",
            "-o",
            "json",
        ])
        .spawn();
    lab.reached(&gate);
    running.interrupt();
    running.until_stderr("press Ctrl-C again");
    gate.open();
    let ended = running.wait().expect(8);
    let document = ended.json();
    assert_eq!(document["exit"], "partly-done");
    let status: Vec<&str> = document["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["status"].as_str().unwrap())
        .collect();
    assert_eq!(status.first(), Some(&"done"), "{ended}");
    assert!(
        status.iter().skip(1).all(|status| *status == "skipped"),
        "{ended}"
    );
}

#[test]
fn twice_during_a_task_leaves_at_once_and_names_what_may_still_run() {
    let lab = Lab::start("failback-lab");
    let gate = lab.hold("WaitForUpdatesEx");
    let mut running = lab
        .esxtool(["prepare-master-target", "mt-linux-01", "--yes"])
        .spawn();
    lab.reached(&gate);
    running.interrupt();
    running.until_stderr("press Ctrl-C again");
    running.interrupt();
    let ended = running.wait().expect(130);
    gate.open();
    ended.says([
        "may still run on the server",
        "Task:",
        "snapshot",
        "esxtool check",
    ]);
}

#[test]
fn a_command_that_only_reads_leaves_on_the_first() {
    let lab = Lab::start("failback-lab");
    let gate = lab.hold("RetrievePropertiesEx");
    let running = lab.esxtool(["check", "mt-linux-01"]).spawn();
    lab.reached(&gate);
    running.interrupt();
    let ended = running.wait().expect(130);
    gate.open();
    ended.says(["nothing was changed"]);
    assert_eq!(ended.stdout, "");
}

#[test]
fn a_stop_before_the_first_change_changes_nothing() {
    let lab = Lab::start("failback-lab");
    let gate = lab.hold("RetrievePropertiesEx");
    let running = lab
        .esxtool(["prepare-master-target", "mt-linux-01", "--yes"])
        .spawn();
    lab.reached(&gate);
    running.interrupt();
    running.wait().expect(130).says(["nothing was changed"]);
    gate.open();
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[test]
fn during_the_login_the_session_is_closed_again() {
    let lab = Lab::start("ready");
    let gate = lab.hold("Login");
    let running = lab.esxtool(["inventory", "hosts"]).spawn();
    lab.reached(&gate);
    running.interrupt();
    std::thread::sleep(Duration::from_millis(200));
    gate.open();
    running.wait().expect(130).says(["nothing was changed"]);
}
