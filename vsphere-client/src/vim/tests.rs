//! Values, faults and pages as servers write them.

use super::*;
use crate::soap::{Decode, Encode, Reader, Writer};

fn read<T: Decode>(content: &str) -> T {
    let document = format!(
        "<val xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"{content}</val>"
    );
    let mut reader = Reader::new(document.as_bytes()).unwrap();
    let start = reader.root().unwrap();
    let value = T::decode(&mut reader, &start).unwrap();
    reader.finish().unwrap();
    value
}

#[test]
fn any_value_follows_the_type_on_the_wire() {
    let moref = ManagedObjectReference::new("Datastore", "ds-1");
    for (content, expected) in [
        (" i:type=\"xsd:string\">a &amp; b", AnyValue::from("a & b")),
        (">plain", AnyValue::from("plain")),
        (" i:type=\"xsd:boolean\">1", AnyValue::Bool(true)),
        (" i:type=\"xsd:int\">-7", AnyValue::Int(-7)),
        (
            " i:type=\"xsd:long\">9999999999",
            AnyValue::Long(9_999_999_999),
        ),
        (
            " i:type=\"xsd:double\">INF",
            AnyValue::Double(f64::INFINITY),
        ),
        (
            " i:type=\"ManagedObjectReference\" type=\"Datastore\">ds-1",
            AnyValue::Ref(moref.clone()),
        ),
        (
            " type=\"Datastore\" i:type=\"ManagedObjectReference\">ds-1",
            AnyValue::Ref(moref.clone()),
        ),
        (
            " i:type=\"ArrayOfManagedObjectReference\"><ManagedObjectReference type=\"Datastore\">ds-1</ManagedObjectReference>",
            AnyValue::Refs(vec![moref]),
        ),
        (
            " i:type=\"ArrayOfString\"><string>x</string><string/>",
            AnyValue::Strings(vec!["x".into(), String::new()]),
        ),
        (
            " i:type=\"xsd:dateTime\">1970-01-01T01:00:00+01:00",
            AnyValue::Timestamp(jiff::Timestamp::UNIX_EPOCH),
        ),
        (
            " i:type=\"xsd:dateTime\">1970-01-01T00:00:00",
            AnyValue::Timestamp(jiff::Timestamp::UNIX_EPOCH),
        ),
    ] {
        let value = read::<AnyValue>(content);
        assert_eq!(value, expected);
        assert_eq!(value.decode_as::<AnyValue>().unwrap(), expected);
    }
    let state = read::<AnyValue>(" i:type=\"VirtualMachinePowerState\">poweredOn");
    assert_eq!(
        state.decode_as::<VirtualMachinePowerState>(),
        Ok(VirtualMachinePowerState::PoweredOn)
    );
    assert_eq!(state.as_str(), Some("poweredOn"));
}

#[test]
fn enumerations_survive_what_is_new_and_what_is_empty() {
    assert_eq!(
        read::<TaskInfoState>(">paused"),
        TaskInfoState::Unknown("paused".into())
    );
    assert!(!TaskInfoState::Unknown("paused".into()).is_final());
    let config = read::<ClusterDrsVmConfigInfo>(
        "><key type=\"VirtualMachine\">vm-1</key><behavior></behavior>",
    );
    assert_eq!(config.behavior, None);
}

#[test]
fn a_session_gone_is_no_missing_permission() {
    let fault = read::<MethodFault>(
        "><fault i:type=\"NotAuthenticated\"><object type=\"Folder\">f</object><privilegeId>System.View</privilegeId></fault><localizedMessage></localizedMessage>",
    );
    assert!(fault.is_not_authenticated());
    assert_eq!(
        (fault.name.as_str(), fault.message.as_deref()),
        ("NotAuthenticated", None)
    );
    assert_eq!(fault.to_string(), "NotAuthenticated");
    let fault = read::<MethodFault>(
        "><fault i:type=\"NoPermission\"><object type=\"Folder\">f</object><missingPrivileges><entity type=\"Folder\">f</entity><privilegeIds>Datastore.Browse</privilegeIds></missingPrivileges></fault>",
    );
    assert!(!fault.is_not_authenticated());
    assert_eq!(
        fault.kind,
        FaultKind::NoPermission {
            object: Some(ManagedObjectReference::new("Folder", "f")),
            privilege_id: Some("Datastore.Browse".into())
        }
    );
}

