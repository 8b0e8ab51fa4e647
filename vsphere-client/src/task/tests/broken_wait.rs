//! The wait breaks, and the task goes on: it is read until it has ended.

use std::time::Duration;

use super::{TaskOutcome, WaitOptions, change, filter, news, own, part, read, task, updates};
use crate::Error;
use crate::testing::{
    Step, answer, broken, connected, fault, fault_with, foreign_answers, login, page, refused,
    reset, slow,
};
use crate::transport::{Delivery, TransportError};

const READ: &str = "RetrievePropertiesEx";
const WAIT: &str = "WaitForUpdatesEx";

/// What a server may answer instead of going on with the wait.
const FAULTS: [&str; 7] = [
    "RequestCanceled",
    "ManagedObjectNotFound",
    "HostCommunication",
    "SystemError",
    "InvalidCollectorVersion",
    "InvalidProperty",
    "NoPermission",
];

/// The steps up to the call of this name, which is the one that breaks.
fn up_to(method: &str) -> Vec<Step> {
    match method {
        "CreatePropertyCollector" => vec![],
        "CreateFilter" => vec![own()],
        _ => vec![own(), filter()],
    }
}

const CALLS: [&str; 3] = ["CreatePropertyCollector", "CreateFilter", WAIT];

/// Waits for the task through `steps`: the outcome, and the progress that was told.
async fn wait(
    steps: impl IntoIterator<Item = Step>,
    options: WaitOptions,
) -> (Result<TaskOutcome, Error>, Vec<(String, Option<i32>)>) {
    let (client, server) = connected(steps).await;
    let mut seen = Vec::new();
    let outcome = client
        .wait_task(&task("task-1"), options, |info| {
            seen.push((info.state.to_string(), info.progress));
        })
        .await;
    server.assert_done();
    (outcome, seen)
}

fn percent(progress: i32) -> Step {
    read(
        "task-1",
        "running",
        &format!("<progress>{progress}</progress>"),
    )
}

fn gone(id: &str) -> Step {
    let object = format!("<obj type=\"Task\">{id}</obj>");
    fault_with(READ, "ManagedObjectNotFound", &object)
}

