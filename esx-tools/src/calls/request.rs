//! From a change to the call that makes it; pure.

use vsphere_client::{
    Error as ClientError,
    method::{
        ConfigureStorageDrsForPodTask, ConsolidateVmDisksTask, DisableMethods,
        DisabledMethodRequest, EnableMethods, ReconfigVmTask, ReconfigureComputeResourceTask,
        RemoveAllSnapshotsTask,
    },
    vim::{
        ArrayUpdateOperation, ClusterConfigSpecEx, ClusterDrsVmConfigInfo, ClusterDrsVmConfigSpec,
        DrsBehavior, ManagedObjectReference, OptionValue, ScsiController, ScsiControllerKind,
        ServiceContent, StorageDrsConfigSpec, StorageDrsVmConfigInfo, StorageDrsVmConfigSpec,
        VirtualDevice, VirtualDeviceConfigSpec, VirtualDeviceKind, VirtualMachineConfigSpec,
    },
};

use crate::{
    facts::{ControllerKind, Facts, OverrideFacts},
    ledger::DiskUuid,
    plan::{Change, ControllerChange, OverrideEdit},
    slots::Slot,
};

/// Says why a method was disabled, in vCenter's own list of reasons.
const REASON_ID: &str = "esxtool.failback";

/// A call that is ready to be sent.
#[derive(Debug)]
pub(super) enum Request {
    RemoveAllSnapshots(RemoveAllSnapshotsTask),
    Consolidate(ConsolidateVmDisksTask),
    Reconfigure(Box<ReconfigVmTask>),
    StorageDrs(ConfigureStorageDrsForPodTask),
    Drs(ReconfigureComputeResourceTask),
    Disable(DisableMethods),
    Enable(EnableMethods),
}

