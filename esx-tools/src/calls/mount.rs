//! Changing how a host mounts a datastore.
//!
//! Everything is read right before it is changed, and nothing is called twice: when an answer is lost,
//! what is there afterwards tells what became of the call.

use std::time::Duration;

use super::mount_calls::{MountWork, mount_of};
use crate::{
    engine::{Attempt, Sender},
    mounting::{MountAct, Mounting, free},
    plan::MountChange,
    site::{HostDatastore, MountFacts, NfsShare, VolumeCopy},
};

/// How long a scan may take: the transport gives up then, and what the host knows is looked at.
const SCAN: Duration = Duration::from_secs(180);
/// After a scan vCenter learns of new volumes from the host a moment later.
const LOOKS: u32 = 6;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Makes the change.
pub(super) async fn carry_out(sender: &mut Sender<'_>, change: &MountChange) -> Attempt {
    let mut work = MountWork { change, sender };
    let ended = match &change.act {
        MountAct::MountVmfs { uuid, rescan } => work.mount_vmfs(uuid, *rescan).await,
        MountAct::UnmountVmfs { uuid } => work.unmount_vmfs(uuid).await,
        MountAct::RemountVmfs { uuid } => work.remount_vmfs(uuid).await,
        MountAct::MountNfs { share } => work.mount_nfs(share).await,
        MountAct::UnmountNfs { share } => work.unmount_nfs(share).await,
        MountAct::RemountNfs {
            share,
            access,
            before,
        } => work.remount_nfs(share, access, before).await,
    };
    ended.unwrap_or_else(|end| end)
}

/// The end, as an error where it comes before the work is done.
type Ended = Result<Attempt, Attempt>;

impl MountWork<'_, '_> {
    async fn mount_vmfs(&mut self, uuid: &str, rescan: bool) -> Ended {
        let mut now = self.mount().await?;
        let scanned = now.is_none() && rescan;
        if scanned {
            self.scan().await?;
            now = self.mount().await?;
        }
        match now {
            None => Err(self.unseen(uuid).await),
            Some(mount) if mount.mounted != Some(false) && scanned => Ok(done(Some(
                "the scan found the volume and mounted it".into(),
            ))),
            Some(mount) if mount.mounted != Some(false) => Ok(Attempt::already()),
            Some(_) => self.call_mount(uuid).await.map(|()| done(None)),
        }
    }

    async fn unmount_vmfs(&mut self, uuid: &str) -> Ended {
        let known = self.known().await?;
        match known.as_ref().and_then(mount_of) {
            None => return Ok(Attempt::already()),
            Some(mount) if mount.mounted == Some(false) => return Ok(Attempt::already()),
            Some(_) => {}
        }
        self.nothing_lies_on(known.as_ref())?;
        self.call_unmount(uuid).await.map(|()| done(None))
    }

    async fn remount_vmfs(&mut self, uuid: &str) -> Ended {
        let known = self.known().await?;
        let mount = known.as_ref().and_then(mount_of);
        if mount.is_some_and(MountFacts::is_writable) {
            return Ok(Attempt::already());
        }
        self.nothing_lies_on(known.as_ref())?;
        if mount.is_some_and(|mount| mount.mounted != Some(false)) {
            self.call_unmount(uuid).await?;
        }
        if let Err(failed) = self.call_mount(uuid).await {
            return Err(failed.explained(|reason| {
                format!("{reason}; it is unmounted now and could not be mounted again")
            }));
        }
        match self.mount().await? {
            Some(mount) if !mount.is_writable() => Err(self.sender.not_taken("the host mounts it read-only as before: its devices are write-protected; have the array allow writing, then run the command again")),
            _ => Ok(done(None)),
        }
    }

    async fn mount_nfs(&mut self, share: &NfsShare) -> Ended {
        if self.mount().await?.is_some() {
            return Ok(Attempt::already());
        }
        self.call_create(share, "readWrite", None)
            .await
            .map(|()| done(None))
    }

    async fn unmount_nfs(&mut self, share: &NfsShare) -> Ended {
        let known = self.known().await?;
        if known.as_ref().and_then(mount_of).is_none() {
            return Ok(Attempt::already());
        }
        self.nothing_lies_on(known.as_ref())?;
        self.call_remove(share, known.as_ref())
            .await
            .map(|()| done(None))
    }

    async fn remount_nfs(&mut self, share: &NfsShare, access: &str, before: &MountFacts) -> Ended {
        let known = self.known().await?;
        let mount = known.as_ref().and_then(mount_of);
        if mount.is_some_and(|mount| mount.access_mode.as_deref() == Some(access)) {
            return Ok(Attempt::already());
        }
        if mount.is_some() {
            self.nothing_lies_on(known.as_ref())?;
            self.call_remove(share, known.as_ref()).await?;
        }
        let Err(failed) = self.call_create(share, access, Some(before)).await else {
            return Ok(done(None));
        };
        // What was there is better than nothing.
        let old = before.access_mode.as_deref().unwrap_or("readOnly");
        Err(match self.call_create(share, old, Some(before)).await {
            Ok(()) => failed
                .explained(|reason| format!("{reason}; it is mounted {old} as before"))
                .taken_back(),
            Err(_) => failed.explained(|reason| {
                format!(
                    "{reason}; the host does not mount {share} any more, and it could not be mounted {old} again: mount it by hand, by the name {}",
                    self.change.datastore_name
                )
            }),
        })
    }

    /// Scans adapters, then looks for volumes.
    async fn scan(&mut self) -> Result<(), Attempt> {
        let host = &self.change.host_name;
        self.sender
            .waits_for(format!("{host} to scan its storage"), SCAN);
        self.call_scan().await?;
        for _ in 1..LOOKS {
            if self.mount().await?.is_some() {
                break;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        Ok(())
    }

    /// Why a volume is not there even after a scan.
    async fn unseen(&self, uuid: &str) -> Attempt {
        let host = &self.change.host_name;
        let copies = match self.copies(uuid).await {
            Ok(copies) => copies,
            Err(end) => return end,
        };
        let reason = match VolumeCopy::refusal(host, &copies) {
            Some(reason) => format!("{reason}. {}", VolumeCopy::REMEDY),
            None => format!(
                "{host} scanned its storage and does not see the volume: present its devices to the host (zoning, LUN masking)"
            ),
        };
        self.sender.decline(reason)
    }

    fn nothing_lies_on(&self, known: Option<&HostDatastore>) -> Result<(), Attempt> {
        let Some(known) = known else {
            return Ok(());
        };
        match free(&known.facts, &self.change.host_name, &known.users) {
            Some(Mounting::Refused(refusal)) => Err(self.sender.decline(refusal.reason)),
            _ => Ok(()),
        }
    }
}

fn done(detail: Option<String>) -> Attempt {
    Attempt::Done { task: None, detail }
}
