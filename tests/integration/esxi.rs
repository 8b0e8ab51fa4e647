//! Standalone ESXi: everything that makes sense works there, and what needs vCenter says so in one sentence.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a test ends where one fails"
)]

use integration_tests::{Esxtool, Lab};

/// A command, how it ends on a host with a full licence and on one with the free edition, and what it tells.
struct EditionCase {
    command: &'static [&'static str],
    full: i32,
    free: i32,
    told: &'static str,
}

const fn row(
    command: &'static [&'static str],
    full: i32,
    free: i32,
    told: &'static str,
) -> EditionCase {
    EditionCase {
        command,
        full,
        free,
        told,
    }
}

const MT: &str = "mt-linux-01";
/// What a host says that has no vCenter above it.
const NO_VCENTER: &str = "there is no vCenter that could move this VM";
/// What the free edition says of every change.
const FREE: &str = "the licence of the host does not allow the API to write";

/// Every command that works on a server.
const TABLE: &[EditionCase] = &[
    row(&["inventory", "hosts"], 0, 0, "esx-01.example.com"),
    row(&["inventory", "datastores"], 0, 0, "datastore1"),
    row(&["inventory", "vms"], 0, 0, MT),
    row(&["inventory", "controllers"], 0, 0, "LSI Logic Parallel"),
    row(&["inventory", "snapshots"], 0, 0, "before-agent"),
    row(&["datastores", "list"], 0, 0, "datastore2 VMFS unmounted"),
    row(
        &["datastores", "mount", "datastore1", "--yes"],
        0,
        0,
        "Nothing to do.",
    ),
    row(
        &["datastores", "mount", "datastore2", "--dry-run"],
        0,
        0,
        "Plan: 1 step",
    ),
    row(
        &["datastores", "mount", "gold-07", "--yes"],
        6,
        6,
        "a share that only another host mounts needs the vCenter",
    ),
    row(
        &["datastores", "unmount", "datastore1", "--yes"],
        1,
        1,
        "2 VMs of esx-01.example.com lie on it",
    ),
    row(
        &["check", MT],
        1,
        1,
        "a host without vCenter has no Storage vMotion",
    ),
    row(
        &["check", MT, "--protect", "app-01"],
        1,
        1,
        "there is no vCenter: known-to-vcenter",
    ),
    row(
        &["check", MT, "--failback-vcenter", "vc.example.com"],
        1,
        1,
        "known-to-vcenter",
    ),
    row(
        &["prepare-master-target", MT, "--dry-run"],
        1,
        1,
        "Dry run: nothing was changed.",
    ),
    row(
        &["prepare-master-target", MT, "--power-cycle", "--dry-run"],
        0,
        1,
        "Dry run: nothing was changed.",
    ),
    row(
        &["prepare-appliance", MT, "--dry-run"],
        1,
        1,
        "Dry run: nothing was changed.",
    ),
    row(
        &["prepare-master-target", MT, "--tag", "asr", "--dry-run"],
        1,
        1,
        "the server offers no REST API, which only vCenter has",
    ),
    row(&["duplicates"], 0, 0, "no UUID occurs more than once"),
    row(&["disks", "list", MT], 0, 0, "retention"),
    row(&["snapshots", "list", MT], 0, 0, "before-agent (current)"),
    row(
        &["snapshots", "consolidate", MT, "--yes"],
        0,
        0,
        "Nothing to do.",
    ),
    row(&["storage-vmotion", "status", MT], 0, 0, NO_VCENTER),
    row(
        &["storage-vmotion", "exclude", MT, "--yes"],
        0,
        0,
        NO_VCENTER,
    ),
    row(
        &["storage-vmotion", "include", MT, "--yes"],
        0,
        0,
        NO_VCENTER,
    ),
    row(&["credentials", "validate"], 0, 0, "VMware ESXi 7.0.3"),
    // What changes something, each on a host of its own.
    row(
        &["datastores", "mount", "datastore2", "--yes"],
        0,
        7,
        "datastore2",
    ),
    row(
        &["prepare-master-target", MT, "--yes"],
        1,
        7,
        "disk.EnableUUID",
    ),
];

fn run(scenario: &str, command: &[&'static str]) -> integration_tests::Ended {
    Esxtool::new(command.iter().copied())
        .args(["--simulator", scenario])
        .run()
}

#[test]
fn every_command_ends_on_a_host_as_the_table_says() {
    for row in TABLE {
        for (scenario, code) in [("esxi", row.full), ("esxi-free", row.free)] {
            let ended = run(scenario, row.command).expect(code);
            let all = format!("{}\n{}", ended.stdout, ended.stderr);
            let flat = all.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(
                flat.contains(row.told),
                "{:?} is not told\n{ended}",
                row.told
            );
            if code == 7 {
                assert!(flat.contains(FREE), "{ended}");
            }
            assert!(
                !flat.contains("NotSupported") && !flat.contains("NotImplemented"),
                "{ended}"
            );
        }
    }
}

/// A command that is not in the table was not thought about.
#[test]
fn every_command_that_works_on_a_server_is_in_the_table() {
    let help = Esxtool::new(["--help"]).run().expect(0);
    let commands = help.stdout.split("Commands:").nth(1).unwrap();
    let commands = commands.split("Options:").next().unwrap();
    let without_server = ["rules", "simulate", "completions", "man", "help"];
    // It needs a group file; the scenario for it is a vCenter of its own.
    let elsewhere = ["plan-reprotect"];
    for line in commands.lines() {
        // Names stand at the margin, the lines of their descriptions do not.
        let Some(name) = line
            .strip_prefix("  ")
            .filter(|rest| !rest.starts_with(' '))
        else {
            continue;
        };
        let name = name.split_whitespace().next().unwrap_or_default();
        if name.is_empty() || without_server.contains(&name) || elsewhere.contains(&name) {
            continue;
        }
        let known = TABLE.iter().any(|row| row.command[0] == name);
        assert!(known, "{name} is not in the table of commands on ESXi");
    }
}

#[test]
fn groups_are_planned_on_a_host_too() {
    let directory = tempfile();
    let file = directory.join("groups.toml");
    let text =
        "master-targets = [\"mt-linux-01\"]\n[[groups]]\nname = \"app\"\nvms = [\"app-01\"]\n";
    std::fs::write(&file, text).unwrap();
    let ended = Esxtool::new(["plan-reprotect", "--simulator", "esxi", "--group"])
        .arg(file)
        .run();
    std::fs::remove_dir_all(directory).unwrap();
    ended.expect(0).prints(["mt-linux-01"]);
}

fn tempfile() -> std::path::PathBuf {
    let directory = std::env::temp_dir().join(format!("esxtool-esxi-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

#[test]
fn the_mount_on_a_host_is_read_back_and_taken_back() {
    let lab = Lab::start("esxi");
    let run = |verb: &'static str| {
        lab.esxtool(["datastores", verb, "datastore2", "--yes"])
            .run()
    };
    run("mount")
        .expect(0)
        .prints(["Read back: datastore2 is read/write on esx-01.example.com."]);
    run("mount").expect(0).prints(["Nothing to do."]);
    run("unmount")
        .expect(0)
        .prints(["Read back: datastore2 is unmounted on esx-01.example.com."]);
    assert_eq!(lab.changes(), ["MountVmfsVolume", "UnmountVmfsVolume"]);
}
