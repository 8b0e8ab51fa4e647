//! Servers that misbehave: a clear message, the documented exit code, no change that goes unsaid, no hang.

use std::time::Duration;

use integration_tests::{Ended, Lab};
use mocks::{Act, Match};

/// A check during which one call of this method is answered badly.
fn check_with(method: &str, times: u32, act: Act) -> (Lab, Ended) {
    let lab = Lab::start("failback-lab");
    lab.inject(Match::Method(method.to_owned()), times, act);
    let ended = lab
        .esxtool(["check", "mt-linux-ready", "--timeout", "5"])
        .limit(Duration::from_secs(30))
        .run();
    (lab, ended)
}

/// More often than any retry.
const ALWAYS: u32 = 1000;

#[test]
fn a_read_that_breaks_once_is_repeated() {
    for act in [Act::Reset, Act::Truncate(200), Act::Http503] {
        let (_lab, ended) = check_with("RetrievePropertiesEx", 1, act);
        ended.expect(0);
    }
}

#[test]
fn a_server_that_always_hangs_up_in_the_middle_of_an_answer() {
    let (_lab, ended) = check_with("RetrievePropertiesEx", ALWAYS, Act::Truncate(200));
    ended.expect(3).says(["error:", "hint:"]);
}

#[test]
fn a_server_that_resets_every_connection_after_login() {
    let (_lab, ended) = check_with("RetrievePropertiesEx", ALWAYS, Act::Reset);
    ended.expect(3).says(["error:", "hint:"]);
}

#[test]
fn an_answer_that_is_garbled() {
    let (_lab, ended) = check_with("RetrievePropertiesEx", ALWAYS, Act::Garble);
    ended.expect(7).says(["cannot be read"]);
}

#[test]
fn an_answer_nested_100_000_deep() {
    let (_lab, ended) = check_with("RetrievePropertiesEx", ALWAYS, Act::NestedBomb(100_000));
    ended.expect(7).says(["nested"]);
}

#[test]
fn an_answer_without_an_end() {
    let (_lab, ended) = check_with("RetrievePropertiesEx", ALWAYS, Act::Endless);
    ended.expect(3).says(["error:", "hint:"]);
}

#[test]
fn before_the_login_the_same_faults_mean_that_there_is_no_vsphere() {
    for act in [
        Act::Garble,
        Act::NestedBomb(100_000),
        Act::Html200,
        Act::Truncate(100),
        Act::Reset,
        Act::Http503,
    ] {
        let name = format!("{act:?}");
        let (lab, ended) = check_with("RetrieveServiceContent", ALWAYS, act);
        assert_eq!(ended.code, Some(3), "{name}\n{ended}");
        ended.says(["error:", "hint:"]);
        assert_eq!(lab.server().call_count("Login"), 0, "{name}");
    }
}

#[test]
fn a_session_that_ends_between_two_calls_is_renewed() {
    let (lab, ended) = check_with("RetrievePropertiesEx", 1, Act::ExpireSession);
    ended.expect(0);
    assert_eq!(lab.server().call_count("Login"), 2);
}

#[test]
fn a_session_that_ends_in_the_middle_of_a_task_wait_is_renewed_and_the_task_is_seen_to_its_end() {
    let lab = Lab::start("failback-lab");
    lab.inject(
        Match::Method("WaitForUpdatesEx".to_owned()),
        1,
        Act::ExpireSession,
    );
    lab.disk_uuids_in_effect("mt-linux-01");
    lab.esxtool(["prepare-master-target", "mt-linux-01", "--yes"])
        .run()
        .expect(0);
    assert!(lab.server().call_count("Login") >= 2);
    let changes = lab.changes();
    assert_eq!(
        changes
            .iter()
            .filter(|method| *method == "RemoveAllSnapshots_Task")
            .count(),
        1,
        "{changes:?}"
    );
}

/// The server acts and the connection dies: the change must be seen, never sent twice.
#[test]
fn a_change_whose_answer_is_lost_is_not_repeated() {
    for method in [
        "RemoveAllSnapshots_Task",
        "ReconfigVM_Task",
        "DisableMethods",
    ] {
        let lab = Lab::start("failback-lab");
        lab.disk_uuids_in_effect("mt-linux-01");
        lab.inject(Match::Method(method.to_owned()), 1, Act::DropAfterApply);
        let ended = lab
            .esxtool(["prepare-master-target", "mt-linux-01", "--yes"])
            .run();
        let sent = lab
            .server()
            .calls()
            .into_iter()
            .filter(|call| call.method == method)
            .count();
        assert_eq!(sent, 1, "{method} was sent {sent} times\n{ended}");
        ended.expect(0);
    }
}

#[test]
fn a_logout_that_fails_is_told_and_changes_nothing_about_the_result() {
    let mut lab = Lab::start("ready");
    lab.may_leave_a_session();
    lab.inject(Match::Method("Logout".to_owned()), ALWAYS, Act::Reset);
    lab.esxtool(["inventory", "hosts"])
        .run()
        .expect(0)
        .says(["warning:", "could not log out"]);
}
