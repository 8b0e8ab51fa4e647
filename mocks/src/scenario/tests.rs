//! Every scenario is whole: what the schema requires is there, and nothing that it does not know.

use super::*;
use crate::schema::Schema;
use crate::value::{MoRef, Value};

fn world_of(name: &str) -> World {
    build(name, ClockMode::Jump).unwrap()
}

fn vm(world: &World, name: &str) -> MoRef {
    let mut found = world
        .store
        .of_kind("VirtualMachine")
        .filter(|o| o.properties.str("name") == Some(name));
    found
        .next()
        .unwrap_or_else(|| panic!("{name} is in the scenario"))
        .reference
        .clone()
}

#[test]
fn every_object_of_every_scenario_fits_the_schema() {
    for scenario in list() {
        let world = world_of(if scenario.name == "big" {
            "big:30"
        } else {
            scenario.name
        });
        assert!(
            world.problems.is_empty(),
            "{}: {:?}",
            scenario.name,
            world.problems
        );
        for object in world.store.objects() {
            let found = object.properties.complaints();
            assert!(
                found.is_empty(),
                "{} {}: {found:?}",
                scenario.name,
                object.reference
            );
            let def = Schema::get().managed(&object.reference.kind).unwrap();
            for property in def.properties.iter().filter(|p| !p.optional) {
                assert!(
                    object.properties.get(&property.name).is_some(),
                    "{} {} lacks {}",
                    scenario.name,
                    object.reference,
                    property.name
                );
            }
        }
    }
}

#[test]
fn every_reference_leads_to_an_object() {
    for scenario in list() {
        let world = world_of(if scenario.name == "big" {
            "big:30"
        } else {
            scenario.name
        });
        for object in world.store.objects() {
            for (name, value) in object.properties.fields() {
                for target in references(value) {
                    assert!(
                        world.store.contains(&target),
                        "{}: {}.{name} leads to {target}, which is not there",
                        scenario.name,
                        object.reference
                    );
                }
            }
        }
    }
}

fn references(value: &Value) -> Vec<MoRef> {
    match value {
        Value::Ref(reference) => vec![reference.clone()],
        Value::List { items, .. } => items.iter().flat_map(references).collect(),
        Value::Data(data) => data
            .fields()
            .flat_map(|(_, value)| references(value))
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn the_master_target_of_the_lab_has_everything_wrong_that_can_be_fixed() {
    let world = world_of("failback-lab");
    let target = vm(&world, "mt-linux-01");
    let at = |path: &str| world.store.value(&target, path).cloned();
    assert_eq!(at("config.flags.diskUuidEnabled"), Some(false.into()));
    assert_eq!(at("runtime.consolidationNeeded"), Some(true.into()));
    let info = at("snapshot").unwrap();
    assert_eq!(crate::vm::tree::all(info.as_data().unwrap()).len(), 2);
    assert_eq!(
        at("guest.toolsRunningStatus"),
        Some("guestToolsRunning".into())
    );
    let files = world
        .store
        .value(&target, "layoutEx.disk")
        .unwrap()
        .as_list()
        .to_vec();
    let chain = files[0].as_data().unwrap().list("chain").len();
    assert_eq!(chain, 4, "base, what the backup left, two snapshots");
}

#[test]
fn the_ready_target_is_held_in_three_layers() {
    let world = world_of("failback-lab");
    let ready = vm(&world, "mt-linux-ready");
    let disabled = world.store.value(&ready, "disabledMethod").unwrap();
    assert!(disabled.as_list().contains(&"RelocateVM_Task".into()));
    let pod = world.store.of_kind("StoragePod").next().unwrap();
    let overrides = pod
        .properties
        .get_path("podStorageDrsEntry.storageDrsConfig.vmConfig");
    assert_eq!(overrides.unwrap().as_list().len(), 1);
    let clusters = world.store.of_kind("ClusterComputeResource");
    let overrides: usize = clusters
        .map(|c| crate::shape::items(&c.properties, "configurationEx.drsVmConfig").len())
        .sum();
    assert_eq!(overrides, 1);
}

#[test]
fn names_are_documented_and_unknown_ones_refused() {
    for scenario in list() {
        assert!(!scenario.summary.is_empty() && !scenario.contents.is_empty());
        assert!(find(scenario.name).is_ok());
    }
    assert!(find("ready:5").is_err());
    let error = find("nowhere").unwrap_err().to_string();
    assert!(error.contains("failback-lab"), "{error}");
}

#[test]
fn the_readme_names_every_scenario_and_account() {
    let readme = include_str!("../../README.md");
    for scenario in list() {
        assert!(
            readme.contains(&format!("`{}", scenario.name)),
            "{}",
            scenario.name
        );
    }
    for role in crate::model::Role::ALL {
        let user = crate::model::user_of(role, true);
        let password = crate::model::password_of(role);
        assert!(
            readme.contains(&format!("`{user}`")) && readme.contains(&format!("`{password}`")),
            "{user}"
        );
    }
}
