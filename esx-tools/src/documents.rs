//! The Azure documents that the rules rest on: title, date, file, and what was taken from each.
//!
//! `docs/documents.md` is written from this table. Dates are those that the documents carry themselves; a document
//! changes without a word, so a rule cites the edition that was read.

use std::fmt::Write as _;

use serde::Serialize;

/// One edition of one document of Azure Site Recovery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Its title.
    pub title: &'static str,
    /// The date of the edition that was read, `YYYY-MM-DD`.
    pub date: &'static str,
    /// Its file name, the last part of its address on `learn.microsoft.com/azure/site-recovery/`.
    #[serde(skip)]
    pub file: &'static str,
    /// What was taken from it.
    #[serde(skip)]
    pub taken: &'static str,
}

macro_rules! documents {
    ($($(#[doc = $doc:literal])* $name:ident: $title:literal, $date:literal, $file:literal, $taken:literal;)*) => {
        $($(#[doc = $doc])* pub const $name: Document = Document {
            title: $title,
            date: $date,
            file: $file,
            taken: $taken,
        };)*

        /// Every document, those of the modernized architecture first.
        pub const ALL: &[&Document] = &[$(&$name),*];
    };
}

documents! {
    /// Modernized: reprotect and planned failover.
    FAILBACK_MODERNIZED: "About on-premises disaster recovery failover/failback - Modernized", "2023-10-06",
        "failover-failback-overview-modernized",
        "At most 60 disks on an appliance; no Storage vMotion of it after reprotect; the datastore of the source VM always accessible to it; elsewhere any datastore of its vCenter that it can read and write; no retention disk; no separate master target for Linux; the on-premises VM is off. Silent on controllers, disk.EnableUUID, VMware Tools, snapshots of the appliance and types of datastores.";
    /// Modernized: failing over and back, step by step.
    FAIL_OVER_MODERNIZED: "Fail over VMware VMs - Modernized", "2023-09-29",
        "vmware-azure-tutorial-failover-failback-modernized",
        "A snapshot of the VM is taken between detaching its disks from the appliance and powering it on; a cancel, or a planned failover that fails, reverts to it.";
    /// Modernized: what an appliance needs.
    APPLIANCE_MATRIX: "Support matrix for deploying the replication appliance with Azure Site Recovery - modernized", "2026-04-21",
        "replication-appliance-support-matrix",
        "8 cores, 16 GB of memory, a disk of 80 GB for the system and one of 620 GB for data; Windows Server 2022, and 2019 where it runs already; ports 443 and 9443.";
    /// Modernized: deploying an appliance.
    DEPLOY_APPLIANCE: "Deploy Azure Site Recovery replication appliance - Modernized", "2026-04-06",
        "deploy-vmware-azure-replication-appliance-modernized",
        "An appliance is not to be cloned; the template brings all that it needs.";
    /// Modernized: the account.
    SET_UP_MODERNIZED: "Set up disaster recovery to Azure for on-premises VMware VMs - Modernized", "2026-04-06",
        "vmware-azure-set-up-replication-tutorial-modernized",
        "The table of privileges, with creating, removing and reverting to snapshots.";
    /// Modernized: the architecture.
    ARCHITECTURE_MODERNIZED: "VMware to Azure disaster recovery architecture - Modernized", "2026-04-06",
        "vmware-azure-architecture-modernized",
        "VMs reach the appliance at 443 and 9443.";
    /// Both: what can be replicated at all.
    SUPPORT_MATRIX: "Support matrix for disaster recovery of VMware VMs and physical servers to Azure", "2026-04-06",
        "vmware-physical-azure-support-matrix",
        "vCenter and ESXi 6.5 to 8.0; no shared cluster disks, no encrypted disks; disks by raw device mapping come back as further disks; nothing fails back to vVols; no two VMs with one BIOS UUID.";
    /// Both: to the original or to another location.
    TYPES_OF_FAILBACK: "Failback of VMware virtual machines after disaster recovery to Azure", "2019-08-07",
        "concepts-types-of-failback",
        "To another location only VMFS and vSAN, and no raw device mapping; disk.EnableUUID lets the service find the original VMDK. Written for classic; the modernized documents refer to it.";
    /// Classic: reprotect.
    REPROTECT: "Reprotect from Azure to on-premises", "2026-02-12",
        "vmware-azure-reprotect",
        "No snapshots on the master target, those of the VM are merged; one family of operating system in a group, one master target for it; datastores mounted read/write on the master target's host; template disks with UUIDs of their own; no free edition of ESXi; no physical Windows Server 2008 R2 SP1; vCenter connected.";
    /// Classic: reprotect, an earlier edition that says more.
    REPROTECT_2018: "Reprotect and fail back machines to an on-premises site after failover to Azure", "2018-12-17",
        "vmware-azure-reprotect",
        "NFS is not supported, only VMFS and vSAN. Later editions no longer say it.";
    /// Classic: what a master target needs.
    PREPARE_FAILBACK: "Prepare for reprotection and failback of VMware VMs", "2019-12-24",
        "vmware-azure-prepare-failback",
        "At most 60 disks; no paravirtual controller, only LSI Logic; no snapshots; Storage vMotion takes attached disks along; the retention drive; VMware Tools; disk.EnableUUID; a VMFS datastore on the host; the same operating system, the same version or newer.";
    /// Classic: errors.
    TROUBLESHOOT_FAILBACK: "Troubleshoot failback to on-premises from Azure", "2025-09-22",
        "vmware-azure-troubleshoot-failback-reprotect",
        "The codes 95226, 78052, 78093, 8061 and 8038.";
    /// Classic: a Linux master target.
    LINUX_MASTER_TARGET: "Install a Linux master target server for failback", "2026-02-13",
        "vmware-azure-install-linux-master-target",
        "6 GB of memory, 4 cores, a system disk of 100 GB, 1 TB for retention; disk.EnableUUID is set while the VM is off.";
    /// Classic: the account.
    PREPARE_ON_PREMISES: "Prepare on-premises VMware servers for disaster recovery to Azure", "2019-05-30",
        "vmware-azure-tutorial-prepare-on-premises",
        "The table of privileges, with removing snapshots only.";
    /// Classic: errors of replication.
    TROUBLESHOOT_REPLICATION: "Troubleshoot replication issues for VMware VMs and physical servers", "2025-09-23",
        "vmware-azure-troubleshoot-replication",
        "The codes 78022 and 806.";
    /// Classic: errors of discovery.
    TROUBLESHOOT_DISCOVERY: "Troubleshoot vCenter Server discovery failures", "2025-12-09",
        "vmware-azure-troubleshoot-vcenter-discovery-failures",
        "The code 95126: snapshot.maxSnapshots with a value that is no number.";
    /// Classic: its end, by date.
    CLASSIC_RETIRED: "Note on the retirement of the classic experience (included in the documents on it)", "2026-04-06",
        "vmware-to-azure-classic-experience-retirement-note",
        "The classic architecture ended on 2026-03-30.";
    /// Classic: its end, and what it means.
    CLASSIC_DEPRECATION: "Classic experience (deprecated) to protect VMware and physical machines using Azure Site Recovery", "2026-08-26",
        "vmware-physical-azure-classic-deprecation",
        "What was not moved can no longer be seen, managed or failed back in the portal. It names 15 March in one line and 30 March in another.";
    /// Classic: Azure VMware Solution.
    AVS_REPROTECT: "Reprotect from Azure to Azure VMware Solution private cloud", "2026-02-12",
        "avs-tutorial-reprotect",
        "The private cloud uses a master target of its own; it is older than the end of classic, and no document found exempts it.";
}

/// The page `esx-tools/docs/documents.md` as Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# The documents behind the rules\n\n\
         Written from `esx-tools/src/documents.rs`: change it there, then run the tests with `UPDATE_DOCS=1`. The date is \
         that of the edition that was read; `file` is the last part of the address below \
         `https://learn.microsoft.com/azure/site-recovery/`. Documents change without notice: where a rule and the newest \
         edition disagree, the edition counts.\n\n\
         | title | date | file | what was taken |\n| --- | --- | --- | --- |\n",
    );
    for one in ALL {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            one.title, one.date, one.file, one.taken
        );
    }
    page.push_str(NOT_FOUND);
    page
}

