//! Rule 4: the master target is kept from Storage vMotion.

use super::{Finding, FixKind, Judgement, Rule, Severity, describe::describe};
use crate::{
    exclusion::{ExclusionReport, Layer, LayerState, Protection, exclusion},
    site::Facts,
};

fn remedy(layer: Layer) -> &'static str {
    match layer {
        Layer::MethodDisabled => {
            "Disable RelocateVM_Task on the VM (AuthorizationManager.DisableMethods, privilege Global.DisableMethods)."
        }
        Layer::StorageDrsOverride => {
            "Give the VM a Storage DRS override that disables it on this pod (privilege StoragePod.Config)."
        }
        Layer::DrsOverride => {
            "Give the VM a DRS override that disables it in this cluster (privilege Host.Inventory.EditCluster)."
        }
    }
}

fn unknown_reason(report: &ExclusionReport) -> String {
    let layers = report
        .layers
        .iter()
        .filter(|layer| layer.state == LayerState::Unknown);
    layers
        .map(|layer| format!("{}: {}", layer.layer, layer.detail))
        .collect::<Vec<_>>()
        .join("; ")
}

/// The VM stays where it is.
#[derive(Debug)]
pub(super) struct StorageVmotionExcluded;

impl Rule for StorageVmotionExcluded {
    describe! {
        4, "storage-vmotion-excluded", Blocker, Target,
        title: "the master target is kept from Storage vMotion",
        why: "The disks being written are attached by path. When Storage vMotion moves the master target it moves and renames them too, and failback no longer finds them ('Prepare for reprotection and failback of VMware VMs': Storage vMotion must be off for the master target; 'About on-premises disaster recovery failover/failback - Modernized': not for an appliance after reprotect).",
        remedy: "Disable RelocateVM_Task on the VM, and set an override of Storage DRS and of DRS for it.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK), appliance(Blocker, &FAILBACK_MODERNIZED)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let report = exclusion(facts);
        let severity = match report.protection {
            Protection::Full => return Judgement::holds(self),
            Protection::NotApplicable => {
                return Judgement::not_applicable(
                    self,
                    "a host without vCenter has no Storage vMotion",
                );
            }
            Protection::Unknown => return Judgement::unknown(self, unknown_reason(&report)),
            Protection::Enforced => Severity::Info,
            Protection::Advisory | Protection::ForNow => Severity::Warning,
            Protection::None => Severity::Blocker,
        };
        let findings: Vec<Finding> = report
            .layers
            .iter()
            .filter(|layer| matches!(layer.state, LayerState::Absent | LayerState::ForNow))
            .map(|layer| {
                let summary = match layer.state {
                    LayerState::ForNow => layer.detail.clone(),
                    _ => format!("{}: {}", layer.layer.risk(), layer.detail),
                };
                Finding::new(self, facts, summary)
                    .severity(severity)
                    .on(&layer.object_name)
                    .seen(layer.layer.id(), &layer.state)
                    .remedy(remedy(layer.layer))
                    .fix(FixKind::ExcludeStorageVmotion {
                        layer: layer.layer,
                        object: layer.object.clone(),
                    })
            })
            .collect();
        if findings.is_empty() {
            // The method holds and nothing is absent, but a layer could not be read.
            return Judgement::holds(self);
        }
        Judgement::from_findings(self, findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    #[test]
    fn blocker_when_nothing_holds() {
        let judgement = StorageVmotionExcluded.check(&sample::wrong());
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert_eq!(judgement.findings.len(), 3);
        assert_eq!(judgement.worst(), Some(Severity::Blocker));
        assert!(
            judgement
                .findings
                .iter()
                .all(|f| matches!(f.fix, Some(FixKind::ExcludeStorageVmotion { .. })))
        );
    }

    #[test]
    fn each_finding_names_its_layer_and_the_object_that_it_is_about_as_data() {
        let facts = sample::wrong();
        let named: Vec<_> = StorageVmotionExcluded
            .check(&facts)
            .findings
            .into_iter()
            .filter_map(|finding| finding.fix)
            .collect();
        let wanted: Vec<_> = exclusion(&facts)
            .layers
            .into_iter()
            .map(|one| FixKind::ExcludeStorageVmotion {
                layer: one.layer,
                object: one.object,
            })
            .collect();
        assert_eq!(named, wanted);
    }

    #[test]
    fn warning_when_only_automation_is_stopped() {
        let mut facts = sample::ready();
        facts.master_target.disabled_methods = Fact::Known(vec![]);
        let judgement = StorageVmotionExcluded.check(&facts);
        assert_eq!(
            (judgement.verdict, judgement.worst()),
            (Verdict::Broken, Some(Severity::Warning))
        );
        assert!(!judgement.blocks());
    }

    #[test]
    fn warning_when_others_disabled_the_method_and_ours_is_set_beside() {
        let mut facts = sample::ready();
        facts.master_target.extra_config = Fact::Known(vec![]);
        let judgement = StorageVmotionExcluded.check(&facts);
        assert_eq!(
            (judgement.verdict, judgement.worst()),
            (Verdict::Broken, Some(Severity::Warning))
        );
        assert!(judgement.findings[0].fix.is_some());
        let plan = crate::plan::plan(&facts, crate::plan::Scope::Exclude);
        let ids: Vec<_> = plan.steps.iter().map(|step| step.id.to_string()).collect();
        assert_eq!(ids, ["disable-methods", "record-exclusion"]);
        assert_eq!(plan.steps[1].after, [plan.steps[0].id.clone()]);
    }

    #[test]
    fn info_when_the_method_is_disabled_and_an_override_is_missing() {
        let mut facts = sample::wrong();
        let ready = sample::ready().master_target;
        facts.master_target.disabled_methods = ready.disabled_methods;
        facts.master_target.extra_config = ready.extra_config;
        let judgement = StorageVmotionExcluded.check(&facts);
        assert_eq!(
            (judgement.verdict, judgement.worst()),
            (Verdict::Broken, Some(Severity::Info))
        );
        assert_eq!(judgement.findings.len(), 2);
    }

    #[test]
    fn not_applicable_without_vcenter() {
        assert_eq!(
            StorageVmotionExcluded.check(&sample::standalone()).verdict,
            Verdict::NotApplicable
        );
    }
}