#[test]
fn causes_and_messages_of_a_fault_are_kept() {
    let fault = read::<MethodFault>(
        "><fault i:type=\"CannotAccessVmDisk\"><faultCause><fault i:type=\"FileLocked\"><file>[d] x</file></fault><localizedMessage>locked.</localizedMessage></faultCause>\
         <faultMessage><key>k</key><message>in use by host 3</message></faultMessage><file>[d] x</file></fault><localizedMessage>no access</localizedMessage>",
    );
    assert_eq!(fault.fault_messages, ["in use by host 3"]);
    let cause = fault.cause.as_deref().unwrap();
    assert_eq!(
        cause.kind,
        FaultKind::FileLocked {
            file: Some("[d] x".into())
        }
    );
    assert_eq!(
        std::error::Error::source(&fault).unwrap().to_string(),
        "FileLocked: locked"
    );
    let mut writer = Writer::new();
    writer.declare_namespaces();
    fault.encode(&mut writer, "error");
    let document = writer.finish().unwrap();
    let mut reader = Reader::new(&document).unwrap();
    let start = reader.root().unwrap();
    assert_eq!(MethodFault::decode(&mut reader, &start).unwrap(), fault);
    let unknown = read::<MethodFault>("><fault i:type=\"QuantumFault\"><spin>up</spin></fault>");
    assert_eq!(
        (unknown.name.as_str(), unknown.kind),
        ("QuantumFault", FaultKind::Other)
    );
    assert_eq!(unknown.raw.child_text("spin"), Some("up"));
}

#[test]
fn a_page_keeps_missing_properties_and_survives_a_property_without_value() {
    let page = read::<RetrieveResult>(
        "><token>t1</token><objects><obj type=\"VirtualMachine\">vm-1</obj>\
         <propSet><name>name</name><val i:type=\"xsd:string\">a</val></propSet><propSet><name>config</name></propSet>\
         <missingSet><path>guest</path><fault><fault i:type=\"NoPermission\"/><localizedMessage>no</localizedMessage></fault></missingSet></objects>\
         <objects><obj type=\"VirtualMachine\">vm-2</obj></objects>",
    );
    assert_eq!(page.token.as_deref(), Some("t1"));
    assert_eq!(page.objects.len(), 2);
    assert_eq!(page.objects[0].prop_set[1].val, None);
    assert_eq!(
        page.objects[0].missing_set[0].fault.message.as_deref(),
        Some("no")
    );
}

#[test]
fn a_task_tells_why_it_failed() {
    let info = read::<TaskInfo>(
        "><key>task-1</key><task type=\"Task\">task-1</task><description><key>k</key><message>m</message></description>\
         <name>ReconfigVM_Task</name><descriptionId>VirtualMachine.reconfigure</descriptionId><entity type=\"VirtualMachine\">vm-1</entity>\
         <state>error</state><cancelled>false</cancelled><cancelable>false</cancelable>\
         <error><fault i:type=\"ConcurrentAccess\"/><localizedMessage>changed meanwhile</localizedMessage></error>\
         <reason i:type=\"TaskReasonUser\"><userName>u</userName></reason><queueTime>2026-01-02T03:04:05.678901Z</queueTime><eventChainId>1</eventChainId>",
    );
    assert!(info.state.is_final());
    assert_eq!(info.error.unwrap().kind, FaultKind::ConcurrentAccess);
    assert_eq!(
        info.queue_time.unwrap().to_string(),
        "2026-01-02T03:04:05.678901Z"
    );
}

#[test]
fn what_started_a_task_is_told_in_each_of_its_kinds_and_never_costs_the_task() {
    let info = |reason: &str| {
        read::<TaskInfo>(&format!(
            "><key>task-1</key><task type=\"Task\">task-1</task><descriptionId>x</descriptionId>\
             <state>running</state><reason {reason}</reason>\
             <queueTime>2026-01-02T03:04:05Z</queueTime><startTime>2026-01-02T03:04:06Z</startTime>"
        ))
    };
    let user = info("i:type=\"TaskReasonUser\"><userName>LAB\\op</userName>");
    assert_eq!(user.user(), Some("LAB\\op"));
    assert!(user.start_time > user.queue_time && user.complete_time.is_none());
    let alarm = info(
        "i:type=\"TaskReasonAlarm\"><alarmName>full</alarmName><alarm type=\"Alarm\">alarm-1</alarm>\
         <entityName>ds1</entityName><entity type=\"Datastore\">ds-1</entity>",
    );
    assert_eq!(alarm.user(), None);
    assert!(matches!(
        &alarm.reason,
        Some(TaskReason::Alarm { alarm_name: Some(name), entity: Some(entity), .. })
            if name == "full" && entity.value == "ds-1"
    ));
    let schedule = info(
        "i:type=\"TaskReasonSchedule\"><name>nightly</name>\
         <scheduledTask type=\"ScheduledTask\">s-1</scheduledTask>",
    );
    let system = info("i:type=\"TaskReasonSystem\">");
    assert_eq!(system.reason, Some(TaskReason::System));
    let newer = info("i:type=\"TaskReasonOracle\"><why>unknown</why>");
    assert!(matches!(newer.reason, Some(TaskReason::Other(_))));
    let bare = info("i:type=\"TaskReasonUser\">");
    assert_eq!(bare.reason, Some(TaskReason::User { user_name: None }));
    // Written, and read again, in the order of the schema.
    for info in [user, alarm, schedule, system, newer] {
        let mut writer = Writer::new();
        writer.open("v");
        writer.attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
        info.reason.encode(&mut writer, "reason");
        writer.close();
        let written = writer.finish().unwrap();
        let mut reader = Reader::new(&written).unwrap();
        let root = reader.root().unwrap();
        let child = reader.next_child(&root).unwrap().unwrap();
        let again = TaskReason::decode(&mut reader, &child).unwrap();
        assert_eq!(Some(again), info.reason);
    }
}

