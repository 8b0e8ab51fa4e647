//! Rule 18: the host's licence lets the API write.

use super::{Finding, Judgement, Rule, describe::describe};
use crate::site::Facts;

/// Neither the free edition nor a licence that has run out.
#[derive(Debug)]
pub(super) struct LicenceAllowsWriting;

impl Rule for LicenceAllowsWriting {
    describe! {
        18, "licence-allows-writing", Blocker, Server,
        title: "the licence of the master target's host allows the API to write",
        why: "The free Hypervisor edition answers every change through the API with RestrictedVersion, and a host whose licence has run out is cut off ('Reprotect from Azure to on-premises': the free editions of ESXi cannot be used). The disks cannot be attached, and reprotect fails.",
        remedy: "Give the host a licence that includes vCenter's or the storage API, for example vSphere Standard.",
    }

    super::describe::counts! { [master_target(Blocker, &REPROTECT), not_stated(appliance(Blocker, &REPROTECT))] }

    fn check(&self, facts: &Facts) -> Judgement {
        let licences = match facts.licences.get() {
            Ok(licences) => licences,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        if licences.is_empty() {
            return Judgement::unknown(self, "no licence is assigned to the host");
        }
        let serves = |licence: &crate::site::LicenceFacts| {
            !licence.is_free() && licence.expired != Some(true)
        };
        if licences.iter().any(serves) {
            return Judgement::holds(self);
        }
        let summary = if licences.iter().any(crate::site::LicenceFacts::is_free) {
            "the host has the free edition, whose API only reads"
        } else {
            "the host's licence has run out"
        };
        let mut finding = Finding::new(self, facts, summary);
        for licence in licences {
            finding = finding.seen(&licence.name, &licence.edition);
        }
        if let Some(host) = facts.host.known() {
            finding = finding.on(&host.name);
        }
        Judgement::from_findings(self, vec![finding])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        rules::Verdict,
        site::{LicenceFacts, sample},
    };

    fn with(licences: &[(&str, Option<bool>)]) -> Judgement {
        let mut facts = sample::ready();
        let licences = licences.iter().map(|(edition, expired)| LicenceFacts {
            edition: (*edition).into(),
            name: "a licence".into(),
            expired: *expired,
        });
        facts.licences = Fact::Known(licences.collect());
        LicenceAllowsWriting.check(&facts)
    }

    #[test]
    fn met() {
        for licences in [
            &[("esx.standard.cpuPackage", None)][..],
            &[("eval", Some(false))],
            &[("esxBasic", None), ("esx.standard.cpuPackage", None)],
        ] {
            assert_eq!(with(licences).verdict, Verdict::Holds, "{licences:?}");
        }
    }

    #[test]
    fn missing() {
        assert_eq!(with(&[]).verdict, Verdict::Unknown);
        let judgement = LicenceAllowsWriting.check(&sample::unread());
        assert_eq!(judgement.verdict, Verdict::Unknown);
    }

    #[test]
    fn broken_by_the_free_edition_and_by_time() {
        let free = with(&[("esxBasic", None)]);
        assert!(free.blocks());
        assert_eq!(free.findings[0].object, "esx-01");
        let over = with(&[("eval", Some(true))]);
        assert_eq!(over.findings[0].summary, "the host's licence has run out");
    }
}
