//! Mounting a datastore on a host: plan, apply, read back.

use jiff::Timestamp;
use serde::Serialize;
use vsphere_client::{Client, vim::ManagedObjectReference};

use super::choose::{HostSelector, choose};
use crate::{
    calls,
    engine::{Attempt, Operation, Outcome, Prepared, Remaining, Sender, StepResult},
    error::OpError,
    mounting::{MountAct, Mounting, Purpose, Refusal, free, mounting},
    names::near,
    plan::{Change, Step, mount_state, mount_step},
    privilege::HOST_STORAGE,
    site::{
        HostDatastore, HostStorage, VolumeCopy, VolumeFacts, copies, host_storage, may_configure,
    },
};

/// What is to be done on one host about one datastore.
///
/// This very object is what a dry run prints and what is carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MountPlan {
    /// The host.
    pub host: ManagedObjectReference,
    /// Its name.
    pub host_name: String,
    /// The datastore.
    pub datastore: ManagedObjectReference,
    /// Its name.
    pub datastore_name: String,
    /// How the host has it now: `read/write`, `read-only`, `unmounted`, `cut off`, `not mounted`, `unknown`.
    pub now: String,
    /// Whether it is to be unmounted and not mounted.
    pub unmount: bool,
    /// The step, or none.
    pub steps: Vec<Step>,
    /// What keeps esxtool from it.
    pub refused: Option<Refusal>,
    /// The privilege that the account surely lacks on the host.
    pub lacking: Option<String>,
}

impl MountPlan {
    /// Whether there is nothing to do, or nothing that esxtool does.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How a run that changes nothing ends.
    pub fn outcome(&self) -> Outcome {
        if self.lacking.is_some() {
            Outcome::NotPermitted
        } else if self.refused.is_some() {
            Outcome::BlockersRemain
        } else {
            Outcome::Ready
        }
    }
}

/// How the host has the datastore after a plan was carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MountAfter {
    /// As in [`MountPlan::now`]; unset when it could not be read.
    pub after: Option<String>,
}

/// Mounting or unmounting a datastore.
#[derive(Clone, Debug)]
pub struct Mount {
    plan: MountPlan,
}

/// Plans to have a host mount a datastore read/write. Changes nothing.
///
/// # Errors
///
/// See [`OpError`].
pub async fn prepare_mount(
    client: &Client,
    datastore: &str,
    host: &HostSelector,
) -> Result<Prepared<Mount>, OpError> {
    let (storage, one) = look(client, datastore, host).await?;
    let reference = storage.host.moref.clone();
    let purpose = Purpose::Asked(&one.users);
    let way = match storage.host.connection_state.as_deref() {
        Some(state) if state != "connected" => Mounting::Refused(Refusal {
            reason: format!("vCenter does not reach the host ({state})"),
            remedy: "Bring the host back, then run the command again.".into(),
            vms: Vec::new(),
            unread: false,
        }),
        _ => mounting(&one.facts, &storage.host.name, purpose),
    };
    let way = match way {
        // A scan would not help; the host sees the device, and not as the original.
        Mounting::By(MountAct::MountVmfs { uuid, rescan: true }) => {
            let mut copies = copies(client, &reference)
                .await
                .map_err(OpError::client(format!(
                    "read the copies of volumes on {reference}"
                )))?;
            copies.retain(|copy| copy.uuid == uuid);
            match VolumeCopy::refusal(&storage.host.name, &copies) {
                Some(reason) => Mounting::Refused(Refusal {
                    reason,
                    remedy: VolumeCopy::REMEDY.into(),
                    vms: Vec::new(),
                    unread: false,
                }),
                None => Mounting::By(MountAct::MountVmfs { uuid, rescan: true }),
            }
        }
        way => way,
    };
    planned(client, storage, &one, way, false).await
}

/// Plans to have a host unmount a datastore, as the undo of a mount. Changes nothing.
///
/// A datastore that VMs of the host lie on stays, and so does what is neither VMFS nor NFS.
///
/// # Errors
///
/// See [`OpError`].
pub async fn prepare_unmount(
    client: &Client,
    datastore: &str,
    host: &HostSelector,
) -> Result<Prepared<Mount>, OpError> {
    let (storage, one) = look(client, datastore, host).await?;
    let refused = |reason: String| {
        Mounting::Refused(Refusal {
            reason,
            remedy: "Unmount it in the vSphere Client.".into(),
            vms: Vec::new(),
            unread: true,
        })
    };
    let way = match (one.facts.mount.get(), &one.facts.volume) {
        (Err(reason), _) => refused(reason.to_owned()),
        (Ok(None), _) => Mounting::Already,
        (Ok(Some(mount)), Some(VolumeFacts::Vmfs { uuid, .. })) => {
            if mount.mounted == Some(false) {
                Mounting::Already
            } else {
                free(&one.facts, &storage.host.name, &one.users)
                    .unwrap_or_else(|| Mounting::By(MountAct::UnmountVmfs { uuid: uuid.clone() }))
            }
        }
        (Ok(Some(_)), Some(VolumeFacts::Nfs(share))) => {
            free(&one.facts, &storage.host.name, &one.users).unwrap_or_else(|| {
                Mounting::By(MountAct::UnmountNfs {
                    share: share.clone(),
                })
            })
        }
        (Ok(Some(_)), _) => refused("it is neither VMFS nor NFS".into()),
    };
    planned(client, storage, &one, way, true).await
}

