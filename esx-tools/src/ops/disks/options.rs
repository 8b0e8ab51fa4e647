//! What an operation on disks is asked to do.

use crate::{ledger::DiskUuid, selector::VmSelector};

/// Which disks are to be attached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttachOptions {
    /// All disks of these VMs.
    pub vms: Vec<VmSelector>,
    /// Disks by their files, each as `[datastore] folder/file.vmdk`.
    pub files: Vec<String>,
    /// Attach the rest when a disk cannot be attached; else none of them.
    pub partial: bool,
}

impl AttachOptions {
    /// All disks of these VMs, all or none.
    pub fn of_vms(vms: impl IntoIterator<Item = VmSelector>) -> Self {
        Self {
            vms: vms.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Names disks by their files as well.
    #[must_use]
    pub fn with_files(mut self, files: impl IntoIterator<Item = String>) -> Self {
        self.files.extend(files);
        self
    }

    /// Whether the rest is attached when a disk cannot be.
    #[must_use]
    pub fn partial(mut self, partial: bool) -> Self {
        self.partial = partial;
        self
    }
}

/// Which disks are to be detached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DetachOptions {
    /// Everything in the ledger.
    pub all: bool,
    /// All that the ledger has of these VMs.
    pub vms: Vec<VmSelector>,
    /// These very disks, in the ledger or not.
    pub uuids: Vec<DiskUuid>,
}

impl DetachOptions {
    /// Everything in the ledger.
    pub fn all() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }

    /// All that the ledger has of these VMs.
    pub fn of_vms(vms: impl IntoIterator<Item = VmSelector>) -> Self {
        Self {
            vms: vms.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Names disks by UUID as well.
    #[must_use]
    pub fn with_uuids(mut self, uuids: impl IntoIterator<Item = DiskUuid>) -> Self {
        self.uuids.extend(uuids);
        self
    }
}
