//! Every scenario of the simulator, checked through the binary, and lists that take several pages.

use integration_tests::Esxtool;
use serde_json::Value;

fn json(arguments: &[&str], codes: &[i32]) -> Value {
    let ended = Esxtool::new(arguments.iter().copied())
        .args(["-o", "json"])
        .run();
    assert!(
        ended.code.is_some_and(|code| codes.contains(&code)),
        "{ended}"
    );
    ended.json()
}

/// Every scenario can be listed, and every VM in it can be checked without a failure.
#[test]
fn every_vm_of_every_scenario_can_be_checked() {
    for scenario in mocks::scenario::list() {
        let name = match scenario.name {
            "big" => "big:12",
            name => name,
        };
        let listed = json(&["inventory", "vms", "--simulator", name], &[0]);
        let vms = listed["vms"].as_array().unwrap();
        assert!(!vms.is_empty(), "{name}");
        for vm in vms {
            let reference = vm["moref"].as_str().unwrap();
            let checked = json(&["check", reference, "--simulator", name], &[0, 1]);
            assert_eq!(checked["facts"]["master_target"]["moref"], reference);
            let (ready, code) = (&checked["ready"], &checked["exit_code"]);
            assert_eq!(ready == true, code == 0, "{name} {reference}");
        }
    }
}

#[test]
fn in_the_ready_lab_a_master_target_is_ready() {
    let listed = json(&["inventory", "vms", "--simulator", "ready"], &[0]);
    let vms = listed["vms"].as_array().unwrap();
    let targets: Vec<&str> = vms
        .iter()
        .filter_map(|vm| vm["name"].as_str())
        .filter(|name| name.starts_with("mt-"))
        .collect();
    assert!(!targets.is_empty(), "{listed:#}");
    for target in targets {
        json(&["check", target, "--simulator", "ready"], &[0]);
    }
}

/// The server hands out pages of 100.
#[test]
fn a_list_of_several_pages_is_complete_and_sorted() {
    let listed = json(&["inventory", "vms", "--simulator", "big:250"], &[0]);
    let vms = listed["vms"].as_array().unwrap();
    let names: Vec<&str> = vms.iter().map(|vm| vm["name"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 250);
    assert!(names.is_sorted(), "{names:?}");
    assert!(listed["calls"]["by_method"]["ContinueRetrievePropertiesEx"].as_u64() >= Some(2));
}

#[test]
fn a_table_is_one_line_for_each_row_in_a_pipe() {
    let ended = Esxtool::new(["inventory", "vms", "--simulator", "big:150"])
        .run()
        .expect(0);
    let rows = ended
        .stdout
        .lines()
        .filter(|line| line.contains("vm-"))
        .count();
    assert_eq!(rows, 150, "{ended}");
    ended.prints(["150 VMs"]);
}

#[test]
fn a_host_with_the_free_licence_says_so_and_stays_as_it_is() {
    let arguments = [
        "prepare-master-target",
        "mt-linux-01",
        "--simulator",
        "esxi-free",
        "--yes",
    ];
    let ended = Esxtool::new(arguments).run().expect(7);
    ended.says(["RestrictedVersion", "licence", "nothing was changed"]);
}

#[test]
fn what_only_a_person_can_fix_ends_with_1_and_says_so() {
    let arguments = [
        "prepare-master-target",
        "mt-windows-01",
        "--simulator",
        "--yes",
    ];
    let ended = Esxtool::new(arguments).run().expect(1);
    ended.prints([
        "you have to:",
        "no-paravirtual-controller",
        "vmware-tools-running",
        "NOT READY",
    ]);
}