#[test]
fn snapshots_are_walked_parents_first() {
    let node = |name: &str, children: &str| {
        format!(
            "<snapshot type=\"VirtualMachineSnapshot\">{name}</snapshot><vm type=\"VirtualMachine\">vm-1</vm><name>{name}</name><description/>\
             <id>1</id><createTime>2026-01-01T00:00:00Z</createTime><state>poweredOff</state><quiesced>false</quiesced>{children}"
        )
    };
    let child = |name: &str, children: &str| {
        format!(
            "<childSnapshotList>{}</childSnapshotList>",
            node(name, children)
        )
    };
    let tree = node("a", &(child("b", &child("c", "")) + &child("d", "")));
    let info = read::<VirtualMachineSnapshotInfo>(&format!(
        "><rootSnapshotList>{tree}</rootSnapshotList>"
    ));
    let walked: Vec<_> = info
        .walk()
        .map(|(depth, snapshot)| (depth, snapshot.name.as_str()))
        .collect();
    assert_eq!(walked, [(1, "a"), (2, "b"), (3, "c"), (2, "d")]);
}

#[test]
fn datastores_know_their_volume_and_hosts() {
    let info = read::<DatastoreInfo>(
        " i:type=\"VmfsDatastoreInfo\"><name>ds</name><url>ds:///vmfs/volumes/u/</url><freeSpace>1</freeSpace><maxFileSize>2</maxFileSize>\
         <vmfs><type>VMFS</type><name>ds</name><capacity>9</capacity><blockSizeMb>1</blockSizeMb><maxBlocks>1</maxBlocks><majorVersion>6</majorVersion>\
         <version>6.82</version><uuid>u</uuid><extent><diskName>naa.1</diskName><partition>1</partition></extent><vmfsUpgradable>false</vmfsUpgradable></vmfs>",
    );
    assert!(
        matches!(&info.volume, DatastoreVolume::Vmfs(volume) if volume.uuid == "u" && volume.extent.len() == 1)
    );
    let mount = read::<DatastoreHostMount>(
        "><key type=\"HostSystem\">host-1</key><mountInfo><accessMode>readWrite</accessMode><accessible>false</accessible></mountInfo>",
    );
    assert!(!mount.mount_info.is_writable());
    let mount = read::<DatastoreHostMount>(
        "><key type=\"HostSystem\">host-1</key><mountInfo><accessMode>readWrite</accessMode></mountInfo>",
    );
    assert!(mount.mount_info.is_writable());
}

#[test]
fn deep_nesting_of_known_types_does_not_exhaust_the_stack() {
    let levels = 80;
    let open = "<faultCause><fault i:type=\"FileLocked\"><file>f</file>";
    let fault = read::<MethodFault>(&format!(
        "><fault i:type=\"CannotAccessVmDisk\">{}{}</fault>",
        open.repeat(levels),
        "</fault></faultCause>".repeat(levels)
    ));
    let chain = std::iter::successors(Some(&fault), |fault| fault.cause.as_deref());
    assert_eq!(chain.count(), levels + 1);

    let levels = 240;
    let open = "<childSnapshotList><snapshot type=\"VirtualMachineSnapshot\">s</snapshot><vm type=\"VirtualMachine\">vm</vm><name>s</name><description/>\
                <id>1</id><createTime>2026-01-01T00:00:00Z</createTime><state>poweredOff</state><quiesced>false</quiesced>";
    let tree = open
        .repeat(levels)
        .replacen("childSnapshotList", "rootSnapshotList", 1);
    let close = "</childSnapshotList>".repeat(levels - 1) + "</rootSnapshotList>";
    let info = read::<VirtualMachineSnapshotInfo>(&format!(">{tree}{close}"));
    assert_eq!(info.walk().last().unwrap().0, levels);
}
