//! From machines as they were read to a problem.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ALL_PLACES, Datastore, Family, Group, Identity, IdentityKind, Member, OwnDisk, Problem, Target,
};
use crate::{
    facts::{DiskFacts, Fact, MoRef, OsFamily, Survey, Surveyed},
    slots::SlotMap,
};

/// A group by the references of its machines.
#[derive(Clone, Debug)]
pub(crate) struct NamedGroup {
    pub(crate) name: String,
    pub(crate) members: Vec<MoRef>,
    /// The only master target that it may go to.
    pub(crate) only: Option<MoRef>,
}

/// Puts groups and master targets together. Machines that were not read have only unknowns.
pub(crate) fn problem(survey: &Survey, targets: &[MoRef], groups: &[NamedGroup]) -> Problem {
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
            })
            .collect(),
        targets: (targets.iter())
            .map(|moref| target(survey, moref, labels.get(moref)))
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
fn labels(survey: &Survey, targets: &[MoRef]) -> BTreeMap<MoRef, String> {
    let name = |moref: &MoRef| {
        survey
            .machines
            .get(moref)
            .map(|machine| machine.name.as_str())
    };
    let labelled = targets.iter().map(|moref| {
        let twins = targets
            .iter()
            .filter(|other| name(other) == name(moref))
            .count();
        let machine = survey.machines.get(moref);
        let label = match (machine, twins) {
            (Some(machine), 1) => machine.name.clone(),
            (Some(machine), _) => match &machine.inventory_path {
                Some(path) => path.clone(),
                None => moref.to_string(),
            },
            (None, _) => moref.to_string(),
        };
        (moref.clone(), label)
    });
    labelled.collect()
}

const UNREAD: &str = "the machine could not be read";

fn member(survey: &Survey, moref: &MoRef) -> Member {
    let Some(machine) = survey.machines.get(moref) else {
        return Member {
            name: moref.to_string(),
            family: Fact::unknown(UNREAD),
            guest_id: None,
            disks: Fact::unknown(UNREAD),
            identities: BTreeSet::new(),
        };
    };
    Member {
        name: machine.name.clone(),
        family: family(machine),
        guest_id: machine.guest_id.clone(),
        disks: machine.disks.clone().map(|disks| {
            disks
                .iter()
                .map(|disk| OwnDisk {
                    label: disk.label.clone(),
                    uuid: disk.uuid.clone(),
                    path: disk.path.clone(),
                    datastores: datastores(survey, machine, disk),
                })
                .collect()
        }),
        identities: identities(machine),
    }
}

fn target(survey: &Survey, moref: &MoRef, label: Option<&String>) -> Target {
    let name = label.cloned().unwrap_or_else(|| moref.to_string());
    let Some(machine) = survey.machines.get(moref) else {
        return Target {
            name,
            family: Fact::unknown(UNREAD),
            guest_id: None,
            free_places: Fact::unknown(UNREAD),
            disks: Fact::unknown(UNREAD),
            identities: BTreeSet::new(),
            host: Fact::unknown(UNREAD),
        };
    };
    let free_places = match (&machine.controllers, &machine.disks) {
        (Fact::Known(controllers), Fact::Known(disks)) => {
            let map = SlotMap::of(controllers, disks);
            // Disks beside the 60 places count towards the 60 disks all the same.
            Fact::Known(map.free().min(ALL_PLACES.saturating_sub(map.disks())))
        }
        (Fact::Unknown { reason }, _) | (_, Fact::Unknown { reason }) => {
            Fact::unknown(reason.clone())
        }
    };
    Target {
        name,
        family: if machine.template == Some(true) {
            Fact::unknown("it is a template, which cannot be a master target")
        } else {
            family(machine)
        },
        guest_id: machine.guest_id.clone(),
        free_places,
        disks: machine.disks.clone().map(|disks| {
            disks
                .into_iter()
                .filter_map(|disk| Some((disk.uuid?, disk.path)))
                .collect()
        }),
        identities: identities(machine),
        host: machine.host.clone(),
    }
}

/// By what the guest says, else by what the machine was made for.
fn family(machine: &Surveyed) -> Fact<Family> {
    match OsFamily::of(machine.guest_family.as_deref(), machine.guest_id.as_deref()) {
        Some(OsFamily::Windows) => Fact::Known(Family::Windows),
        Some(OsFamily::Linux) => Fact::Known(Family::Linux),
        Some(OsFamily::Other) => Fact::unknown("it is neither Windows nor Linux"),
        None if machine.guest_id.is_none() => {
            Fact::unknown("neither Tools nor config.guestId tell")
        }
        None => Fact::unknown("config.guestId tells no system"),
    }
}

fn identities(machine: &Surveyed) -> BTreeSet<Identity> {
    let of = |kind, uuid: &Option<String>| Identity::new(kind, uuid.as_deref()?);
    [
        of(IdentityKind::Bios, &machine.bios_uuid),
        of(IdentityKind::Instance, &machine.instance_uuid),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The datastores of a disk's files. Their names are unique among those that one machine uses.
fn datastores(survey: &Survey, machine: &Surveyed, disk: &DiskFacts) -> Fact<BTreeSet<MoRef>> {
    let used = match &machine.datastores {
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
