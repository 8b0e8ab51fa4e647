//! The calls that change a mount, each made once, and what is read for them.

use vsphere_client::{
    Client, Error as ClientError,
    method::{
        CreateNasDatastore, Method, MountVmfsVolume, RemoveDatastore, RescanAllHba, RescanVmfs,
        UnmountVmfsVolume,
    },
    property_set,
    vim::{HostNasVolumeSpec, ManagedObjectReference},
};

use super::{
    act::{Act, refused, told},
    event::Observer,
    report::StepStatus,
};
use crate::{
    facts::{HostDatastore, MountFacts, NfsShare, VolumeCopy, VolumeFacts, copies, host_storage},
    plan::MountChange,
};

property_set! {
    struct Systems: "HostSystem" {
        datastores: Option<ManagedObjectReference> = "configManager.datastoreSystem",
        storage: Option<ManagedObjectReference> = "configManager.storageSystem",
    }
}

/// One change of a mount, under way.
pub(super) struct Work<'a> {
    pub(super) client: &'a Client,
    pub(super) id: &'a str,
    pub(super) change: &'a MountChange,
    pub(super) observer: &'a dyn Observer,
}

/// What came back of a call.
enum Sent<T> {
    Answered(T),
    /// The call may have been carried out.
    Lost(String),
}

impl Work<'_> {
    /// The copies of a volume that the host sees and does not mount.
    pub(super) async fn copies(&self, uuid: &str) -> Result<Vec<VolumeCopy>, Act> {
        let host = self.change.host.clone();
        let mut found = copies(self.client, &host)
            .await
            .map_err(|error| unread(&error))?;
        found.retain(|copy| copy.uuid == uuid);
        Ok(found)
    }

    /// Calls `RescanAllHba`, then `RescanVmfs`. One whose answer is lost may go on: what the host knows is
    /// looked at all the same.
    pub(super) async fn call_scan(&self) -> Result<(), Act> {
        let this = self.systems().await?.storage;
        let this = this.ok_or_else(|| missing("a HostStorageSystem"))?;
        self.send(&RescanAllHba { this: this.clone() }).await?;
        self.send(&RescanVmfs { this }).await?;
        Ok(())
    }

    /// Calls `MountVmfsVolume` once.
    pub(super) async fn call_mount(&self, uuid: &str) -> Result<(), Act> {
        let this = self.systems().await?.storage;
        let call = MountVmfsVolume {
            this: this.ok_or_else(|| missing("a HostStorageSystem"))?,
            vmfs_uuid: uuid.to_owned(),
        };
        let sent = self.send(&call).await?;
        self.settle(sent, |mount| {
            mount.is_some_and(|mount| mount.mounted != Some(false))
        })
        .await
    }

    pub(super) async fn call_unmount(&self, uuid: &str) -> Result<(), Act> {
        let this = self.systems().await?.storage;
        let call = UnmountVmfsVolume {
            this: this.ok_or_else(|| missing("a HostStorageSystem"))?,
            vmfs_uuid: uuid.to_owned(),
        };
        let sent = self.send(&call).await?;
        self.settle(sent, |mount| {
            mount.is_none_or(|mount| mount.mounted == Some(false))
        })
        .await
    }

    pub(super) async fn call_create(
        &self,
        share: &NfsShare,
        access: &str,
        before: Option<&MountFacts>,
    ) -> Result<(), Act> {
        let this = self.systems().await?.datastores;
        let call = CreateNasDatastore {
            this: this.ok_or_else(|| missing("a HostDatastoreSystem"))?,
            spec: spec(share, &self.change.datastore_name, access, before),
        };
        let sent = match self.send(&call).await? {
            Sent::Answered(_) => Sent::Answered(()),
            Sent::Lost(lost) => Sent::Lost(lost),
        };
        self.settle(sent, |mount| {
            mount.is_some_and(|mount| mount.access_mode.as_deref() == Some(access))
        })
        .await
    }

    /// Calls `RemoveDatastore` once, and never on anything but the very share: on VMFS it deletes the volume.
    pub(super) async fn call_remove(
        &self,
        share: &NfsShare,
        known: Option<&HostDatastore>,
    ) -> Result<(), Act> {
        let volume = known.and_then(|known| known.facts.volume.as_ref());
        let (Some(known), Some(VolumeFacts::Nfs(now))) = (known, volume) else {
            return Err(failed("it is not a share of an NFS server"));
        };
        if (&now.server, &now.export) != (&share.server, &share.export) {
            return Err(failed(&format!(
                "{} is {now} now, not {share}",
                self.change.datastore_name
            )));
        }
        let this = self.systems().await?.datastores;
        let call = RemoveDatastore {
            this: this.ok_or_else(|| missing("a HostDatastoreSystem"))?,
            datastore: known.facts.moref.clone(),
        };
        let sent = self.send(&call).await?;
        self.settle(sent, |mount| mount.is_none()).await
    }

    async fn send<M: Method>(&self, call: &M) -> Result<Sent<M::Output>, Act> {
        match self.client.call(call).await {
            Ok(answer) => Ok(Sent::Answered(answer)),
            Err(error) if error.may_have_acted() => Ok(Sent::Lost(told(&error))),
            Err(ClientError::Fault { fault, .. }) => Err(refused(&fault, None)),
            Err(error) => Err(Act::CutOff {
                status: StepStatus::Failed,
                reason: told(&error),
                task: None,
            }),
        }
    }

    /// Reads what became of a call whose answer was lost. It is not made again.
    async fn settle(
        &self,
        sent: Sent<()>,
        wanted: impl Fn(Option<&MountFacts>) -> bool,
    ) -> Result<(), Act> {
        let Sent::Lost(lost) = sent else {
            return Ok(());
        };
        let now = self.mount().await.map_err(|_| Act::CutOff {
            status: StepStatus::Unfinished,
            reason: format!("the answer was lost ({lost}), and the state cannot be read"),
            task: None,
        })?;
        if wanted(now.as_ref()) {
            return Ok(());
        }
        Err(failed(&format!(
            "the answer was lost ({lost}); reading back shows that it was not carried out, and it was not tried again"
        )))
    }

    pub(super) async fn mount(&self) -> Result<Option<MountFacts>, Act> {
        Ok(self.known().await?.as_ref().and_then(mount_of).cloned())
    }

    /// The datastore as the host has it now.
    pub(super) async fn known(&self) -> Result<Option<HostDatastore>, Act> {
        let host = self.change.host.clone();
        let storage = host_storage(self.client, &host)
            .await
            .map_err(|error| unread(&error))?;
        Ok(storage
            .find(&self.change.datastore, &self.change.datastore_name)
            .cloned())
    }

    async fn systems(&self) -> Result<Systems, Act> {
        let host = self.change.host.clone();
        let found = self.client.retrieve_one::<Systems>(&host).await;
        Ok(found.map_err(|error| unread(&error))?.properties)
    }
}

