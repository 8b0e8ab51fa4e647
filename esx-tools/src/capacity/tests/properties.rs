//! Random problems, small ones against the brute force, larger ones against the law.

use std::collections::{BTreeMap, BTreeSet};
use vsphere_client::vim::ManagedObjectReference;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::brute::{self, Cost};
use crate::capacity::{
    Assignment, Datastore, Family, Group, Identity, IdentityKind, Member, OwnDisk, Problem, Target,
    assign, explain::assign_within,
};
use crate::{fact::Fact, site::DatastoreKind};

fn host(n: usize) -> ManagedObjectReference {
    ManagedObjectReference::new("HostSystem", format!("host-{n}"))
}

fn store(n: usize) -> ManagedObjectReference {
    ManagedObjectReference::new("Datastore", format!("datastore-{n}"))
}

fn family() -> impl Strategy<Value = Fact<Family>> {
    prop_oneof![
        6 => Just(Fact::Known(Family::Linux)),
        3 => Just(Fact::Known(Family::Windows)),
        1 => Just(Fact::unknown("not told")),
    ]
}

/// Few VMs have a UUID that others have too.
fn shared() -> impl Strategy<Value = Option<u8>> {
    prop_oneof![4 => Just(None), 1 => (0u8..3).prop_map(Some)]
}

fn datastores() -> impl Strategy<Value = BTreeMap<ManagedObjectReference, Datastore>> {
    let one = (
        subsequence(vec![0usize, 1, 2], 0..=3),
        select(vec![0usize, 0, 0, 0, 0, 0, 1, 2]),
    );
    prop::collection::vec(one, 3).prop_map(|all| {
        let each = all.into_iter().enumerate().map(|(n, (writers, kind))| {
            let kinds = [DatastoreKind::Vmfs, DatastoreKind::Vsan, DatastoreKind::Nfs];
            let writers = if writers.is_empty() {
                vec![0, 1, 2]
            } else {
                writers
            };
            let datastore = Datastore {
                name: format!("ds{n}"),
                kind: Fact::Known(kinds[kind].clone()),
                writers: Fact::Known(writers.into_iter().map(host).collect()),
            };
            (store(n), datastore)
        });
        each.collect()
    })
}

fn group(n: usize) -> impl Strategy<Value = Group> {
    let size = select(vec![
        0usize, 1, 2, 5, 9, 14, 20, 28, 29, 30, 31, 40, 57, 58, 59,
    ]);
    let stores = subsequence(vec![0usize, 1, 2], 1..=2);
    let second = prop_oneof![5 => Just(None), 1 => family().prop_map(Some)];
    let only = prop_oneof![
        6 => Just(None),
        1 => subsequence(vec![0usize, 1, 2], 1..=2).prop_map(Some)
    ];
    (family(), size, stores, shared(), second, only).prop_map(
        move |(family, size, stores, shared, second, only)| {
            let disk = |at: usize| OwnDisk {
                label: format!("Hard disk {at}"),
                uuid: Some(match shared {
                    Some(uuid) if at == 0 => format!("6000c29f{uuid:024x}"),
                    _ => format!("6000c290{:024x}", n * 1000 + at),
                }),
                path: Some(format!("[ds] g{n}/{at}.vmdk")),
                datastores: Fact::Known([store(stores[at % stores.len()])].into()),
            };
            let mut members = vec![Member {
                name: format!("vm-{n}"),
                family,
                guest_id: None,
                disks: Fact::Known((0..size).map(disk).collect()),
                identities: Identity::new(IdentityKind::Bios, &format!("42{n:030x}"))
                    .into_iter()
                    .collect(),
            }];
            members.extend(second.map(|family| Member {
                name: format!("vm-{n}b"),
                family,
                guest_id: None,
                disks: Fact::Known(Vec::new()),
                identities: BTreeSet::new(),
            }));
            Group {
                name: format!("group-{n}"),
                members,
                only: only.map(|targets| targets.iter().map(|t| format!("mt-{t}")).collect()),
                kind: None,
            }
        },
    )
}

fn target(n: usize) -> impl Strategy<Value = Target> {
    let free = prop_oneof![
        9 => (0usize..=60).prop_map(Fact::Known),
        1 => Just(Fact::unknown("not told"))
    ];
    (family(), free, shared(), 0usize..3).prop_map(move |(family, free_slots, shared, at)| Target {
        name: format!("mt-{n}"),
        kind: None,
        family,
        guest_id: None,
        free_slots,
        disks: Fact::Known(
            shared
                .map(|uuid| {
                    (
                        format!("6000c29f{uuid:024x}"),
                        Some("[ds] mt/mt.vmdk".into()),
                    )
                })
                .into_iter()
                .collect(),
        ),
        identities: BTreeSet::new(),
        host: Fact::Known(host(at)),
    })
}

