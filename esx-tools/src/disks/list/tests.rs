use super::{
    super::{DiskKind, OwnerSource},
    rows::rows as list,
};
use crate::ledger::Entry;
use crate::{
    fact::Fact,
    site::sample,
    vm::{DiskFacts, Setting, Vm},
};
use vsphere_client::vim::ManagedObjectReference;

/// The disks of `app-01` as its own VM has them.
pub(in crate::disks) fn theirs(count: usize) -> Vec<DiskFacts> {
    match sample::protected("app-01", count).disks {
        Fact::Known(disks) => disks,
        Fact::Unknown { .. } => vec![],
    }
}

pub(in crate::disks) fn entry(disk: &DiskFacts) -> Entry {
    Entry {
        uuid: disk.disk_uuid().unwrap(),
        vm_instance_uuid: "5002-app-01".into(),
        vm_name: "app-01".into(),
        device_key: disk.key,
        slot: "0:0".parse().ok(),
        path: disk.path.clone().unwrap(),
    }
}

/// Puts a disk on a slot of the VM, with its entry or without.
pub(in crate::disks) fn put(vm: &mut Vm, mut disk: DiskFacts, unit: i32, entered: bool) {
    let (Fact::Known(disks), Fact::Known(controllers), Fact::Known(settings)) =
        (&mut vm.disks, &mut vm.controllers, &mut vm.extra_config)
    else {
        return;
    };
    if entered {
        let (key, value) = entry(&disk).encode();
        settings.push(Setting { key, value });
    }
    disk.key = 2000 + unit;
    disk.unit = Some(unit);
    controllers[0].devices.push(disk.key);
    controllers[0].units.push(unit);
    disks.push(disk);
}

fn holder(disks: Vec<DiskFacts>) -> Vm {
    Vm {
        name: "app-01".into(),
        instance_uuid: Some("5002-app-01".into()),
        disks: Fact::Known(disks),
        ..Vm::unread(ManagedObjectReference::new("VirtualMachine", "vm-app-01"))
    }
}

fn kinds_of(vm: &Vm) -> Vec<DiskKind> {
    let listed = list(vm, &[]).unwrap();
    listed.disks.iter().map(|row| row.kind).collect()
}

#[test]
fn the_ledger_and_the_files_tell_whose_disk_it_is() {
    let mut vm = sample::ready().master_target;
    let [first, second, third]: [DiskFacts; 3] = theirs(3).try_into().unwrap();
    put(&mut vm, first, 2, true);
    put(&mut vm, second.clone(), 3, false);
    put(&mut vm, third, 4, false);
    let listed = list(&vm, &[holder(vec![second])]).unwrap();
    let seen: Vec<_> = listed
        .disks
        .iter()
        .map(|row| {
            let source = row.owner.as_ref().map(|owner| owner.source);
            (row.address.as_str(), row.kind, row.in_ledger, source)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("0:0", DiskKind::System, false, None),
            ("0:1", DiskKind::Retention, false, None),
            ("0:2", DiskKind::Protected, true, Some(OwnerSource::Ledger)),
            ("0:3", DiskKind::Protected, false, Some(OwnerSource::File)),
            ("0:4", DiskKind::Other, false, None),
        ]
    );
    assert_eq!(listed.free_slots, 55);
}

#[test]
fn a_uuid_that_two_vms_have_tells_nothing() {
    let mut vm = sample::ready().master_target;
    let mut moved = theirs(1).remove(0);
    moved.path = Some("[ds1] mt/mt_7.vmdk".into());
    moved.chain.clear();
    put(&mut vm, moved, 2, false);
    let one = list(&vm, &[holder(theirs(1))]).unwrap();
    let owner = one.disks[2].owner.as_ref().unwrap();
    assert_eq!(
        (owner.name.as_str(), owner.source),
        ("app-01", OwnerSource::Uuid)
    );
    let mut clone = holder(theirs(1));
    clone.moref = ManagedObjectReference::new("VirtualMachine", "vm-clone");
    let two = list(&vm, &[holder(theirs(1)), clone]).unwrap();
    assert_eq!(two.disks[2].owner, None);
}

#[test]
fn a_moved_disk_and_an_entry_without_disk_are_told() {
    let mut vm = sample::ready().master_target;
    let [moved, gone]: [DiskFacts; 2] = theirs(2).try_into().unwrap();
    put(&mut vm, moved, 2, true);
    put(&mut vm, gone, 3, true);
    if let Fact::Known(disks) = &mut vm.disks {
        disks.pop();
        disks[2].path = Some("[ds2] mt/mt_2.vmdk".into());
        disks[2].chain.clear();
    }
    let listed = list(&vm, &[]).unwrap();
    assert_eq!(
        listed.disks[2].attached_as.as_deref(),
        Some("[ds1] app-01/app-01_0.vmdk")
    );
    assert_eq!(listed.without_disk.len(), 1);
    assert_eq!(
        listed.without_disk[0].entry.path,
        "[ds1] app-01/app-01_1.vmdk"
    );
}

#[test]
fn the_guest_tells_system_and_retention_before_anything_is_guessed() {
    let mut vm = sample::ready().master_target;
    if let Fact::Known(volumes) = &mut vm.guest_disks {
        volumes[0].disk_keys = vec![2001];
        volumes[1].disk_keys = vec![2000];
    }
    assert_eq!(kinds_of(&vm), [DiskKind::Retention, DiskKind::System]);
    // Without what the guest tells, the note of an added retention disk counts.
    vm.guest_disks = Fact::Known(vec![]);
    if let Fact::Known(settings) = &mut vm.extra_config {
        settings.push(Setting {
            key: "esxtool.retention-disk".into(),
            value: "1;slot=0:0;bytes=1024".into(),
        });
    }
    assert_eq!(kinds_of(&vm), [DiskKind::Retention, DiskKind::System]);
}

#[test]
fn a_disk_in_the_ledger_is_never_taken_for_the_systems() {
    let mut vm = sample::ready().master_target;
    if let Fact::Known(disks) = &mut vm.disks {
        disks.clear();
    }
    put(&mut vm, theirs(1).remove(0), 0, true);
    assert_eq!(kinds_of(&vm), [DiskKind::Protected]);
}

#[test]
fn what_cannot_be_read_is_said() {
    let unread = sample::unread().master_target;
    assert!(list(&unread, &[]).unwrap_err().contains("System.Read"));
    let mut vm = sample::ready().master_target;
    vm.extra_config = Fact::unknown("no privilege");
    let listed = list(&vm, &[]).unwrap();
    assert_eq!(listed.ledger.reason(), Some("no privilege"));
}

#[test]
fn a_disk_on_another_controller_has_its_place_in_words() {
    let mut vm = sample::ready().master_target;
    if let (Fact::Known(controllers), Fact::Known(disks)) = (&mut vm.controllers, &mut vm.disks) {
        controllers.push(sample::controller(
            31_000,
            crate::vm::ControllerKind::Nvme,
            0,
            vec![],
        ));
        disks[1].controller_key = Some(31_000);
        disks[1].bus = Some(0);
        disks[1].on_scsi = false;
        disks[1].unit = Some(0);
    }
    let listed = list(&vm, &[]).unwrap();
    assert_eq!(listed.disks[1].address, "NVMe 0:0");
    assert_eq!(listed.disks[1].slot, None);
}
