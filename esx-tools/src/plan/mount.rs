//! Steps that mount a datastore on a host.

use vsphere_client::vim::ManagedObjectReference;

use super::{
    change::Change,
    draft::{Draft, rules_of},
    mount_change::MountChange,
    step::{Step, Undo},
    step_id::{StepId, StepKind},
};
use crate::{
    fact::Evidence,
    mounting::{MountAct, Mounting, Purpose, mounting},
    rules::{Finding, FixKind},
    site::DatastoreFacts,
};

/// The step that carries out an act on a datastore, whose `mount` is that of the host.
pub fn mount_step(
    host: (&ManagedObjectReference, &str),
    datastore: &DatastoreFacts,
    act: MountAct,
) -> Step {
    let change = MountChange {
        host: host.0.clone(),
        host_name: host.1.to_owned(),
        datastore: datastore.moref.clone(),
        datastore_name: datastore.name.clone(),
        act,
    };
    let (title, undo) = (change.title(), undo(&change));
    let kind = match change.act {
        MountAct::UnmountVmfs { .. } | MountAct::UnmountNfs { .. } => StepKind::Unmount,
        _ => StepKind::Mount,
    };
    let id = StepId::on(kind, &datastore.moref.value);
    let mut step = Step::new(id, title, host.1, Change::Mount(change), undo);
    step.expects = vec![Evidence::new(
        format!("{} on {}", datastore.name, host.1),
        state(datastore),
    )];
    step
}

/// What takes it back.
fn undo(change: &MountChange) -> Undo {
    let act = match &change.act {
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
    Undo::By(Box::new(Change::Mount(MountChange {
        act,
        ..change.clone()
    })))
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

/// Adds a step for every datastore of a protected VM that the host can be made to mount.
pub(super) fn add(draft: &mut Draft<'_>, findings: &[Finding]) {
    let facts = draft.facts;
    let Some(host) = facts.host.known() else {
        return;
    };
    for datastore in &facts.protected.datastores {
        let meant: Vec<&Finding> = findings
            .iter()
            .filter(|finding| {
                matches!(&finding.fix, Some(FixKind::MountDatastore { datastore: moref }) if moref == &datastore.moref)
            })
            .collect();
        if meant.is_empty() {
            continue;
        }
        if let Mounting::By(act) = mounting(datastore, &host.name, Purpose::Failback) {
            let mut step = mount_step((&host.moref, &host.name), datastore, act);
            step.fixes = rules_of(&meant);
            draft.add(step, &meant);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        mounting::MountAct,
        plan::{Scope, UnfixableCause, model, plan},
        site::{Facts, MountFacts, NfsShare, sample},
    };

    fn unmounted() -> Facts {
        let mut facts = sample::protecting();
        facts.protected.datastores[0].mount = Fact::Known(None);
        facts
    }

    #[test]
    fn a_datastore_is_mounted_once_for_all_its_vms_and_then_no_more() {
        let mut facts = unmounted();
        let mut second = facts.protected.vms[0].clone();
        second.name = "app-02".into();
        facts.protected.vms.push(second);
        let planned = plan(&facts, Scope::Prepare);
        let [step] = planned.steps.as_slice() else {
            panic!("one step: {:#?}", planned.steps)
        };
        assert_eq!(step.fixes, ["protected-datastores-mounted"]);
        assert_eq!(step.id.kind, StepKind::Mount);
        let after = plan(&model::apply(&facts, &step.change), Scope::Prepare);
        assert!(after.is_empty(), "{after:#?}");
    }

    #[test]
    fn an_account_that_may_not_is_told_and_nothing_is_planned() {
        let mut facts = unmounted();
        let host = facts.host.known().unwrap().moref.clone();
        if let Fact::Known(privileges) = &mut facts.abilities.privileges {
            privileges.push(crate::site::PrivilegeFact {
                on: host,
                privilege: crate::privilege::HOST_STORAGE.into(),
                granted: false,
            });
        }
        let planned = plan(&facts, Scope::Prepare);
        assert!(planned.is_empty());
        let lacking = planned.unfixable.iter().any(|entry| {
            matches!(&entry.cause, UnfixableCause::NotPermitted { privilege, .. } if privilege == "Host.Config.Storage")
        });
        assert!(lacking, "{:#?}", planned.unfixable);
    }

    #[test]
    fn every_mount_has_its_undo_and_the_undo_of_an_undo_is_the_mount() {
        let share = NfsShare {
            server: "nas".into(),
            export: "/x".into(),
            servers: Vec::new(),
            version: None,
            security: None,
        };
        let before = MountFacts {
            access_mode: Some("readOnly".into()),
            mounted: Some(true),
            accessible: Some(true),
            inaccessible_reason: None,
            network: None,
        };
        let uuid = String::from("5f3b");
        let datastore = sample::protecting().protected.datastores[0].clone();
        let host = ManagedObjectReference::new("HostSystem", "host-1");
        for act in [
            MountAct::MountVmfs {
                uuid,
                rescan: false,
            },
            MountAct::MountNfs {
                share: share.clone(),
            },
            MountAct::RemountNfs {
                share,
                access: "readWrite".into(),
                before,
            },
        ] {
            let step = mount_step((&host, "esx-01"), &datastore, act);
            let Undo::By(undo) = &step.undo else {
                panic!("{} has no undo", step.title)
            };
            let Change::Mount(back) = undo.as_ref() else {
                panic!("{undo:?}")
            };
            assert_eq!(super::undo(back), Undo::By(Box::new(step.change.clone())));
            let text = serde_json::to_string(&step).unwrap();
            assert_eq!(serde_json::from_str::<Step>(&text).unwrap(), step);
        }
    }
}