/// The mount of a datastore that is known.
pub(super) fn mount_of(known: &HostDatastore) -> Option<&MountFacts> {
    known.facts.mount.known()?.as_ref()
}

/// The share as it is to be mounted; what bound the mount before to the host's network stays.
fn spec(
    share: &NfsShare,
    name: &str,
    access: &str,
    before: Option<&MountFacts>,
) -> HostNasVolumeSpec {
    let network = before.and_then(|before| before.network.as_ref());
    let adapter = network.and_then(|network| network.adapter.clone());
    HostNasVolumeSpec {
        kind: share.version.clone(),
        remote_host_names: share.servers.clone(),
        security_type: share.security.clone(),
        vmknic_bound: adapter.as_ref().map(|_| true),
        vmknic_to_bind: adapter,
        connections: network.and_then(|network| network.connections),
        ..HostNasVolumeSpec::new(&share.server, &share.export, name, access)
    }
}

pub(super) fn failed(reason: &str) -> Act {
    Act::Not {
        status: StepStatus::Failed,
        reason: reason.to_owned(),
        task: None,
        fault: None,
    }
}

fn missing(what: &'static str) -> Act {
    Act::Not {
        status: StepStatus::NotSupported,
        reason: told(&ClientError::Missing(what)),
        task: None,
        fault: None,
    }
}

fn unread(error: &ClientError) -> Act {
    Act::CutOff {
        status: StepStatus::Failed,
        reason: format!("the state cannot be read: {}", told(error)),
        task: None,
    }
}
