//! What a run says of itself is held against the server once every task there has ended.
//!
//! A run that says "nothing was changed" while a task attaches a disk invites somebody to power on a VM whose disk is
//! written to elsewhere.

#![expect(
    clippy::expect_used,
    reason = "helpers of tests: what fails here fails the test"
)]

use integration_tests::{Ended, Lab};
use mocks::{Act, Data, Fault, Foreign, Injection, Meanwhile, MoRef, Value as Held, World};
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
    if arguments == PREPARE {
        // What needs a power cycle has tests of its own.
        lab.disk_uuids_in_effect("mt-linux-01");
    }
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

/// Whether it denies anything, on stderr or in what it tells of a step or a disk.
fn denies(ended: &Ended, document: &Value) -> bool {
    let arrays = ["steps", "disks"].into_iter();
    let parts = arrays
        .filter_map(|name| document[name].as_array())
        .flatten();
    let details = parts.filter_map(|part| part["detail"].as_str());
    let said: Vec<&str> = std::iter::once(ended.stderr.as_str())
        .chain(details)
        .flat_map(str::split_whitespace)
        .collect();
    let said = said.join(" ");
    DENIALS.iter().any(|words| said.contains(words))
}

/// The accident happened: without it a test here proves nothing.
fn struck(lab: &Lab, what: &str) {
    assert_eq!(
        lab.server().pending_injections(),
        0,
        "{what}: it was never struck"
    );
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
        !denies(ended, document),
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
            struck(&lab, &what);
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
            struck(&lab, &what);
            assert_eq!(ended.code, Some(8), "{what}: {}", ended.stderr);
            assert_eq!(document["outcome"], "unknown", "{what}");
            assert!(
                statuses(&document).contains(&"unknown"),
                "{what}: {document:#}"
            );
            assert!(!denies(&ended, &document), "{what}: {}", ended.stderr);
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
            let always = Injection::on_method(method, Act::Fault(fault)).forever();
            lab.server().inject(always);
            let (ended, document) = run(&lab, arguments);
            struck(&lab, &what);
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

/// The disk of `app-01`, where its own VM has it.
const APP_01_FILE: &str = "[gold-01] app-01/app-01.vmdk";
const APP_01_UUID: &str = "6000c29d15c50f0a11adba5eba5eba11";
/// A UUID that no disk of the scenario has, as devices have it.
const OTHER_UUID: &str = "6000C290-0000-0000-0000-00000000beef";

/// The master target's devices or advanced settings, to be edited.
fn edit(world: &mut World, path: &str, change: impl FnOnce(&mut Vec<Held>)) {
    let mut vms = world.store.exactly("VirtualMachine");
    let target = vms.find(|vm| vm.properties.str("name") == Some("mt-linux-01"));
    let target = target.map(|vm| vm.reference.clone());
    drop(vms);
    let target = target.expect("the master target");
    world.store.update(&target, |vm| {
        let held = vm.get_path(path).cloned();
        let mut held = held.expect("the master target has it");
        change(held.as_list_mut().expect("a list"));
        vm.set_path(path, held);
    });
}

/// The disk that stands on the file of `app-01`.
fn on_its_file(devices: &mut [Held]) -> &mut Data {
    let mut disks = devices.iter_mut().filter_map(Held::as_data_mut);
    let file = |disk: &Data| disk.data("backing")?.str("fileName").map(str::to_owned);
    disks
        .find(|disk| file(disk).as_deref() == Some(APP_01_FILE))
        .expect("the disk is attached")
}

/// Another disk stands where the ledger has the one of `app-01`: same path, another UUID.
fn replace_the_disk(world: &mut World) {
    edit(world, "config.hardware.device", |devices| {
        on_its_file(devices).set_path("backing.uuid", OTHER_UUID);
    });
}

#[test]
fn a_disk_at_the_path_of_an_entry_with_another_uuid_is_not_detached() {
    let lab = lab_for("disks", &DETACH);
    lab.server().with_world(|world| {
        replace_the_disk(world);
        assert!(
            world
                .files
                .edit_disk(APP_01_FILE, |disk| OTHER_UUID.clone_into(&mut disk.uuid))
        );
    });
    lab.server().forget_calls();
    let by_uuid = [
        "disks",
        "detach",
        "mt-linux-01",
        "--uuid",
        APP_01_UUID,
        "--yes",
    ];
    for arguments in [&DETACH[..], &by_uuid] {
        let (ended, document) = run(&lab, arguments);
        let ended = ended.expect(1);
        assert_eq!(
            document["plan"]["refused"][0]["cause"], "missing",
            "{ended}"
        );
        assert_eq!(document["plan"]["steps"], serde_json::json!([]), "{ended}");
    }
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[test]
fn a_disk_at_the_same_path_with_another_uuid_is_not_taken_for_attached() {
    let lab = lab_for("disks", &DETACH);
    lab.server().with_world(replace_the_disk);
    lab.server().forget_calls();
    let (ended, document) = run(&lab, &ATTACH);
    let ended = ended.expect(1);
    assert_eq!(
        document["plan"]["refused"][0]["cause"], "uuid-taken",
        "{ended}"
    );
    assert_eq!(lab.changes(), Vec::<String>::new());
}

/// An attach is lost on its way, and somebody attaches another disk by the same path with the entry that the attach
/// would have written: reading back must not take that disk for the one that was to be attached.
#[test]
fn reading_back_tells_a_disk_by_its_uuid_and_not_by_its_path() {
    let lab = lab_for("disks", &DETACH);
    let (mut device, mut entry) = (None, None);
    lab.server().with_world(|world| {
        edit(world, "config.hardware.device", |devices| {
            device = Some(on_its_file(devices).clone());
        });
        edit(world, "config.extraConfig", |options| {
            let key = format!("esxtool.disk.{APP_01_UUID}");
            let mut all = options.iter().filter_map(Held::as_data);
            entry = all.find(|one| one.str("key") == Some(&key)).cloned();
        });
    });
    let (mut device, entry) = (device.expect("a disk"), entry.expect("an entry"));
    device.set_path("backing.uuid", OTHER_UUID);
    let _ = lab.esxtool(DETACH).run().expect(0);
    let somebody = Meanwhile::new(move |world| {
        edit(world, "config.hardware.device", |all| {
            all.push(device.clone().into())
        });
        edit(world, "config.extraConfig", |all| {
            all.push(entry.clone().into())
        });
    });
    let reads_before_the_change = {
        let smooth = lab_for("disks", &ATTACH);
        let _ = smooth.esxtool(ATTACH).run().expect(0);
        let names = smooth.server().requests();
        let sent = names.iter().position(|name| name == "ReconfigVM_Task");
        let before = &names[..sent.expect("it is sent")];
        before
            .iter()
            .filter(|name| *name == "RetrievePropertiesEx")
            .count()
    };
    let earlier = lab.server().requests();
    let earlier = earlier
        .iter()
        .filter(|name| *name == "RetrievePropertiesEx")
        .count();
    let next = u64::try_from(earlier + reads_before_the_change + 1).expect("a count");
    let lost = Act::ForeignInstead(Foreign::Page200);
    lab.server()
        .inject(Injection::on_method("ReconfigVM_Task", lost));
    let act = Act::Meanwhile(somebody);
    lab.server()
        .inject(Injection::on_nth("RetrievePropertiesEx", next, act));
    let (ended, document) = run(&lab, &ATTACH);
    struck(&lab, "attach");
    let ended = ended.expect(8);
    assert_eq!(document["disks"][0]["status"], "unknown", "{ended}");
    assert_eq!(document["outcome"], "unknown", "{ended}");
}
