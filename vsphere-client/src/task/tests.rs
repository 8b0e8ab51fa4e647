//! Waiting for tasks against a scripted server. The clock is tokio's, paused.

mod broken_wait;
mod recent;

use std::time::Duration;

use super::{TaskOutcome, WaitOptions};
use crate::testing::{Step, answer, connected, fault, login};
use crate::vim::{AnyValue, ManagedObjectReference};
use crate::wire_method;

wire_method! {
    /// A call that starts a task.
    struct Consolidate = "ConsolidateVMDisks_Task": crate::method::Effect::Change => ManagedObjectReference {}
}

fn task(id: &str) -> ManagedObjectReference {
    ManagedObjectReference::new("Task", id)
}

fn own() -> Step {
    answer(
        "CreatePropertyCollector",
        "<returnval type=\"PropertyCollector\">own</returnval>",
    )
}

fn filter() -> Step {
    answer(
        "CreateFilter",
        "<returnval type=\"PropertyFilter\">filter-1</returnval>",
    )
}

fn part(path: &str, value: &str) -> String {
    format!("<changeSet><name>{path}</name><op>assign</op>{value}</changeSet>")
}

/// The server tells that `id` is in this state, and `rest` with it.
fn news(id: &str, state: &str, rest: &str) -> Step {
    let state = part(
        "info.state",
        &format!("<val xsi:type=\"TaskInfoState\">{state}</val>"),
    );
    change(id, &format!("{state}{rest}"))
}

/// The server tells all of the task; `rest` goes behind the state, in the order of the schema.
fn whole(id: &str, state: &str, rest: &str) -> String {
    format!(
        "<val xsi:type=\"TaskInfo\"><key>{id}</key><task type=\"Task\">{id}</task>\
         <descriptionId>x</descriptionId><state>{state}</state>{rest}</val>"
    )
}

/// The whole task is read.
fn read(id: &str, state: &str, rest: &str) -> Step {
    let value = whole(id, state, rest);
    answer(
        "RetrievePropertiesEx",
        &format!(
            "<returnval><objects><obj type=\"Task\">{id}</obj><propSet><name>info</name>{value}\
             </propSet></objects></returnval>"
        ),
    )
}

fn nothing() -> Step {
    answer("WaitForUpdatesEx", "")
}

fn cancelled() -> String {
    part("info.cancelled", "<val xsi:type=\"xsd:boolean\">true</val>")
}

fn change(id: &str, changes: &str) -> Step {
    updates(&format!(
        "<objectSet><kind>modify</kind><obj type=\"Task\">{id}</obj>{changes}</objectSet>"
    ))
}

fn updates(inner: &str) -> Step {
    answer(
        "WaitForUpdatesEx",
        &format!(
            "<returnval><version>1</version><filterSet><filter type=\"PropertyFilter\">f</filter>\
             {inner}</filterSet></returnval>"
        ),
    )
}

fn error(name: &str) -> String {
    let fault = format!(
        "<val xsi:type=\"LocalizedMethodFault\"><fault xsi:type=\"{name}\"/>\
         <localizedMessage>as scripted</localizedMessage></val>"
    );
    part("info.error", &fault)
}

