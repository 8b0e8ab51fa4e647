//! Cases with a name.

use std::collections::{BTreeMap, BTreeSet};
use vsphere_client::vim::ManagedObjectReference;

use crate::capacity::{
    AssignedTarget, Constraint, Datastore, Family, Group, Identity, IdentityKind, Member, OwnDisk,
    Problem, Target, assign,
};
use crate::{fact::Fact, site::DatastoreKind};

fn host(n: usize) -> ManagedObjectReference {
    ManagedObjectReference::new("HostSystem", format!("host-{n}"))
}

fn store(n: usize) -> ManagedObjectReference {
    ManagedObjectReference::new("Datastore", format!("datastore-{n}"))
}

fn member(name: &str, disks: usize) -> Member {
    Member {
        name: name.into(),
        family: Fact::Known(Family::Linux),
        guest_id: None,
        disks: Fact::Known(
            (0..disks)
                .map(|n| OwnDisk {
                    label: format!("Hard disk {n}"),
                    uuid: Some(format!("{name}{n}")),
                    path: Some(format!("[gold] {name}/{n}.vmdk")),
                    datastores: Fact::Known([store(1)].into()),
                })
                .collect(),
        ),
        identities: BTreeSet::new(),
    }
}

fn group(name: &str, disks: usize) -> Group {
    Group {
        name: name.into(),
        members: vec![member(&format!("{name}-vm"), disks)],
        only: None,
        kind: None,
    }
}

fn target(name: &str, free: usize) -> Target {
    Target {
        name: name.into(),
        kind: None,
        family: Fact::Known(Family::Linux),
        guest_id: None,
        free_slots: Fact::Known(free),
        disks: Fact::Known(vec![(
            format!("{name}0"),
            Some(format!("[gold] {name}/0.vmdk")),
        )]),
        identities: BTreeSet::new(),
        host: Fact::Known(host(1)),
    }
}

fn problem(groups: Vec<Group>, targets: Vec<Target>) -> Problem {
    let gold = Datastore {
        name: "gold".into(),
        kind: Fact::Known(DatastoreKind::Vmfs),
        writers: Fact::Known([host(1), host(2)].into()),
    };
    Problem {
        groups,
        targets,
        datastores: BTreeMap::from([(store(1), gold)]),
        hosts: BTreeMap::from([(host(1), "esx-01".into()), (host(2), "esx-02".into())]),
    }
}

fn target_of(problem: &Problem, group: &str) -> Option<AssignedTarget> {
    let assignment = assign(problem);
    let mut assigned = assignment.assigned.into_iter();
    assigned
        .find(|one| one.group == group)
        .map(|one| one.target)
}

#[test]
fn what_fits_on_one_master_target_takes_one() {
    let problem = problem(
        vec![group("a", 20), group("b", 18), group("c", 20)],
        vec![target("mt-1", 30), target("mt-2", 58)],
    );
    let assignment = assign(&problem);
    assert!(assignment.fits && assignment.bindings.is_empty());
    assert_eq!(assignment.proof.total.used, 1);
    assert_eq!(assignment.targets[1].free_after, Fact::Known(0));
    assert_eq!(assignment.targets[0].groups, Vec::<String>::new());
}

/// First fit would open a third one here.
#[test]
fn the_sizes_are_combined_and_not_taken_as_they_come() {
    let sizes = [30, 28, 20, 20, 18];
    let groups = sizes
        .iter()
        .enumerate()
        .map(|(n, size)| group(&format!("g{n}"), *size));
    let problem = problem(
        groups.collect(),
        vec![target("mt-1", 58), target("mt-2", 58)],
    );
    assert!(assign(&problem).fits);
}

