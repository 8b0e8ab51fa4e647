//! Requests as they go out, byte for byte where it matters.

use secrecy::SecretString;

use super::*;
use crate::soap::envelope;
use crate::vim::{
    AnyValue, ArrayUpdateOperation, ClusterConfigSpecEx, ClusterDrsVmConfigInfo,
    ClusterDrsVmConfigSpec, HostDatastoreBrowserSearchSpec, ObjectSpec, OptionValue,
    PropertyFilterSpec, PropertySpec, StorageDrsConfigSpec, StorageDrsVmConfigInfo,
    StorageDrsVmConfigSpec, VirtualDevice, VirtualDeviceConfigSpec, VirtualDeviceKind,
    VirtualMachineConfigSpec,
};

fn reference(kind: &str, value: &str) -> ManagedObjectReference {
    ManagedObjectReference::new(kind, value)
}

fn vm() -> ManagedObjectReference {
    reference("VirtualMachine", "vm-42")
}

/// The method's element.
fn body<M: Method>(method: &M) -> String {
    let request = String::from_utf8(envelope::request(method, None).unwrap()).unwrap();
    let (_, body) = request.split_once("<soapenv:Body>").unwrap();
    body.strip_suffix("</soapenv:Body></soapenv:Envelope>")
        .unwrap()
        .to_owned()
}

#[test]
fn an_operation_id_goes_into_the_header() {
    let request = envelope::request(&CurrentTime::default(), Some("op<1>")).unwrap();
    let request = String::from_utf8(request).unwrap();
    let header =
        "<soapenv:Header><operationID>op&lt;1&gt;</operationID></soapenv:Header><soapenv:Body>";
    assert!(request.contains(header), "{request}");
}

#[test]
fn login_escapes_and_debug_keeps_the_secret() {
    let login = Login {
        this: reference("SessionManager", "SessionManager"),
        user_name: "corp\\o'neil".into(),
        password: SecretString::from("p&<\"x"),
        locale: Some("en".into()),
    };
    assert_eq!(
        body(&login),
        "<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">SessionManager</_this>\
         <userName>corp\\o'neil</userName><password>p&amp;&lt;&quot;x</password><locale>en</locale></Login>"
    );
    const { assert!(Login::SENSITIVE) };
    assert!(!format!("{login:?}").contains("p&"));
    let bad = Login {
        password: SecretString::from("a\u{1}b"),
        ..login
    };
    let fault = envelope::request(&bad, None).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "<password> holds U+0001, which XML cannot carry"
    );
}

#[test]
fn a_view_is_read_with_one_typed_traversal() {
    let read = RetrievePropertiesEx::<crate::vim::ObjectContent>::new(
        reference("PropertyCollector", "propertyCollector"),
        vec![PropertyFilterSpec {
            prop_set: vec![PropertySpec {
                kind: "VirtualMachine".into(),
                all: None,
                path_set: vec!["name".into(), "runtime.powerState".into()],
            }],
            object_set: vec![ObjectSpec::view(reference("ContainerView", "session[1]2"))],
            report_missing_objects_in_results: None,
        }],
    );
    assert_eq!(
        body(&read),
        "<RetrievePropertiesEx xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">propertyCollector</_this>\
         <specSet><propSet><type>VirtualMachine</type><pathSet>name</pathSet><pathSet>runtime.powerState</pathSet></propSet>\
         <objectSet><obj type=\"ContainerView\">session[1]2</obj><skip>true</skip>\
         <selectSet xsi:type=\"TraversalSpec\"><name>view</name><type>ContainerView</type><path>view</path><skip>false</skip></selectSet>\
         </objectSet></specSet><options/></RetrievePropertiesEx>"
    );
    assert!(read.session_bound());
}

#[test]
fn a_reconfigure_stands_in_schema_order_without_file_operation() {
    let spec = VirtualMachineConfigSpec {
        change_version: Some("7".into()),
        extra_config: vec![OptionValue::new("disk.EnableUUID", "TRUE")],
        device_change: vec![VirtualDeviceConfigSpec::remove(VirtualDevice::new(
            1001,
            VirtualDeviceKind::Other(crate::vim::OtherDevice {
                type_name: "VirtualSoundCard".into(),
                extra: Vec::new(),
            }),
        ))],
        ..Default::default()
    };
    let call = ReconfigVmTask { this: vm(), spec };
    assert_eq!(
        body(&call),
        "<ReconfigVM_Task xmlns=\"urn:vim25\"><_this type=\"VirtualMachine\">vm-42</_this><spec>\
         <changeVersion>7</changeVersion><deviceChange><operation>remove</operation>\
         <device xsi:type=\"VirtualSoundCard\"><key>1001</key></device></deviceChange>\
         <extraConfig><key>disk.EnableUUID</key><value xsi:type=\"xsd:string\">TRUE</value></extraConfig>\
         </spec></ReconfigVM_Task>"
    );
    assert_eq!(ReconfigVmTask::EFFECT, Effect::Change);
}