async fn look(
    client: &Client,
    datastore: &str,
    host: &HostSelector,
) -> Result<(HostStorage, HostDatastore), OpError> {
    let reference = choose(client, host).await?;
    let storage = host_storage(client, &reference)
        .await
        .map_err(OpError::client(format!("read the storage of {reference}")))?;
    let wanted = datastore.trim();
    let named = |fits: &dyn Fn(&HostDatastore) -> bool| -> Vec<HostDatastore> {
        let all = storage.datastores.iter();
        all.filter(|one| fits(one)).cloned().collect()
    };
    let mut found = named(&|one| one.facts.name == wanted);
    if found.is_empty() {
        found = named(&|one| {
            one.facts.name.eq_ignore_ascii_case(wanted)
                || one.facts.moref.value == wanted
                || one.facts.moref.to_string() == wanted
        });
    }
    match found.len() {
        1 => Ok((storage, found.swap_remove(0))),
        0 => {
            let names = storage.datastores.iter().map(|one| one.facts.name.as_str());
            Err(OpError::NoSuchObject {
                kind: "datastore",
                wanted: wanted.to_owned(),
                near: near(wanted, names),
                list: if client.is_vcenter() {
                    "esxtool datastores list --host HOST"
                } else {
                    "esxtool datastores list (a share that only another host mounts needs the vCenter)"
                },
            })
        }
        number => Err(OpError::Contradiction {
            problem: format!(
                "{number} datastores are named {wanted:?}: name one by its reference: {}",
                found
                    .iter()
                    .map(|one| one.facts.moref.value.as_str())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        }),
    }
}

async fn planned(
    client: &Client,
    storage: HostStorage,
    one: &HostDatastore,
    way: Mounting,
    unmount: bool,
) -> Result<Prepared<Mount>, OpError> {
    let host = &storage.host;
    let mut plan = MountPlan {
        host: host.moref.clone(),
        host_name: host.name.clone(),
        datastore: one.facts.moref.clone(),
        datastore_name: one.facts.name.clone(),
        now: mount_state(&one.facts),
        unmount,
        steps: Vec::new(),
        refused: None,
        lacking: None,
    };
    match way {
        Mounting::Already => {}
        Mounting::Refused(refusal) => plan.refused = Some(refusal),
        Mounting::By(act) => {
            let reference = host.moref.clone();
            let may = may_configure(client, &reference)
                .await
                .map_err(OpError::client(format!(
                    "ask for privileges on {}",
                    host.name
                )))?;
            if may == Some(false) {
                plan.lacking = Some(HOST_STORAGE.to_owned());
            } else {
                let step = mount_step((&host.moref, &host.name), &one.facts, act);
                plan.steps.push(step);
            }
        }
    }
    let operation = Mount { plan };
    Ok(Prepared {
        operation,
        seen: storage,
    })
}

impl Operation for Mount {
    type Seen = HostStorage;
    type Plan = MountPlan;
    type After = MountAfter;

    fn plan(&self) -> &MountPlan {
        &self.plan
    }

    fn steps(&self) -> &[Step] {
        &self.plan.steps
    }

    fn without_a_change(&self) -> Outcome {
        self.plan.outcome()
    }

    /// Whatever is changed about a mount is read right before, so an older look does no harm.
    fn seen_at(&self, _: &HostStorage) -> Timestamp {
        Timestamp::now()
    }

    async fn carry_out(&self, sender: &mut Sender<'_>, step: &Step, _: &HostStorage) -> Attempt {
        calls::carry_out(sender, &step.change, None).await
    }

    async fn look(&self, client: &Client, _: &HostStorage) -> Result<HostStorage, OpError> {
        let name = &self.plan.host_name;
        host_storage(client, &self.plan.host)
            .await
            .map_err(OpError::client(format!("read the storage of {name}")))
    }

    fn remaining(&self, step: &Step, seen: &HostStorage) -> Remaining {
        let Change::Mount(change) = &step.change else {
            return Remaining::Differs("a step that is no mount".into());
        };
        let mount = self
            .of(seen)
            .and_then(|one| one.facts.mount.known()?.as_ref());
        let as_wanted = match &change.act {
            MountAct::UnmountVmfs { .. } | MountAct::UnmountNfs { .. } => {
                mount.is_none_or(|mount| mount.mounted == Some(false))
            }
            _ => mount.is_some_and(|mount| mount.is_writable()),
        };
        match as_wanted {
            true => Remaining::Nothing,
            false => Remaining::Do(Box::new(step.clone())),
        }
    }

    fn after(&self, seen: Option<&HostStorage>, _: &[StepResult]) -> MountAfter {
        let state = |seen: &HostStorage| {
            let now = self.of(seen);
            now.map_or_else(|| "not mounted".into(), |one| mount_state(&one.facts))
        };
        MountAfter {
            after: seen.map(state),
        }
    }

    fn verdict(&self, _: &HostStorage, _: &[StepResult]) -> Outcome {
        self.plan.outcome()
    }
}

impl Mount {
    /// The datastore as the host has it.
    fn of<'s>(&self, seen: &'s HostStorage) -> Option<&'s HostDatastore> {
        seen.find(&self.plan.datastore, &self.plan.datastore_name)
    }
}
