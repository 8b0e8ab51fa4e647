use std::collections::{BTreeMap, BTreeSet};
use vsphere_client::vim::ManagedObjectReference;

use proptest::prelude::*;

use super::*;
use crate::{
    capacity::{Identity, IdentityKind},
    fact::Fact,
    vm::{ChainUnit, DiskFacts, Vm},
};

const SHARED: &str = "6000C293-5a1e-4c07-8d52-0f7b3c9e6a41";

/// A disk of this UUID on these files, the one in use first.
fn disk(uuid: Option<String>, files: &[&str]) -> DiskFacts {
    let unit = |path: &&str| ChainUnit {
        path: (*path).to_owned(),
        datastore: None,
        bytes: None,
    };
    DiskFacts {
        label: "Hard disk 1".into(),
        uuid,
        chain: files.iter().rev().map(unit).collect(),
        ..crate::site::sample::disk()
    }
}

/// A VM with one disk of the shared UUID, on these files.
fn vm(name: &str, files: &[&str]) -> Vm {
    Vm {
        name: name.into(),
        datacenter: Some(ManagedObjectReference::new("Datacenter", "datacenter-2")),
        inventory_path: Some(format!("/DC/vm/{name}")),
        template: Some(false),
        disk_uuid_flag: Some(false),
        bios_uuid: Some(format!("4201{}", hex(name))),
        instance_uuid: Some(format!("5001{}", hex(name))),
        disks: Fact::Known(vec![disk(Some(SHARED.into()), files)]),
        ..Vm::unread(ManagedObjectReference::new(
            "VirtualVm",
            format!("vm-{name}"),
        ))
    }
}

fn hex(name: &str) -> String {
    name.bytes().map(|byte| format!("{byte:02x}")).collect()
}

fn template(vm: Vm) -> Vm {
    Vm {
        template: Some(true),
        ..vm
    }
}

fn master_target(vm: Vm) -> Vm {
    Vm {
        disk_uuid_flag: Some(true),
        ..vm
    }
}

