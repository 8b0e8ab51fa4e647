//! The options of `prepare-master-target` for fixes that are made only when asked for.

use integration_tests::{Esxtool, Lab};

const PREPARE: &str = "prepare-master-target";

#[test]
fn options_that_make_no_sense_are_refused_before_anything_is_contacted() {
    // Nobody listens there; a connection would end with 3.
    let nowhere = ["--url", "https://127.0.0.1:1", "--username", "u"];
    for (options, word) in [
        (
            &["--forbid-snapshots", "--allow-snapshots"][..],
            "--allow-snapshots",
        ),
        (&["--force-power-off"][..], "--power-cycle"),
        (&["--power-limit", "5"][..], "--power-cycle"),
        (&["--power-cycle", "--power-limit", "0"][..], "1..=86400"),
        (&["--confirm-windows-boot"][..], "--convert-controllers"),
        (&["--add-retention-disk", "1000"][..], "500GB"),
        (&["--add-retention-disk", "63TB"][..], "62TB"),
        (&["--add-retention-disk", "1TB,"][..], "datastore"),
    ] {
        let arguments = [PREPARE, "mt", "--dry-run"].into_iter();
        let all = arguments.chain(nowhere).chain(options.iter().copied());
        Esxtool::new(all).run().expect(2).says([word]);
    }
}

#[test]
fn help_tells_of_every_fix() {
    let ended = Esxtool::new([PREPARE, "--help"]).run().expect(0);
    ended.prints([
        "--power-cycle",
        "--force-power-off",
        "--power-limit <SECONDS>",
        "--convert-controllers",
        "--confirm-windows-boot",
        "--add-retention-disk <SIZE[,DATASTORE]>",
        "--forbid-snapshots",
        "--allow-snapshots",
        "mt-windows-01 --convert-controllers --power-cycle",
    ]);
}

#[test]
fn a_power_cycle_is_told_step_by_step() {
    let lab = Lab::start("failback-lab");
    let run = [
        PREPARE,
        "mt-linux-01",
        "--power-cycle",
        "--forbid-snapshots",
        "--yes",
    ];
    let ended = lab.esxtool(run).run().expect(0);
    ended.says([
        "waiting for the guest to shut down",
        "waiting for VMware Tools to answer",
    ]);
    ended.prints([
        "Shut the guest down",
        "Power the VM on again",
        "forbid snapshots",
    ]);
    assert!(!ended.stdout.contains("POWER CYCLE"), "{ended}");
    let again = lab.esxtool(run).run().expect(0);
    again.prints(["Nothing to do.", "snapshots are forbidden already"]);
}

#[test]
fn a_power_cycle_that_is_due_is_told_by_check() {
    let lab = Lab::start("failback-lab");
    // What is set and has no effect yet is not ready, and the one command that finishes it is told.
    let plan = lab
        .esxtool([PREPARE, "mt-linux-01", "--dry-run"])
        .run()
        .expect(1);
    plan.prints([
        "Not in the plan",
        "--power-cycle does it",
        "leaves blockers",
    ]);
    let ended = lab
        .esxtool([PREPARE, "mt-linux-01", "--yes"])
        .run()
        .expect(1);
    ended.prints([
        "POWER CYCLE",
        "'esxtool prepare-master-target mt-linux-01 --power-cycle' finishes it",
        "NOT READY: 1 blocker",
    ]);
    let check = lab.esxtool(["check", "mt-linux-01"]).run().expect(1);
    check.prints([
        "disk.EnableUUID is set, and has no effect before the next power cycle",
        "--power-cycle does it",
        "NOT READY",
    ]);
    let finish = [PREPARE, "mt-linux-01", "--power-cycle", "--yes"];
    lab.esxtool(finish).run().expect(0).prints(["READY"]);
    lab.esxtool(["check", "mt-linux-01"]).run().expect(0);
}

/// Issue 10, point 12.
#[test]
fn a_disk_for_retention_is_not_promised_as_a_volume() {
    let lab = Lab::start("failback-lab");
    let run = [
        PREPARE,
        "mt-linux-02",
        "--add-retention-disk",
        "1TB",
        "--dry-run",
    ];
    let ended = lab.esxtool(run).run().expect(1);
    ended.prints(["Add a thin disk of 1TB", "has to be made in the guest"]);
    assert!(
        !ended.stdout.contains("fixes   retention-volume"),
        "{ended}"
    );
}

#[test]
fn what_was_asked_for_and_cannot_be_is_no_success() {
    let lab = Lab::start("failback-lab");
    let run = [
        PREPARE,
        "mt-linux-ready",
        "--add-retention-disk",
        "60TB",
        "--yes",
    ];
    let ended = lab.esxtool(run).run().expect(1);
    ended.prints(["Not in the plan", "60TB"]);
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[test]
fn a_dry_run_shows_how_controllers_are_replaced_and_put_back() {
    let lab = Lab::start("failback-lab");
    let run = [
        PREPARE,
        "mt-windows-01",
        "--convert-controllers",
        "--confirm-windows-boot",
        "--power-cycle",
        "--force-power-off",
        "--dry-run",
    ];
    let ended = lab.esxtool(run).run().expect(1);
    ended.prints([
        "Replace SCSI controller 0 by LSI Logic SAS, with all on it",
        "replace LSI Logic SAS on bus 0 by VMware Paravirtual, while the VM is off",
        "Switch the VM off hard: VMware Tools do not run",
    ]);
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[test]
fn who_leaves_while_the_vm_is_off_is_told_so() {
    let lab = Lab::start("failback-lab");
    let gate = lab.hold("PowerOnVM_Task");
    let run = [PREPARE, "mt-linux-01", "--power-cycle", "--yes"];
    let mut running = lab.esxtool(run).spawn();
    lab.reached(&gate);
    running.interrupt();
    running.until_stderr("press Ctrl-C again");
    running.interrupt();
    let ended = running.wait().expect(130);
    ended.says(["power it on by hand"]);
    gate.open();
}
