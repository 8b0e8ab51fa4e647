//! Changing how a host mounts a datastore.
//!
//! Everything is read right before it is changed, and nothing is called twice: when an answer is lost,
//! what is there afterwards tells what became of the call.

use std::time::Duration;

use vsphere_client::Client;

use super::{
    act::Act,
    event::{Event, Observer},
    mount_calls::{Work, failed, mount_of},
    report::StepStatus,
};
use crate::{
    facts::{HostDatastore, MountFacts, NfsShare, VolumeCopy},
    mounting::{MountAct, Mounting, free},
    plan::MountChange,
};

/// How long a scan may take: the transport gives up then, and what the host knows is looked at.
const SCAN_SECONDS: u64 = 180;
/// After a scan vCenter learns of new volumes from the host a moment later.
const LOOKS: u32 = 6;
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// Makes the change.
pub(super) async fn act(
    client: &Client,
    id: &str,
    change: &MountChange,
    observer: &dyn Observer,
) -> Act {
    let work = Work {
        client,
        id,
        change,
        observer,
    };
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
    ended.unwrap_or_else(|act| act)
}

/// An end that comes before the work is done.
type Ended = Result<Act, Act>;

impl Work<'_> {
    async fn mount_vmfs(&self, uuid: &str, rescan: bool) -> Ended {
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
            Some(mount) if mount.mounted != Some(false) => Ok(nothing()),
            Some(_) => self.call_mount(uuid).await.map(|()| done(None)),
        }
    }

    async fn unmount_vmfs(&self, uuid: &str) -> Ended {
        let known = self.known().await?;
        match known.as_ref().and_then(mount_of) {
            None => return Ok(nothing()),
            Some(mount) if mount.mounted == Some(false) => return Ok(nothing()),
            Some(_) => {}
        }
        self.nothing_lies_on(known.as_ref())?;
        self.call_unmount(uuid).await.map(|()| done(None))
    }

    async fn remount_vmfs(&self, uuid: &str) -> Ended {
        let known = self.known().await?;
        let mount = known.as_ref().and_then(mount_of);
        if mount.is_some_and(MountFacts::is_writable) {
            return Ok(nothing());
        }
        self.nothing_lies_on(known.as_ref())?;
        if mount.is_some_and(|mount| mount.mounted != Some(false)) {
            self.call_unmount(uuid).await?;
        }
        if let Err(failed) = self.call_mount(uuid).await {
            return Err(worse(
                failed,
                "it is unmounted now and could not be mounted again",
            ));
        }
        match self.mount().await? {
            Some(mount) if !mount.is_writable() => Err(Act::Not {
                status: StepStatus::NotTaken,
                reason: "the host mounts it read-only as before: its devices are write-protected; have the array allow writing, then run the command again".into(),
                task: None,
                fault: None,
            }),
            _ => Ok(done(None)),
        }
    }

    async fn mount_nfs(&self, share: &NfsShare) -> Ended {
        if self.mount().await?.is_some() {
            return Ok(nothing());
        }
        self.call_create(share, "readWrite", None)
            .await
            .map(|()| done(None))
    }

    async fn unmount_nfs(&self, share: &NfsShare) -> Ended {
        let known = self.known().await?;
        if known.as_ref().and_then(mount_of).is_none() {
            return Ok(nothing());
        }
        self.nothing_lies_on(known.as_ref())?;
        self.call_remove(share, known.as_ref())
            .await
            .map(|()| done(None))
    }

    async fn remount_nfs(&self, share: &NfsShare, access: &str, before: &MountFacts) -> Ended {
        let known = self.known().await?;
        let mount = known.as_ref().and_then(mount_of);
        if mount.is_some_and(|mount| mount.access_mode.as_deref() == Some(access)) {
            return Ok(nothing());
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
            Ok(()) => failed_with(failed, &format!("it is mounted {old} as before")),
            Err(_) => worse(
                failed,
                &format!(
                    "the host does not mount {share} any more, and it could not be mounted {old} again: mount it by hand, by the name {}",
                    self.change.datastore_name
                ),
            ),
        })
    }

    /// Scans adapters, then looks for volumes.
    async fn scan(&self) -> Result<(), Act> {
        self.observer.event(&Event::StepWaiting {
            id: self.id.to_owned(),
            what: format!("{} to scan its storage", self.change.host_name),
            limit_seconds: SCAN_SECONDS,
        });
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
    async fn unseen(&self, uuid: &str) -> Act {
        let host = &self.change.host_name;
        let copies = match self.copies(uuid).await {
            Ok(copies) => copies,
            Err(act) => return act,
        };
        let reason = match VolumeCopy::refusal(host, &copies) {
            Some(reason) => format!("{reason}. {}", VolumeCopy::REMEDY),
            None => format!(
                "{host} scanned its storage and does not see the volume: present its devices to the host (zoning, LUN masking)"
            ),
        };
        Act::Not {
            status: StepStatus::Failed,
            reason,
            task: None,
            fault: None,
        }
    }

    fn nothing_lies_on(&self, known: Option<&HostDatastore>) -> Result<(), Act> {
        let Some(known) = known else {
            return Ok(());
        };
        match free(&known.facts, &self.change.host_name, &known.users) {
            Some(Mounting::Refused(refusal)) => Err(failed(&refusal.reason)),
            _ => Ok(()),
        }
    }
}

fn done(detail: Option<String>) -> Act {
    Act::Done { task: None, detail }
}

fn nothing() -> Act {
    Act::Nothing { detail: None }
}

/// The same end with more to say about it.
fn failed_with(act: Act, more: &str) -> Act {
    match act {
        Act::Not {
            status,
            reason,
            task,
            fault,
        } => Act::Not {
            status,
            reason: format!("{reason}; {more}"),
            task,
            fault,
        },
        Act::CutOff {
            status,
            reason,
            task,
        } => Act::CutOff {
            status,
            reason: format!("{reason}; {more}"),
            task,
        },
        other => other,
    }
}

/// An end that leaves things worse than they were, so that something was changed.
fn worse(act: Act, more: &str) -> Act {
    match failed_with(act, more) {
        Act::Not {
            reason,
            task,
            fault,
            ..
        } => Act::Not {
            status: StepStatus::NotTaken,
            reason,
            task,
            fault,
        },
        Act::CutOff { reason, task, .. } => Act::CutOff {
            status: StepStatus::Unfinished,
            reason,
            task,
        },
        other => other,
    }
}
