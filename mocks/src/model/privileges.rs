//! The privileges that a server knows, by group.

use std::collections::BTreeSet;

use crate::value::{Data, Value};

/// Groups with the last parts of their privileges' names.
const GROUPS: &[(&str, &str)] = &[
    ("System", "Anonymous View Read"),
    (
        "Global",
        "CancelTask CapacityPlanning Diagnostics DisableMethods EnableMethods GlobalTag Health Licenses LogEvent ManageCustomFields Proxy ScriptAction ServiceManagers SetCustomField Settings SystemTag VCServer",
    ),
    ("Folder", "Create Delete Move Rename"),
    (
        "Datacenter",
        "Create Delete IpPoolConfig IpPoolQueryAllocations IpPoolReleaseIp Move Reconfigure Rename",
    ),
    (
        "Datastore",
        "AllocateSpace Browse Config Delete DeleteFile FileManagement Move Rename UpdateVirtualMachineFiles UpdateVirtualMachineMetadata",
    ),
    ("StoragePod", "Config"),
    ("Network", "Assign Config Delete Move"),
    (
        "Host.Inventory",
        "AddHostToCluster AddStandaloneHost CreateCluster DeleteCluster EditCluster ManageClusterLifecyle MoveCluster MoveHost RemoveHostFromCluster RenameCluster",
    ),
    (
        "Host.Config",
        "AdvancedConfig AuthenticationStore AutoStart Connection DateTime Firmware HyperThreading Image Maintenance Memory NetService Network Nvdimm Patch PciPassthru Power Resources Settings Snmp Storage SystemManagement",
    ),
    (
        "Host.Local",
        "CreateVM DeleteVM InstallAgent ManageUserGroups ReconfigVM",
    ),
    (
        "VirtualMachine.Inventory",
        "Create CreateFromExisting Delete Move Register Unregister",
    ),
    (
        "VirtualMachine.Interact",
        "AnswerQuestion Backup ConsoleInteract CreateScreenshot CreateSecondary DefragmentAllDisks DeviceConnection DisableSecondary DnD EnableSecondary GuestControl MakePrimary Pause PowerOff PowerOn PutUsbScanCodes Record Replay Reset SESparseMaintenance SetCDMedia SetFloppyMedia Suspend TerminateFaultTolerantVM ToolsInstall TurnOffFaultTolerance",
    ),
    (
        "VirtualMachine.Config",
        "AddExistingDisk AddNewDisk AddRemoveDevice AdvancedConfig Annotation CPUCount ChangeTracking DiskExtend DiskLease EditDevice HostUSBDevice ManagedBy Memory MksControl QueryFTCompatibility QueryUnownedFiles RawDevice ReloadFromPath RemoveDisk Rename ResetGuestInfo Resource Settings SwapPlacement ToggleForkParent UpgradeVirtualHardware",
    ),
    (
        "VirtualMachine.Provisioning",
        "Clone CloneTemplate CreateTemplateFromVM Customize DeployTemplate DiskRandomAccess DiskRandomRead FileRandomAccess GetVmFiles MarkAsTemplate MarkAsVM ModifyCustSpecs PromoteDisks PutVmFiles ReadCustSpecs",
    ),
    (
        "VirtualMachine.State",
        "CreateSnapshot RemoveSnapshot RenameSnapshot RevertToSnapshot",
    ),
    (
        "VirtualMachine.GuestOperations",
        "Execute Modify ModifyAliases Query QueryAliases",
    ),
    (
        "VirtualMachine.Hbr",
        "ConfigureReplication MonitorReplication ReplicaManagement",
    ),
    (
        "Resource",
        "ApplyRecommendation AssignVAppToPool AssignVMToPool ColdMigrate CreatePool DeletePool EditPool HotMigrate MovePool QueryVMotion RenamePool",
    ),
    (
        "Alarm",
        "Acknowledge Create Delete DisableActions Edit SetStatus",
    ),
    ("Task", "Create Update"),
    ("ScheduledTask", "Create Delete Edit Run"),
    (
        "Sessions",
        "CollectPrivilegeChecks GlobalMessage ImpersonateUser TerminateSession ValidateSession",
    ),
    ("Performance", "ModifyIntervals"),
    (
        "Authorization",
        "ModifyPermissions ModifyRoles ReassignRolePermissions",
    ),
    ("Extension", "Register Unregister Update"),
    (
        "Cryptographer",
        "Access AddDisk Clone Decrypt Encrypt EncryptNew ManageKeys Migrate Recrypt RegisterHost RegisterVM",
    ),
    (
        "VApp",
        "ApplicationConfig AssignVM Clone Create Delete Export ExtractOvfEnvironment Import InstanceConfig PowerOff PowerOn Rename ResourceConfig Suspend Unregister",
    ),
    (
        "DVSwitch",
        "Create Delete HostOp Modify Move PolicyOp PortConfig PortSetting",
    ),
    (
        "InventoryService.Tagging",
        "AttachTag CreateCategory CreateScope CreateTag DeleteCategory DeleteScope DeleteTag EditCategory EditScope EditTag ModifyUsedByForCategory ModifyUsedByForTag ObjectAttachable",
    ),
    ("StorageProfile", "Update View"),
    ("StorageViews", "ConfigureService View"),
];