fn problem(groups: usize, targets: usize) -> impl Strategy<Value = Problem> {
    let numbered = |count: usize, most: usize| (0..=most).prop_map(move |n| n.min(count));
    (
        numbered(groups, groups),
        numbered(targets, targets),
        datastores(),
    )
        .prop_flat_map(|(groups, targets, datastores)| {
            let groups: Vec<_> = (0..groups).map(group).collect();
            let targets: Vec<_> = (0..targets).map(target).collect();
            (groups, targets).prop_map(move |(groups, targets)| Problem {
                groups,
                targets,
                datastores: datastores.clone(),
                hosts: BTreeMap::new(),
            })
        })
}

fn cost(problem: &Problem, assignment: &Assignment) -> Cost {
    brute::cost(&brute::choices(problem, assignment))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn nothing_is_better_than_what_is_found(problem in problem(5, 3)) {
        let assignment = assign(&problem);
        prop_assert!(assignment.proof.optimal);
        prop_assert_eq!(cost(&problem, &assignment), brute::best(&problem));
    }

    #[test]
    fn what_is_found_is_lawful_and_says_what_it_is(problem in problem(14, 6)) {
        let assignment = assign(&problem);
        let choices = brute::choices(&problem, &assignment);
        prop_assert!(brute::lawful(&problem, &choices));
        let (unassigned, further, present) = brute::cost(&choices);
        prop_assert_eq!(assignment.unassigned.len(), unassigned);
        prop_assert_eq!(assignment.further.len(), further);
        prop_assert_eq!(assignment.proof.total.used, further + present);
        prop_assert_eq!(assignment.fits, unassigned + further == 0);
        prop_assert!(assignment.unassigned.iter().all(|group| !group.obstacles.is_empty()));
        prop_assert!(assignment.assigned.iter().all(|group| !group.why.is_empty()));
        prop_assert_eq!(
            assignment.pairings.len(),
            problem.groups.len() * problem.targets.len()
        );
    }

    #[test]
    fn a_pair_fits_when_the_law_says_so(problem in problem(3, 3)) {
        let assignment = assign(&problem);
        for pair in &assignment.pairings {
            let alone: brute::Choices = problem.groups.iter().map(|group| {
                let here = group.name == pair.group;
                here.then(|| crate::capacity::AssignedTarget::Present(pair.target.clone()))
            }).collect();
            prop_assert_eq!(pair.fits, brute::lawful(&problem, &alone), "{:?}", pair);
            prop_assert_eq!(pair.fits, pair.obstacles.is_empty());
        }
    }

    #[test]
    fn a_search_cut_short_is_bounded_truly(problem in problem(5, 3), limit in 0u64..6) {
        let assignment = assign_within(&problem, limit);
        let best = brute::best(&problem);
        let found = cost(&problem, &assignment);
        prop_assert!(brute::lawful(&problem, &brute::choices(&problem, &assignment)));
        prop_assert!(found >= best);
        let proof = &assignment.proof;
        if proof.optimal {
            prop_assert_eq!(found, best);
        }
        if found.0 == best.0 {
            prop_assert!(proof.further.at_least <= best.1);
            prop_assert!(proof.total.at_least <= best.1 + best.2);
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(
        (problem, mixed) in problem(8, 4).prop_flat_map(|problem| {
            let groups = Just(problem.groups.clone()).prop_shuffle();
            let targets = Just(problem.targets.clone()).prop_shuffle();
            let mixed = (groups, targets, Just(problem.clone())).prop_map(
                |(groups, targets, problem)| Problem { groups, targets, ..problem },
            );
            (Just(problem), mixed)
        })
    ) {
        let (mut one, mut other) = (assign(&problem), assign(&mixed));
        prop_assert_eq!(&one.further, &other.further);
        prop_assert_eq!(&one.bindings, &other.bindings);
        one.assigned.sort_by(|a, b| a.group.cmp(&b.group));
        other.assigned.sort_by(|a, b| a.group.cmp(&b.group));
        prop_assert_eq!(one.assigned, other.assigned);
        prop_assert_eq!(one.proof, other.proof);
    }

    #[test]
    fn a_constraint_binds_when_less_would_do_without_it(problem in problem(5, 2)) {
        let assignment = assign(&problem);
        let here = assignment.further.len();
        for binding in &assignment.bindings {
            prop_assert!(
                binding.further_without < here || binding.unassigned_without < assignment.unassigned.len()
            );
        }
    }
}
