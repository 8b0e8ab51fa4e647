//! Finds UUIDs that are borne more than once.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Bearer, BearerDisk, Duplicate, Duplicates, Machine, MachineDisk, RuledOut, Standing, Unread,
    machine::DiskFile,
};
use crate::capacity::{Identity, IdentityKind};

/// For each UUID the machines that bear it, each with its disks that do.
type Bearers<'a> = BTreeMap<Identity, BTreeMap<usize, Vec<&'a MachineDisk>>>;

/// Finds the UUIDs that more than one machine bears, or one machine on several disks.
pub fn find(machines: &[Machine]) -> Duplicates {
    let mut bearers: Bearers<'_> = BTreeMap::new();
    for (at, machine) in machines.iter().enumerate() {
        let own = [
            (IdentityKind::Bios, &machine.bios_uuid),
            (IdentityKind::Instance, &machine.instance_uuid),
        ];
        for (kind, uuid) in own {
            if let Some(identity) = uuid.as_deref().and_then(|uuid| Identity::new(kind, uuid)) {
                bearers.entry(identity).or_default().entry(at).or_default();
            }
        }
        for disk in machine.disks.known().into_iter().flatten() {
            let uuid = disk.uuid.as_deref();
            if let Some(identity) = uuid.and_then(|uuid| Identity::new(IdentityKind::Disk, uuid)) {
                let disks = bearers.entry(identity).or_default().entry(at).or_default();
                disks.push(disk);
            }
        }
    }
    // A machine UUID tells less than the disks do, so their files say how machines are related.
    let duplicates = bearers.into_iter().filter_map(|(identity, borne)| {
        let shared = Shared { machines, borne };
        shared.is_duplicate().then(|| shared.tell(identity))
    });
    Duplicates {
        machines: machines.len(),
        templates: machines.iter().filter(|machine| machine.template).count(),
        disks: machines
            .iter()
            .filter_map(|m| m.disks.known())
            .map(Vec::len)
            .sum(),
        duplicates: duplicates.collect(),
        unread: machines.iter().filter_map(unread).collect(),
    }
}

fn unread(machine: &Machine) -> Option<Unread> {
    let reason = match machine.disks.reason() {
        Some(reason) => reason.to_owned(),
        None if machine.bios_uuid.is_none() => "the server leaves config.uuid unset".to_owned(),
        None => return None,
    };
    Some(Unread {
        moref: machine.moref.clone(),
        name: name(machine).to_owned(),
        reason,
    })
}

fn name(machine: &Machine) -> &str {
    machine.inventory_path.as_deref().unwrap_or(&machine.name)
}

/// A UUID with the machines that bear it, and their disks that do.
struct Shared<'a> {
    machines: &'a [Machine],
    borne: BTreeMap<usize, Vec<&'a MachineDisk>>,
}

impl<'a> Shared<'a> {
    fn is_duplicate(&self) -> bool {
        let files = self
            .borne
            .values()
            .flatten()
            .filter_map(|disk| disk.files.first());
        self.borne.len() > 1 || files.collect::<BTreeSet<_>>().len() > 1
    }

    /// The disks that tell how a machine is related to others: those with the UUID, or all.
    fn disks(&self, at: usize) -> Vec<&'a MachineDisk> {
        match self.borne.get(&at) {
            Some(disks) if !disks.is_empty() => disks.clone(),
            _ => self.machines[at]
                .disks
                .known()
                .into_iter()
                .flatten()
                .collect(),
        }
    }

    fn tell(&self, identity: Identity) -> Duplicate {
        let in_use = self.by_file(|disk| disk.files.first());
        let bases = self.by_file(|disk| disk.files.last());
        let mut bearers: Vec<(usize, Bearer)> = Vec::new();
        for at in self.borne.keys() {
            let machine = &self.machines[*at];
            let shares = |index: &BTreeMap<&DiskFile, BTreeSet<usize>>, file: Option<&DiskFile>| {
                file.and_then(|file| index.get(file))
                    .is_some_and(|bearers| bearers.len() > 1)
            };
            let disks = self.disks(*at);
            let standing = if machine.template {
                Standing::Template
            } else if disks.iter().any(|disk| shares(&in_use, disk.files.first())) {
                Standing::SameFile
            } else if disks.iter().any(|disk| shares(&bases, disk.files.last())) {
                Standing::LinkedClone
            } else {
                Standing::Copy
            };
            bearers.push((
                *at,
                Bearer {
                    moref: machine.moref.clone(),
                    name: name(machine).to_owned(),
                    standing,
                    may_be_master_target: machine.disk_uuid_enabled && !machine.template,
                    disks: self.borne[at].iter().map(|disk| told(disk)).collect(),
                },
            ));
        }
        bearers.sort_by(|(_, a), (_, b)| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        // Two machines of one UUID clash whatever files they use.
        let clusters = match identity.kind {
            IdentityKind::Disk => self.clusters(&bearers, &in_use),
            IdentityKind::Bios | IdentityKind::Instance => self.borne.keys().copied().collect(),
        };
        Duplicate {
            identity,
            ruled_out: ruled_out(&bearers, &clusters),
            apart: apart(&bearers, &clusters),
            bearers: bearers.into_iter().map(|(_, bearer)| bearer).collect(),
        }
    }

    fn by_file(
        &self,
        file: impl Fn(&'a MachineDisk) -> Option<&'a DiskFile>,
    ) -> BTreeMap<&'a DiskFile, BTreeSet<usize>> {
        let mut index: BTreeMap<&DiskFile, BTreeSet<usize>> = BTreeMap::new();
        for at in self.borne.keys() {
            for file in self.disks(*at).into_iter().filter_map(&file) {
                index.entry(file).or_default().insert(*at);
            }
        }
        index
    }

    /// For each bearer a number that it has in common with those who use a file of it.
    fn clusters(
        &self,
        bearers: &[(usize, Bearer)],
        in_use: &BTreeMap<&DiskFile, BTreeSet<usize>>,
    ) -> Vec<usize> {
        let cluster = |at: usize| {
            let files = self
                .disks(at)
                .into_iter()
                .filter_map(|disk| disk.files.first());
            let sharers = files.filter_map(|file| in_use.get(file)?.first().copied());
            sharers.min().unwrap_or(at)
        };
        bearers.iter().map(|(at, _)| cluster(*at)).collect()
    }
}

