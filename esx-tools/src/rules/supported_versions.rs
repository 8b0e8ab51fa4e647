//! Rule 28: vCenter and the master target's host are of versions that the support matrix lists.

use super::{
    Finding, Judgement, Rule,
    describe::{Review, describe},
};
use crate::site::Facts;

/// The versions of vCenter and ESXi that the support matrix lists, with all their updates.
const LISTED: &[(u32, u32)] = &[(6, 5), (6, 7), (7, 0), (8, 0)];

/// Neither vCenter nor the host is of a version that is not listed.
#[derive(Debug)]
pub(super) struct SupportedVersions;

impl Rule for SupportedVersions {
    describe! {
        28, "supported-versions", Warning, Server,
        title: "vCenter and the master target's host are of versions that the support matrix lists",
        why: "The matrix lists vCenter and ESXi 8.0 with its updates, 7.0, 6.7 and 6.5 ('Support matrix for disaster recovery of VMware VMs and physical servers to Azure'). Another version is not refused, but nobody has said that failback works with it.",
        remedy: "Use a master target on a host, and a vCenter, of a listed version; or try one unimportant VM first.",
    }

    super::describe::counts! { [master_target(Warning, &SUPPORT_MATRIX), appliance(Warning, &SUPPORT_MATRIX)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let mut review = Review::default();
        let server = &facts.server;
        if server.is_vcenter {
            let name = server.address.as_deref().unwrap_or("vCenter");
            self.judge(&mut review, facts, name, "vCenter", &server.version);
        }
        match facts.host.get() {
            Ok(host) => match &host.version {
                Some(version) => self.judge(&mut review, facts, &host.name, "ESXi", version),
                None => review.gap(format!(
                    "the server does not tell the version of {}",
                    host.name
                )),
            },
            Err(reason) => review.gap(reason),
        }
        review.conclude(self)
    }
}

impl SupportedVersions {
    fn judge(&self, review: &mut Review, facts: &Facts, name: &str, what: &str, version: &str) {
        match major_and_minor(version) {
            Some(release) if LISTED.contains(&release) => {}
            Some(_) => review.found(
                Finding::new(self, facts, format!("{what} {version} is not listed"))
                    .on(name)
                    .seen("version", version),
            ),
            None => review.gap(format!("{name}: {version:?} is no version of {what}")),
        }
    }
}

/// `8.0.3` is of release 8.0.
fn major_and_minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim().split('.');
    let mut number = || parts.next()?.parse().ok();
    Some((number()?, number()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        rules::{Severity, Verdict},
        site::sample,
    };

    fn with(vcenter: &str, host: Option<&str>) -> Judgement {
        let mut facts = sample::ready();
        facts.server.version = vcenter.into();
        if let Fact::Known(known) = &mut facts.host {
            known.version = host.map(Into::into);
        }
        SupportedVersions.check(&facts)
    }

    #[test]
    fn met() {
        for (vcenter, host) in [
            ("8.0.3", "8.0.0"),
            ("8.0.3", "7.0.3"),
            ("7.0", "6.7.0"),
            ("6.7.0", "6.5.0"),
        ] {
            assert_eq!(with(vcenter, Some(host)).verdict, Verdict::Holds);
        }
    }

    #[test]
    fn missing() {
        assert_eq!(with("8.0.3", None).verdict, Verdict::Unknown);
        assert_eq!(with("", Some("8.0.3")).verdict, Verdict::Unknown);
        let unread = SupportedVersions.check(&sample::unread());
        assert_eq!(unread.verdict, Verdict::Unknown);
    }

    #[test]
    fn an_older_and_a_newer_one_are_warned_of_each_by_itself() {
        let newer = with("9.0.0", Some("8.0.3"));
        assert_eq!(newer.findings[0].object, "vc.example.com");
        assert_eq!(newer.worst(), Some(Severity::Warning));
        let older = with("6.7.0", Some("6.0.0"));
        assert_eq!(older.findings[0].object, "esx-01");
        assert_eq!(older.findings[0].summary, "ESXi 6.0.0 is not listed");
        assert_eq!(with("9.1.0", Some("6.0.0")).findings.len(), 2);
        // Release 7.10 would be another one than 7.1 or 7.0.
        assert_eq!(with("7.10.0", Some("8.0.3")).findings.len(), 1);
    }

    #[test]
    fn a_host_without_vcenter_is_judged_once() {
        let mut facts = sample::standalone();
        facts.server.version = "6.0.0".into();
        if let Fact::Known(host) = &mut facts.host {
            host.version = Some("6.0.0".into());
        }
        assert_eq!(SupportedVersions.check(&facts).findings.len(), 1);
    }
}