fn patience(seconds: u64) -> WaitOptions {
    WaitOptions {
        patience: Duration::from_secs(seconds),
        ..WaitOptions::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_the_wait_is_no_end_of_the_task() {
    for method in CALLS {
        for name in FAULTS {
            let steps = up_to(method).into_iter().chain([
                fault(method, name),
                percent(10),
                percent(60),
                read("task-1", "success", ""),
            ]);
            let (outcome, seen) = wait(steps, WaitOptions::default()).await;
            let outcome = outcome.unwrap_or_else(|error| panic!("{method} {name}: {error}"));
            assert!(outcome.is_success(), "{method} {name}: {outcome:?}");
            let states: Vec<_> = seen
                .iter()
                .map(|(state, percent)| (state.as_str(), *percent))
                .collect();
            assert_eq!(
                states,
                [
                    ("running", Some(10)),
                    ("running", Some(60)),
                    ("success", None)
                ]
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nor_is_a_wait_whose_answer_is_no_answer_of_vsphere() {
    for method in CALLS {
        for (status, body) in foreign_answers() {
            // What a gateway in trouble answers to a question is asked once more.
            let times = if method == WAIT && matches!(status, 502..=504) {
                2
            } else {
                1
            };
            let steps = up_to(method)
                .into_iter()
                .chain((0..times).map(|_| page(method, status, &body)))
                .chain([percent(10), read("task-1", "success", "")]);
            let (outcome, _) = wait(steps, WaitOptions::default()).await;
            assert!(outcome.unwrap().is_success(), "{method} {status}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_broken_wait_ends_as_the_task_does() {
    let failed = "<error><fault xsi:type=\"FileLocked\"/></error>";
    let steps = [
        own(),
        filter(),
        news("task-1", "running", ""),
        fault(WAIT, "RequestCanceled"),
        percent(10),
        read("task-1", "error", failed),
    ];
    let (outcome, _) = wait(steps, WaitOptions::default()).await;
    let TaskOutcome::Failed(fault) = outcome.unwrap() else {
        panic!()
    };
    assert_eq!(fault.name, "FileLocked");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_away_for_a_while_is_waited_for() {
    let away = || broken(WAIT, refused());
    let none = || broken(READ, refused());
    // Each call is made twice by the client's own policy, before the wait pauses and goes on.
    let steps = [
        own(),
        filter(),
        away(),
        away(),
        none(),
        none(),
        none(),
        none(),
        percent(50),
        none(),
        none(),
        read("task-1", "success", ""),
    ];
    let (outcome, _) = wait(steps, WaitOptions::default()).await;
    assert!(outcome.unwrap().is_success());
}

#[tokio::test(start_paused = true)]
async fn patience_has_an_end_and_it_is_no_success() {
    // Pauses of 0.5 s, 1 s and 2 s fit into four seconds, another one of 4 s does not.
    for breaks in [fault(WAIT, "SystemError"), page(WAIT, 200, "<html/>")] {
        let steps = [own(), filter(), news("task-1", "running", ""), breaks]
            .into_iter()
            .chain((0..4).map(|_| fault(READ, "HostCommunication")));
        let (outcome, _) = wait(steps, patience(4)).await;
        let error = outcome.unwrap_err();
        assert!(
            matches!(&error, Error::Fault { method: READ, .. }),
            "{error}"
        );
    }
    // Even without any, the task is read once.
    let steps = [own(), filter(), fault(WAIT, "SystemError")];
    let (outcome, _) = wait(
        steps
            .into_iter()
            .chain([percent(5), fault(READ, "SystemError")]),
        patience(0),
    )
    .await;
    assert!(outcome.unwrap_err().fault().is_some());
}

#[tokio::test(start_paused = true)]
async fn patience_is_for_errors_in_a_row_only() {
    // Each error takes half a second of a patience of one.
    let mut steps = vec![fault("CreatePropertyCollector", "SystemError")];
    for progress in 0..20 {
        steps.extend([fault(READ, "SystemError"), percent(progress)]);
    }
    steps.push(read("task-1", "success", ""));
    let (outcome, seen) = wait(steps, patience(1)).await;
    assert!(outcome.unwrap().is_success());
    assert_eq!(seen.len(), 21);
}

#[tokio::test(start_paused = true)]
async fn the_time_may_be_up_while_the_task_is_read() {
    // One after 2 ms, one a second later, and the last one when the time is up.
    let steps = [
        fault("CreatePropertyCollector", "SystemError"),
        percent(1),
        percent(2),
        percent(3),
    ];
    let options = WaitOptions::timeout(Duration::from_millis(2_500));
    let (outcome, _) = wait(steps, options).await;
    let TaskOutcome::TimedOut(Some(info)) = outcome.unwrap() else {
        panic!()
    };
    assert_eq!(info.progress, Some(3));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_ends_with_the_time_has_ended() {
    let steps = [
        fault("CreatePropertyCollector", "SystemError"),
        percent(1),
        read("task-1", "success", ""),
    ];
    let options = WaitOptions::timeout(Duration::from_millis(500));
    assert!(wait(steps, options).await.0.unwrap().is_success());
}

#[tokio::test(start_paused = true)]
async fn when_the_time_is_up_nobody_waits_for_a_server_that_hangs() {
    let begin = tokio::time::Instant::now();
    let steps = [
        fault("CreatePropertyCollector", "SystemError"),
        percent(1),
        slow(percent(2), Duration::from_secs(3600)),
    ];
    let options = WaitOptions::timeout(Duration::from_secs(2));
    let (outcome, _) = wait(steps, options).await;
    let TaskOutcome::TimedOut(Some(info)) = outcome.unwrap() else {
        panic!()
    };
    assert_eq!(info.progress, Some(1));
    assert!(begin.elapsed() < Duration::from_secs(10));
    // Errors to the very end are no other end.
    let steps = [
        fault("CreatePropertyCollector", "SystemError"),
        fault(READ, "SystemError"),
        fault(READ, "SystemError"),
    ];
    let options = WaitOptions::timeout(Duration::from_millis(300));
    let (outcome, _) = wait(steps, options).await;
    assert_eq!(outcome.unwrap(), TaskOutcome::TimedOut(None));
}

#[tokio::test(start_paused = true)]
async fn only_reading_the_task_tells_that_it_is_gone() {
    let left = "<objectSet><kind>leave</kind><obj type=\"Task\">task-1</obj></objectSet>";
    let missing = "<missingSet><obj type=\"Task\">task-1</obj><fault>\
                   <fault xsi:type=\"ManagedObjectNotFound\"/></fault></missingSet>";
    let empty = || answer(READ, "");
    for way in 0..3 {
        let lost = || match way {
            0 => updates(left),
            1 => updates(missing),
            _ => fault(WAIT, "ManagedObjectNotFound"),
        };
        for read_so in [
            gone("task-1"),
            fault(READ, "ManagedObjectNotFound"),
            empty(),
        ] {
            let steps = [own(), filter(), lost(), read_so];
            let error = wait(steps, WaitOptions::default()).await.0.unwrap_err();
            assert!(
                matches!(&error, Error::Gone(object) if object.value == "task-1"),
                "{error}"
            );
        }
        // The collector may be mistaken.
        let steps = [
            own(),
            filter(),
            lost(),
            percent(9),
            read("task-1", "success", ""),
        ];
        let (outcome, _) = wait(steps, WaitOptions::default()).await;
        assert!(outcome.unwrap().is_success());
    }
    // Something else that is gone is trouble like any other.
    let steps = [
        fault("CreatePropertyCollector", "ManagedObjectNotFound"),
        gone("task-7"),
        read("task-1", "success", ""),
    ];
    let (outcome, _) = wait(steps, WaitOptions::default()).await;
    assert!(outcome.unwrap().is_success());
}

#[tokio::test(start_paused = true)]
async fn a_task_that_may_not_be_read_is_neither_gone_nor_done() {
    let denied = || {
        answer(
            READ,
            "<returnval><objects><obj type=\"Task\">task-1</obj><missingSet><path>info</path>\
             <fault><fault xsi:type=\"NoPermission\"/></fault></missingSet></objects></returnval>",
        )
    };
    let bare = || {
        answer(
            READ,
            "<returnval><objects><obj type=\"Task\">task-1</obj></objects></returnval>",
        )
    };
    for (read_so, by_fault) in [(denied(), true), (bare(), false)] {
        let steps = [own(), filter(), fault(WAIT, "SystemError"), read_so];
        let error = wait(steps, patience(0)).await.0.unwrap_err();
        assert_eq!(error.fault().is_some(), by_fault, "{error}");
        assert!(!error.is_gone(), "{error}");
    }
    // Nor while the wait itself goes well: nothing is told, and nothing can be looked up.
    let steps = [own(), filter(), answer(WAIT, ""), denied(), denied()];
    let error = wait(steps, patience(0)).await.0.unwrap_err();
    assert!(error.fault().is_some(), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_unreadable_task_is_no_success() {
    let odd = part("info", "<val><state>success</state></val>");
    let unreadable = answer(
        READ,
        "<returnval><objects><obj type=\"Task\">task-1</obj><propSet><name>info</name>\
         <val><state>success</state></val></propSet></objects></returnval>",
    );
    let steps = [own(), filter(), change("task-1", &odd), unreadable];
    let error = wait(steps, patience(0)).await.0.unwrap_err();
    assert!(matches!(error, Error::Decode { .. }), "{error}");
}

#[tokio::test(start_paused = true)]
async fn sessions_that_end_over_and_over_are_not_replaced_without_end() {
    let mut steps = Vec::new();
    for name in ["two", "three", "four"] {
        steps.extend([own(), filter(), news("task-1", "running", "")]);
        steps.extend([fault(WAIT, "NotAuthenticated"), login(name)]);
    }
    // From here on without a collector. A read is made again in the new session by itself.
    steps.extend([fault(READ, "NotAuthenticated"), login("five"), percent(3)]);
    steps.push(read("task-1", "success", ""));
    let (outcome, _) = wait(steps, WaitOptions::default()).await;
    assert!(outcome.unwrap().is_success());
}

#[tokio::test(start_paused = true)]
async fn a_login_that_is_lost_is_tried_again_and_a_refused_one_is_not() {
    let steps = [
        own(),
        filter(),
        fault(WAIT, "NotAuthenticated"),
        broken("Login", reset()),
        fault(READ, "NotAuthenticated"),
        page("Login", 200, "<html/>"),
        fault(READ, "NotAuthenticated"),
        login("two"),
        read("task-1", "success", ""),
    ];
    let (outcome, _) = wait(steps, WaitOptions::default()).await;
    assert!(outcome.unwrap().is_success());
    for at in [WAIT, "CreatePropertyCollector"] {
        let steps = up_to(at).into_iter().chain([
            fault(at, "NotAuthenticated"),
            fault("Login", "InvalidLogin"),
        ]);
        let error = wait(steps, WaitOptions::default()).await.0.unwrap_err();
        assert!(matches!(error, Error::LoginRefused { .. }), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_call_may_have_acted_when_the_wait_for_its_task_fails() {
    for read_so in [gone("task-1"), fault(READ, "SystemError")] {
        let steps = [
            answer(
                "ConsolidateVMDisks_Task",
                "<returnval type=\"Task\">task-1</returnval>",
            ),
            fault("CreatePropertyCollector", "SystemError"),
            read_so,
        ];
        let (client, server) = connected(steps).await;
        let call = super::Consolidate {
            this: crate::vim::ManagedObjectReference::new("VirtualMachine", "vm-1"),
        };
        let error = client
            .run_task(&call, patience(0), |_| {})
            .await
            .unwrap_err();
        assert!(
            matches!(&error, Error::TaskLost { task, .. } if task.value == "task-1"),
            "{error}"
        );
        assert_eq!(error.delivery(), Delivery::Unknown);
        assert!(error.fault().is_none() && !error.is_gone());
        server.assert_done();
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_gets_no_answer_is_given_up_for_reading() {
    let timeout = TransportError::Timeout {
        server: "scripted".into(),
        limit: Duration::from_secs(31),
    };
    let steps = [
        own(),
        filter(),
        broken(WAIT, timeout),
        read("task-1", "success", ""),
    ];
    assert!(
        wait(steps, WaitOptions::default())
            .await
            .0
            .unwrap()
            .is_success()
    );
}