#[test]
fn a_61st_disk_asks_for_a_further_master_target() {
    let problem = problem(
        vec![group("a", 40), group("b", 19)],
        vec![target("mt-1", 58)],
    );
    let assignment = assign(&problem);
    assert!(!assignment.fits);
    let [further] = assignment.further.as_slice() else {
        panic!("{:?}", assignment.further);
    };
    assert_eq!(further.groups, ["b"]);
    assert_eq!(further.family, Some(Family::Linux));
    assert_eq!((further.disks, further.free_after), (19, 39));
    assert_eq!(further.datastores, ["gold"]);
    assert_eq!(further.hosts, ["esx-01", "esx-02"]);
    let [binding] = assignment.bindings.as_slice() else {
        panic!("{:?}", assignment.bindings);
    };
    assert_eq!(
        (binding.constraint, binding.further_without),
        (Constraint::Slots, 0)
    );
    let why = &assignment.assigned[1].why;
    assert_eq!(
        why,
        "mt-1 has 58 slots free, 40 of them for a, and it needs 19"
    );
}

#[test]
fn clones_of_one_template_go_apart() {
    let mut groups = vec![group("a", 1), group("b", 1), group("c", 1)];
    for group in &mut groups {
        group.members[0].disks = Fact::Known(vec![OwnDisk {
            label: "Hard disk 1".into(),
            uuid: Some("6000C293-5a1e-4c07-8d52-0f7b3c9e6a41".into()),
            path: Some(format!("[gold] {}/0.vmdk", group.name)),
            datastores: Fact::Known([store(1)].into()),
        }]);
    }
    let problem = problem(groups, vec![target("mt-1", 58), target("mt-2", 58)]);
    let assignment = assign(&problem);
    assert_eq!(assignment.further.len(), 1);
    assert_eq!(assignment.bindings[0].constraint, Constraint::UniqueUuids);
    assert!(assignment.proof.optimal);
    let why = &assignment.assigned[2].why;
    assert!(
        why.contains("share disk UUID 6000c293-5a1e-4c07-8d52-0f7b3c9e6a41"),
        "{why}"
    );
}

#[test]
fn a_disk_that_is_attached_already_keeps_its_group_there_and_takes_no_slot() {
    let mut here = target("mt-2", 1);
    here.disks = Fact::Known(vec![("a-vm0".into(), Some("[gold] a-vm/0.vmdk".into()))]);
    let problem = problem(vec![group("a", 2)], vec![target("mt-1", 58), here]);
    let assignment = assign(&problem);
    assert!(assignment.fits, "{assignment:?}");
    let group = &assignment.assigned[0];
    assert_eq!(group.target, AssignedTarget::Present("mt-2".into()));
    assert_eq!((group.disks, group.attached), (2, 1));
    assert_eq!(assignment.targets[1].free_after, Fact::Known(0));
}

#[test]
fn the_same_uuid_in_another_file_is_a_clash() {
    let mut clone = target("mt-1", 58);
    clone.disks = Fact::Known(vec![("a-vm0".into(), Some("[gold] other/0.vmdk".into()))]);
    let problem = problem(vec![group("a", 2)], vec![clone]);
    let assignment = assign(&problem);
    assert_eq!(assignment.further.len(), 1);
    assert_eq!(
        assignment.pairings[0].obstacles[0].constraint,
        Constraint::UniqueUuids
    );
}

#[test]
fn a_vm_uuid_that_is_shared_is_a_clash_too() {
    let bios = Identity::new(IdentityKind::Bios, "4201a");
    let mut groups = vec![group("a", 1), group("b", 1)];
    for group in &mut groups {
        group.members[0].identities.extend(bios.clone());
    }
    let problem = problem(groups, vec![target("mt-1", 58), target("mt-2", 58)]);
    let assignment = assign(&problem);
    assert!(assignment.fits);
    assert_eq!(assignment.proof.total.used, 2);
}

