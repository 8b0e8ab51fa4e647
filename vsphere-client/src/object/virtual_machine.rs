//! A VM and its calls.

use crate::client::Client;
use crate::error::Error;
use crate::method::{
    ConsolidateVmDisksTask, CreateSnapshotTask, PowerOffVmTask, PowerOnVmTask, ReconfigVmTask,
    RelocateVmTask, RemoveAllSnapshotsTask, ShutdownGuest,
};
use crate::property::{Object, ObjectSet};
use crate::vim::{ManagedObjectReference, VirtualMachineConfigSpec, VirtualMachineRelocateSpec};

/// A VM.
///
/// The calls that start a task give the task; [`Client::wait_task`] waits for it.
///
/// ```no_run
/// use vsphere_client::object::VirtualMachine;
/// use vsphere_client::task::WaitOptions;
/// use vsphere_client::{Client, Error, vim::ManagedObjectReference};
///
/// # async fn run(client: Client) -> Result<(), Error> {
/// let vm = VirtualMachine::new(&client, ManagedObjectReference::new("VirtualMachine", "vm-42"));
/// let task = vm.power_on().await?;
/// let outcome = client.wait_task(&task, WaitOptions::default(), |_| {}).await?;
/// assert!(outcome.is_success());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct VirtualMachine {
    client: Client,
    reference: ManagedObjectReference,
}

/// How to take a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SnapshotOptions {
    /// A note beside the name.
    pub description: Option<String>,
    /// Whether the memory of a running VM is kept as well.
    pub memory: bool,
    /// Whether VMware Tools bring the guest's file systems to rest.
    pub quiesce: bool,
}

impl VirtualMachine {
    /// The handle of a VM. No call is made.
    pub fn new(client: &Client, reference: ManagedObjectReference) -> Self {
        Self {
            client: client.clone(),
            reference,
        }
    }

    /// Which VM it is.
    pub fn reference(&self) -> &ManagedObjectReference {
        &self.reference
    }

    /// Reads the properties that `T` names.
    ///
    /// # Errors
    ///
    /// Those of [`Client::retrieve_one`].
    pub async fn properties<T: ObjectSet>(&self) -> Result<Object<T>, Error> {
        self.client.retrieve_one(&self.reference).await
    }

    /// Changes the VM, all or nothing (`ReconfigVM_Task`), provided that nobody else has
    /// changed it since `change_version`.
    ///
    /// `change_version` is the VM's `config.changeVersion` at the time when the change was
    /// decided on; it replaces whatever `spec` holds. There is no way around it here: a
    /// change that was thought out for another state of the VM can cost a disk.
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] with `ConcurrentAccess`, from the call or from the task, when somebody was
    /// faster: look again, decide again. When [`Error::may_have_acted`], look before anything else.
    pub async fn reconfigure(
        &self,
        change_version: impl Into<String>,
        spec: VirtualMachineConfigSpec,
    ) -> Result<ManagedObjectReference, Error> {
        let spec = VirtualMachineConfigSpec {
            change_version: Some(change_version.into()),
            ..spec
        };
        self.client
            .call(&ReconfigVmTask {
                this: self.reference.clone(),
                spec,
            })
            .await
    }

    /// Starts the VM (`PowerOnVM_Task`), on a host of the server's choice.
    ///
    /// # Errors
    ///
    /// Those of [`Client::call`].
    pub async fn power_on(&self) -> Result<ManagedObjectReference, Error> {
        self.client
            .call(&PowerOnVmTask {
                this: self.reference.clone(),
                host: None,
            })
            .await
    }

    /// Stops the VM at once, without asking the guest (`PowerOffVM_Task`).
    ///
    /// # Errors
    ///
    /// Those of [`Client::call`].
    pub async fn power_off(&self) -> Result<ManagedObjectReference, Error> {
        self.client
            .call(&PowerOffVmTask {
                this: self.reference.clone(),
            })
            .await
    }

    /// Moves the VM, or some of its disks (`RelocateVM_Task`).
    ///
    /// # Errors
    ///
    /// Those of [`Client::call`]; `MethodDisabled` when the VM is kept from moving.
    pub async fn relocate(
        &self,
        spec: VirtualMachineRelocateSpec,
    ) -> Result<ManagedObjectReference, Error> {
        self.client
            .call(&RelocateVmTask {
                this: self.reference.clone(),
                spec,
                priority: None,
            })
            .await
    }

    /// Asks the guest to shut down (`ShutdownGuest`). It needs running VMware Tools.
    ///
    /// There is no task: `runtime.powerState` tells when the guest has stopped.
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] with `ToolsUnavailable` when VMware Tools do not run.
    pub async fn shutdown_guest(&self) -> Result<(), Error> {
        self.client
            .call(&ShutdownGuest {
                this: self.reference.clone(),
            })
            .await
    }

    /// Takes a snapshot (`CreateSnapshot_Task`).
    ///
    /// # Errors
    ///
    /// Those of [`Client::call`].
    pub async fn create_snapshot(
        &self,
        name: impl Into<String>,
        options: SnapshotOptions,
    ) -> Result<ManagedObjectReference, Error> {
        let SnapshotOptions {
            description,
            memory,
            quiesce,
        } = options;
        let this = self.reference.clone();
        let name = name.into();
        self.client
            .call(&CreateSnapshotTask {
                this,
                name,
                description,
                memory,
                quiesce,
            })
            .await
    }

    /// Removes all snapshots and merges their deltas (`RemoveAllSnapshots_Task`).
    ///
    /// # Errors
    ///
    /// Those of [`Client::call`].
    pub async fn remove_all_snapshots(&self) -> Result<ManagedObjectReference, Error> {
        let this = self.reference.clone();
        self.client
            .call(&RemoveAllSnapshotsTask {
                this,
                consolidate: Some(true),
            })
            .await
    }

    /// Merges deltas that no snapshot needs any more (`ConsolidateVMDisks_Task`).
    ///
    /// # Errors
    ///
    /// Those of [`Client::call`].
    pub async fn consolidate_disks(&self) -> Result<ManagedObjectReference, Error> {
        self.client
            .call(&ConsolidateVmDisksTask {
                this: self.reference.clone(),
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{answer, connected};

    #[tokio::test]
    async fn a_reconfigure_always_names_the_version_it_is_based_on() {
        let started = answer(
            "ReconfigVM_Task",
            "<returnval type=\"Task\">task-1</returnval>",
        );
        let (client, server) = connected([started]).await;
        let vm = ManagedObjectReference::new("VirtualMachine", "vm-1");
        let spec = VirtualMachineConfigSpec {
            change_version: Some("stale".into()),
            ..VirtualMachineConfigSpec::default()
        };
        VirtualMachine::new(&client, vm)
            .reconfigure("v7", spec)
            .await
            .unwrap();
        server.assert_done();
        let body = &server.seen()[3].2;
        assert!(
            body.contains("<spec><changeVersion>v7</changeVersion></spec>"),
            "{body}"
        );
    }
}
