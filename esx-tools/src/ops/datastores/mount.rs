//! Mounting a datastore on a host: plan, apply, read back.

use serde::{Deserialize, Serialize};
use vsphere_client::{Client, vim::ManagedObjectReference};

use super::{
    super::OpError,
    choose::{HostSelector, choose},
};
use crate::{
    apply::{Interrupt, Observer, Outcome, StepResult, StepStatus, carry_out_mounts},
    facts::{
        HostDatastore, HostStorage, VolumeCopy, VolumeFacts, copies, host_storage, may_configure,
    },
    mounting::{MountAct, Mounting, Purpose, Refusal, free, mounting},
    names::near,
    plan::{Change, HOST_STORAGE, Step, mount_state, mount_step},
};

/// What is to be done on one host about one datastore.
///
/// This very object is what a dry run prints and what [`apply`] carries out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// What came of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MountReport {
    /// The plan.
    pub plan: MountPlan,
    /// What became of each step.
    pub steps: Vec<StepResult>,
    /// How the host has the datastore afterwards, as read back; unset when it could not be read.
    pub after: Option<String>,
    /// Why it could not be read.
    pub verify_error: Option<String>,
    /// The end as one word.
    pub outcome: Outcome,
}

/// Plans to have a host mount a datastore read/write. Changes nothing.
///
/// # Errors
///
/// See [`OpError`].
pub async fn plan_mount(
    client: &Client,
    datastore: &str,
    host: &HostSelector,
) -> Result<MountPlan, OpError> {
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
    planned(client, &storage, &one, way, false).await
}

/// Plans to have a host unmount a datastore, as the undo of a mount. Changes nothing.
///
/// A datastore that VMs of the host lie on stays, and so does what is neither VMFS nor NFS.
///
/// # Errors
///
/// See [`OpError`].
pub async fn plan_unmount(
    client: &Client,
    datastore: &str,
    host: &HostSelector,
) -> Result<MountPlan, OpError> {
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
    planned(client, &storage, &one, way, true).await
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
    storage: &HostStorage,
    one: &HostDatastore,
    way: Mounting,
    unmount: bool,
) -> Result<MountPlan, OpError> {
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
    Ok(plan)
}

/// Carries out a plan, and reads back what came of it.
///
/// # Errors
///
/// None before something was tried; what fails later is in the report.
pub async fn apply(
    client: &Client,
    plan: MountPlan,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<MountReport, OpError> {
    let (mut steps, interrupted) = carry_out_mounts(client, &plan.steps, observer, interrupt).await;
    let host = plan.host.clone();
    let (after, verify_error) = match host_storage(client, &host).await {
        Ok(storage) => (Some(storage), None),
        Err(error) => (None, Some(crate::apply::told(&error))),
    };
    let one = after
        .as_ref()
        .map(|storage| storage.find(&plan.datastore, &plan.datastore_name));
    if let Some(one) = &one {
        for step in &mut steps {
            verify(step, &plan, *one, observer);
        }
    }
    let outcome = outcome(&plan, &steps, verify_error.is_some(), interrupted);
    let after =
        one.map(|one| one.map_or_else(|| "not mounted".into(), |one| mount_state(&one.facts)));
    Ok(MountReport {
        plan,
        steps,
        after,
        verify_error,
        outcome,
    })
}

/// Holds what the server said against how the host has the datastore now.
fn verify(
    step: &mut StepResult,
    plan: &MountPlan,
    now: Option<&HostDatastore>,
    observer: &dyn Observer,
) {
    let mount = now.and_then(|one| one.facts.mount.known()?.as_ref());
    let wanted = plan.steps.iter().find(|planned| planned.id == step.id);
    let as_wanted = match wanted.map(|planned| &planned.change) {
        Some(Change::Mount(change)) => match &change.act {
            MountAct::UnmountVmfs { .. } | MountAct::UnmountNfs { .. } => {
                mount.is_none_or(|mount| mount.mounted == Some(false))
            }
            _ => mount.is_some_and(|mount| mount.is_writable()),
        },
        _ => true,
    };
    if as_wanted || !step.status.is_good() {
        return;
    }
    let state = now.map_or_else(|| "not mounted".into(), |one| mount_state(&one.facts));
    let reason = format!(
        "the server said that it was done, and reading back shows that {} has {} {state}",
        plan.host_name, plan.datastore_name
    );
    observer.event(&crate::apply::Event::StepUnverified {
        id: step.id.clone(),
        reason: reason.clone(),
    });
    step.status = StepStatus::NotTaken;
    step.detail = Some(reason);
}

fn outcome(plan: &MountPlan, steps: &[StepResult], unread: bool, interrupted: bool) -> Outcome {
    let bad = |step: &&StepResult| !step.status.is_good();
    let changed = steps.iter().any(|step| step.status.may_have_changed());
    if interrupted {
        Outcome::Interrupted
    } else if let Some(step) = steps.iter().find(bad) {
        match (changed, step.status) {
            (true, _) => Outcome::Partial,
            (false, StepStatus::NotPermitted) => Outcome::NotPermitted,
            (false, _) => Outcome::Failed,
        }
    } else if unread {
        Outcome::Partial
    } else {
        plan.outcome()
    }
}
