//! Rule 19: the account holds the role.

use super::{
    Finding, Judgement, Rule,
    describe::{count, describe},
};
use crate::{role::RoleTable, site::Facts, target_kind::TargetKind};

/// Every privilege of the role, on every object concerned.
#[derive(Debug)]
pub(super) struct AccountPrivileges;

impl Rule for AccountPrivileges {
    describe! {
        19, "account-privileges", Blocker, Server,
        title: "the account holds every privilege of the role that Azure Site Recovery needs",
        why: "Azure Site Recovery works with this account: it finds VMs, browses datastores, attaches and detaches disks and powers VMs on ('Set up disaster recovery to Azure for on-premises VMware VMs - Modernized'; for a separate master target 'Prepare on-premises VMware servers for disaster recovery to Azure', which asks for no more than to remove snapshots). What it may not do fails in the middle of reprotect or failback.",
        remedy: "Give the account a role with these privileges on the datacenter, propagated to what is below it.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_ON_PREMISES), appliance(Blocker, &SET_UP_MODERNIZED)] }

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
        let table = RoleTable::of(target_of(facts));
        let findings = role.lacking.iter().filter_map(|entry| {
            let needed: Vec<&str> = table.on(&entry.on.kind).collect();
            let missing = entry.privileges.iter().map(String::as_str);
            let missing: Vec<&str> = missing.filter(|one| needed.contains(one)).collect();
            if missing.is_empty() {
                return None;
            }
            let number = count(missing.len(), "privilege");
            let finding = Finding::new(self, facts, format!("{user} lacks {number} on it"));
            let source = format!("'{}', {}", table.document.title, table.document.date);
            Some(
                finding
                    .on(&entry.name)
                    .seen("object", &entry.on)
                    .seen("missing", missing.join(", "))
                    .seen("table", source),
            )
        });
        Judgement::from_findings(self, findings.collect())
    }
}

/// The kind of target whose table of privileges counts.
fn target_of(facts: &Facts) -> TargetKind {
    facts.target.kind.unwrap_or_default()
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

    /// The tables differ in snapshots alone, and the one of the target counts.
    #[test]
    fn an_account_with_the_classic_role_is_enough_for_a_master_target_only() {
        let mut facts = sample::ready();
        let on = facts.master_target.moref.clone();
        if let Fact::Known(role) = &mut facts.role {
            role.lacking = vec![LackingFacts {
                on,
                name: "mt".into(),
                privileges: vec!["VirtualMachine.State.CreateSnapshot".into()],
            }];
        }
        facts.target.kind = Some(TargetKind::MasterTarget);
        assert_eq!(AccountPrivileges.check(&facts).verdict, Verdict::Holds);
        facts.target.kind = Some(TargetKind::Appliance);
        let judgement = AccountPrivileges.check(&facts);
        assert!(judgement.blocks());
        let table = &judgement.findings[0].evidence[2].value;
        assert!(table.contains("Modernized', 2026-04-06"), "{table}");
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
