//! What `locate` finds and `restore` fixes when more went wrong than a move.

use integration_tests::site::Site;
use integration_tests::{Esxtool, Lab};
use mocks::{Act, Match, Role};
use vsphere_client::object::VirtualMachine;
use vsphere_client::task::WaitOptions;
use vsphere_client::vim::{
    VirtualDevice, VirtualDeviceConfigSpec, VirtualDeviceKind, VirtualMachineConfigSpec,
};

use super::{APP_01, device_paths, found, ledger, relocate, wire};

const TARGET: &str = "mt-linux-01";
const BEFORE: &str = "[gold-01] app-01/app-01.vmdk";
const LOST: &str = "[silver-01] found/disk.vmdk";

/// The master target with the disk of `app-01` attached.
fn attached() -> Lab {
    let lab = Lab::start("disks");
    lab.esxtool(["disks", "attach", TARGET, "--vm", "app-01", "--yes"])
        .run()
        .expect(0);
    lab
}

/// Takes the disk off behind the tool's back, so that its entry stays.
fn take_off(lab: &Lab) {
    let vm = found(lab, "VirtualMachine", TARGET);
    let version = lab.server().value(&vm, "config.changeVersion").unwrap();
    let version = version.as_str().unwrap().to_owned();
    let device = VirtualDevice::new(2002, VirtualDeviceKind::Disk(Box::default()));
    let spec = VirtualMachineConfigSpec {
        device_change: vec![VirtualDeviceConfigSpec::remove(device)],
        ..VirtualMachineConfigSpec::default()
    };
    lab.block_on(async {
        let client = Site::log_in(lab.server(), Role::Administrator).await;
        let task = VirtualMachine::new(&client, wire(&vm))
            .reconfigure(version, spec)
            .await
            .unwrap();
        let outcome = client
            .wait_task(&task, WaitOptions::default(), |_| {})
            .await
            .unwrap();
        assert!(outcome.is_success(), "{outcome:?}");
        client.logout().await.unwrap();
    });
    assert_eq!(device_paths(lab, TARGET).len(), 2);
}

#[test]
fn a_disk_that_was_taken_off_and_moved_is_found_by_a_search_and_given_back() {
    let lab = attached();
    take_off(&lab);
    let here = lab.esxtool(["disks", "locate", TARGET]).run().expect(0);
    here.prints(["as recorded", "not attached"]);
    lab.server()
        .with_world(|world| world.files.rename(BEFORE, LOST));
    let located = lab.esxtool(["disks", "locate", TARGET]).run().expect(1);
    located.prints([
        "1 moved",
        LOST,
        "Searched the datastores",
        "bronze [alt] 01",
        // A clone has the same UUID, and its disk is not taken for the lost one.
        "[gold-01] twin-01/twin-01.vmdk has the same UUID and is a disk of twin-01",
    ]);
    lab.esxtool(["disks", "restore", TARGET, "--yes"])
        .run()
        .expect(0);
    assert_eq!(device_paths(&lab, "app-01"), [LOST]);
    assert_eq!(
        device_paths(&lab, "twin-01"),
        ["[gold-01] twin-01/twin-01.vmdk"]
    );
    assert_eq!(ledger(&lab, TARGET), []);
    let changes = lab.changes().len();
    lab.esxtool(["disks", "restore", TARGET, "--yes"])
        .run()
        .expect(0)
        .prints(["Nothing to do."]);
    assert_eq!(lab.changes().len(), changes);
}

#[test]
fn a_copy_left_behind_stops_the_restore() {
    let lab = attached();
    let copy = lab
        .server()
        .with_world(|world| world.files.disk(BEFORE).cloned().unwrap());
    relocate(&lab, TARGET, "silver-01");
    lab.server().with_world(|world| {
        let now = world.clock.now();
        world.files.put_disk(BEFORE, copy, 1 << 20, now);
    });
    let located = lab.esxtool(["disks", "locate", TARGET]).run().expect(1);
    located.prints([
        "on two files",
        BEFORE,
        "[silver-01] mt-linux-01/mt-linux-01_2.vmdk",
    ]);
    let changes = lab.changes().len();
    let refused = lab
        .esxtool(["disks", "restore", TARGET, "--yes"])
        .run()
        .expect(1);
    refused.prints(["several files have its UUID"]);
    assert_eq!(lab.changes().len(), changes);
}

#[test]
fn a_lost_disk_is_missing_and_says_what_could_not_be_searched() {
    let lab = attached();
    take_off(&lab);
    lab.server().with_world(|world| world.files.remove(BEFORE));
    let located = lab.esxtool(["disks", "locate", TARGET]).run().expect(1);
    located.prints(["1 missing", "do not delete anything"]);
    lab.esxtool(["disks", "restore", TARGET, "--yes"])
        .run()
        .expect(1)
        .prints(["no file with its UUID was found"]);
    assert_eq!(ledger(&lab, TARGET).len(), 1);
}

#[test]
fn an_answer_that_was_lost_is_read_back_and_nothing_is_sent_twice() {
    let lab = attached();
    relocate(&lab, TARGET, "silver-01");
    let before = lab.changes().len();
    lab.inject(
        Match::Method("ReconfigVM_Task".to_owned()),
        2,
        Act::DropAfterApply,
    );
    lab.esxtool(["disks", "restore", TARGET, "--yes"])
        .run()
        .expect(0);
    let sent = lab.changes().split_off(before);
    assert_eq!(sent, ["ReconfigVM_Task", "ReconfigVM_Task"]);
    assert_eq!(device_paths(&lab, "app-01").len(), 1);
    lab.esxtool(["disks", "locate", TARGET]).run().expect(0);
}

#[test]
fn an_owner_that_is_gone_is_told_with_what_is_left_to_do() {
    let ended = Esxtool::new(["disks", "restore", "mt-moved-01", "--simulator", "--yes"])
        .run()
        .expect(1);
    ended.prints(["hr-01", "is not on this server", "by hand"]);
}

#[test]
fn the_json_of_locate_and_restore_is_as_documented() {
    let lab = attached();
    relocate(&lab, TARGET, "silver-01");
    let located = lab
        .esxtool(["disks", "locate", TARGET, "--output", "json"])
        .run()
        .expect(1)
        .json();
    assert_eq!(located["command"], "disks locate");
    assert_eq!(located["all_as_recorded"], false);
    let disk = &located["disks"][0];
    assert_eq!(disk["state"], "moved");
    assert_eq!(disk["entry"]["uuid"], APP_01);
    assert_eq!(disk["entry"]["path"], BEFORE);
    assert_eq!(
        disk["paths"][0],
        "[silver-01] mt-linux-01/mt-linux-01_2.vmdk"
    );
    assert_eq!(located["searched"].as_array().map(Vec::len), Some(0));
    let restored = lab
        .esxtool(["disks", "restore", TARGET, "--output", "json", "--yes"])
        .run()
        .expect(0)
        .json();
    assert_eq!(restored["command"], "disks restore");
    assert_eq!(restored["outcome"], "ready");
    assert_eq!(restored["dry_run"], false);
    assert_eq!(restored["plan"]["verb"], "restore");
    let steps = restored["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 2);
    assert!(steps.iter().all(|step| step["status"] == "done"));
    assert_eq!(restored["disks"][0]["state"], "as-recorded");
}
