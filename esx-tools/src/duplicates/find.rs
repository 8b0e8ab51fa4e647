//! Finds UUIDs that several VMs have.

use std::collections::{BTreeMap, BTreeSet};

use vsphere_client::vim::ManagedObjectReference;

use super::{Duplicate, Duplicates, HolderDisk, RuledOut, Standing, Unread, UuidHolder};
use crate::{
    capacity::{Identity, IdentityKind},
    uuid_text::telling_uuid,
    vm::{ChainUnit, DiskFacts, Vm},
};

/// For each UUID the VMs that have it, each with its disks that do.
type Holders<'a> = BTreeMap<Identity, BTreeMap<usize, Vec<&'a DiskFacts>>>;

/// A file: its path, within the datacenter of its VM. The name of a datastore is unique only within one; the
/// datacenter is unset for a VM in a vApp, whose way up is not told.
type File<'a> = (Option<&'a ManagedObjectReference>, &'a str);

/// Finds the UUIDs that more than one VM has, or one VM on several disks.
pub fn find(vms: &[Vm]) -> Duplicates {
    let mut holders: Holders<'_> = BTreeMap::new();
    for (at, vm) in vms.iter().enumerate() {
        let own = [
            (IdentityKind::Bios, &vm.bios_uuid),
            (IdentityKind::Instance, &vm.instance_uuid),
        ];
        for (kind, uuid) in own {
            if let Some(identity) = uuid.as_deref().and_then(|uuid| Identity::new(kind, uuid)) {
                holders.entry(identity).or_default().entry(at).or_default();
            }
        }
        for disk in vm.disks.known().into_iter().flatten() {
            let uuid = disk.uuid.as_deref();
            if let Some(identity) = uuid.and_then(|uuid| Identity::new(IdentityKind::Disk, uuid)) {
                let disks = holders.entry(identity).or_default().entry(at).or_default();
                disks.push(disk);
            }
        }
    }
    // A VM UUID tells less than the disks do, so their files say how VMs are related.
    let duplicates = holders.into_iter().filter_map(|(identity, held)| {
        let shared = Shared { vms, held };
        shared.is_duplicate().then(|| shared.tell(identity))
    });
    Duplicates {
        vms: vms.len(),
        templates: vms.iter().filter(|vm| vm.template == Some(true)).count(),
        disks: vms
            .iter()
            .filter_map(|m| m.disks.known())
            .map(Vec::len)
            .sum(),
        duplicates: duplicates.collect(),
        unread: vms.iter().filter_map(unread).collect(),
    }
}

fn unread(vm: &Vm) -> Option<Unread> {
    let silent = |disk: &&DiskFacts| disk.plain_uuid().is_none();
    let disks = vm.disks.known().into_iter().flatten();
    let labels: Vec<&str> = disks
        .filter(silent)
        .map(|disk| disk.label.as_str())
        .collect();
    let reason = match (vm.disks.reason(), vm.bios_uuid.as_deref()) {
        (Some(reason), _) => reason.to_owned(),
        (None, None) => "the server leaves config.uuid unset".to_owned(),
        (None, Some(uuid)) if telling_uuid(uuid).is_none() => {
            format!("config.uuid is {uuid:?}, which tells nothing")
        }
        (None, Some(_)) if !labels.is_empty() => {
            format!("the server does not tell the UUID of {}", labels.join(", "))
        }
        (None, Some(_)) => return None,
    };
    Some(Unread {
        moref: vm.moref.clone(),
        name: vm.label().to_owned(),
        reason,
    })
}

/// The file that a disk uses.
fn top(disk: &DiskFacts) -> Option<&ChainUnit> {
    disk.chain.last()
}

/// The file that a disk stands on in the end.
fn base(disk: &DiskFacts) -> Option<&ChainUnit> {
    disk.chain.first()
}

/// A UUID with the VMs that have it, and their disks that do.
struct Shared<'a> {
    vms: &'a [Vm],
    held: BTreeMap<usize, Vec<&'a DiskFacts>>,
}

impl<'a> Shared<'a> {
    fn is_duplicate(&self) -> bool {
        self.held.len() > 1 || self.by_file(top, |at| self.held[&at].clone()).len() > 1
    }

