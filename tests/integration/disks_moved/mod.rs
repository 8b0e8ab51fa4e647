//! Disks that moved along with a master target: found again and given back, end to end.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what fails here fails the test"
)]

mod restore;
mod story;

use integration_tests::Lab;
use integration_tests::site::Site;
use mocks::{Data, MoRef, Role, Value};
use vsphere_client::object::VirtualMachine;
use vsphere_client::task::WaitOptions;
use vsphere_client::vim::{ManagedObjectReference, VirtualMachineRelocateSpec};

/// The UUID of the disk of `app-01` in the scenario `disks`.
const APP_01: &str = "6000c29d15c50f0a11adba5eba5eba11";

fn found(lab: &Lab, kind: &str, name: &str) -> MoRef {
    lab.server().find(kind, name).unwrap()
}

fn wire(moref: &MoRef) -> ManagedObjectReference {
    ManagedObjectReference::new(moref.kind.as_str(), moref.value.as_str())
}

/// The entries of a VM's ledger as they stand in its advanced settings.
fn ledger(lab: &Lab, vm: &str) -> Vec<(String, String)> {
    let options = lab
        .server()
        .value(&found(lab, "VirtualMachine", vm), "config.extraConfig");
    let options = options.unwrap();
    let text = |option: &Data, name: &str| option.str(name).unwrap_or_default().to_owned();
    options
        .as_list()
        .iter()
        .filter_map(Value::as_data)
        .map(|option| (text(option, "key"), text(option, "value")))
        .filter(|(key, value)| key.starts_with("esxtool.disk.") && !value.is_empty())
        .collect()
}

/// The files of a VM's disks, as its devices name them.
fn device_paths(lab: &Lab, vm: &str) -> Vec<String> {
    let devices = lab
        .server()
        .value(&found(lab, "VirtualMachine", vm), "config.hardware.device");
    let devices = devices.unwrap();
    devices
        .as_list()
        .iter()
        .filter_map(Value::as_data)
        .filter(|device| device.kind == "VirtualDisk")
        .filter_map(|device| device.data("backing")?.str("fileName").map(str::to_owned))
        .collect()
}

/// Moves a VM with all its disks to a datastore, as another tool would.
pub(crate) fn relocate(lab: &Lab, vm: &str, datastore: &str) {
    let spec = VirtualMachineRelocateSpec {
        datastore: Some(wire(&found(lab, "Datastore", datastore))),
        ..VirtualMachineRelocateSpec::default()
    };
    let vm = wire(&found(lab, "VirtualMachine", vm));
    lab.block_on(async {
        let client = Site::log_in(lab.server(), Role::Administrator).await;
        let task = VirtualMachine::new(&client, vm)
            .relocate(spec)
            .await
            .unwrap();
        let outcome = client
            .wait_task(&task, WaitOptions::default(), |_| {})
            .await
            .unwrap();
        assert!(outcome.is_success(), "{outcome:?}");
        client.logout().await.unwrap();
    });
}

/// Starts a VM.
fn power_on(lab: &Lab, vm: &str) {
    let vm = wire(&found(lab, "VirtualMachine", vm));
    lab.block_on(async {
        let client = Site::log_in(lab.server(), Role::Administrator).await;
        let task = VirtualMachine::new(&client, vm).power_on().await.unwrap();
        let outcome = client
            .wait_task(&task, WaitOptions::default(), |_| {})
            .await
            .unwrap();
        assert!(outcome.is_success(), "{outcome:?}");
        client.logout().await.unwrap();
    });
}