fn the_one(vms: &[Vm]) -> Duplicate {
    let mut found = find(vms).duplicates;
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn standings(duplicate: &Duplicate) -> Vec<(&str, Standing)> {
    let holders = duplicate.holders.iter();
    holders
        .map(|holder| (holder.name.as_str(), holder.standing))
        .collect()
}

#[test]
fn copies_of_a_template_are_told_from_linked_clones() {
    let found = the_one(&[
        template(vm("tpl", &["[ds] tpl/tpl.vmdk"])),
        vm("linked-1", &["[ds] l1/l1.vmdk", "[ds] tpl/tpl.vmdk"]),
        vm("linked-2", &["[ds] l2/l2.vmdk", "[ds] tpl/tpl.vmdk"]),
        vm("full", &["[ds] full/full.vmdk"]),
    ]);
    assert_eq!(found.identity.kind, IdentityKind::Disk);
    assert_eq!(
        standings(&found),
        [
            ("/DC/vm/full", Standing::Copy),
            ("/DC/vm/linked-1", Standing::LinkedClone),
            ("/DC/vm/linked-2", Standing::LinkedClone),
            ("/DC/vm/tpl", Standing::Template),
        ]
    );
    assert_eq!(
        found.holders[1].disks[0].base.as_deref(),
        Some("[ds] tpl/tpl.vmdk")
    );
    assert_eq!(found.holders[0].disks[0].base, None);
    assert_eq!(
        found.apart,
        ["/DC/vm/full", "/DC/vm/linked-1", "/DC/vm/linked-2"]
    );
    assert!(
        found.ruled_out.is_empty(),
        "none of them is set up as a master target"
    );
}

#[test]
fn a_master_target_from_the_template_is_ruled_out_for_the_clones() {
    let found = the_one(&[
        template(vm("tpl", &["[ds] tpl/tpl.vmdk"])),
        master_target(vm("mt", &["[ds] mt/mt.vmdk"])),
        vm("a", &["[ds] a/a.vmdk"]),
        vm("b", &["[ds] b/b.vmdk"]),
    ]);
    assert_eq!(
        found.ruled_out,
        [RuledOut {
            master_targets: vec!["/DC/vm/mt".into()],
            vms: vec!["/DC/vm/a".into(), "/DC/vm/b".into()],
        }]
    );
}

#[test]
fn a_disk_that_is_attached_to_a_master_target_is_no_clash() {
    let found = the_one(&[
        master_target(vm("mt", &["[ds] a/a.vmdk"])),
        vm("a", &["[ds] a/a.vmdk"]),
    ]);
    assert_eq!(
        standings(&found),
        [
            ("/DC/vm/a", Standing::SameFile),
            ("/DC/vm/mt", Standing::SameFile)
        ]
    );
    assert!(found.ruled_out.is_empty() && found.apart.is_empty());
}

#[test]
fn the_attached_disk_still_clashes_with_other_clones() {
    let found = the_one(&[
        master_target(vm("mt", &["[ds] a/a.vmdk"])),
        vm("a", &["[ds] a/a.vmdk"]),
        vm("b", &["[ds] b/b.vmdk"]),
    ]);
    assert_eq!(
        found.ruled_out,
        [RuledOut {
            master_targets: vec!["/DC/vm/mt".into()],
            vms: vec!["/DC/vm/b".into()],
        }]
    );
}

#[test]
fn the_same_path_in_another_datacenter_is_another_file() {
    let mut elsewhere = vm("b", &["[ds] a/a.vmdk"]);
    elsewhere.datacenter = Some(ManagedObjectReference::new("Datacenter", "datacenter-3"));
    let found = the_one(&[vm("a", &["[ds] a/a.vmdk"]), elsewhere]);
    assert_eq!(
        standings(&found),
        [("/DC/vm/a", Standing::Copy), ("/DC/vm/b", Standing::Copy)]
    );
}

#[test]
fn vm_uuids_clash_whatever_files_they_use() {
    let mut one = master_target(vm("mt", &["[ds] a/a.vmdk"]));
    let mut other = vm("a", &["[ds] a/a.vmdk"]);
    one.bios_uuid = Some("4201AA".into());
    other.bios_uuid = Some("42-01-aa".into());
    let found = find(&[one, other]).duplicates;
    let kinds: Vec<_> = found.iter().map(|one| one.identity.kind).collect();
    assert_eq!(kinds, [IdentityKind::Disk, IdentityKind::Bios]);
    assert!(found[0].ruled_out.is_empty());
    assert_eq!(found[1].ruled_out[0].vms, ["/DC/vm/a"]);
    assert!(
        found[1]
            .holders
            .iter()
            .all(|holder| holder.disks.is_empty())
    );
}

#[test]
fn one_vm_may_have_a_uuid_twice() {
    let mut one = vm("a", &["[ds] a/a.vmdk"]);
    if let Fact::Known(disks) = &mut one.disks {
        disks.push(disk(Some(SHARED.to_lowercase()), &["[ds] a/a_1.vmdk"]));
    }
    let found = the_one(&[one]);
    assert_eq!(found.holders[0].disks.len(), 2);
    assert!(found.ruled_out.is_empty() && found.apart.is_empty());
}

#[test]
fn what_cannot_be_read_is_said() {
    let mut dark = vm("dark", &[]);
    dark.disks = Fact::unknown("config cannot be read: NoPermission");
    let found = find(&[dark, vm("a", &["[ds] a/a.vmdk"])]);
    assert!(found.duplicates.is_empty());
    assert_eq!(found.unread[0].name, "/DC/vm/dark");
    assert_eq!((found.vms, found.disks), (2, 1));
}

/// VMs whose UUIDs and files are drawn from a few.
fn vms() -> impl Strategy<Value = Vec<Vm>> {
    let drawn = (0u8..6, 0u8..6, 0u8..3);
    let one = (
        any::<bool>(),
        any::<bool>(),
        0u8..20,
        prop::collection::vec(drawn, 0..3),
    );
    prop::collection::vec(one, 0..9).prop_map(|machines| {
        let each = machines.into_iter().enumerate();
        each.map(|(n, (template, disk_uuid_enabled, bios, disks))| {
            let disks = disks.into_iter().map(|(uuid, top, base)| {
                disk(
                    (uuid > 0).then(|| format!("6000{uuid}")),
                    &[&format!("[ds] {top}.vmdk"), &format!("[ds] b{base}.vmdk")],
                )
            });
            Vm {
                template: Some(template),
                disk_uuid_flag: Some(disk_uuid_enabled),
                bios_uuid: (bios > 0).then(|| format!("42{bios:x}")),
                disks: Fact::Known(disks.collect()),
                ..vm(&format!("m{n}"), &[])
            }
        })
        .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_uuid_that_two_vms_have_is_found_and_no_other(vms in vms()) {
        let mut counted: BTreeMap<Identity, BTreeSet<&ManagedObjectReference>> = BTreeMap::new();
        for vm in &vms {
            let disks = vm.disks.known().into_iter().flatten();
            let of_disks = disks.filter_map(|disk| {
                Identity::new(IdentityKind::Disk, disk.uuid.as_deref()?)
            });
            let bios = vm.bios_uuid.as_deref();
            let bios = bios.and_then(|uuid| Identity::new(IdentityKind::Bios, uuid));
            for identity in of_disks.chain(bios) {
                counted.entry(identity).or_default().insert(&vm.moref);
            }
        }
        let wanted: BTreeSet<Identity> = counted
            .into_iter()
            .filter(|(_, holders)| holders.len() > 1)
            .map(|(identity, _)| identity)
            .collect();
        let found: BTreeSet<Identity> = find(&vms).duplicates
            .into_iter()
            .filter(|duplicate| duplicate.holders.len() > 1)
            .map(|duplicate| duplicate.identity)
            .collect();
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn templates_are_never_protected_nor_master_targets(machines in vms()) {
        for duplicate in find(&machines).duplicates {
            let templates: BTreeSet<&str> = duplicate.holders.iter()
                .filter(|holder| holder.standing == Standing::Template)
                .map(|holder| holder.name.as_str())
                .collect();
            let named = duplicate.ruled_out.iter()
                .flat_map(|entry| entry.master_targets.iter().chain(&entry.vms))
                .chain(&duplicate.apart);
            for name in named {
                prop_assert!(!templates.contains(name.as_str()));
            }
        }
    }
}
