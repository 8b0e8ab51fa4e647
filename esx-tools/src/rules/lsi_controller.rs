//! Rule 6: the master target has an LSI Logic SCSI controller.

use super::{Finding, FixKind, Judgement, Rule, describe::describe};
use crate::site::Facts;

/// An LSI Logic controller, parallel or SAS.
#[derive(Debug)]
pub(super) struct LsiLogicController;

impl Rule for LsiLogicController {
    describe! {
        6, "lsi-logic-controller", Blocker, Target,
        title: "the master target has an LSI Logic SCSI controller",
        why: "Reprotect attaches the disks to an LSI Logic controller (parallel or SAS) of the master target ('Prepare for reprotection and failback of VMware VMs'). Without one there is no slot for them.",
        remedy: "Add an LSI Logic controller: parallel for Linux, SAS for Windows.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK), not_stated(appliance(Info, &FAILBACK_MODERNIZED))] }

    fn check(&self, facts: &Facts) -> Judgement {
        let controllers = match facts.master_target.controllers.get() {
            Ok(controllers) => controllers,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        if controllers
            .iter()
            .any(|controller| controller.kind.is_lsi())
        {
            return Judgement::holds(self);
        }
        let seen: Vec<&str> = controllers
            .iter()
            .map(|controller| controller.kind.label())
            .collect();
        let finding = Finding::new(self, facts, "no LSI Logic controller")
            .seen(
                "controllers",
                if seen.is_empty() {
                    "none".to_owned()
                } else {
                    seen.join(", ")
                },
            )
            .fix(FixKind::AddLsiController);
        Judgement::from_findings(self, vec![finding])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample, vm::ControllerKind};

    #[test]
    fn sas_counts() {
        let mut facts = sample::ready();
        facts.master_target.controllers = Fact::Known(vec![sample::controller(
            1000,
            ControllerKind::LsiLogicSas,
            0,
            vec![],
        )]);
        assert_eq!(LsiLogicController.check(&facts).verdict, Verdict::Holds);
    }

    #[test]
    fn other_kinds_do_not_count() {
        let mut facts = sample::ready();
        facts.master_target.controllers = Fact::Known(vec![
            sample::controller(1000, ControllerKind::BusLogic, 0, vec![]),
            sample::controller(15000, ControllerKind::Sata, 0, vec![]),
        ]);
        let judgement = LsiLogicController.check(&facts);
        assert_eq!(judgement.verdict, Verdict::Broken);
        assert_eq!(
            judgement.findings[0].evidence[0].value,
            "BusLogic Parallel, SATA"
        );
        assert_eq!(judgement.findings[0].fix, Some(FixKind::AddLsiController));
    }
}
