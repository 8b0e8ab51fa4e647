//! Rule 24: the servers of Azure Site Recovery and the host answer.

use super::{Finding, Judgement, Rule, describe::describe};
use crate::site::Facts;

/// Every server that was named answers on its ports.
#[derive(Debug)]
pub(super) struct ServersAnswer;

impl Rule for ServersAnswer {
    describe! {
        24, "servers-answer", Warning, Server,
        title: "configuration server, process server and the master target's host answer",
        why: "Data goes from Azure to the process server (443 and 9443), from there to the master target, and the configuration server (443) leads it; disks are reached through the host (443 and 902). The documents name 443 and 9443 ('Support matrix for deploying the replication appliance with Azure Site Recovery - modernized', 'Troubleshoot replication issues for VMware VMs and physical servers'); 902 is the port of vSphere itself. A closed port shows only hours later, as replication that does not move.",
        remedy: "Open the port between the VMs concerned, or start the service. It was tried from the VM that esxtool runs on, which may stand behind other firewalls.",
    }

    super::describe::counts! { [master_target(Warning, &TROUBLESHOOT_REPLICATION), appliance(Warning, &APPLIANCE_MATRIX)]; codes: [806, 95226] }

    fn check(&self, facts: &Facts) -> Judgement {
        let probes = &facts.protected.probes;
        if probes.is_empty() {
            return Judgement::not_applicable(self, "no server was named to be tried");
        }
        let findings = probes.iter().filter_map(|probe| {
            let error = probe.error.as_ref()?;
            let summary = format!("the {} does not answer at {}", probe.role, probe.endpoint);
            let finding = Finding::new(self, facts, summary)
                .on(&probe.endpoint.host)
                .seen(probe.endpoint.to_string(), error);
            Some(finding)
        });
        Judgement::from_findings(self, findings.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        rules::{Severity, Verdict},
        site::sample,
    };

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(
            ServersAnswer.check(&sample::protecting()).verdict,
            Verdict::Holds
        );
        assert_eq!(
            ServersAnswer.check(&sample::ready()).verdict,
            Verdict::NotApplicable
        );
    }

    #[test]
    fn silence_is_a_warning() {
        let mut facts = sample::protecting();
        facts.protected.probes[0].error = Some("no answer within 3 s".into());
        let judgement = ServersAnswer.check(&facts);
        assert_eq!(judgement.worst(), Some(Severity::Warning));
        assert_eq!(
            judgement.findings[0].summary,
            "the configuration server does not answer at cs:443"
        );
        assert_eq!(
            judgement.findings[0].evidence[0].value,
            "no answer within 3 s"
        );
    }
}
