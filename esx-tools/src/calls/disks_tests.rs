use vsphere_client::soap::envelope;

use super::*;
use crate::slots::Slot;
use crate::{fact::Fact, site::sample, vm::Setting};

fn placed(index: u32, slot: &str) -> DiskForSlot {
    DiskForSlot {
        entry: Entry {
            uuid: format!("6000c293000000000000000000{index:06x}")
                .parse()
                .unwrap(),
            vm_instance_uuid: "5002".into(),
            vm_name: "app [1] \u{e9}".into(),
            device_key: 2000,
            slot: Slot::new(0, 0),
            path: format!("[ds 1] app [1] \u{e9}/app_{index}.vmdk"),
        },
        label: "Hard disk 1".into(),
        slot: slot.parse().unwrap(),
        capacity_bytes: Some(10 << 30),
    }
}

fn xml(request: Request) -> String {
    let Request::Reconfigure(call) = request else {
        panic!("no reconfigure")
    };
    String::from_utf8(envelope::request(call.as_ref(), None).unwrap().to_vec()).unwrap()
}

fn kind() -> ControllerKind {
    ControllerKind::LsiLogic
}

#[test]
fn all_disks_and_entries_go_in_one_conditional_reconfigure_without_any_file_operation() {
    let facts = sample::ready();
    let vm = facts.master_target.moref.clone();
    let disks = [placed(1, "0:2"), placed(2, "1:0"), placed(3, "1:1")];
    let text = xml(attach(&vm, &kind(), &disks, &[], &facts).unwrap());
    assert!(text.contains("<changeVersion>2026-01-01T00:00:00.000000Z</changeVersion>"));
    assert!(!text.contains("fileOperation"), "{text}");
    assert_eq!(text.matches("<operation>add</operation>").count(), 4);
    assert_eq!(text.matches("<key>esxtool.disk.").count(), 3);
    assert!(
        text.contains("<fileName>[ds 1] app [1] \u{e9}/app_2.vmdk</fileName>"),
        "{text}"
    );
    // The new controller stands before the disks that hang on it.
    let controller = text.find("VirtualLsiLogicController").unwrap();
    assert!(controller < text.find("app_1.vmdk").unwrap());
    assert!(text.contains("<controllerKey>-301</controllerKey>"));
}

#[test]
fn a_place_that_was_taken_and_a_wrong_controller_are_refused() {
    let mut facts = sample::ready();
    let vm = facts.master_target.moref.clone();
    let taken = attach(&vm, &kind(), &[placed(1, "0:1")], &[], &facts);
    assert!(
        matches!(taken, Err(RequestError::SlotTaken(_))),
        "{taken:?}"
    );
    if let Fact::Known(controllers) = &mut facts.master_target.controllers {
        controllers.push(sample::controller(
            1001,
            ControllerKind::ParaVirtual,
            1,
            vec![],
        ));
    }
    let wrong = attach(&vm, &kind(), &[placed(1, "1:0")], &[], &facts);
    assert!(
        matches!(wrong, Err(RequestError::NoSuchController { bus: 1 })),
        "{wrong:?}"
    );
}

#[test]
fn nothing_is_attached_or_detached_without_a_change_version() {
    let mut facts = sample::ready();
    facts.master_target.change_version = None;
    let vm = facts.master_target.moref.clone();
    let refused = attach(&vm, &kind(), &[placed(1, "0:2")], &[], &facts);
    assert!(matches!(refused, Err(RequestError::NoChangeVersion)));
    let refused = detach(&vm, &[], &[placed(1, "0:2").entry], &facts);
    assert!(matches!(refused, Err(RequestError::NoChangeVersion)));
}

#[test]
fn a_detach_names_the_device_by_uuid_and_removes_the_key_as_it_is_spelled() {
    let mut facts = sample::ready();
    let vm = facts.master_target.moref.clone();
    let disk = placed(1, "0:2");
    let mut present = match sample::protected("app-01", 1).disks {
        Fact::Known(mut disks) => disks.remove(0),
        Fact::Unknown { .. } => panic!("known"),
    };
    present.key = 2017;
    present.uuid = Some("6000C293-0000-0000-0000-000000000001".into());
    present.path = Some(disk.entry.path.clone());
    if let (Fact::Known(disks), Fact::Known(settings)) = (
        &mut facts.master_target.disks,
        &mut facts.master_target.extra_config,
    ) {
        disks.push(present);
        settings.push(Setting {
            key: disk.entry.encode().0.to_uppercase(),
            value: "v1".into(),
        });
    }
    let text = xml(detach(&vm, &[disk.attached()], &[], &facts).unwrap());
    assert!(text.contains("<operation>remove</operation>"));
    assert!(text.contains("<key>2017</key>"), "{text}");
    assert!(!text.contains("fileOperation"), "{text}");
    assert!(text.contains("<key>ESXTOOL.DISK.6000C293"), "{text}");
    // Another file under the same UUID is not this disk.
    let mut moved = disk.attached();
    moved.path = "[ds2] mt/mt_1.vmdk".into();
    let refused = detach(&vm, &[moved], &[], &facts);
    assert!(
        matches!(refused, Err(RequestError::NoSuchDisk(_))),
        "{refused:?}"
    );
}

#[test]
fn a_device_index_counts_the_new_controllers_first() {
    let facts = sample::ready();
    let disks = [placed(1, "0:2"), placed(2, "1:0"), placed(3, "2:0")];
    let found: Vec<_> = (-1..6)
        .map(|index| disk_of_index(&disks, index, &facts))
        .collect();
    assert_eq!(found, [None, None, None, Some(0), Some(1), Some(2), None]);
}
