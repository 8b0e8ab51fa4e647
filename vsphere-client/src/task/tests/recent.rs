//! The tasks of an object, in as few calls as there can be.

use super::task;
use crate::testing::{Step, answer, connected, fault, fault_with, reset};
use crate::vim::{ManagedObjectReference, TaskInfo, TaskReason};
use crate::{Error, testing};

const READ: &str = "RetrievePropertiesEx";

fn vm() -> ManagedObjectReference {
    ManagedObjectReference::new("VirtualMachine", "vm-1")
}

/// The VM shows these tasks.
fn shows(ids: &[&str]) -> Step {
    let tasks: String = ids
        .iter()
        .map(|id| format!("<ManagedObjectReference type=\"Task\">{id}</ManagedObjectReference>"))
        .collect();
    answer(
        READ,
        &format!(
            "<returnval><objects><obj type=\"VirtualMachine\">vm-1</obj><propSet>\
             <name>recentTask</name><val xsi:type=\"ArrayOfManagedObjectReference\">{tasks}</val>\
             </propSet></objects></returnval>"
        ),
    )
}

fn info(id: &str, minute: u32) -> String {
    format!(
        "<objects><obj type=\"Task\">{id}</obj><propSet><name>info</name>\
         <val xsi:type=\"TaskInfo\"><key>{id}</key><task type=\"Task\">{id}</task>\
         <descriptionId>VirtualMachine.reconfigure</descriptionId><state>running</state>\
         <reason xsi:type=\"TaskReasonUser\"><userName>LAB\\operator</userName></reason>\
         <queueTime>2026-01-01T00:{minute:02}:00Z</queueTime></val></propSet></objects>"
    )
}

/// The task is there, and its `info` is not told for this reason.
fn withheld(id: &str, fault: &str) -> String {
    format!(
        "<objects><obj type=\"Task\">{id}</obj><missingSet><path>info</path>\
         <fault><fault xsi:type=\"{fault}\"/></fault></missingSet></objects>"
    )
}

fn tells(objects: &[String]) -> Step {
    answer(
        READ,
        &format!("<returnval>{}</returnval>", objects.concat()),
    )
}

async fn recent(
    steps: impl IntoIterator<Item = Step>,
) -> (
    Result<Vec<TaskInfo>, Error>,
    std::sync::Arc<testing::Scripted>,
) {
    let (client, server) = connected(steps).await;
    let found = client.recent_tasks(&vm()).await;
    server.assert_done();
    (found, server)
}

fn keys(found: &[TaskInfo]) -> Vec<&str> {
    found.iter().map(|info| info.key.as_str()).collect()
}

#[tokio::test]
async fn all_tasks_of_an_object_are_read_in_two_calls_oldest_first() {
    let steps = [
        shows(&["task-3", "task-1", "task-2"]),
        tells(&[info("task-3", 3), info("task-1", 1), info("task-2", 2)]),
    ];
    let (found, server) = recent(steps).await;
    let found = found.unwrap();
    assert_eq!(keys(&found), ["task-1", "task-2", "task-3"]);
    assert_eq!(found[0].user(), Some("LAB\\operator"));
    assert!(matches!(found[0].reason, Some(TaskReason::User { .. })));
    let asked = &server.seen().pop().unwrap().2;
    for id in ["task-1", "task-2", "task-3"] {
        assert!(asked.contains(&format!("<obj type=\"Task\">{id}</obj>")));
    }
    assert!(asked.contains("<reportMissingObjectsInResults>true<"));
}

#[tokio::test]
async fn an_object_without_tasks_costs_one_call() {
    let unset = "<returnval><objects><obj type=\"VirtualMachine\">vm-1</obj></objects></returnval>";
    for none in [shows(&[]), answer(READ, unset)] {
        assert_eq!(recent([none]).await.0.unwrap(), []);
    }
}

#[tokio::test]
async fn a_task_that_vanishes_meanwhile_is_left_out() {
    let all = || shows(&["task-1", "task-2"]);
    // The server may leave it out, say so beside it, or refuse to read any.
    let says = withheld("task-1", "ManagedObjectNotFound");
    let gone = |id| {
        let object = format!("<obj type=\"Task\">{id}</obj>");
        fault_with(READ, "ManagedObjectNotFound", &object)
    };
    let rest = || tells(&[info("task-2", 2)]);
    for steps in [
        vec![all(), rest()],
        vec![all(), tells(&[says, info("task-2", 2)])],
        vec![all(), gone("task-1"), rest()],
    ] {
        assert_eq!(keys(&recent(steps).await.0.unwrap()), ["task-2"]);
    }
    let (found, _) = recent([all(), gone("task-1"), gone("task-2")]).await;
    assert_eq!(found.unwrap(), []);
    assert_eq!(recent([all(), answer(READ, "")]).await.0.unwrap(), []);
}

/// Whoever looks for a task must not take one that is hidden for one that does not exist.
#[tokio::test]
async fn what_is_withheld_is_an_error_and_not_an_absence() {
    let hidden = answer(
        READ,
        "<returnval><objects><obj type=\"VirtualMachine\">vm-1</obj><missingSet>\
         <path>recentTask</path><fault><fault xsi:type=\"NoPermission\"/></fault></missingSet>\
         </objects></returnval>",
    );
    let odd = "<objects><obj type=\"Task\">task-1</obj><propSet><name>info</name>\
               <val><state>running</state></val></propSet></objects>";
    let bare = "<objects><obj type=\"Task\">task-1</obj></objects>";
    let one = || shows(&["task-1"]);
    for (steps, by_fault) in [
        (vec![hidden], true),
        (
            vec![one(), tells(&[withheld("task-1", "NoPermission")])],
            true,
        ),
        (vec![one(), tells(&[odd.to_owned()])], false),
        (vec![one(), tells(&[bare.to_owned()])], false),
        (vec![one(), fault(READ, "SystemError")], true),
        // It names none of the tasks.
        (vec![one(), fault(READ, "ManagedObjectNotFound")], true),
    ] {
        let error = recent(steps).await.0.unwrap_err();
        assert_eq!(error.fault().is_some(), by_fault, "{error}");
    }
}

#[tokio::test]
async fn an_object_that_is_gone_is_told_so() {
    for gone in [answer(READ, ""), fault(READ, "ManagedObjectNotFound")] {
        assert!(recent([gone]).await.0.unwrap_err().is_gone());
    }
}

#[tokio::test]
async fn looking_for_tasks_is_repeated_as_any_reading() {
    let steps = [
        testing::broken(READ, reset()),
        shows(&["task-1"]),
        testing::broken(READ, reset()),
        tells(&[info("task-1", 1)]),
    ];
    let (found, _) = recent(steps).await;
    assert_eq!(found.unwrap()[0].task, task("task-1"));
}
