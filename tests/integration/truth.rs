//! What a run says of itself is held against the server once every task there has ended.
//!
//! A run that says "nothing was changed" while a task attaches a disk invites somebody to power on a VM whose disk is
//! written to elsewhere.

use integration_tests::{Ended, Lab};
use mocks::{Act, Fault, Foreign, Injection, MoRef};
use serde_json::Value;

const ATTACH: [&str; 6] = ["disks", "attach", "mt-linux-01", "--vm", "app-01", "--yes"];
const DETACH: [&str; 5] = ["disks", "detach", "mt-linux-01", "--all", "--yes"];
const PREPARE: [&str; 3] = ["prepare-master-target", "mt-linux-01", "--yes"];

/// Words that deny that something was changed.
const DENIALS: [&str; 3] = ["nothing was changed", "not done", "was not carried out"];

fn commands() -> [(&'static str, &'static [&'static str]); 3] {
    [
        ("disks", &ATTACH),
        ("disks", &DETACH),
        ("failback-lab", &PREPARE),
    ]
}

/// A lab on which the command has something to do.
fn lab_for(scenario: &str, arguments: &[&str]) -> Lab {
    let lab = Lab::start(scenario);
    if arguments.contains(&"detach") {
        let _ = lab.esxtool(ATTACH).run().expect(0);
    }
    lab
}

fn run(lab: &Lab, arguments: &[&str]) -> (Ended, Value) {
    let command = lab.esxtool(arguments.iter().copied());
    let ended = command.args(["--output", "json"]).run();
    let document = serde_json::from_str(&ended.stdout).unwrap_or_default();
    (ended, document)
}

fn denies(ended: &Ended) -> bool {
    let said = ended
        .stderr
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    DENIALS.iter().any(|words| said.contains(words))
}

/// The statuses of the steps, as words.
fn statuses(document: &Value) -> Vec<&str> {
    let steps = document["steps"].as_array();
    let of = steps.into_iter().flatten();
    of.map(|step| step["status"].as_str().unwrap_or_default())
        .collect()
}

/// Once no task is left, what the run said has to be so: done is done.
fn hold(what: &str, lab: &Lab, ended: &Ended, document: &Value, arguments: &[&str]) {
    lab.server()
        .with_world(|world| while world.tasks.active() > 0 && world.leap() {});
    assert!(
        !denies(ended),
        "{what}: it denies what the server carried out\n{}",
        ended.stderr
    );
    match ended.code {
        Some(0) => {
            let all = statuses(document);
            assert!(
                all.iter().all(|one| ["done", "already"].contains(one)),
                "{what}: {all:?}"
            );
        }
        Some(8) => assert!(
            statuses(document).contains(&"unknown"),
            "{what}: {document:#}"
        ),
        _ => {}
    }
    let code = ended.code;
    assert!(
        matches!(code, Some(0 | 8)),
        "{what}: it ended with {code:?}\n{}",
        ended.stderr
    );
    // What the first run left is found by the second, and a run after that has nothing to do.
    let _ = lab.esxtool(arguments.iter().copied()).run().expect(0);
    lab.server().forget_calls();
    let _ = lab.esxtool(arguments.iter().copied()).run().expect(0);
    assert_eq!(lab.changes(), Vec::<String>::new(), "{what}");
}

#[test]
fn an_answer_that_is_not_vspheres_after_a_change_is_never_taken_for_a_refusal() {
    for (scenario, arguments) in commands() {
        for foreign in Foreign::ALL {
            let lab = lab_for(scenario, arguments);
            let act = Act::ForeignAfter(foreign);
            lab.server()
                .inject(Injection::on_method("ReconfigVM_Task", act));
            lab.server().forget_calls();
            let (ended, document) = run(&lab, arguments);
            let what = format!("{} {} with {foreign:?}", arguments[0], arguments[1]);
            // The task runs, so it is found and waited for: the end is known.
            assert_eq!(ended.code, Some(0), "{what}: {}", ended.stderr);
            hold(&what, &lab, &ended, &document, arguments);
        }
    }
}

#[test]
fn a_change_that_a_proxy_swallowed_is_unknown_and_not_denied() {
    for (scenario, arguments) in commands() {
        for foreign in Foreign::ALL {
            let lab = lab_for(scenario, arguments);
            let act = Act::ForeignInstead(foreign);
            lab.server()
                .inject(Injection::on_method("ReconfigVM_Task", act));
            lab.server().forget_calls();
            let (ended, document) = run(&lab, arguments);
            let what = format!("{} {} with {foreign:?}", arguments[0], arguments[1]);
            assert_eq!(ended.code, Some(8), "{what}: {}", ended.stderr);
            assert_eq!(document["outcome"], "unknown", "{what}");
            assert!(!denies(&ended), "{what}: {}", ended.stderr);
            let tries = lab.server().call_count("ReconfigVM_Task");
            assert_eq!(tries, 1, "{what}: it was sent again");
        }
    }
}

#[test]
fn a_wait_that_breaks_for_good_does_not_make_a_running_task_a_failed_one() {
    let gone = MoRef::new("PropertyFilter", "gone");
    for (scenario, arguments) in commands() {
        for (method, fault) in [
            ("WaitForUpdatesEx", Fault::request_canceled()),
            ("WaitForUpdatesEx", Fault::not_found(&gone)),
            ("WaitForUpdatesEx", Fault::host_communication()),
            ("WaitForUpdatesEx", Fault::system_error()),
            ("CreateFilter", Fault::not_found(&gone)),
        ] {
            let lab = lab_for(scenario, arguments);
            let what = format!(
                "{} {}: {method} {}",
                arguments[0],
                arguments[1],
                fault.kind()
            );
            let always = Injection::on_method(method, Act::Fault(fault)).times(u32::MAX);
            lab.server().inject(always);
            let (ended, document) = run(&lab, arguments);
            lab.server().forget_injections();
            hold(&what, &lab, &ended, &document, arguments);
            assert_eq!(ended.code, Some(0), "{what}: {}", ended.stderr);
        }
    }
}

#[test]
fn four_changes_by_somebody_else_in_a_row_stop_no_verb() {
    for (scenario, arguments) in commands() {
        let lab = lab_for(scenario, arguments);
        let act = Act::Fault(Fault::concurrent_access());
        lab.server()
            .inject(Injection::on_method("ReconfigVM_Task", act).times(4));
        lab.server().forget_calls();
        let (ended, document) = run(&lab, arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
        assert!(lab.server().call_count("ReconfigVM_Task") >= 5);
        assert_eq!(document["replanned"].as_array().map(Vec::len), Some(4));
    }
}
