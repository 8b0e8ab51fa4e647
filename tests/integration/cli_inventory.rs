//! `esxtool inventory` as a user runs it: forms, conditions, rows as they come.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests end a test as tests do"
)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use integration_tests::{Ended, Esxtool, Lab, path};
use serde_json::Value;

const KINDS: [&str; 6] = [
    "hosts",
    "datastores",
    "vms",
    "controllers",
    "disks",
    "snapshots",
];

fn list(lab: &Lab, kind: &str, further: &[&str]) -> Ended {
    lab.esxtool(["inventory", kind])
        .args(further.iter().copied())
        .run()
}

fn rows(lab: &Lab, kind: &str, further: &[&str]) -> Vec<Value> {
    let ended = list(lab, kind, &[further, &["-o", "json"]].concat()).expect(0);
    ended.json()[kind].as_array().unwrap().clone()
}

/// The server holds the second page back, and the rows of the first are there.
#[test]
fn rows_are_printed_before_the_next_page_has_come() {
    for form in ["table", "wide", "ndjson", "csv"] {
        let lab = Lab::start("big:250");
        let gate = lab.hold("ContinueRetrievePropertiesEx");
        let mut running = lab.esxtool(["inventory", "vms", "-o", form]).spawn();
        lab.reached(&gate);
        let early = running.until_stdout("vm-00100");
        assert!(!early.contains("vm-00101"), "{form}: {early}");
        gate.open();
        let ended = running.wait().expect(0);
        let rows = ended.stdout.lines().filter(|line| line.contains("vm-00"));
        assert_eq!(rows.count(), 250, "{form}");
    }
}

/// The reader leaves after the first line: the rest is not fetched, and the end is clean.
#[test]
fn a_reader_who_leaves_ends_the_list() {
    let lab = Lab::start("big:1000");
    let gate = lab.hold("ContinueRetrievePropertiesEx");
    let (user, password) = lab.server().account(mocks::Role::Administrator);
    let mut child = Command::new(path())
        .args(["inventory", "vms", "-o", "ndjson"])
        .env("ESXTOOL_URL", lab.server().url())
        .env("ESXTOOL_USERNAME", user)
        .env("ESXTOOL_PASSWORD", password)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    assert!(line.starts_with('{'), "{line}");
    lab.reached(&gate);
    drop(reader);
    gate.open();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    assert_eq!(lab.server().call_count("ContinueRetrievePropertiesEx"), 1);
    assert_eq!(lab.server().call_count("CancelRetrievePropertiesEx"), 1);
}

/// The same rows in every form, on vCenter and on ESXi.
#[test]
fn the_forms_say_the_same() {
    for scenario in ["failback-lab", "esxi", "esxi-free"] {
        let lab = Lab::start(scenario);
        for kind in KINDS {
            let expected = rows(&lab, kind, &[]);
            let lines = list(&lab, kind, &["-o", "ndjson"]).expect(0);
            let lines: Vec<Value> = lines
                .stdout
                .lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect();
            // Ages grow from run to run.
            let still = |rows: &[Value]| -> Vec<Value> {
                let mut rows = rows.to_vec();
                for row in &mut rows {
                    row.as_object_mut().unwrap().remove("age_seconds");
                }
                rows
            };
            assert_eq!(still(&lines), still(&expected), "{scenario} {kind}");
            let csv = list(&lab, kind, &["-o", "csv"]).expect(0);
            assert_eq!(csv.stdout.lines().count(), expected.len() + 1, "{csv}");
            if let Some(row) = expected.first() {
                let names: Vec<&str> = row
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(String::as_str)
                    .collect();
                assert_eq!(csv.stdout.lines().next().unwrap(), names.join(","));
            }
            let table = list(&lab, kind, &[]).expect(0);
            let wide = list(&lab, kind, &["-o", "wide"]).expect(0);
            for row in &expected {
                let name = row.get("vm_name").unwrap_or(&row["name"]);
                table.prints([name.as_str().unwrap()]);
                wide.prints([name.as_str().unwrap(), row["path"].as_str().unwrap_or("-")]);
            }
            let first = |ended: &Ended| ended.stdout.lines().next().unwrap_or_default().len();
            assert!(
                expected.is_empty() || first(&wide) > first(&table),
                "{wide}"
            );
        }
    }
}

