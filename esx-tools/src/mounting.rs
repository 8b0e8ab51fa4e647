//! Whether and how a host comes to mount a datastore read/write; pure.
//!
//! - A VMFS volume that the host knows is mounted; one that it does not know is looked for first.
//! - A share of an NFS server is mounted as another host mounts it, by the same name.
//! - A mount that is read-only is given up and made again, only while no VM of the host lies on it.
//!
//! `RemoveDatastore` unmounts a share, and *deletes* a VMFS volume. No way here leads to it for VMFS.

use serde::{Deserialize, Serialize};

use crate::site::{
    DatastoreFacts, DatastoreKind, DatastoreUser, MountFacts, NfsShare, VolumeFacts,
};

/// What the mount is for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// For a failback, with what is safe on any host.
    Failback,
    /// Somebody asked for this datastore on this host, where these VMs lie on it.
    Asked(&'a [DatastoreUser]),
}

/// One way to have a datastore mounted read/write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum MountAct {
    /// `MountVmfsVolume`; before it, `RescanAllHba` and `RescanVmfs` when the host does not know the volume.
    MountVmfs {
        /// The UUID of the volume.
        uuid: String,
        /// Whether the host has to look for it first.
        rescan: bool,
    },
    /// `UnmountVmfsVolume`.
    UnmountVmfs {
        /// The UUID of the volume.
        uuid: String,
    },
    /// `UnmountVmfsVolume`, then `MountVmfsVolume`.
    RemountVmfs {
        /// The UUID of the volume.
        uuid: String,
    },
    /// `CreateNasDatastore`.
    MountNfs {
        /// The share.
        share: NfsShare,
    },
    /// `RemoveDatastore` on a share.
    UnmountNfs {
        /// The share.
        share: NfsShare,
    },
    /// `RemoveDatastore` on a share, then `CreateNasDatastore`.
    RemountNfs {
        /// The share.
        share: NfsShare,
        /// How it is mounted afterwards: `readWrite` or `readOnly`.
        access: String,
        /// How it is mounted before.
        before: MountFacts,
    },
}

/// What there is to do for a mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mounting {
    /// Nothing: the host can write there.
    Already,
    /// This.
    By(MountAct),
    /// Something that esxtool does not do.
    Refused(Refusal),
}

/// Why a datastore is not mounted, and what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The reason, as a fragment.
    pub reason: String,
    /// What to do, as a sentence.
    pub remedy: String,
    /// VMs that stand in the way.
    #[serde(default)]
    pub vms: Vec<String>,
    /// Whether the reason is that something could not be read.
    #[serde(default)]
    pub unread: bool,
}

impl Refusal {
    fn of(reason: impl Into<String>, remedy: impl Into<String>) -> Mounting {
        Mounting::Refused(Self {
            reason: reason.into(),
            remedy: remedy.into(),
            vms: Vec::new(),
            unread: false,
        })
    }

    fn unread(reason: impl Into<String>) -> Mounting {
        Mounting::Refused(Self {
            reason: reason.into(),
            remedy: "Use an account that may read it, at least with the role Read-only.".into(),
            vms: Vec::new(),
            unread: true,
        })
    }
}

/// Judges how a host, named for the words, comes to mount a datastore read/write.
///
/// `datastore.mount` is that host's mount.
pub fn mounting(datastore: &DatastoreFacts, host: &str, purpose: Purpose<'_>) -> Mounting {
    let mount = match datastore.mount.get() {
        Ok(mount) => mount.as_ref(),
        Err(reason) => return Refusal::unread(reason),
    };
    if mount.is_some_and(|mount| mount.is_writable()) && datastore.accessible != Some(false) {
        return Mounting::Already;
    }
    let kind = match datastore.kind.get() {
        Ok(kind) => kind,
        Err(reason) => return Refusal::unread(reason),
    };
    match (kind, &datastore.volume) {
        (DatastoreKind::Vsan, _) => Refusal::of(
            "a vSAN datastore belongs to its cluster, and only hosts of that cluster mount it",
            "Use a master target on a host of the vSAN cluster, or move the VM to VMFS.",
        ),
        (DatastoreKind::Vvol, _) => Refusal::of(
            "a vVol datastore is mounted through its storage provider",
            "Mount it in the vSphere Client.",
        ),
        (_, None) => Refusal::unread("the server does not tell what the datastore lies on"),
        (_, Some(VolumeFacts::Vmfs { uuid, local, .. })) => {
            vmfs(datastore, mount, uuid, *local, host, purpose)
        }
        (_, Some(VolumeFacts::Nfs(share))) => nfs(datastore, mount, share, host, purpose),
        (kind, Some(VolumeFacts::Other)) => Refusal::of(
            format!(
                "esxtool cannot mount a datastore of the type {}",
                kind.label()
            ),
            "Mount it in the vSphere Client.",
        ),
    }
}

