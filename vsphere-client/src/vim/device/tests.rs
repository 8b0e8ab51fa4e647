//! Devices as servers write them.

use super::*;
use crate::soap::{Decode, Encode, Reader, Writer};

const XSI: &str = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

fn device(kind: &str, content: &str) -> VirtualDevice {
    read(&format!(
        "<device {XSI} xsi:type=\"{kind}\">{content}</device>"
    ))
}

fn read<T: Decode>(document: &str) -> T {
    let mut reader = Reader::new(document.as_bytes()).unwrap();
    let start = reader.root().unwrap();
    let value = T::decode(&mut reader, &start).unwrap();
    reader.finish().unwrap();
    value
}

fn written<T: Encode>(value: &T) -> String {
    let mut writer = Writer::new();
    writer.declare_namespaces();
    value.encode(&mut writer, "device");
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

/// What was read can be sent back, and reads the same again.
fn assert_round_trip(device: &VirtualDevice) {
    assert_eq!(&read::<VirtualDevice>(&written(device)), device);
}

#[test]
fn a_disk_with_two_deltas_keeps_its_chain() {
    let disk = device(
        "VirtualDisk",
        "<key>2000</key><deviceInfo><label>Hard disk 1</label><summary>1 KB</summary></deviceInfo>\
         <backing xsi:type=\"VirtualDiskFlatVer2BackingInfo\"><fileName>[ds1] vm/vm-000002.vmdk</fileName>\
         <datastore type=\"Datastore\">datastore-1</datastore><diskMode>persistent</diskMode>\
         <uuid>6000C29a-1</uuid><parent><fileName>[ds1] vm/vm-000001.vmdk</fileName><diskMode>persistent</diskMode>\
         <parent><fileName>[ds1] vm/vm.vmdk</fileName><diskMode>persistent</diskMode></parent></parent>\
         <newInVersion12>x</newInVersion12></backing>\
         <controllerKey>1000</controllerKey><unitNumber>0</unitNumber>\
         <capacityInKB>4</capacityInKB><iofilter>a</iofilter><iofilter>b</iofilter><newer>1</newer>",
    );
    assert_eq!(disk.label(), "Hard disk 1");
    assert_eq!(disk.disk_uuid(), Some("6000C29a-1"));
    assert!(disk.has_parent());
    assert_eq!(
        disk.disk_backing().unwrap().chain(),
        [
            "[ds1] vm/vm-000002.vmdk",
            "[ds1] vm/vm-000001.vmdk",
            "[ds1] vm/vm.vmdk"
        ]
    );
    let path = disk.datastore_path().unwrap();
    assert_eq!(
        (path.datastore.as_str(), path.path.as_str()),
        ("ds1", "vm/vm-000002.vmdk")
    );
    let props = disk.as_disk().unwrap();
    assert_eq!((props.capacity(), props.iofilter.len()), (4096, 2));
    assert_round_trip(&disk);
}

#[test]
fn every_family_of_disk_files_is_read_and_written() {
    for (kind, content, uuid) in [
        (
            "VirtualDiskFlatVer1BackingInfo",
            "<fileName>[d] f</fileName><diskMode>persistent</diskMode>",
            None,
        ),
        (
            "VirtualDiskFlatVer2BackingInfo",
            "<fileName>[d] f</fileName><diskMode>append</diskMode><uuid>u</uuid><keyId><keyId>k</keyId><providerId><id>p</id></providerId></keyId>",
            Some("u"),
        ),
        (
            "VirtualDiskSparseVer1BackingInfo",
            "<fileName>[d] f</fileName><diskMode>persistent</diskMode><spaceUsedInKB>7</spaceUsedInKB>",
            None,
        ),
        (
            "VirtualDiskSparseVer2BackingInfo",
            "<fileName>[d] f</fileName><diskMode>persistent</diskMode><uuid>u</uuid>",
            Some("u"),
        ),
        (
            "VirtualDiskSeSparseBackingInfo",
            "<fileName>[d] f</fileName><diskMode>persistent</diskMode><uuid>u</uuid><grainSize>8</grainSize>",
            Some("u"),
        ),
        (
            "VirtualDiskRawDiskMappingVer1BackingInfo",
            "<fileName>[d] f</fileName><lunUuid>l</lunUuid><deviceName>vml.1</deviceName><compatibilityMode>physicalMode</compatibilityMode><uuid>u</uuid><sharing>sharingMultiWriter</sharing>",
            Some("u"),
        ),
        (
            "VirtualDiskRawDiskVer2BackingInfo",
            "<deviceName>n</deviceName><descriptorFileName>[d] f</descriptorFileName><uuid>u</uuid>",
            Some("u"),
        ),
        (
            "VirtualDiskLocalPMemBackingInfo",
            "<fileName>[d] f</fileName><diskMode>persistent</diskMode><uuid>u</uuid><volumeUUID>v</volumeUUID>",
            Some("u"),
        ),
        (
            "VirtualDiskFutureBackingInfo",
            "<fileName>[d] f</fileName><uuid>u</uuid><odd><deep>1</deep></odd>",
            Some("u"),
        ),
    ] {
        let disk = device(
            "VirtualDisk",
            &format!(
                "<key>1</key><backing xsi:type=\"{kind}\">{content}</backing><capacityInKB>1</capacityInKB>"
            ),
        );
        let backing = disk.disk_backing().unwrap();
        assert_eq!(backing.type_name(), kind);
        assert_eq!(
            (backing.file_name(), backing.uuid()),
            (Some("[d] f"), uuid),
            "{kind}"
        );
        assert!(!backing.has_parent());
        assert_eq!(backing.is_multi_writer(), kind.contains("Mapping"));
        let expected = format!("<backing xsi:type=\"{kind}\">{content}</backing>");
        assert!(written(&disk).contains(&expected), "{}", written(&disk));
        assert_round_trip(&disk);
    }
}

#[test]
fn controllers_of_all_kinds_are_told_apart() {
    for (wire, kind) in [
        ("ParaVirtualSCSIController", ScsiControllerKind::ParaVirtual),
        ("VirtualLsiLogicController", ScsiControllerKind::LsiLogic),
        (
            "VirtualLsiLogicSASController",
            ScsiControllerKind::LsiLogicSas,
        ),
        ("VirtualBusLogicController", ScsiControllerKind::BusLogic),
        (
            "FutureSCSIController",
            ScsiControllerKind::Other("FutureSCSIController".into()),
        ),
    ] {
        let controller = device(
            wire,
            "<key>1000</key><slotInfo xsi:type=\"VirtualDevicePciBusSlotInfo\"><pciSlotNumber>160</pciSlotNumber></slotInfo>\
             <controllerKey>100</controllerKey><unitNumber>3</unitNumber><busNumber>2</busNumber><device>2000</device><device>2001</device>\
             <hotAddRemove>true</hotAddRemove><sharedBus>noSharing</sharedBus><scsiCtlrUnitNumber>7</scsiCtlrUnitNumber>",
        );
        let scsi = controller.as_scsi_controller().unwrap();
        assert_eq!(scsi.kind, kind);
        assert_eq!(
            (scsi.controller.bus_number, &scsi.controller.device[..]),
            (2, &[2000, 2001][..])
        );
        assert_eq!(scsi.scsi_ctlr_unit_number, Some(7));
        assert_eq!(
            controller.slot_info,
            Some(BusSlotInfo::Pci {
                pci_slot_number: 160
            })
        );
        assert_round_trip(&controller);
    }
    for wire in [
        "VirtualNVMEController",
        "VirtualAHCIController",
        "VirtualIDEController",
        "VirtualUSBXHCIController",
        "VirtualPCIController",
    ] {
        let controller = device(
            wire,
            "<key>15000</key><busNumber>1</busNumber><device>3</device>",
        );
        assert!(controller.is_controller() && !controller.is_scsi_controller());
        assert_eq!(controller.kind.type_name(), wire);
        assert_eq!(controller.kind.controller().unwrap().device, [3]);
        assert_round_trip(&controller);
    }
}

#[test]
fn an_unknown_device_is_kept_and_can_be_sent_back() {
    let content = "<key>9</key><deviceInfo><label>a</label><summary>b</summary></deviceInfo>\
         <backing xsi:type=\"FutureBacking\"><deviceName>x</deviceName></backing>\
         <slotInfo xsi:type=\"FutureSlot\"><lane>4</lane></slotInfo><unitNumber>5</unitNumber>\
         <qubits>12</qubits><entangled xsi:type=\"Pair\"><with>8</with></entangled>";
    let future = device("VirtualQuantumDevice", content);
    assert!(matches!(&future.kind, VirtualDeviceKind::Other(other) if other.extra.len() == 2));
    assert!(!future.is_controller());
    let text = written(&future);
    assert!(
        text.ends_with(&format!(
            " xsi:type=\"VirtualQuantumDevice\">{content}</device>"
        )),
        "{text}"
    );
}

#[test]
fn a_network_card_keeps_what_follows_its_address() {
    let content = "<key>4000</key><addressType>assigned</addressType><macAddress>00:50:56:00:00:01</macAddress>\
         <wakeOnLanEnabled>true</wakeOnLanEnabled><resourceAllocation><reservation>0</reservation></resourceAllocation>\
         <uptCompatibilityEnabled>true</uptCompatibilityEnabled><uptv2Enabled>false</uptv2Enabled>";
    let card = device("VirtualVmxnet3", content);
    assert!(
        matches!(&card.kind, VirtualDeviceKind::Ethernet(e) if e.mac_address.as_deref() == Some("00:50:56:00:00:01"))
    );
    assert!(written(&card).contains(content));
}

#[test]
fn a_deep_chain_of_deltas_does_not_exhaust_the_stack() {
    let delta = "<parent><fileName>[d] f</fileName><diskMode>persistent</diskMode>";
    let document = format!(
        "<device {XSI} xsi:type=\"VirtualDisk\"><key>1</key><backing xsi:type=\"VirtualDiskFlatVer2BackingInfo\">\
         <fileName>[d] f</fileName><diskMode>persistent</diskMode>{}{}</backing></device>",
        delta.repeat(250),
        "</parent>".repeat(250)
    );
    let disk: VirtualDevice = read(&document);
    assert_eq!(disk.disk_backing().unwrap().chain().len(), 251);
    assert_round_trip(&disk);
}

#[test]
fn removing_a_disk_says_nothing_about_its_file() {
    let spec = VirtualDeviceConfigSpec::remove(device(
        "VirtualDisk",
        "<key>2001</key><capacityInKB>1</capacityInKB>",
    ));
    assert!(!written(&spec).contains("fileOperation"));
}
