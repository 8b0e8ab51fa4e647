//! Rule 20: the vCenter to fail back to knows the master target.

use super::{Finding, Judgement, Rule, describe::describe};
use crate::{selector::VmSelector, site::Facts};

/// The master target is a VM of that vCenter, and vCenter reaches it.
#[derive(Debug)]
pub(super) struct KnownToVcenter;

impl Rule for KnownToVcenter {
    describe! {
        20, "known-to-vcenter", Blocker, Target,
        title: "the vCenter that the VMs fail back to knows the master target",
        why: "When VMs fail back to another vCenter than the one they came from, that one must have discovered the master target ('Reprotect from Azure to on-premises', failback to an alternate location). A master target that the vCenter does not know or cannot reach is not offered for reprotect.",
        remedy: "Register the master target with the vCenter that the VMs fail back to, and wait until the configuration server has discovered it.",
    }

    super::describe::counts! { [master_target(Blocker, &REPROTECT), appliance(Blocker, &FAILBACK_MODERNIZED)] }

    fn check(&self, facts: &Facts) -> Judgement {
        let vm = &facts.master_target;
        let server = &facts.server;
        let wanted = facts.protected.failback_vcenter.as_deref();
        let same = |wanted: &str, known: Option<&String>| {
            known.is_some_and(|known| known.eq_ignore_ascii_case(wanted))
        };
        if !server.is_vcenter {
            let managed_by = match facts.host.get() {
                Ok(host) => host.managed_by.as_ref(),
                Err(reason) => return Judgement::unknown(self, reason),
            };
            return match (managed_by, wanted) {
                (Some(_), Some(wanted)) if same(wanted, managed_by) => Judgement::holds(self),
                (Some(address), _) => Judgement::unknown(
                    self,
                    format!("the host is managed by the vCenter at {address}: ask that one"),
                ),
                (None, Some(wanted)) => {
                    let summary = format!("its host belongs to no vCenter, so not to {wanted}");
                    Judgement::from_findings(self, vec![Finding::new(self, facts, summary)])
                }
                (None, None) => Judgement::not_applicable(self, "there is no vCenter"),
            };
        }
        match vm.connection_state.as_deref() {
            None => {
                return Judgement::unknown(self, "the server leaves runtime.connectionState unset");
            }
            Some("connected") => {}
            Some(state) => {
                let finding = Finding::new(self, facts, format!("vCenter calls it {state}"))
                    .seen("runtime.connectionState", state)
                    .remedy("Look at the VM's host; remove the VM from the inventory and register it again when it is orphaned.");
                return Judgement::from_findings(self, vec![finding]);
            }
        }
        if vm.template == Some(true) {
            let finding = Finding::new(self, facts, "it is a template, not a VM")
                .seen("config.template", true)
                .remedy("Convert it to a VM, or deploy one from it.");
            return Judgement::from_findings(self, vec![finding]);
        }
        let Some(wanted) = wanted else {
            return Judgement::holds(self);
        };
        if same(wanted, server.instance_uuid.as_ref()) || same(wanted, server.address.as_ref()) {
            return Judgement::holds(self);
        }
        let here = server.instance_uuid.as_deref().unwrap_or("not told");
        if matches!(VmSelector::parse(wanted), VmSelector::Uuid(_))
            && server.instance_uuid.is_some()
        {
            let finding = Finding::new(self, facts, "it belongs to another vCenter")
                .seen("vCenter to fail back to", wanted)
                .seen("vCenter of the master target", here);
            return Judgement::from_findings(self, vec![finding]);
        }
        Judgement::unknown(
            self,
            format!(
                "nothing tells whether {wanted} is this vCenter, whose instance UUID is {here}: name it by that"
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    const UUID: &str = "5012c7b2-1d2b-8a4f-3d2e-000000000001";

    fn with(change: impl FnOnce(&mut Facts)) -> Judgement {
        let mut facts = sample::ready();
        change(&mut facts);
        KnownToVcenter.check(&facts)
    }

    fn wanted(name: &str) -> Judgement {
        with(|facts| {
            facts.server.instance_uuid = Some(UUID.into());
            facts.protected.failback_vcenter = Some(name.into());
        })
    }

    #[test]
    fn met_and_not_applicable() {
        assert_eq!(with(|_| {}).verdict, Verdict::Holds);
        assert_eq!(wanted(&UUID.to_uppercase()).verdict, Verdict::Holds);
        assert_eq!(wanted("vc.example.com").verdict, Verdict::Holds);
        let alone = KnownToVcenter.check(&sample::standalone());
        assert_eq!(alone.verdict, Verdict::NotApplicable);
    }

    #[test]
    fn missing() {
        assert_eq!(
            KnownToVcenter.check(&sample::unread()).verdict,
            Verdict::Unknown
        );
        let judgement = wanted("alias.example.com");
        assert_eq!(judgement.verdict, Verdict::Unknown);
        assert!(judgement.reason.is_some_and(|reason| reason.contains(UUID)));
    }

    #[test]
    fn broken_in_each_way() {
        for (judgement, expected) in [
            (
                wanted("5012c7b2-1d2b-8a4f-3d2e-000000000002"),
                "it belongs to another vCenter",
            ),
            (
                with(|facts| facts.master_target.connection_state = Some("orphaned".into())),
                "vCenter calls it orphaned",
            ),
            (
                with(|facts| facts.master_target.template = Some(true)),
                "it is a template, not a VM",
            ),
        ] {
            assert_eq!(judgement.findings[0].summary, expected);
            assert!(judgement.blocks());
        }
    }

    #[test]
    fn a_host_is_asked_for_its_vcenter() {
        let managed = |wanted: Option<&str>| {
            let mut facts = sample::standalone();
            if let Fact::Known(host) = &mut facts.host {
                host.managed_by = Some("192.0.2.10".into());
            }
            facts.protected.failback_vcenter = wanted.map(Into::into);
            KnownToVcenter.check(&facts).verdict
        };
        assert_eq!(managed(Some("192.0.2.10")), Verdict::Holds);
        assert_eq!(managed(None), Verdict::Unknown);
        let mut alone = sample::standalone();
        alone.protected.failback_vcenter = Some("vc".into());
        assert!(KnownToVcenter.check(&alone).blocks());
    }
}
