//! The one call that makes a change.

use vsphere_client::{
    Client,
    method::{
        ConfigureStorageDrsForPodTask, ConsolidateVmDisksTask, DisableMethods,
        DisabledMethodRequest, EnableMethods, ReconfigureComputeResourceTask,
        RemoveAllSnapshotsTask,
    },
    vim::{
        ArrayUpdateOperation, ClusterConfigSpecEx, ClusterDrsVmConfigInfo, ClusterDrsVmConfigSpec,
        DrsBehavior, ManagedObjectReference, OptionValue, ServiceContent, StorageDrsConfigSpec,
        StorageDrsVmConfigInfo, StorageDrsVmConfigSpec, VirtualDevice, VirtualDeviceConfigSpec,
    },
};

use super::{
    build::{Request, RequestError, controller, reconfigure},
    controllers, disks, give_back, overrides,
};
use crate::{
    plan::{Change, ControllerChange, OverrideEdit},
    site::{Facts, OverrideFacts},
};

/// Says why a method was disabled, in vCenter's own list of reasons.
const REASON_ID: &str = "esxtool.failback";

/// Builds the call for a change, by what was seen. What has to be sent as it is on the server, such as the devices of a
/// controller that is replaced, is read right before.
pub(super) async fn build(
    client: &Client,
    change: &Change,
    facts: Option<&Facts>,
) -> Result<Request, RequestError> {
    if let Change::GiveBackDisks { vm, disks } = change {
        return give_back::give_back(client, vm, disks).await;
    }
    let facts = facts.ok_or(RequestError::NotSeen)?;
    match change {
        Change::ConvertControllers { vm, controllers } => {
            controllers::convert(client, vm, controllers, facts).await
        }
        Change::StorageDrsOverride { pod, .. } => {
            let call = request(change, facts, client.content())?;
            overrides::whole_entry(client, pod, call).await
        }
        change => request(change, facts, client.content()),
    }
}

/// Builds the call for a change, as the facts stand now. Pure.
pub(super) fn request(
    change: &Change,
    facts: &Facts,
    content: &ServiceContent,
) -> Result<Request, RequestError> {
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
            let mut device_change = Vec::new();
            for gone in remove_controllers {
                device_change.push(VirtualDeviceConfigSpec::remove(existing(gone, facts)?));
            }
            // Keys of devices that do not exist yet are negative; the server gives the real ones.
            for (key, new) in (-200..).zip(add_controllers) {
                let new = controller(key, new.bus, &new.kind)?;
                device_change.push(VirtualDeviceConfigSpec::add(new));
            }
            let extra_config = extra_config
                .iter()
                .map(|setting| OptionValue::new(&setting.key, setting.value.as_str()))
                .collect();
            let version = facts.master_target.change_version.as_ref();
            reconfigure(vm, version, device_change, extra_config)?
        }
        Change::AddDisk { vm, disk, note } => controllers::add_disk(vm, disk, note, facts)?,
        Change::DetachDisk { vm, disk, note } => controllers::detach_disk(vm, disk, note, facts)?,
        Change::AttachDisks {
            vm,
            controller_kind,
            disks,
            record,
        } => disks::attach(vm, controller_kind, disks, record, facts)?,
        Change::DetachDisks { vm, disks, forget } => disks::detach(vm, disks, forget, facts)?,
        Change::ShutDown { .. }
        | Change::PowerOn { .. }
        | Change::ConvertControllers { .. }
        | Change::AttachTag { .. }
        | Change::DetachTag { .. }
        | Change::Mount(_)
        | Change::Role(_)
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
                    .ok_or(RequestError::Missing("a StorageResourceManager"))?,
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
    manager.ok_or(RequestError::Missing("an AuthorizationManager"))
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
    controller(found.key, gone.bus, &gone.kind)
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
        fact::Fact,
        plan::{Scope, plan},
        site::sample,
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
            .step(&"reconfigure".parse().unwrap())
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
            .step(&"storage-drs-override:group-p12".parse().unwrap())
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