#[test]
fn overrides_name_their_types() {
    let drs = ReconfigureComputeResourceTask::modify(
        reference("ClusterComputeResource", "domain-c1"),
        ClusterConfigSpecEx {
            drs_vm_config_spec: vec![ClusterDrsVmConfigSpec {
                operation: ArrayUpdateOperation::Add,
                remove_key: None,
                info: Some(ClusterDrsVmConfigInfo {
                    key: vm(),
                    enabled: Some(false),
                    behavior: None,
                }),
            }],
        },
    );
    assert!(body(&drs).ends_with(
        "<spec xsi:type=\"ClusterConfigSpecEx\"><drsVmConfigSpec><operation>add</operation>\
         <info><key type=\"VirtualMachine\">vm-42</key><enabled>false</enabled></info></drsVmConfigSpec></spec>\
         <modify>true</modify></ReconfigureComputeResource_Task>"
    ));
    let storage = ConfigureStorageDrsForPodTask {
        this: reference("StorageResourceManager", "StorageResourceManager"),
        pod: reference("StoragePod", "group-p1"),
        spec: StorageDrsConfigSpec {
            vm_config_spec: vec![
                StorageDrsVmConfigSpec {
                    operation: ArrayUpdateOperation::Edit,
                    remove_key: None,
                    info: Some(StorageDrsVmConfigInfo {
                        vm: Some(vm()),
                        enabled: Some(false),
                        behavior: None,
                        intra_vm_affinity: None,
                        intra_vm_anti_affinity: None,
                        virtual_disk_rules: Vec::new(),
                    }),
                },
                StorageDrsVmConfigSpec {
                    operation: ArrayUpdateOperation::Remove,
                    remove_key: Some(AnyValue::Ref(vm())),
                    info: None,
                },
            ],
        },
        modify: true,
    };
    let text = body(&storage);
    assert!(
        text.contains("<vm type=\"VirtualMachine\">vm-42</vm><enabled>false</enabled>"),
        "{text}"
    );
    let removal =
        "<removeKey xsi:type=\"ManagedObjectReference\" type=\"VirtualMachine\">vm-42</removeKey>";
    assert!(text.contains(removal), "{text}");
}

#[test]
fn disabling_a_method_is_an_internal_call() {
    let call = DisableMethods {
        this: reference("AuthorizationManager", "AuthorizationManager"),
        entity: vec![vm()],
        method: vec![DisabledMethodRequest {
            method: "RelocateVM_Task".into(),
            reason_id: "failback".into(),
        }],
        source_id: "esxtool".into(),
        session_scope: Some(false),
    };
    assert_eq!(
        body(&call),
        "<DisableMethods xmlns=\"urn:internalvim25\"><_this type=\"AuthorizationManager\">AuthorizationManager</_this>\
         <entity type=\"VirtualMachine\">vm-42</entity>\
         <method><method>RelocateVM_Task</method><reasonId>failback</reasonId></method>\
         <sourceId>esxtool</sourceId><sessionScope>false</sessionScope></DisableMethods>"
    );
    assert_eq!(DisableMethods::NAMESPACE, INTERNAL_VIM25);
}

#[test]
fn what_dies_with_the_session_says_so() {
    let default = reference("PropertyCollector", "propertyCollector");
    let own = reference("PropertyCollector", "session[52a]52b");
    let wait = |this| WaitForUpdatesEx::<crate::vim::ObjectUpdate>::new(this, None);
    assert!(wait(own.clone()).session_bound());
    assert!(wait(default.clone()).session_bound());
    assert!(
        DestroyView {
            this: reference("ContainerView", "session[1]2")
        }
        .session_bound()
    );
    assert!(
        !CreatePropertyCollector {
            this: default.clone()
        }
        .session_bound()
    );
    assert!(DestroyPropertyCollector { this: own }.session_bound());
    assert!(
        !ReconfigVmTask {
            this: vm(),
            spec: Default::default()
        }
        .session_bound()
    );
    let one = PropertyFilterSpec {
        object_set: vec![ObjectSpec::object(vm())],
        ..Default::default()
    };
    assert!(
        !RetrievePropertiesEx::<crate::vim::ObjectContent>::new(default, vec![one]).session_bound()
    );
}