/// Why a change cannot be made into a call.
#[derive(Debug, thiserror::Error)]
pub(super) enum RequestError {
    #[error("config.changeVersion is not known, and nothing is reconfigured without it")]
    NoChangeVersion,
    #[error("the controller on bus {bus} is not there any more, or carries devices")]
    NoSuchController { bus: i32 },
    #[error("a {0} controller cannot be added")]
    NotScsi(String),
    #[error("{0}")]
    Unfit(&'static str),
    #[error("the place {0} is not free any more")]
    SlotTaken(Slot),
    #[error("the disk {0} is not there any more, or not with the file that it had")]
    NoSuchDisk(DiskUuid),
    #[error("the VM was changed right before its devices were to be moved")]
    Overtaken,
    #[error("what is to be changed cannot be read")]
    Unread(#[source] ClientError),
    #[error(transparent)]
    Missing(#[from] ClientError),
}

/// Builds the call for a change, as the facts stand now.
pub(super) fn request(
    change: &Change,
    facts: &Facts,
    content: &ServiceContent,
) -> Result<Request, RequestError> {
    let missing = |what| RequestError::Missing(ClientError::Missing(what));
    Ok(match change {
        Change::RemoveAllSnapshots { vm, .. } => {
            Request::RemoveAllSnapshots(RemoveAllSnapshotsTask {
                this: vm.clone(),
                consolidate: Some(true),
            })
        }
        Change::ConsolidateDisks { vm } => {
            Request::Consolidate(ConsolidateVmDisksTask { this: vm.clone() })
        }
        Change::Reconfigure {
            vm,
            extra_config,
            remove_controllers,
            add_controllers,
        } => {
            let change_version = facts
                .master_target
                .change_version
                .clone()
                .ok_or(RequestError::NoChangeVersion)?;
            let mut device_change = Vec::new();
            for gone in remove_controllers {
                device_change.push(VirtualDeviceConfigSpec::remove(existing(gone, facts)?));
            }
            // Keys of devices that do not exist yet are negative; the server gives the real ones.
            for (key, new) in (-200..).zip(add_controllers) {
                device_change.push(VirtualDeviceConfigSpec::add(controller(key, new)?));
            }
            let extra_config = extra_config
                .iter()
                .map(|setting| OptionValue::new(&setting.key, setting.value.as_str()))
                .collect();
            let spec = VirtualMachineConfigSpec {
                change_version: Some(change_version),
                device_change,
                extra_config,
                ..VirtualMachineConfigSpec::default()
            };
            Request::Reconfigure(Box::new(ReconfigVmTask {
                this: vm.clone(),
                spec,
            }))
        }
        Change::ShutDown { .. }
        | Change::PowerOn { .. }
        | Change::ConvertControllers { .. }
        | Change::AddDisk { .. }
        | Change::DetachDisk { .. }
        | Change::AttachTag { .. }
        | Change::DetachTag { .. }
        | Change::Mount(_)
        | Change::AttachDisks { .. }
        | Change::DetachDisks { .. }
        | Change::GiveBackDisks { .. } => {
            return Err(RequestError::Unfit(
                "this change is not made by one plain call",
            ));
        }
        Change::StorageDrsOverride { pod, vm, edit } => {
            Request::StorageDrs(ConfigureStorageDrsForPodTask {
                this: content
                    .storage_resource_manager
                    .clone()
                    .ok_or_else(|| missing("a StorageResourceManager"))?,
                pod: pod.clone(),
                spec: StorageDrsConfigSpec {
                    vm_config_spec: vec![storage_drs(vm, edit)],
                },
                modify: true,
            })
        }
        Change::DrsOverride { cluster, vm, edit } => {
            let spec = ClusterConfigSpecEx {
                drs_vm_config_spec: vec![drs(vm, edit)],
            };
            Request::Drs(ReconfigureComputeResourceTask::modify(
                cluster.clone(),
                spec,
            ))
        }
        Change::DisableMethods {
            vm,
            methods,
            source_id,
        } => Request::Disable(DisableMethods {
            this: authorization(content)?,
            entity: vec![vm.clone()],
            method: methods
                .iter()
                .map(|method| DisabledMethodRequest {
                    method: method.clone(),
                    reason_id: REASON_ID.into(),
                })
                .collect(),
            source_id: source_id.clone(),
            // Beyond this session: it must hold while Azure writes.
            session_scope: Some(false),
        }),
        Change::EnableMethods {
            vm,
            methods,
            source_id,
        } => Request::Enable(EnableMethods {
            this: authorization(content)?,
            entity: vec![vm.clone()],
            method: methods.clone(),
            source_id: source_id.clone(),
        }),
    })
}

fn authorization(content: &ServiceContent) -> Result<ManagedObjectReference, RequestError> {
    let manager = content.authorization_manager.clone();
    manager.ok_or(RequestError::Missing(ClientError::Missing(
        "an AuthorizationManager",
    )))
}

/// The controller as it is now; never one that carries anything.
fn existing(gone: &ControllerChange, facts: &Facts) -> Result<VirtualDevice, RequestError> {
    let vm = &facts.master_target;
    let found = vm.controllers.known().into_iter().flatten().find(|now| {
        now.kind == gone.kind && now.bus == gone.bus && gone.key.is_none_or(|key| key == now.key)
    });
    let carries = |key: i32| {
        vm.disks
            .known()
            .into_iter()
            .flatten()
            .any(|d| d.controller_key == Some(key))
    };
    let found = found
        .filter(|now| now.devices.is_empty() && !carries(now.key))
        .ok_or(RequestError::NoSuchController { bus: gone.bus })?;
    controller(found.key, gone)
}

pub(super) fn scsi_kind(kind: &ControllerKind) -> Result<ScsiControllerKind, RequestError> {
    Ok(match kind {
        ControllerKind::ParaVirtual => ScsiControllerKind::ParaVirtual,
        ControllerKind::LsiLogic => ScsiControllerKind::LsiLogic,
        ControllerKind::LsiLogicSas => ScsiControllerKind::LsiLogicSas,
        ControllerKind::BusLogic => ScsiControllerKind::BusLogic,
        other => return Err(RequestError::NotScsi(other.label().to_owned())),
    })
}

fn controller(key: i32, change: &ControllerChange) -> Result<VirtualDevice, RequestError> {
    let mut controller = ScsiController::new(scsi_kind(&change.kind)?);
    controller.controller.bus_number = change.bus;
    Ok(VirtualDevice::new(
        key,
        VirtualDeviceKind::ScsiController(controller),
    ))
}

/// What an edit comes to on the wire: operation, key to remove, entry.
fn wire_edit(edit: &OverrideEdit) -> (ArrayUpdateOperation, Option<&OverrideFacts>) {
    match edit {
        OverrideEdit::Add { entry } => (ArrayUpdateOperation::Add, Some(entry)),
        OverrideEdit::Edit { entry } => (ArrayUpdateOperation::Edit, Some(entry)),
        OverrideEdit::Remove => (ArrayUpdateOperation::Remove, None),
    }
}

fn storage_drs(vm: &ManagedObjectReference, edit: &OverrideEdit) -> StorageDrsVmConfigSpec {
    let (operation, entry) = wire_edit(edit);
    StorageDrsVmConfigSpec {
        operation,
        remove_key: remove_key(vm, entry),
        info: entry.map(|entry| StorageDrsVmConfigInfo {
            vm: Some(vm.clone()),
            enabled: entry.enabled,
            behavior: entry.behavior.clone(),
            intra_vm_affinity: None,
            intra_vm_anti_affinity: None,
            virtual_disk_rules: Vec::new(),
        }),
    }
}

fn drs(vm: &ManagedObjectReference, edit: &OverrideEdit) -> ClusterDrsVmConfigSpec {
    let (operation, entry) = wire_edit(edit);
    ClusterDrsVmConfigSpec {
        operation,
        remove_key: remove_key(vm, entry),
        info: entry.map(|entry| ClusterDrsVmConfigInfo {
            key: vm.clone(),
            enabled: entry.enabled,
            behavior: entry.behavior.as_deref().map(DrsBehavior::from),
        }),
    }
}

fn remove_key(
    vm: &ManagedObjectReference,
    entry: Option<&OverrideFacts>,
) -> Option<vsphere_client::vim::AnyValue> {
    entry
        .is_none()
        .then(|| vsphere_client::vim::AnyValue::Ref(vm.clone()))
}

#[cfg(test)]
mod tests {
    use vsphere_client::soap::{Decode, Reader, envelope};

    use super::*;
    use crate::{
        facts::{Fact, sample},
        plan::{Scope, plan},
    };

    fn content() -> ServiceContent {
        let xml = "<c><rootFolder type=\"Folder\">group-d1</rootFolder>\
                   <propertyCollector type=\"PropertyCollector\">pc</propertyCollector>\
                   <about><name/><fullName/><vendor/><version/><build/><osType/><productLineId/>\
                   <apiType/><apiVersion/></about>\
                   <authorizationManager type=\"AuthorizationManager\">am</authorizationManager></c>";
        let mut reader = Reader::new(xml.as_bytes()).unwrap();
        let root = reader.root().unwrap();
        ServiceContent::decode(&mut reader, &root).unwrap()
    }

    fn reconfigure(facts: &Facts) -> Change {
        plan(facts, Scope::Prepare)
            .step("reconfigure")
            .unwrap()
            .change
            .clone()
    }

    #[test]
    fn a_reconfigure_carries_its_change_version_and_touches_no_file() {
        let facts = sample::wrong();
        let Request::Reconfigure(call) = request(&reconfigure(&facts), &facts, &content()).unwrap()
        else {
            panic!("no reconfigure")
        };
        assert_eq!(call.spec.change_version, facts.master_target.change_version);
        let xml =
            String::from_utf8(envelope::request(call.as_ref(), None).unwrap().to_vec()).unwrap();
        assert!(!xml.contains("fileOperation"), "{xml}");
        assert!(
            xml.contains("<operation>remove</operation><device"),
            "{xml}"
        );
        assert!(
            xml.contains("ParaVirtualSCSIController\"><key>1001</key>"),
            "{xml}"
        );
    }

    #[test]
    fn no_reconfigure_without_a_change_version() {
        let mut facts = sample::wrong();
        let change = reconfigure(&facts);
        facts.master_target.change_version = None;
        assert!(matches!(
            request(&change, &facts, &content()),
            Err(RequestError::NoChangeVersion)
        ));
    }

    #[test]
    fn a_controller_that_got_devices_meanwhile_stays() {
        let mut facts = sample::wrong();
        let change = reconfigure(&facts);
        if let Fact::Known(controllers) = &mut facts.master_target.controllers {
            controllers[1].devices = vec![2016];
        }
        let refused = request(&change, &facts, &content());
        assert!(
            matches!(refused, Err(RequestError::NoSuchController { bus: 1 })),
            "{refused:?}"
        );
    }

    #[test]
    fn a_server_without_storage_drs_is_told() {
        let facts = sample::wrong();
        let change = plan(&facts, Scope::Exclude)
            .step("storage-drs-override:group-p12")
            .unwrap()
            .change
            .clone();
        assert!(matches!(
            request(&change, &facts, &content()),
            Err(RequestError::Missing(_))
        ));
    }

    #[test]
    fn removing_an_override_names_the_vm() {
        let vm = ManagedObjectReference::new("VirtualMachine", "vm-42");
        let spec = drs(&vm, &OverrideEdit::Remove);
        assert_eq!(spec.operation, ArrayUpdateOperation::Remove);
        assert_eq!(
            spec.remove_key,
            Some(vsphere_client::vim::AnyValue::Ref(vm))
        );
        assert!(spec.info.is_none());
    }
}
