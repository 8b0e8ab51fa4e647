//! What a server would make of a change, as a pure function over facts; for tests.

use super::change::{Change, OverrideEdit};
use crate::facts::{ControllerFacts, Fact, Facts, OverrideFacts, Setting};

/// The facts after the change.
pub(crate) fn apply(facts: &Facts, change: &Change) -> Facts {
    let mut facts = facts.clone();
    let vm = &mut facts.master_target;
    match change {
        Change::RemoveAllSnapshots { .. } => {
            vm.snapshots = Fact::Known(vec![]);
            merge(&mut facts);
        }
        Change::ConsolidateDisks { .. } => {
            vm.consolidation_needed = Fact::Known(false);
            merge(&mut facts);
        }
        Change::Reconfigure {
            extra_config,
            remove_controllers,
            add_controllers,
            ..
        } => {
            for setting in extra_config {
                write(&mut facts, setting);
            }
            if let Fact::Known(controllers) = &mut facts.master_target.controllers {
                controllers.retain(|now| {
                    !remove_controllers
                        .iter()
                        .any(|gone| gone.key == Some(now.key))
                });
                for new in add_controllers {
                    assert!(
                        !controllers
                            .iter()
                            .any(|now| now.kind.is_scsi() && now.bus == new.bus),
                        "bus {} is taken",
                        new.bus
                    );
                    controllers.push(ControllerFacts {
                        key: 5000 + new.bus,
                        label: format!("SCSI controller {}", new.bus),
                        kind: new.kind.clone(),
                        bus: new.bus,
                        devices: vec![],
                        units: vec![],
                    });
                }
            }
        }
        Change::DisableMethods { methods, .. } => {
            if let Fact::Known(disabled) = &mut vm.disabled_methods {
                disabled.extend(methods.clone());
            }
        }
        Change::EnableMethods { methods, .. } => {
            if let Fact::Known(disabled) = &mut vm.disabled_methods {
                disabled.retain(|method| !methods.contains(method));
            }
        }
        Change::StorageDrsOverride { pod, edit, .. } => {
            if let Fact::Known(pods) = &mut facts.pods {
                let pod = pods
                    .iter_mut()
                    .find(|now| &now.moref == pod)
                    .expect("the pod is there");
                pod.storage_drs_override = edited(&pod.storage_drs_override, edit);
            }
        }
        Change::DrsOverride { edit, .. } => {
            if let Fact::Known(Some(cluster)) = &mut facts.cluster {
                cluster.drs_override = edited(&cluster.drs_override, edit);
            }
        }
    }
    if change.touches_vm() {
        facts.master_target.change_version = facts
            .master_target
            .change_version
            .map(|version| version + "+");
    }
    facts
}

fn write(facts: &mut Facts, setting: &Setting) {
    if let Fact::Known(settings) = &mut facts.master_target.extra_config {
        settings.retain(|now| !now.key.eq_ignore_ascii_case(&setting.key));
        if !setting.value.is_empty() {
            settings.push(setting.clone());
        }
    }
}

fn merge(facts: &mut Facts) {
    if facts.master_target.snapshot_count() == Some(0)
        && let Fact::Known(disks) = &mut facts.master_target.disks
    {
        for disk in disks {
            disk.chain.truncate(1);
        }
    }
}

fn edited(now: &Fact<Option<OverrideFacts>>, edit: &OverrideEdit) -> Fact<Option<OverrideFacts>> {
    let now = now
        .known()
        .expect("an override is only edited when it is known");
    Fact::Known(match edit {
        OverrideEdit::Add { entry } => {
            assert!(now.is_none(), "add where there is one");
            Some(entry.clone())
        }
        OverrideEdit::Edit { entry } => {
            assert!(now.is_some(), "edit where there is none");
            Some(entry.clone())
        }
        OverrideEdit::Remove => {
            assert!(now.is_some(), "remove where there is none");
            None
        }
    })
}