/// What no document says, so that nobody looks for it twice.
const NOT_FOUND: &str = "\n## What no document says\n\n\
    - Codes of the portal for the modernized architecture beyond the health of the appliance's components; codes for \
    snapshots, paravirtual controllers, a 61st disk, retention, shared UUIDs, licences or missing privileges.\n\
    - Whether the appliance's own disks count among the 60.\n\
    - SCSI controllers, disk.EnableUUID, VMware Tools, snapshots and the types of datastores for an appliance: the rules on \
    them are information there, or a warning where vSphere itself makes it one.\n\
    - snapshot.maxSnapshots=0, independent and multi-writer disks, linked clones: what the rules say of them follows from \
    vSphere and from what the service does.\n\
    - Port 902 of the host, which vSphere itself uses for disks.\n\
    - That Azure VMware Solution is exempt from the end of classic.\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_the_repository_is_up_to_date() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/documents.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(
            kept == page(),
            "docs/documents.md is out of date: run the tests with UPDATE_DOCS=1"
        );
    }

    #[test]
    fn each_document_has_a_date_and_says_what_was_taken() {
        for one in ALL {
            assert!(
                one.date.parse::<jiff::civil::Date>().is_ok(),
                "{}",
                one.title
            );
            assert!(one.taken.ends_with('.'), "{}", one.title);
            let twin = |other: &&&Document| other.file == one.file && other.date == one.date;
            assert_eq!(ALL.iter().filter(twin).count(), 1, "{}", one.title);
        }
    }
}