#[test]
fn groups_that_no_master_target_helps_are_set_aside_with_the_reason() {
    let mut mixed = group("mixed", 1);
    mixed.members.push(Member {
        family: Fact::Known(Family::Windows),
        guest_id: None,
        ..member("sql", 1)
    });
    let mut twins = group("twins", 1);
    twins.members.push(twins.members[0].clone());
    let mut dark = group("dark", 1);
    dark.members[0].disks = Fact::unknown("no privilege");
    let problem = problem(
        vec![mixed, twins, dark, group("large", 59), group("good", 1)],
        vec![target("mt-1", 58)],
    );
    let assignment = assign(&problem);
    let of = |name: &str| {
        let found = assignment
            .unassigned
            .iter()
            .find(|group| group.group == name);
        found.map(|group| (group.obstacles[0].constraint, group.obstacles[0].unknown))
    };
    assert_eq!(of("mixed"), Some((Constraint::WholeGroup, false)));
    assert_eq!(of("twins"), Some((Constraint::UniqueUuids, false)));
    assert_eq!(of("dark"), Some((Constraint::Slots, true)));
    assert_eq!(of("large"), Some((Constraint::Slots, false)));
    assert_eq!(of("good"), None);
    assert!(!assignment.fits);
    assert_eq!(assignment.further.len(), 0);
}

#[test]
fn a_datastore_that_only_another_host_mounts_names_that_host() {
    let mut problem = problem(vec![group("a", 1)], vec![target("mt-1", 58)]);
    if let Some(gold) = problem.datastores.get_mut(&store(1)) {
        gold.writers = Fact::Known([host(2)].into());
    }
    let assignment = assign(&problem);
    assert_eq!(assignment.further[0].hosts, ["esx-02"]);
    assert_eq!(
        assignment.bindings[0].constraint,
        Constraint::DatastoresMounted
    );
    assert_eq!(
        assignment.assigned[0].why,
        "no master target suits it: esx-01, the host of mt-1, does not mount gold read/write"
    );
}

#[test]
fn the_group_file_may_choose() {
    let mut chosen = group("a", 1);
    chosen.only = Some(["mt-2".to_owned()].into());
    let problem = problem(vec![chosen], vec![target("mt-1", 58), target("mt-2", 58)]);
    assert_eq!(
        target_of(&problem, "a"),
        Some(AssignedTarget::Present("mt-2".into()))
    );
}

/// Sites have tens of groups and a handful of master targets; the search stays far below its limit.
#[test]
fn the_sizes_that_sites_have_are_solved_exactly() {
    let mut seed = 7u64;
    let mut next = |below: u64| {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((seed >> 33) % below).unwrap_or(0)
    };
    for round in 0..12 {
        let groups = (0..40).map(|n| {
            let mut one = group(&format!("g{n:02}"), 1 + next(20));
            if n % 3 == 0 {
                one.members[0].family = Fact::Known(Family::Windows);
            }
            one
        });
        let groups = groups.collect();
        let targets = (0..10).map(|n| {
            let mut one = target(&format!("mt-{n}"), 20 + next(39));
            if n % 3 == 0 {
                one.family = Fact::Known(Family::Windows);
            }
            one
        });
        let problem = problem(groups, targets.collect());
        let assignment = assign(&problem);
        assert!(
            assignment.proof.optimal,
            "round {round}: {:?}",
            assignment.proof
        );
    }
}

#[test]
fn a_windows_vm_goes_to_no_older_windows() {
    let windows = |guest_id: &str| {
        let mut sql = group("sql", 2);
        sql.members[0].family = Fact::Known(Family::Windows);
        sql.members[0].guest_id = Some(guest_id.into());
        let mut mt = target("mt-windows", 58);
        mt.family = Fact::Known(Family::Windows);
        mt.guest_id = Some("windows9Server64Guest".into());
        let assignment = assign(&problem(vec![sql], vec![mt]));
        serde_json::to_string(&assignment).unwrap()
    };
    let newer = windows("windows2019srv_64Guest");
    assert!(
        newer.contains("sql-vm runs a newer version of its system than mt-windows"),
        "{newer}"
    );
    for fits in [
        "windows9Server64Guest",
        "windows8Server64Guest",
        "windows2019srv",
    ] {
        let told = windows(fits).contains("runs a newer version");
        assert_eq!(told, fits == "windows2019srv", "{fits}");
    }
}
