//! The calls that change a mount, each made once, and what is read for them.

use vsphere_client::{
    Error as ClientError,
    method::{
        CreateNasDatastore, MountVmfsVolume, RemoveDatastore, RescanAllHba, RescanVmfs,
        UnmountVmfsVolume,
    },
    property_set,
    vim::{HostNasVolumeSpec, ManagedObjectReference},
};

use crate::{
    engine::{Attempt, SETTLE_LOOKS, SendOutcome, Sender, settle_pause},
    plan::MountChange,
    site::{HostDatastore, MountFacts, NfsShare, VolumeCopy, VolumeFacts, copies, host_storage},
    wording::error_text,
};

property_set! {
    struct Systems: "HostSystem" {
        datastores: Option<ManagedObjectReference> = "configManager.datastoreSystem",
        storage: Option<ManagedObjectReference> = "configManager.storageSystem",
    }
}

/// One change of a mount, under way.
pub(super) struct MountWork<'s, 'a> {
    pub(super) change: &'s MountChange,
    pub(super) sender: &'s mut Sender<'a>,
}

impl MountWork<'_, '_> {
    /// The copies of a volume that the host sees and does not mount.
    pub(super) async fn copies(&self, uuid: &str) -> Result<Vec<VolumeCopy>, Attempt> {
        let mut found = copies(self.sender.client(), &self.change.host)
            .await
            .map_err(|error| self.sender.unread(&error))?;
        found.retain(|copy| copy.uuid == uuid);
        Ok(found)
    }

    /// Calls `RescanAllHba`, then `RescanVmfs`. One whose answer is lost may go on: what the host knows is
    /// looked at all the same.
    pub(super) async fn call_scan(&mut self) -> Result<(), Attempt> {
        let this = self.systems().await?.storage;
        let this = this.ok_or_else(|| self.sender.not_offered("a HostStorageSystem"))?;
        self.sender
            .ask(&RescanAllHba { this: this.clone() })
            .await?;
        self.sender.ask(&RescanVmfs { this }).await?;
        Ok(())
    }

    /// Calls `MountVmfsVolume` once.
    pub(super) async fn call_mount(&mut self, uuid: &str) -> Result<(), Attempt> {
        let this = self.systems().await?.storage;
        let call = MountVmfsVolume {
            this: this.ok_or_else(|| self.sender.not_offered("a HostStorageSystem"))?,
            vmfs_uuid: uuid.to_owned(),
        };
        let sent = self.sender.call(&call).await?;
        self.settle(sent, |mount| {
            mount.is_some_and(|mount| mount.mounted != Some(false))
        })
        .await
    }

    pub(super) async fn call_unmount(&mut self, uuid: &str) -> Result<(), Attempt> {
        let this = self.systems().await?.storage;
        let call = UnmountVmfsVolume {
            this: this.ok_or_else(|| self.sender.not_offered("a HostStorageSystem"))?,
            vmfs_uuid: uuid.to_owned(),
        };
        let sent = self.sender.call(&call).await?;
        self.settle(sent, |mount| {
            mount.is_none_or(|mount| mount.mounted == Some(false))
        })
        .await
    }

    pub(super) async fn call_create(
        &mut self,
        share: &NfsShare,
        access: &str,
        before: Option<&MountFacts>,
    ) -> Result<(), Attempt> {
        let this = self.systems().await?.datastores;
        let call = CreateNasDatastore {
            this: this.ok_or_else(|| self.sender.not_offered("a HostDatastoreSystem"))?,
            spec: spec(share, &self.change.datastore_name, access, before),
        };
        let sent = self.sender.call(&call).await?.map(|_| ());
        self.settle(sent, |mount| {
            mount.is_some_and(|mount| mount.access_mode.as_deref() == Some(access))
        })
        .await
    }

    /// Calls `RemoveDatastore` once, and never on anything but the very share: on VMFS it deletes the volume.
    pub(super) async fn call_remove(
        &mut self,
        share: &NfsShare,
        known: Option<&HostDatastore>,
    ) -> Result<(), Attempt> {
        let volume = known.and_then(|known| known.facts.volume.as_ref());
        let (Some(known), Some(VolumeFacts::Nfs(now))) = (known, volume) else {
            return Err(self.sender.decline("it is not a share of an NFS server"));
        };
        if (&now.server, &now.export) != (&share.server, &share.export) {
            return Err(self.sender.decline(format!(
                "{} is {now} now, not {share}",
                self.change.datastore_name
            )));
        }
        let this = self.systems().await?.datastores;
        let call = RemoveDatastore {
            this: this.ok_or_else(|| self.sender.not_offered("a HostDatastoreSystem"))?,
            datastore: known.facts.moref.clone(),
        };
        let sent = self.sender.call(&call).await?;
        self.settle(sent, |mount| mount.is_none()).await
    }

    /// Reads what became of a call whose answer was lost. It is not made again.
    async fn settle(
        &mut self,
        sent: SendOutcome<()>,
        wanted: impl Fn(Option<&MountFacts>) -> bool,
    ) -> Result<(), Attempt> {
        let SendOutcome::Lost(lost) = sent else {
            return Ok(());
        };
        let mut unread = None;
        for look in 0..SETTLE_LOOKS {
            let change = self.change;
            match host_storage(self.sender.client(), &change.host).await {
                Ok(storage) => {
                    let known = storage.find(&change.datastore, &change.datastore_name);
                    if wanted(known.and_then(mount_of)) {
                        return Ok(());
                    }
                    unread = None;
                }
                Err(error) => unread = Some(error_text(&error)),
            }
            settle_pause(look).await;
        }
        Err(self.sender.lost(lost, unread))
    }

    pub(super) async fn mount(&self) -> Result<Option<MountFacts>, Attempt> {
        Ok(self.known().await?.as_ref().and_then(mount_of).cloned())
    }

    /// The datastore as the host has it now.
    pub(super) async fn known(&self) -> Result<Option<HostDatastore>, Attempt> {
        let storage = host_storage(self.sender.client(), &self.change.host)
            .await
            .map_err(|error| self.sender.unread(&error))?;
        Ok(storage
            .find(&self.change.datastore, &self.change.datastore_name)
            .cloned())
    }

    async fn systems(&self) -> Result<Systems, Attempt> {
        let found = self
            .sender
            .client()
            .retrieve_one::<Systems>(&self.change.host);
        let found: Result<_, ClientError> = found.await;
        Ok(found
            .map_err(|error| self.sender.unread(&error))?
            .properties)
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