/// The privileges that only a vCenter has.
fn on_vcenter_only(group: &str, name: &str) -> bool {
    matches!(
        group,
        "StoragePod"
            | "Alarm"
            | "ScheduledTask"
            | "Extension"
            | "InventoryService.Tagging"
            | "DVSwitch"
            | "StorageViews"
            | "StorageProfile"
    ) || (group == "Global" && matches!(name, "DisableMethods" | "EnableMethods"))
        || (group == "Host.Inventory")
}

/// Every privilege's identifier.
pub(crate) fn all(vcenter: bool) -> Vec<String> {
    let mut names = Vec::new();
    for (group, members) in GROUPS {
        for name in members.split(' ') {
            if vcenter || !on_vcenter_only(group, name) {
                names.push(format!("{group}.{name}"));
            }
        }
    }
    names
}

/// The privileges of one group, such as `VirtualMachine.Config`.
pub(crate) fn of_group(wanted: &str) -> Vec<String> {
    GROUPS
        .iter()
        .filter(|(group, _)| *group == wanted)
        .flat_map(|(group, members)| {
            members
                .split(' ')
                .map(move |name| format!("{group}.{name}"))
        })
        .collect()
}

/// `AuthorizationManager.description`.
pub(crate) fn description(vcenter: bool) -> Data {
    let element = |key: &str| {
        Data::new("ElementDescription")
            .with("label", key)
            .with("summary", key)
            .with("key", key)
    };
    let ids = all(vcenter);
    let groups: BTreeSet<&str> = ids
        .iter()
        .filter_map(|id| Some(id.rsplit_once('.')?.0))
        .collect();
    Data::new("AuthorizationDescription")
        .with(
            "privilege",
            Value::list("ElementDescription", ids.iter().map(|id| element(id))),
        )
        .with(
            "privilegeGroup",
            Value::list("ElementDescription", groups.into_iter().map(element)),
        )
}

/// `AuthorizationManager.privilegeList`.
pub(crate) fn list(vcenter: bool) -> Value {
    let items = all(vcenter).into_iter().map(|id| {
        let (group, name) = id.rsplit_once('.').unwrap_or(("", &id));
        let on_parent = matches!(name, "Create" | "Delete" | "Move") && group != "Task";
        Data::new("AuthorizationPrivilege")
            .with("privId", id.as_str())
            .with("onParent", on_parent)
            .with("name", name)
            .with("privGroupName", group)
    });
    Value::list("AuthorizationPrivilege", items)
}
