//! Rule 19: the account holds the role.

use super::{
    Finding, Judgement, Rule,
    describe::{count, describe},
};
use crate::site::Facts;

/// Every privilege of the role, on every object concerned.
#[derive(Debug)]
pub(super) struct AccountPrivileges;

impl Rule for AccountPrivileges {
    describe! {
        19, "account-privileges", Blocker, Server,
        title: "the account holds every privilege of the role that Azure Site Recovery needs",
        why: "Azure Site Recovery works with this account: it finds VMs, browses datastores, attaches and detaches disks and powers VMs on ('Prepare for reprotection and failback', the table of privileges). What it may not do fails in the middle of reprotect or failback.",
        remedy: "Give the account a role with these privileges on the datacenter, propagated to what is below it.",
    }

    fn check(&self, facts: &Facts) -> Judgement {
        let role = match facts.role.get() {
            Ok(role) => role,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        if role.asked.is_empty() {
            return Judgement::unknown(
                self,
                "the server told nothing about the account's privileges",
            );
        }
        let user = facts.server.user.as_deref().unwrap_or("the account");
        let findings = role.lacking.iter().map(|entry| {
            let number = count(entry.privileges.len(), "privilege");
            Finding::new(self, facts, format!("{user} lacks {number} on it"))
                .on(&entry.name)
                .seen("object", &entry.on)
                .seen("missing", entry.privileges.join(", "))
        });
        Judgement::from_findings(self, findings.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        fact::Fact,
        rules::Verdict,
        site::{LackingFacts, sample},
    };

    #[test]
    fn missing() {
        assert_eq!(
            AccountPrivileges.check(&sample::unread()).verdict,
            Verdict::Unknown
        );
        let mut facts = sample::ready();
        if let Fact::Known(role) = &mut facts.role {
            role.asked.clear();
        }
        assert_eq!(AccountPrivileges.check(&facts).verdict, Verdict::Unknown);
    }

    #[test]
    fn each_object_that_lacks_something_is_told() {
        let mut facts = sample::ready();
        let on = vsphere_client::vim::ManagedObjectReference::new("Datastore", "datastore-1");
        if let Fact::Known(role) = &mut facts.role {
            role.lacking = vec![LackingFacts {
                on,
                name: "ds1".into(),
                privileges: vec!["Datastore.Browse".into()],
            }];
        }
        let judgement = AccountPrivileges.check(&facts);
        assert!(judgement.blocks());
        assert_eq!(judgement.findings[0].object, "ds1");
        assert_eq!(
            judgement.findings[0].summary,
            "VSPHERE.LOCAL\\Administrator lacks 1 privilege on it"
        );
    }
}