#[tokio::test(start_paused = true)]
async fn a_task_succeeds_and_tells_its_progress() {
    let result = part("info.result", "<val xsi:type=\"xsd:string\">done</val>");
    let steps = [
        answer(
            "ConsolidateVMDisks_Task",
            "<returnval type=\"Task\">task-1</returnval>",
        ),
        own(),
        filter(),
        news("task-1", "queued", ""),
        news("task-1", "running", ""),
        nothing(),
        read("task-1", "running", "<progress>40</progress>"),
        nothing(),
        read("task-1", "running", "<progress>40</progress>"),
        news("task-1", "success", &result),
    ];
    let (client, server) = connected(steps).await;
    let mut seen = Vec::new();
    let call = Consolidate {
        this: ManagedObjectReference::new("VirtualMachine", "vm-1"),
    };
    let outcome = client
        .run_task(&call, WaitOptions::default(), |info| {
            seen.push((info.state.to_string(), info.progress));
        })
        .await
        .unwrap();
    let TaskOutcome::Succeeded(info) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(info.result, Some(AnyValue::String("done".into())));
    // What is told twice is no progress.
    let expected = [
        ("queued", None),
        ("running", None),
        ("running", Some(40)),
        ("success", Some(40)),
    ];
    assert_eq!(
        seen,
        expected.map(|(state, percent)| (state.to_owned(), percent))
    );
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn a_task_fails_with_its_fault() {
    let steps = [
        own(),
        filter(),
        news("task-1", "error", &error("FileLocked")),
    ];
    let (client, server) = connected(steps).await;
    let outcome = client
        .wait_task(&task("task-1"), WaitOptions::default(), |_| {})
        .await
        .unwrap();
    let TaskOutcome::Failed(fault) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        (fault.name.as_str(), fault.message.as_deref()),
        ("FileLocked", Some("as scripted"))
    );
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn a_task_that_fails_without_a_word_has_failed() {
    let steps = [
        own(),
        filter(),
        news("task-1", "error", ""),
        read("task-1", "error", ""),
    ];
    let (client, _) = connected(steps).await;
    let outcome = client
        .wait_task(&task("task-1"), WaitOptions::default(), |_| {})
        .await
        .unwrap();
    assert!(matches!(outcome, TaskOutcome::Failed(_)), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_task_is_no_failure_and_no_success() {
    for rest in [error("RequestCanceled"), cancelled()] {
        let (client, _) = connected([own(), filter(), news("task-1", "error", &rest)]).await;
        let outcome = client
            .wait_task(&task("task-1"), WaitOptions::default(), |_| {})
            .await;
        assert_eq!(outcome.unwrap(), TaskOutcome::Cancelled);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_came_too_late_changes_nothing() {
    let steps = [own(), filter(), news("task-1", "success", &cancelled())];
    let (client, _) = connected(steps).await;
    let outcome = client
        .wait_task(&task("task-1"), WaitOptions::default(), |_| {})
        .await
        .unwrap();
    assert!(outcome.is_success());
}

#[tokio::test(start_paused = true)]
async fn a_state_that_nobody_knows_is_no_end() {
    let steps = [
        own(),
        filter(),
        news("task-1", "pondering", ""),
        news("task-1", "success", ""),
    ];
    let (client, server) = connected(steps).await;
    let outcome = client
        .wait_task(&task("task-1"), WaitOptions::default(), |_| {})
        .await
        .unwrap();
    assert!(outcome.is_success());
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn the_time_is_up_before_the_task_ends() {
    // The first pause takes 100 ms, and each exchange one more.
    let steps = [
        own(),
        filter(),
        news("task-1", "running", ""),
        nothing(),
        read("task-1", "running", "<progress>7</progress>"),
    ];
    let (client, server) = connected(steps).await;
    let options = WaitOptions::timeout(Duration::from_millis(104));
    let outcome = client
        .wait_task(&task("task-1"), options, |_| {})
        .await
        .unwrap();
    let TaskOutcome::TimedOut(Some(info)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(info.progress, Some(7));
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn a_session_lost_in_the_middle_is_replaced_and_the_wait_goes_on() {
    let steps = [
        own(),
        filter(),
        news("task-1", "running", ""),
        fault("WaitForUpdatesEx", "NotAuthenticated"),
        login("two"),
        own(),
        filter(),
        news("task-1", "success", ""),
    ];
    let (client, server) = connected(steps).await;
    let outcome = client
        .wait_task(&task("task-1"), WaitOptions::default(), |_| {})
        .await
        .unwrap();
    assert!(outcome.is_success());
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn a_task_that_failed_has_failed_even_if_nobody_can_say_why() {
    let steps = [
        own(),
        filter(),
        news("task-1", "error", ""),
        fault("RetrievePropertiesEx", "SystemError"),
    ];
    let (client, server) = connected(steps).await;
    let outcome = client
        .wait_task(&task("task-1"), WaitOptions::default(), |_| {})
        .await
        .unwrap();
    assert!(matches!(outcome, TaskOutcome::Failed(_)), "{outcome:?}");
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_always_has_more_is_not_asked_without_end() {
    let endless = || {
        answer(
            "WaitForUpdatesEx",
            "<returnval><version>1</version><truncated>true</truncated></returnval>",
        )
    };
    // The pause is over after 102 ms, and the time while the answers come.
    let steps = [own(), filter()]
        .into_iter()
        .chain((0..16).map(|_| endless()));
    let (client, server) = connected(steps).await;
    let options = WaitOptions::timeout(Duration::from_millis(110));
    let outcome = client
        .wait_task(&task("task-1"), options, |_| {})
        .await
        .unwrap();
    assert_eq!(outcome, TaskOutcome::TimedOut(None));
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn a_server_that_tells_all_of_the_task_is_understood() {
    let running = part(
        "info",
        &whole("task-1", "running", "<progress>4</progress>"),
    );
    let done = part("info", &whole("task-1", "success", ""));
    let steps = [
        own(),
        filter(),
        change("task-1", &running),
        change("task-1", &done),
    ];
    let (client, server) = connected(steps).await;
    let outcome = client
        .wait_task(&task("task-1"), WaitOptions::default(), |_| {})
        .await
        .unwrap();
    assert!(outcome.is_success());
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn the_next_wait_uses_the_same_collector_and_ignores_old_tasks() {
    let steps = [
        own(),
        filter(),
        news("task-1", "success", ""),
        filter(),
        news("task-1", "error", ""),
        news("task-2", "success", ""),
    ];
    let (client, server) = connected(steps).await;
    for id in ["task-1", "task-2"] {
        let outcome = client
            .wait_task(&task(id), WaitOptions::default(), |_| {})
            .await
            .unwrap();
        assert!(outcome.is_success(), "{id}");
    }
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn a_full_collector_is_given_up() {
    let mut steps = vec![own()];
    for _ in 0..32 {
        steps.extend([filter(), news("task-1", "success", "")]);
    }
    steps.extend([answer("DestroyPropertyCollector", ""), own(), filter()]);
    steps.push(news("task-1", "success", ""));
    let (client, server) = connected(steps).await;
    for _ in 0..33 {
        let outcome = client
            .wait_task(&task("task-1"), WaitOptions::default(), |_| {})
            .await;
        assert!(outcome.unwrap().is_success());
    }
    server.assert_done();
}

#[tokio::test(start_paused = true)]
async fn cancelling_asks_the_server() {
    let (client, server) = connected([answer("CancelTask", "")]).await;
    client.cancel_task(&task("task-1")).await.unwrap();
    server.assert_done();
    assert!(
        server.seen()[3]
            .2
            .contains("<_this type=\"Task\">task-1</_this>")
    );
}