#[test]
fn answers_and_faults_come_apart() {
    let envelope = |body: &str| {
        format!(
            "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><s:Header/><s:Body>{body}</s:Body></s:Envelope>"
        )
    };
    let many = envelope(
        "<FindAllByUuidResponse xmlns=\"urn:vim25\"><returnval type=\"VirtualMachine\">vm-1</returnval>\
         <returnval type=\"VirtualMachine\">vm-2</returnval></FindAllByUuidResponse>",
    );
    let found = envelope::response::<FindAllByUuid>(many.as_bytes())
        .unwrap()
        .unwrap();
    assert_eq!(
        found,
        [
            reference("VirtualMachine", "vm-1"),
            reference("VirtualMachine", "vm-2")
        ]
    );
    let none = envelope("<FindByUuidResponse xmlns=\"urn:vim25\"></FindByUuidResponse>");
    assert_eq!(
        envelope::response::<FindByUuid>(none.as_bytes())
            .unwrap()
            .unwrap(),
        None
    );
    assert!(envelope::response::<FindAllByUuid>(none.as_bytes()).is_err());
    let void = envelope("<LogoutResponse xmlns=\"urn:vim25\"/>");
    envelope::response::<Logout>(void.as_bytes())
        .unwrap()
        .unwrap();
    let missing = envelope("<CurrentTimeResponse/>");
    assert!(envelope::response::<CurrentTime>(missing.as_bytes()).is_err());

    let refused = envelope(
        "<s:Fault><faultcode>ServerFaultCode</faultcode><faultstring>Busy.</faultstring><detail>\
         <TaskInProgressFault xmlns=\"urn:vim25\" xsi:type=\"TaskInProgress\"><task type=\"Task\">task-9</task>\
         </TaskInProgressFault></detail></s:Fault>",
    );
    let fault = envelope::response::<Logout>(refused.as_bytes())
        .unwrap()
        .unwrap_err();
    assert_eq!(fault.to_string(), "TaskInProgress: Busy");
    assert_eq!(
        fault.kind,
        crate::vim::FaultKind::TaskInProgress {
            task: Some(reference("Task", "task-9"))
        }
    );
}

#[test]
fn a_search_names_the_kind_of_file_it_wants() {
    let call = SearchDatastoreSubFoldersTask {
        this: reference("HostDatastoreBrowser", "datastoreBrowser-1"),
        datastore_path: "[a & b]".into(),
        search_spec: Some(HostDatastoreBrowserSearchSpec::disks().named(["web*.vmdk"])),
    };
    assert_eq!(
        body(&call),
        "<SearchDatastoreSubFolders_Task xmlns=\"urn:vim25\"><_this type=\"HostDatastoreBrowser\">datastoreBrowser-1</_this>\
         <datastorePath>[a &amp; b]</datastorePath><searchSpec><query xsi:type=\"VmDiskFileQuery\"><details>\
         <diskType>true</diskType><capacityKb>true</capacityKb><hardwareVersion>false</hardwareVersion>\
         <diskExtents>true</diskExtents><thin>true</thin><encryption>true</encryption></details></query>\
         <details><fileType>true</fileType><fileSize>true</fileSize><modification>true</modification><fileOwner>false</fileOwner></details>\
         <matchPattern>web*.vmdk</matchPattern></searchSpec></SearchDatastoreSubFolders_Task>"
    );
    assert_eq!(SearchDatastoreSubFoldersTask::EFFECT, Effect::Read);
}

#[test]
fn roles_and_permissions_are_written_in_the_order_of_the_schema() {
    let manager = reference("AuthorizationManager", "AuthorizationManager");
    let give = SetEntityPermissions {
        this: manager.clone(),
        entity: reference("Datacenter", "datacenter-2"),
        permission: vec![crate::vim::Permission {
            entity: None,
            principal: "asr@vsphere.local".into(),
            group: false,
            role_id: 1001,
            propagate: true,
        }],
    };
    assert_eq!(
        body(&give),
        "<SetEntityPermissions xmlns=\"urn:vim25\"><_this type=\"AuthorizationManager\">AuthorizationManager</_this>\
         <entity type=\"Datacenter\">datacenter-2</entity><permission><principal>asr@vsphere.local</principal>\
         <group>false</group><roleId>1001</roleId><propagate>true</propagate></permission></SetEntityPermissions>"
    );
    let update = UpdateAuthorizationRole {
        this: manager,
        role_id: 1001,
        new_name: "ASR".into(),
        priv_ids: vec!["Task.Create".into(), "Task.Update".into()],
    };
    assert!(body(&update).ends_with(
        "<roleId>1001</roleId><newName>ASR</newName><privIds>Task.Create</privIds>\
         <privIds>Task.Update</privIds></UpdateAuthorizationRole>"
    ));
}
