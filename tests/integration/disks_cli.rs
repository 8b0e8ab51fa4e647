//! `esxtool disks list`, `attach` and `detach` as a user runs them.

use integration_tests::{Esxtool, Lab};
use mocks::{Act, Fault, Match};

const MT: &str = "mt-linux-01";

fn run<'a>(lab: &Lab, verb: &'a str, rest: &[&'a str]) -> Esxtool {
    let words = ["disks", verb, MT];
    lab.esxtool(words.into_iter().chain(rest.iter().copied()))
}

#[test]
fn the_slot_map_of_sixty_disks_fits_80_columns() {
    let lab = Lab::start("sixty-disks");
    let ended = run(&lab, "list", &[]).env("COLUMNS", "80").run().expect(0);
    for text in [
        "  bus 0   S  R  o  o  o  o  o  -  o  o  o  o  o  o  o  o  LSI Logic Parallel\n",
        "  bus 3   o  o  o  o  o  o  o  -  o  o  o  o  o  o  o  .  LSI Logic Parallel\n",
        "1 of 60 slots are free.\n",
        "\nDisks: 59\n",
        "\n3:14  other       20.0 GB  Hard disk 59",
        "\n      [gold-01] mt-linux-01/mt-linux-01_58.vmdk, not in the ledger\n",
    ] {
        assert!(ended.stdout.contains(text), "{text:?}\n{ended}");
    }
    for line in ended.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line:?}");
    }
}

#[test]
fn a_pipe_gets_one_line_for_each_disk() {
    let lab = Lab::start("sixty-disks");
    let ended = run(&lab, "list", &[]).run().expect(0);
    let rows = ended
        .stdout
        .lines()
        .filter(|line| line.contains("[gold-01] mt-linux-01/"));
    assert_eq!(rows.count(), 59);
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[test]
fn attach_list_and_detach_tell_one_story() {
    let lab = Lab::start("disks");
    let vms = ["--vm", "app-01", "app-02"];
    let dry = run(&lab, "attach", &[&vms[..], &["--dry-run"]].concat())
        .run()
        .expect(0);
    dry.prints([
        "Attach 4 disks of app-01, app-02 to mt-linux-01",
        "0:3 Hard disk 1 of app-02, 40.0 GB, [silver-01] app-02/app-02.vmdk",
        "Dry run: nothing was changed.",
    ]);
    assert!(lab.changes().is_empty());

    let done = run(
        &lab,
        "attach",
        &[&vms[..], &["--yes", "-o", "json"]].concat(),
    )
    .run()
    .expect(0)
    .json();
    assert_eq!(done["command"], "disks attach");
    assert_eq!(done["outcome"], "ready");
    assert_eq!(done["dry_run"], false);
    let statuses: Vec<_> = done["disks"].as_array().unwrap().iter().collect();
    assert_eq!(statuses.len(), 4);
    assert!(statuses.iter().all(|disk| disk["status"] == "attached"));
    assert_eq!(done["plan"]["steps"][0]["change"]["kind"], "attach-disks");
    assert_eq!(lab.changes(), ["ReconfigVM_Task"]);

    let again = run(&lab, "attach", &[&vms[..], &["--yes"]].concat())
        .run()
        .expect(0);
    again.prints(["Already so", "Nothing to do."]);

    let listed = run(&lab, "list", &["-o", "json"]).run().expect(0).json();
    let disks = listed["disks"].as_array().unwrap();
    let protected: Vec<_> = disks
        .iter()
        .filter(|disk| disk["kind"] == "protected")
        .collect();
    assert_eq!(protected.len(), 4);
    assert!(protected.iter().all(|disk| disk["in_ledger"] == true));
    assert_eq!(protected[0]["owner"]["name"], "app-01");
    assert_eq!(listed["ledger"], "read");

    let one = protected[0]["uuid"].as_str().unwrap();
    run(&lab, "detach", &["--uuid", one, "--yes"])
        .run()
        .expect(0)
        .prints(["Detach 1 disk from mt-linux-01; its file stays", "detached"]);
    run(&lab, "detach", &["--all", "--yes"]).run().expect(0);
    let empty = run(&lab, "detach", &["--all", "--yes"]).run().expect(0);
    empty.prints(["Nothing to do."]);
    assert_eq!(lab.changes().len(), 3);
}

#[test]
fn refusals_end_with_1_and_a_part_with_8_and_a_refusing_server_with_7() {
    let lab = Lab::start("disks");
    let refused = run(&lab, "attach", &["--vm", "running-01", "app-01", "--yes"])
        .run()
        .expect(1);
    refused.prints([
        "Refused",
        "running-01: the VM is powered on",
        "shut it down",
    ]);
    refused.says(["no disk was attached; nothing was changed"]);
    assert!(lab.changes().is_empty());

    let missing = "broken-01_1-flat.vmdk";
    for how in ["--yes", "--dry-run"] {
        run(&lab, "attach", &["--vm", "broken-01", how])
            .run()
            .expect(1)
            .prints([missing]);
    }
    assert!(lab.changes().is_empty());
    let lost = Fault::new("FileNotFound", "File was not found")
        .with("file", "[gold-01] app-01/app-01.vmdk");
    lab.inject(
        Match::Method("ReconfigVM_Task".to_owned()),
        1,
        Act::FailTask(lost),
    );
    run(&lab, "attach", &["--vm", "app-01", "--yes"])
        .run()
        .expect(7)
        .says(["nothing was changed"]);
    let part = ["--vm", "broken-01", "running-01", "--partial", "--yes"];
    let ended = run(&lab, "attach", &part).run().expect(8);
    ended.prints(["attached", "Refused", "Left out"]);
    ended.says(["a part of it was done: 1 of 3 disks"]);
}

#[test]
fn arguments_that_name_no_disk_are_refused_before_anything_is_contacted() {
    let nowhere = ["--url", "https://127.0.0.1:1", "--username", "u", "--yes"];
    for (words, said) in [
        (&["disks", "attach", MT][..], "--vm <VM>"),
        (&["disks", "detach", MT][..], "--all"),
        (
            &["disks", "detach", MT, "--uuid", "6000c29"][..],
            "is no UUID of a disk",
        ),
        (
            &["disks", "detach", MT, "--all", "--vm", "a"][..],
            "cannot be used with",
        ),
    ] {
        let all = words.iter().copied().chain(nowhere);
        Esxtool::new(all).run().expect(2).says([said]);
    }
}

#[test]
fn a_master_target_is_not_attached_to_itself_and_an_unknown_vm_is_not_found() {
    let lab = Lab::start("disks");
    run(&lab, "attach", &["--vm", MT, "--yes"])
        .run()
        .expect(2)
        .says(["is the master target itself"]);
    run(&lab, "attach", &["--vm", "app-1", "--yes"])
        .run()
        .expect(6)
        .says(["app-01"]);
}

#[test]
fn an_account_that_may_only_read_is_told_so_and_nothing_is_sent() {
    let lab = Lab::start("disks");
    let words = ["disks", "attach", MT, "--vm", "app-01", "--yes"];
    let ended = lab.esxtool_as(mocks::Role::ReadOnly, words).run().expect(5);
    ended.says(["lacks the privilege VirtualMachine.Config."]);
    assert!(lab.changes().is_empty());
}
