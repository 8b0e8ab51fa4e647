//! From VMs as they were read to a problem.

use std::collections::{BTreeMap, BTreeSet};
use vsphere_client::vim::ManagedObjectReference;

use super::{
    ALL_SLOTS, Datastore, Family, Group, Identity, IdentityKind, Member, OwnDisk, Problem, Target,
};
use crate::{
    fact::Fact,
    site::{Survey, TargetFacts},
    slots::SlotMap,
    target_kind::TargetKind,
    vm::{DiskFacts, OsFamily, Vm},
};

/// A group by the references of its VMs.
#[derive(Clone, Debug)]
pub(crate) struct NamedGroup {
    pub(crate) name: String,
    pub(crate) members: Vec<ManagedObjectReference>,
    /// The only master target that it may go to.
    pub(crate) only: Option<ManagedObjectReference>,
    /// The kind of target that it is meant for.
    pub(crate) kind: Option<TargetKind>,
}

/// Puts groups and master targets together. VMs that were not read have only unknowns.
pub(crate) fn problem(
    survey: &Survey,
    targets: &[ManagedObjectReference],
    groups: &[NamedGroup],
    kind: &dyn Fn(&ManagedObjectReference) -> Option<TargetKind>,
) -> Problem {
    let labels = labels(survey, targets);
    Problem {
        groups: groups
            .iter()
            .map(|group| Group {
                name: group.name.clone(),
                members: (group.members.iter())
                    .map(|moref| member(survey, moref))
                    .collect(),
                only: group.only.as_ref().map(|only| {
                    labels
                        .get(only)
                        .cloned()
                        .into_iter()
                        .collect::<BTreeSet<_>>()
                }),
                kind: group.kind,
            })
            .collect(),
        targets: (targets.iter())
            .map(|moref| target(survey, moref, labels.get(moref), kind(moref)))
            .collect(),
        datastores: (survey.datastores.iter())
            .map(|(moref, datastore)| {
                let datastore = Datastore {
                    name: datastore.name.clone(),
                    kind: datastore.kind.clone(),
                    writers: datastore.writers.clone(),
                };
                (moref.clone(), datastore)
            })
            .collect(),
        hosts: survey.hosts.clone(),
    }
}

/// The names of the master targets, by path where two have the same.
fn labels(
    survey: &Survey,
    targets: &[ManagedObjectReference],
) -> BTreeMap<ManagedObjectReference, String> {
    let name = |moref: &ManagedObjectReference| survey.vms.get(moref).map(|vm| vm.name.as_str());
    let labelled = targets.iter().map(|moref| {
        let twins = targets
            .iter()
            .filter(|other| name(other) == name(moref))
            .count();
        let vm = survey.vms.get(moref);
        let label = match (vm, twins) {
            (Some(vm), 1) => vm.name.clone(),
            (Some(vm), _) => match &vm.inventory_path {
                Some(path) => path.clone(),
                None => moref.to_string(),
            },
            (None, _) => moref.to_string(),
        };
        (moref.clone(), label)
    });
    labelled.collect()
}

const UNREAD: &str = "the VM could not be read";

fn member(survey: &Survey, moref: &ManagedObjectReference) -> Member {
    let Some(vm) = survey.vms.get(moref) else {
        return Member {
            name: moref.to_string(),
            family: Fact::unknown(UNREAD),
            guest_id: None,
            disks: Fact::unknown(UNREAD),
            identities: BTreeSet::new(),
        };
    };
    Member {
        name: vm.name.clone(),
        family: family(vm),
        guest_id: vm.guest_id.clone(),
        disks: vm.disks.clone().map(|disks| {
            disks
                .iter()
                .map(|disk| OwnDisk {
                    label: disk.label.clone(),
                    uuid: disk.uuid.clone(),
                    path: disk.path.clone(),
                    datastores: datastores(survey, vm, disk),
                })
                .collect()
        }),
        identities: identities(vm),
    }
}

fn target(
    survey: &Survey,
    moref: &ManagedObjectReference,
    label: Option<&String>,
    stated: Option<TargetKind>,
) -> Target {
    let name = label.cloned().unwrap_or_else(|| moref.to_string());
    let Some(vm) = survey.vms.get(moref) else {
        return Target {
            name,
            kind: stated,
            family: Fact::unknown(UNREAD),
            guest_id: None,
            free_slots: Fact::unknown(UNREAD),
            disks: Fact::unknown(UNREAD),
            identities: BTreeSet::new(),
            host: Fact::unknown(UNREAD),
        };
    };
    // Disks beside the 60 slots count towards the 60 disks all the same.
    let free = |map: SlotMap| map.free().min(ALL_SLOTS.saturating_sub(map.disks()));
    let free_slots = SlotMap::of_vm(vm).map(free);
    Target {
        name,
        kind: stated.or_else(|| TargetFacts::seen(vm).kind),
        family: if vm.template == Some(true) {
            Fact::unknown("it is a template, which cannot be a master target")
        } else {
            family(vm)
        },
        guest_id: vm.guest_id.clone(),
        free_slots,
        disks: vm.disks.clone().map(|disks| {
            disks
                .into_iter()
                .filter_map(|disk| Some((disk.uuid?, disk.path)))
                .collect()
        }),
        identities: identities(vm),
        host: (vm.host.clone())
            .map_or_else(|| Fact::unknown("its host could not be read"), Fact::Known),
    }
}

/// By what the guest says, else by what the VM was made for.
fn family(vm: &Vm) -> Fact<Family> {
    match OsFamily::of(vm.guest_family.as_deref(), vm.guest_id.as_deref()) {
        Some(OsFamily::Windows) => Fact::Known(Family::Windows),
        Some(OsFamily::Linux) => Fact::Known(Family::Linux),
        Some(OsFamily::Other) => Fact::unknown("it is neither Windows nor Linux"),
        None if vm.guest_id.is_none() => Fact::unknown("neither Tools nor config.guestId tell"),
        None => Fact::unknown("config.guestId tells no system"),
    }
}

fn identities(vm: &Vm) -> BTreeSet<Identity> {
    let of = |kind, uuid: &Option<String>| Identity::new(kind, uuid.as_deref()?);
    [
        of(IdentityKind::Bios, &vm.bios_uuid),
        of(IdentityKind::Instance, &vm.instance_uuid),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The datastores of a disk's files. Their names are unique among those that one VM uses.
fn datastores(
    survey: &Survey,
    vm: &Vm,
    disk: &DiskFacts,
) -> Fact<BTreeSet<ManagedObjectReference>> {
    let used = match &vm.datastores {
        Fact::Known(used) => used,
        Fact::Unknown { reason } => return Fact::unknown(reason.clone()),
    };
    let mut found = BTreeSet::new();
    let chain = disk.chain.iter().map(|unit| unit.datastore.as_deref());
    for name in chain.chain([disk.datastore.as_deref()]) {
        let Some(name) = name else {
            return Fact::unknown("its file is on no datastore that the server names");
        };
        let moref = used.iter().find(|moref| {
            survey
                .datastores
                .get(moref)
                .is_some_and(|one| one.name == name)
        });
        match moref {
            Some(moref) => found.insert(moref.clone()),
            None => return Fact::unknown(format!("datastore {name} could not be read")),
        };
    }
    Fact::Known(found)
}