fn vmfs(
    datastore: &DatastoreFacts,
    mount: Option<&MountFacts>,
    uuid: &str,
    local: Option<bool>,
    host: &str,
    purpose: Purpose<'_>,
) -> Mounting {
    let uuid = uuid.to_owned();
    let Some(mount) = mount else {
        return if local == Some(true) {
            Refusal::of(
                "it lies on disks inside another host, which no other host can see",
                "Move the VM to shared storage, or use a master target on the host that has it.",
            )
        } else {
            Mounting::By(MountAct::MountVmfs { uuid, rescan: true })
        };
    };
    if mount.mounted == Some(false) {
        return Mounting::By(MountAct::MountVmfs {
            uuid,
            rescan: false,
        });
    }
    if let Some(cut_off) = cut_off(datastore, mount) {
        return Refusal::of(
            format!("the host has lost the way to its devices{cut_off}"),
            "Fix the paths from the host to the storage, then run the command again.",
        );
    }
    match purpose {
        Purpose::Failback => Refusal::of(
            "a host mounts VMFS as the devices allow, and these allow only reading",
            format!(
                "Have the array allow writing, then run: esxtool datastores mount {} --host {host}",
                datastore.name
            ),
        ),
        Purpose::Asked(users) => {
            free(datastore, host, users).unwrap_or(Mounting::By(MountAct::RemountVmfs { uuid }))
        }
    }
}

fn nfs(
    datastore: &DatastoreFacts,
    mount: Option<&MountFacts>,
    share: &NfsShare,
    host: &str,
    purpose: Purpose<'_>,
) -> Mounting {
    let Purpose::Asked(users) = purpose else {
        return Refusal::of(
            "it is NFS, which Azure Site Recovery does not write to however it is mounted",
            "Move the VM to VMFS or vSAN.",
        );
    };
    let share = share.clone();
    let Some(mount) = mount else {
        return Mounting::By(MountAct::MountNfs { share });
    };
    let cut_off = cut_off(datastore, mount);
    if cut_off.is_some() || mount.mounted == Some(false) {
        return Refusal::of(
            format!(
                "the host is to mount {share} already, and cannot reach it{}",
                cut_off.unwrap_or_default()
            ),
            "See to the file server and the network between, then run the command again.",
        );
    }
    free(datastore, host, users).unwrap_or_else(|| {
        Mounting::By(MountAct::RemountNfs {
            share,
            access: "readWrite".into(),
            before: mount.clone(),
        })
    })
}

/// Why a mount does not work, in parentheses; nothing when it does.
fn cut_off(datastore: &DatastoreFacts, mount: &MountFacts) -> Option<String> {
    if mount.accessible != Some(false) && datastore.accessible != Some(false) {
        return None;
    }
    let reason = mount.inaccessible_reason.as_deref();
    Some(reason.map_or_else(String::new, |reason| format!(" ({reason})")))
}

/// Refuses to give up a mount that VMs of the host lie on; vSphere refuses it as well.
pub(crate) fn free(
    datastore: &DatastoreFacts,
    host: &str,
    users: &[DatastoreUser],
) -> Option<Mounting> {
    if users.is_empty() {
        return None;
    }
    let vms: Vec<String> = users.iter().map(|user| user.name.clone()).collect();
    let running = users.iter().filter(|user| !user.powered_off).count();
    let reason = format!(
        "its mount would have to be given up first, and {} of {host} {} on it ({running} running): {}",
        match users.len() {
            1 => "1 VM".to_owned(),
            number => format!("{number} VMs"),
        },
        if users.len() == 1 { "lies" } else { "lie" },
        vms.join(", ")
    );
    Some(Mounting::Refused(Refusal {
        reason,
        remedy: format!(
            "Move these VMs to another host than {host}, or their disks off {}, then run the command again.",
            datastore.name
        ),
        vms,
        unread: false,
    }))
}

#[cfg(test)]
mod tests;