    /// The disks that tell how a VM is related to others: those with the UUID, or all.
    fn disks(&self, at: usize) -> Vec<&'a DiskFacts> {
        match self.held.get(&at) {
            Some(disks) if !disks.is_empty() => disks.clone(),
            _ => self.vms[at].disks.known().into_iter().flatten().collect(),
        }
    }

    fn tell(&self, identity: Identity) -> Duplicate {
        let in_use = self.by_file(top, |at| self.disks(at));
        let bases = self.by_file(base, |at| self.disks(at));
        let mut holders: Vec<(usize, UuidHolder)> = Vec::new();
        for at in self.held.keys() {
            let vm = &self.vms[*at];
            let shares = |index: &BTreeMap<File<'_>, BTreeSet<usize>>, unit: Option<&ChainUnit>| {
                unit.and_then(|unit| index.get(&file(vm, unit)))
                    .is_some_and(|holders| holders.len() > 1)
            };
            let disks = self.disks(*at);
            let standing = if vm.template == Some(true) {
                Standing::Template
            } else if disks.iter().any(|disk| shares(&in_use, top(disk))) {
                Standing::SameFile
            } else if disks.iter().any(|disk| shares(&bases, base(disk))) {
                Standing::LinkedClone
            } else {
                Standing::Copy
            };
            holders.push((
                *at,
                UuidHolder {
                    moref: vm.moref.clone(),
                    name: vm.label().to_owned(),
                    standing,
                    may_be_master_target: vm.disk_uuid_flag == Some(true)
                        && vm.template != Some(true),
                    disks: self.held[at].iter().map(|disk| holder_disk(disk)).collect(),
                },
            ));
        }
        holders.sort_by(|(_, a), (_, b)| (&a.name, &a.moref).cmp(&(&b.name, &b.moref)));
        // Two VMs of one UUID clash whatever files they use.
        let clusters = match identity.kind {
            IdentityKind::Disk => self.clusters(&holders, &in_use),
            IdentityKind::Bios | IdentityKind::Instance => self.held.keys().copied().collect(),
        };
        Duplicate {
            identity,
            ruled_out: ruled_out(&holders, &clusters),
            apart: apart(&holders, &clusters),
            holders: holders.into_iter().map(|(_, holder)| holder).collect(),
        }
    }

    fn by_file(
        &self,
        unit: impl Fn(&'a DiskFacts) -> Option<&'a ChainUnit>,
        disks: impl Fn(usize) -> Vec<&'a DiskFacts>,
    ) -> BTreeMap<File<'a>, BTreeSet<usize>> {
        let mut index: BTreeMap<File<'_>, BTreeSet<usize>> = BTreeMap::new();
        for at in self.held.keys() {
            for unit in disks(*at).into_iter().filter_map(&unit) {
                let file = file(&self.vms[*at], unit);
                index.entry(file).or_default().insert(*at);
            }
        }
        index
    }

    /// For each holder a number that it has in common with those who use a file of it.
    fn clusters(
        &self,
        holders: &[(usize, UuidHolder)],
        in_use: &BTreeMap<File<'_>, BTreeSet<usize>>,
    ) -> Vec<usize> {
        let cluster = |at: usize| {
            let files = self.disks(at).into_iter().filter_map(top);
            let sharers =
                files.filter_map(|unit| in_use.get(&file(&self.vms[at], unit))?.first().copied());
            sharers.min().unwrap_or(at)
        };
        holders.iter().map(|(at, _)| cluster(*at)).collect()
    }
}

fn file<'a>(vm: &'a Vm, unit: &'a ChainUnit) -> File<'a> {
    (vm.datacenter.as_ref(), &unit.path)
}

fn holder_disk(disk: &DiskFacts) -> HolderDisk {
    let path = |unit: Option<&ChainUnit>| unit.map(|unit| unit.path.clone());
    HolderDisk {
        label: disk.label.clone(),
        file: path(top(disk)),
        base: path(base(disk)).filter(|_| disk.chain.len() > 1),
    }
}

/// VMs that can be protected: a template cannot.
fn protectable<'a>(
    holders: &'a [(usize, UuidHolder)],
    clusters: &'a [usize],
) -> impl Iterator<Item = (&'a UuidHolder, usize)> {
    let holders = holders.iter().zip(clusters);
    holders
        .map(|((_, holder), cluster)| (holder, *cluster))
        .filter(|(holder, _)| holder.standing != Standing::Template)
}

/// One entry for all master targets with files of their own, and one for each set of VMs that
/// use one file: the disk of one that is attached to the other is no clash.
fn ruled_out(holders: &[(usize, UuidHolder)], clusters: &[usize]) -> Vec<RuledOut> {
    let mut by_cluster: BTreeMap<usize, Vec<&UuidHolder>> = BTreeMap::new();
    for (holder, cluster) in protectable(holders, clusters) {
        by_cluster.entry(cluster).or_default().push(holder);
    }
    let candidates = |members: &[&UuidHolder]| -> Vec<String> {
        let candidates = members.iter().filter(|holder| holder.may_be_master_target);
        candidates.map(|holder| holder.name.clone()).collect()
    };
    let outside = |inside: Option<usize>| -> Vec<String> {
        protectable(holders, clusters)
            .filter(|(_, cluster)| Some(*cluster) != inside)
            .map(|(holder, _)| holder.name.clone())
            .collect()
    };
    let mut found = Vec::new();
    let mut alone: Vec<(usize, &UuidHolder)> = Vec::new();
    for (cluster, members) in &by_cluster {
        match members.as_slice() {
            [one] => alone.push((*cluster, *one)),
            several => found.push(RuledOut {
                master_targets: candidates(several),
                vms: outside(Some(*cluster)),
            }),
        }
    }
    let alone_candidates: Vec<&(usize, &UuidHolder)> = alone
        .iter()
        .filter(|(_, holder)| holder.may_be_master_target)
        .collect();
    if let [(cluster, one)] = alone_candidates.as_slice() {
        found.push(RuledOut {
            master_targets: vec![one.name.clone()],
            vms: outside(Some(*cluster)),
        });
    } else {
        let names = alone_candidates
            .iter()
            .map(|(_, holder)| holder.name.clone());
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

/// The VMs of which no two can go to one master target, when there are two.
fn apart(holders: &[(usize, UuidHolder)], clusters: &[usize]) -> Vec<String> {
    let vms: Vec<(&UuidHolder, usize)> = protectable(holders, clusters).collect();
    let different: BTreeSet<usize> = vms.iter().map(|(_, cluster)| *cluster).collect();
    if different.len() < 2 {
        return Vec::new();
    }
    vms.into_iter()
        .map(|(holder, _)| holder.name.clone())
        .collect()
}