fn told(disk: &MachineDisk) -> BearerDisk {
    let path = |file: Option<&DiskFile>| file.map(|file| file.path.clone());
    BearerDisk {
        label: disk.label.clone(),
        file: path(disk.files.first()),
        base: path(disk.files.last()).filter(|_| disk.files.len() > 1),
    }
}

/// Machines that can be protected: a template cannot.
fn protectable<'a>(
    bearers: &'a [(usize, Bearer)],
    clusters: &'a [usize],
) -> impl Iterator<Item = (&'a Bearer, usize)> {
    let bearers = bearers.iter().zip(clusters);
    bearers
        .map(|((_, bearer), cluster)| (bearer, *cluster))
        .filter(|(bearer, _)| bearer.standing != Standing::Template)
}

/// One entry for all master targets with files of their own, and one for each set of machines that
/// use one file: the disk of one that is attached to the other is no clash.
fn ruled_out(bearers: &[(usize, Bearer)], clusters: &[usize]) -> Vec<RuledOut> {
    let mut by_cluster: BTreeMap<usize, Vec<&Bearer>> = BTreeMap::new();
    for (bearer, cluster) in protectable(bearers, clusters) {
        by_cluster.entry(cluster).or_default().push(bearer);
    }
    let candidates = |members: &[&Bearer]| -> Vec<String> {
        let candidates = members.iter().filter(|bearer| bearer.may_be_master_target);
        candidates.map(|bearer| bearer.name.clone()).collect()
    };
    let outside = |inside: Option<usize>| -> Vec<String> {
        protectable(bearers, clusters)
            .filter(|(_, cluster)| Some(*cluster) != inside)
            .map(|(bearer, _)| bearer.name.clone())
            .collect()
    };
    let mut found = Vec::new();
    let mut alone: Vec<(usize, &Bearer)> = Vec::new();
    for (cluster, members) in &by_cluster {
        match members.as_slice() {
            [one] => alone.push((*cluster, *one)),
            several => found.push(RuledOut {
                master_targets: candidates(several),
                vms: outside(Some(*cluster)),
            }),
        }
    }
    let alone_candidates: Vec<&(usize, &Bearer)> = alone
        .iter()
        .filter(|(_, bearer)| bearer.may_be_master_target)
        .collect();
    if let [(cluster, one)] = alone_candidates.as_slice() {
        found.push(RuledOut {
            master_targets: vec![one.name.clone()],
            vms: outside(Some(*cluster)),
        });
    } else {
        let names = alone_candidates
            .iter()
            .map(|(_, bearer)| bearer.name.clone());
        let mut master_targets: Vec<String> = names.collect();
        master_targets.sort_unstable();
        found.push(RuledOut {
            master_targets,
            vms: outside(None),
        });
    }
    found.retain(|entry| !entry.master_targets.is_empty() && !entry.vms.is_empty());
    found
}

/// The machines of which no two can go to one master target, when there are two.
fn apart(bearers: &[(usize, Bearer)], clusters: &[usize]) -> Vec<String> {
    let machines: Vec<(&Bearer, usize)> = protectable(bearers, clusters).collect();
    let different: BTreeSet<usize> = machines.iter().map(|(_, cluster)| *cluster).collect();
    if different.len() < 2 {
        return Vec::new();
    }
    machines
        .into_iter()
        .map(|(bearer, _)| bearer.name.clone())
        .collect()
}
