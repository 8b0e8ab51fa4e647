//! Rule 9: the host of the master target sees a VMFS datastore.

use super::{Finding, Judgement, Rule, Severity, describe::describe};
use crate::site::{DatastoreFacts, DatastoreKind, Facts};

/// Whether the host can write to the datastore; `None` when nobody could say.
fn writable(datastore: &DatastoreFacts) -> Option<bool> {
    if datastore.accessible == Some(false) {
        return Some(false);
    }
    let mount = datastore.mount.known()?;
    Some(
        mount
            .as_ref()
            .is_some_and(crate::site::MountFacts::is_writable),
    )
}

fn described(datastore: &DatastoreFacts) -> String {
    let kind = datastore
        .kind
        .known()
        .map_or("unknown kind", DatastoreKind::label);
    let mount = match datastore.mount.get() {
        Ok(Some(mount))
            if mount.accessible == Some(false) || datastore.accessible == Some(false) =>
        {
            format!(
                "not accessible {}",
                mount.inaccessible_reason.as_deref().unwrap_or_default()
            )
        }
        Ok(Some(mount)) if mount.mounted == Some(false) => "not mounted".to_owned(),
        Ok(Some(mount)) => format!(
            "mounted {}",
            mount.access_mode.as_deref().unwrap_or("in an unknown mode")
        ),
        Ok(None) => "not mounted on this host".to_owned(),
        Err(reason) => format!("mount unknown: {reason}"),
    };
    format!("{kind}, {}", mount.trim_end())
}

/// The host can write to a VMFS datastore.
#[derive(Debug)]
pub(super) struct VmfsDatastoreVisible;

impl Rule for VmfsDatastoreVisible {
    describe! {
        9, "vmfs-datastore-visible", Blocker, Target,
        title: "the host of the master target sees a VMFS datastore",
        why: "The host that carries the master target needs at least one VMFS datastore ('Prepare for reprotection and failback of VMware VMs'); without one the page for reprotect offers no datastore to choose. vSAN works but takes only disks of its own kind.",
        remedy: "Give the host a VMFS datastore that it mounts read/write, or move the master target to a host that has one.",
    }

    super::describe::counts! { [master_target(Blocker, &PREPARE_FAILBACK), not_stated(appliance(Info, &FAILBACK_MODERNIZED))]; codes: [8061] }

    fn check(&self, facts: &Facts) -> Judgement {
        let datastores = match facts.datastores.get() {
            Ok(datastores) => datastores,
            Err(reason) => return Judgement::unknown(self, reason),
        };
        let host = facts.host.known().map_or("the host", |host| &host.name);
        let usable = |kind: &DatastoreKind| {
            datastores.iter().any(|datastore| {
                datastore.kind.known() == Some(kind) && writable(datastore) == Some(true)
            })
        };
        if usable(&DatastoreKind::Vmfs) {
            return Judgement::holds(self);
        }
        let seen = |mut finding: Finding| {
            for datastore in datastores {
                finding = finding.seen(&datastore.name, described(datastore));
            }
            finding.on(host)
        };
        if usable(&DatastoreKind::Vsan) {
            let finding = Finding::new(self, facts, "the host has vSAN but no VMFS datastore")
                .severity(Severity::Warning)
                .remedy("Check that every protected VM's disks are on vSAN as well, or give the host a VMFS datastore.");
            return Judgement::from_findings(self, vec![seen(finding)]);
        }
        let unread = |datastore: &&DatastoreFacts| {
            let may_be = match datastore.kind.known() {
                Some(kind) => matches!(kind, DatastoreKind::Vmfs | DatastoreKind::Vsan),
                None => true,
            };
            may_be && writable(datastore).is_none() || datastore.kind.known().is_none()
        };
        if let Some(datastore) = datastores.iter().find(unread) {
            let reason = datastore
                .kind
                .reason()
                .or(datastore.mount.reason())
                .unwrap_or("its mount could not be read");
            return Judgement::unknown(self, format!("datastore {}: {reason}", datastore.name));
        }
        let finding = Finding::new(
            self,
            facts,
            "the host sees no VMFS datastore that it can write to",
        );
        Judgement::from_findings(self, vec![seen(finding)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, rules::Verdict, site::sample};

    fn with(kind: DatastoreKind, access_mode: &str) -> Facts {
        let mut facts = sample::ready();
        if let Fact::Known(datastores) = &mut facts.datastores {
            datastores[0].kind = Fact::Known(kind);
            if let Fact::Known(Some(mount)) = &mut datastores[0].mount {
                mount.access_mode = Some(access_mode.into());
            }
        }
        facts
    }

    #[test]
    fn nfs_and_unheard_of_kinds_do_not_count() {
        for kind in [
            DatastoreKind::Nfs,
            DatastoreKind::Nfs41,
            DatastoreKind::Other("OTHER".into()),
        ] {
            assert!(
                VmfsDatastoreVisible
                    .check(&with(kind, "readWrite"))
                    .blocks()
            );
        }
    }

    #[test]
    fn a_read_only_mount_does_not_count() {
        let judgement = VmfsDatastoreVisible.check(&with(DatastoreKind::Vmfs, "readOnly"));
        assert!(judgement.blocks());
        assert_eq!(
            judgement.findings[0].evidence[0].value,
            "VMFS, mounted readOnly"
        );
    }

    #[test]
    fn vsan_is_a_warning() {
        let judgement = VmfsDatastoreVisible.check(&with(DatastoreKind::Vsan, "readWrite"));
        assert_eq!(
            (judgement.worst(), judgement.blocks()),
            (Some(Severity::Warning), false)
        );
    }

    #[test]
    fn an_unread_mount_is_unknown() {
        let mut facts = sample::ready();
        if let Fact::Known(datastores) = &mut facts.datastores {
            datastores[0].mount = Fact::unknown("no privilege");
        }
        assert_eq!(VmfsDatastoreVisible.check(&facts).verdict, Verdict::Unknown);
    }

    #[test]
    fn no_datastore_at_all_is_broken() {
        let mut facts = sample::ready();
        facts.datastores = Fact::Known(vec![]);
        assert!(VmfsDatastoreVisible.check(&facts).blocks());
    }
}
