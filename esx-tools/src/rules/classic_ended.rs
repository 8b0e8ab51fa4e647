//! Rule 32: the classic architecture has ended.

use super::{
    Finding, Judgement, Rule,
    describe::{counts, describe},
};
use crate::site::Facts;

/// A master target belongs to an architecture that has ended.
#[derive(Debug)]
pub(super) struct ClassicEnded;

impl Rule for ClassicEnded {
    describe! {
        32, "classic-ended", Info, Target,
        title: "the target belongs to the architecture that Azure runs today",
        why: "Azure ended the classic architecture on 2026-03-30 ('Note on the retirement of the classic experience (included in the documents on it)'). What was not moved to replication appliances can no longer be seen, managed or failed back in the portal ('Classic experience (deprecated) to protect VMware and physical machines using Azure Site Recovery'), and what is failed over cannot be moved. The documents on Azure VMware Solution still use a master target ('Reprotect from Azure to Azure VMware Solution private cloud'), and no document found says that they may.",
        remedy: "Make sure that the portal still offers reprotect for these VMs before preparing anything here; else use a replication appliance.",
    }

    counts! { [master_target(Info, &CLASSIC_RETIRED)] }

    fn check(&self, facts: &Facts) -> Judgement {
        if facts.target.is_appliance() {
            return Judgement::holds(self);
        }
        let finding = Finding::new(
            self,
            facts,
            "a master target is of the classic architecture, which Azure ended on 2026-03-30",
        );
        let document = crate::documents::CLASSIC_RETIRED;
        let cited = format!("'{}', {}", document.title, document.date);
        Judgement::from_findings(self, vec![finding.seen("document", cited)])
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        rules::{Severity, Verdict, judge},
        site::sample,
    };

    #[test]
    fn a_master_target_is_told_of_the_end_and_an_appliance_is_not() {
        let of = |facts| {
            let judgements = judge(&facts);
            judgements
                .into_iter()
                .find(|one| one.rule == "classic-ended")
        };
        let classic = of(sample::ready()).unwrap();
        assert_eq!(classic.worst(), Some(Severity::Info));
        assert!(classic.findings[0].summary.ends_with("2026-03-30"));
        let modernized = of(sample::appliance()).unwrap();
        assert_eq!(modernized.verdict, Verdict::NotApplicable);
    }
}
