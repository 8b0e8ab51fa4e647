//! Steps that mount a datastore on a host.

use serde::{Deserialize, Serialize};

use super::{
    change::Change,
    planner::{Draft, rules_of},
    privileges,
    step::{Step, Undo},
};
use crate::{
    facts::{DatastoreFacts, Evidence, MoRef},
    mounting::{MountAct, Mounting, Purpose, mounting},
    rules::{Finding, MendKind},
};

/// A change to how one host mounts one datastore.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountChange {
    /// The host.
    pub host: MoRef,
    /// Its name.
    pub host_name: String,
    /// The datastore.
    pub datastore: MoRef,
    /// Its name.
    pub datastore_name: String,
    /// What is done.
    #[serde(flatten)]
    pub act: MountAct,
}

impl MountChange {
    /// The vSphere method that makes the change; of a remount, the last one.
    pub fn method(&self) -> &'static str {
        match self.act {
            MountAct::MountVmfs { .. } | MountAct::RemountVmfs { .. } => "MountVmfsVolume",
            MountAct::UnmountVmfs { .. } => "UnmountVmfsVolume",
            MountAct::MountNfs { .. } | MountAct::RemountNfs { .. } => "CreateNasDatastore",
            MountAct::UnmountNfs { .. } => "RemoveDatastore",
        }
    }

    /// The change in words, in the imperative.
    pub fn title(&self) -> String {
        let (name, host) = (&self.datastore_name, &self.host_name);
        match &self.act {
            MountAct::MountVmfs { rescan: false, .. } => format!("Mount {name} on {host}"),
            MountAct::MountVmfs { .. } => {
                format!("Have {host} scan its storage for {name}, and mount it")
            }
            MountAct::UnmountVmfs { .. } => format!("Unmount {name} on {host}"),
            MountAct::RemountVmfs { .. } => format!("Unmount {name} on {host} and mount it anew"),
            MountAct::MountNfs { share } => {
                format!("Mount {share} as {name} on {host}, read/write")
            }
            MountAct::UnmountNfs { share } => format!("Unmount {share} ({name}) on {host}"),
            MountAct::RemountNfs { share, access, .. } => format!(
                "Unmount {share} ({name}) on {host} and mount it {}",
                if access == "readWrite" {
                    "read/write"
                } else {
                    "read-only"
                }
            ),
        }
    }

    /// What takes it back.
    fn undo(&self) -> Undo {
        let act = match &self.act {
            MountAct::MountVmfs { uuid, .. } => MountAct::UnmountVmfs { uuid: uuid.clone() },
            MountAct::UnmountVmfs { uuid } => MountAct::MountVmfs {
                uuid: uuid.clone(),
                rescan: false,
            },
            MountAct::MountNfs { share } => MountAct::UnmountNfs {
                share: share.clone(),
            },
            MountAct::UnmountNfs { share } => MountAct::MountNfs {
                share: share.clone(),
            },
            MountAct::RemountNfs {
                share,
                access,
                before,
            } => {
                let mut now = before.clone();
                now.access_mode = Some(access.clone());
                MountAct::RemountNfs {
                    share: share.clone(),
                    access: before
                        .access_mode
                        .clone()
                        .unwrap_or_else(|| "readOnly".into()),
                    before: now,
                }
            }
            MountAct::RemountVmfs { .. } => {
                return Undo::None {
                    why: "it is mounted as before, with what its devices allow now".into(),
                };
            }
        };
        Undo::By(Box::new(Change::Mount(Self {
            act,
            ..self.clone()
        })))
    }
}

/// The step that carries out an act on a datastore, whose `mount` is that of the host.
pub fn mount_step(host: (&MoRef, &str), datastore: &DatastoreFacts, act: MountAct) -> Step {
    let change = MountChange {
        host: host.0.clone(),
        host_name: host.1.to_owned(),
        datastore: datastore.moref.clone(),
        datastore_name: datastore.name.clone(),
        act,
    };
    let (title, undo) = (change.title(), change.undo());
    let verb = match change.act {
        MountAct::UnmountVmfs { .. } | MountAct::UnmountNfs { .. } => "unmount",
        _ => "mount",
    };
    let change = Change::Mount(change);
    Step {
        id: format!("{verb}:{}", datastore.moref.value),
        title,
        mends: Vec::new(),
        object: host.1.to_owned(),
        expects: vec![Evidence::new(
            format!("{} on {}", datastore.name, host.1),
            state(datastore),
        )],
        privileges: privileges::needed(&change),
        change,
        undo,
        destructive: false,
        needs_power_cycle: false,
        restores: None,
        optional: false,
    }
}

/// How the host has the datastore now, in a word or two.
pub fn mount_state(datastore: &DatastoreFacts) -> String {
    state(datastore)
}

fn state(datastore: &DatastoreFacts) -> String {
    let Some(mount) = datastore.mount.known() else {
        return "unknown".into();
    };
    let Some(mount) = mount else {
        return "not mounted".into();
    };
    let access = match mount.access_mode.as_deref() {
        Some("readWrite") => "read/write",
        Some("readOnly") => "read-only",
        other => other.unwrap_or("unknown"),
    };
    if mount.mounted == Some(false) {
        "unmounted".into()
    } else if mount.accessible == Some(false) || datastore.accessible == Some(false) {
        "cut off".into()
    } else {
        access.into()
    }
}

/// Adds a step for every datastore of a protected machine that the host can be made to mount.
pub(super) fn add(draft: &mut Draft<'_>, findings: &[Finding]) {
    let facts = draft.facts;
    let Some(host) = facts.host.known() else {
        return;
    };
    for datastore in &facts.protected.datastores {
        let meant: Vec<&Finding> = findings
            .iter()
            .filter(|finding| {
                matches!(&finding.mend, Some(MendKind::MountDatastore { datastore: moref }) if moref == &datastore.moref)
            })
            .collect();
        if meant.is_empty() {
            continue;
        }
        if let Mounting::By(act) = mounting(datastore, &host.name, Purpose::Failback) {
            let mut step = mount_step((&host.moref, &host.name), datastore, act);
            step.mends = rules_of(&meant);
            draft.add(step, &meant);
        }
    }
}