#[test]
fn lists_show_what_matters_of_each_kind() {
    let lab = Lab::start("failback-lab");
    for store in rows(&lab, "datastores", &[]) {
        let mounts = store["mounts"].as_array().unwrap();
        assert_eq!(mounts.len() as u64, store["hosts"].as_u64().unwrap());
        for mount in mounts {
            assert!(
                mount["host"].as_str().unwrap().starts_with("esx-"),
                "{mount}"
            );
            assert!(["read-write", "read-only"].contains(&mount["access"].as_str().unwrap()));
        }
    }
    list(&lab, "datastores", &[])
        .expect(0)
        .prints(["MOUNTED BY", "read-write", "read-only"]);
    let read_only = rows(&lab, "datastores", &["--where", "mounts ~ '* read-only'"]);
    assert!(!read_only.is_empty());
    for controller in rows(&lab, "controllers", &["--where", "kind ~ lsi-*"]) {
        let (used, free) = (&controller["used_slots"], &controller["free_slots"]);
        assert_eq!(
            used.as_u64().unwrap() + free.as_u64().unwrap(),
            15,
            "{controller}"
        );
    }
    for snapshot in rows(&lab, "snapshots", &[]) {
        assert!(snapshot["age_seconds"].as_i64().unwrap() >= 0, "{snapshot}");
        assert!(snapshot["size_bytes"].as_i64().unwrap() > 0, "{snapshot}");
    }
    list(&lab, "snapshots", &[])
        .expect(0)
        .prints(["AGE", "SIZE"]);
    for disk in rows(&lab, "disks", &[]) {
        assert!(disk["file"].as_str().unwrap().ends_with(".vmdk"), "{disk}");
        assert!(disk["capacity_bytes"].as_i64().unwrap() > 0, "{disk}");
    }
}

#[test]
fn a_condition_takes_the_rows_that_fit() {
    let lab = Lab::start("failback-lab");
    let all = rows(&lab, "vms", &[]);
    let off = rows(
        &lab,
        "vms",
        &["--where", "power_state = POWEREDOFF and not template"],
    );
    let expected: Vec<&Value> = all
        .iter()
        .filter(|row| row["power_state"] == "poweredOff" && row["template"] == false)
        .collect();
    assert!(!expected.is_empty() && expected.len() < all.len());
    assert_eq!(off.iter().collect::<Vec<_>>(), expected);
    let big = rows(&lab, "vms", &["--where", "memory >= 6GB or cpus > 8"]);
    assert!(
        big.iter()
            .all(|row| row["memory_mb"].as_i64() >= Some(6144) || row["cpus"].as_i64() > Some(8))
    );
    let none = list(&lab, "vms", &["--where", "name = nobody"]).expect(0);
    assert_eq!(none.stdout, "0 VMs\n");
    let headings = list(&lab, "vms", &["--where", "name = nobody", "-o", "csv"]).expect(0);
    assert_eq!(headings.stdout.lines().count(), 1);
}

#[test]
fn a_mistake_in_a_condition_is_told_with_its_position_before_anything_is_contacted() {
    let lab = Lab::start("ready");
    let ended = list(
        &lab,
        "datastores",
        &["--where", "kind = VMFS and fre < 10GB"],
    )
    .expect(2);
    ended.says([
        "there is no column \"fre\"",
        "did you mean free_bytes?",
        "writable_hosts",
    ]);
    let lines: Vec<&str> = ended.stderr.lines().collect();
    let marks = lines.iter().position(|line| line.trim() == "^^^").unwrap();
    assert_eq!(
        lines[marks].find('^'),
        lines[marks - 1].find("fre"),
        "{ended}"
    );
    list(&lab, "vms", &["--path", "/London/[a"])
        .expect(2)
        .says(["--path cannot be read"]);
    assert_eq!(lab.calls(), 0);
    list(&lab, "vms", &["--path", "/Nowhere/vm/*"])
        .expect(6)
        .says(["/Nowhere"]);
}

#[test]
fn only_lists_have_the_forms_of_lists() {
    let lab = Lab::start("ready");
    for form in ["csv", "ndjson", "wide"] {
        lab.esxtool(["check", "mt-linux-01", "-o", form])
            .run()
            .expect(2)
            .says(["`check` has no", "--output json"]);
    }
    list(&lab, "vms", &["-o", "junit"])
        .expect(2)
        .says(["no JUnit form"]);
    assert_eq!(lab.calls(), 0);
}

#[test]
fn a_table_keeps_to_80_columns() {
    for kind in KINDS {
        let ended = Esxtool::new(["inventory", kind, "--simulator", "failback-lab"])
            .env("COLUMNS", "80")
            .run()
            .expect(0);
        for line in ended.stdout.lines() {
            assert!(line.chars().count() <= 80, "{kind}: {line}");
        }
    }
}
