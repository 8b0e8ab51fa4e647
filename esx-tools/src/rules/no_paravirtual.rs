//! Rule 5: the master target has no paravirtual SCSI controller.

use super::{Finding, FixKind, Judgement, Rule, describe::describe};
use crate::{judge::conversion_obstacle, site::Facts, vm::ControllerKind};

/// No VMware Paravirtual SCSI controller.
#[derive(Debug)]
pub(super) struct NoParavirtualController;

impl Rule for NoParavirtualController {
    describe! {
        5, "no-paravirtual-controller", Blocker, Target,
        title: "the master target has no paravirtual SCSI controller",
        why: "A master target with a VMware Paravirtual controller is not supported ('Prepare for reprotection and failback of VMware VMs'): disks that reprotect attaches there are not found by the agent.",
        remedy: "Remove the controller when it carries nothing. Else power the VM off and move its disks to an LSI Logic controller, keeping their order.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK), not_stated(appliance(Info, &FAILBACK_MODERNIZED))] }

    fn check(&self, facts: &Facts) -> Judgement {
        let controllers = match facts.master_target.controllers.get() {
            Ok(controllers) => controllers,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        let findings = controllers
            .iter()
            .filter(|controller| controller.kind == ControllerKind::ParaVirtual)
            .map(|controller| {
                let label = &controller.label;
                let finding = |summary| {
                    Finding::new(self, facts, summary)
                        .seen("controller", format!("{label} (key {}, bus {})", controller.key, controller.bus))
                        .seen("devices on it", controller.devices.len())
                };
                if controller.devices.is_empty() {
                    finding(format!("{label} is paravirtual and empty"))
                        .remedy("Remove the controller; it carries nothing.")
                        .fix(FixKind::RemoveEmptyController { key: controller.key })
                } else if let Some(obstacle) = conversion_obstacle(controller) {
                    let carries = controller.devices.len();
                    finding(format!("{label} is paravirtual, carries {carries} device(s), and cannot be replaced as it is: {}", obstacle.reason))
                        .remedy(obstacle.remedy)
                } else {
                    finding(format!("{label} is paravirtual and carries {} device(s)", controller.devices.len()))
                        .remedy(
                            "Power the VM off and move its disks to an LSI Logic controller, keeping their order \
                             (--convert-controllers does it). The guest needs the LSI driver first: LSI_SAS in Windows, \
                             mptspi in the initramfs of Linux.",
                        )
                        .fix(FixKind::ConvertController { key: controller.key })
                }
            })
            .collect();
        Judgement::from_findings(self, findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    #[test]
    fn an_empty_one_can_be_removed() {
        let judgement = NoParavirtualController.check(&sample::wrong());
        assert_eq!(
            judgement.findings[0].fix,
            Some(FixKind::RemoveEmptyController { key: 1001 })
        );
    }

    #[test]
    fn one_with_devices_can_be_replaced() {
        let mut facts = sample::ready();
        facts.master_target.controllers = Fact::Known(vec![sample::controller(
            1000,
            ControllerKind::ParaVirtual,
            0,
            vec![2000],
        )]);
        let judgement = NoParavirtualController.check(&facts);
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert_eq!(
            judgement.findings[0].fix,
            Some(FixKind::ConvertController { key: 1000 })
        );
    }

    #[test]
    fn twenty_one_disks_on_one_controller_are_not_promised_to_be_converted() {
        let mut facts = sample::ready();
        let mut controller =
            sample::controller(1000, ControllerKind::ParaVirtual, 0, (2000..2021).collect());
        controller.units = (0..22).filter(|unit| *unit != 7).collect();
        facts.master_target.controllers = Fact::Known(vec![controller]);
        let judgement = NoParavirtualController.check(&facts);
        assert!(judgement.blocks());
        let finding = &judgement.findings[0];
        assert_eq!(finding.fix, None);
        assert!(finding.summary.contains("0:16"), "{}", finding.summary);
        assert!(
            !finding.remedy.contains("--convert-controllers"),
            "{}",
            finding.remedy
        );
    }
}
