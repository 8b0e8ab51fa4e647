//! The options of `prepare-master-target` for fixes that are made only when asked for.

use clap::Args;
use esx_tools::plan::{Fixes, RetentionDisk, SnapshotLimit};
use esx_tools::tag::TagName;

/// What is to be fixed beyond what is safe on any VM.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Fixes that are made only when asked for")]
pub(crate) struct FixArgs {
    /// Shut the guest down and power the VM on again when a change needs it
    ///
    /// A change of disk.EnableUUID counts only after a power cycle, and a controller is replaced only while the VM is
    /// off. The guest is asked to shut down through VMware Tools; the VM is never switched off hard without
    /// --force-power-off. A VM that this run has shut down is powered on again whatever happens in between, after
    /// Ctrl-C too. A VM that is off stays off, and one that needs no power cycle keeps running.
    #[arg(long)]
    pub(crate) power_cycle: bool,
    /// Switch the VM off hard when VMware Tools do not run or the guest does not shut down in time
    #[arg(long, requires = "power_cycle")]
    pub(crate) force_power_off: bool,
    /// How long the guest may take to shut down, and VMware Tools to answer after power-on [default: 300]
    #[arg(long, value_name = "SECONDS", requires = "power_cycle", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) power_limit: Option<u64>,
    /// Replace paravirtual controllers that carry disks by LSI Logic ones
    ///
    /// LSI Logic SAS for Windows, LSI Logic Parallel for others, on the same bus, in one reconfigure: every device keeps
    /// its unit, so the order of disks stays. The VM has to be off, or --power-cycle is needed. The guest needs the
    /// driver before: LSI_SAS in Windows, mptspi in the initramfs of Linux.
    #[arg(long)]
    pub(crate) convert_controllers: bool,
    /// Move the boot disk of a Windows VM as well; its driver LSI_SAS has to start at boot, or Windows does not start
    #[arg(long, requires = "convert_controllers")]
    pub(crate) confirm_windows_boot: bool,
    /// Add a thin disk for the retention volume, such as 1TB or 500GB,gold-01
    ///
    /// On the datastore of the VM's own files unless one is named, which must have room for the whole size; at the first
    /// free slot of an LSI Logic controller. Nothing is added when an earlier run did, or another disk of the VM is
    /// large enough. Formatting and mounting it is for the guest.
    #[arg(long, value_name = "SIZE[,DATASTORE]")]
    pub(crate) add_retention_disk: Option<RetentionDisk>,
    /// Have the server refuse every snapshot (snapshot.maxSnapshots = 0), so that no backup job takes one
    #[arg(long)]
    pub(crate) forbid_snapshots: bool,
    /// Take --forbid-snapshots back
    #[arg(long, conflicts_with = "forbid_snapshots")]
    pub(crate) allow_snapshots: bool,
    #[command(flatten)]
    pub(crate) tag: TagArgs,
}

/// The tag that tells other people what the VM is.
#[derive(Args, Debug, Default)]
pub(crate) struct TagArgs {
    /// Attach this tag, such as asr-master-target, so that other people see why the VM must not be moved
    ///
    /// Without a category it belongs to "Azure Site Recovery". The tag and its category are made where they are
    /// missing. `storage-vmotion include` takes the tag off again. Tags need vCenter and its REST API.
    #[arg(long, value_name = "[CATEGORY/]NAME")]
    pub(crate) tag: Option<TagName>,
}

impl FixArgs {
    /// What is asked for.
    pub(crate) fn fixes(&self) -> Fixes {
        Fixes {
            power_cycle: self.power_cycle,
            force_power_off: self.force_power_off,
            power_limit: self.power_limit,
            convert_controllers: self.convert_controllers,
            convert_windows_boot: self.confirm_windows_boot,
            retention_disk: self.add_retention_disk.clone(),
            snapshots: match (self.forbid_snapshots, self.allow_snapshots) {
                (true, _) => Some(SnapshotLimit::Forbid),
                (_, true) => Some(SnapshotLimit::Allow),
                _ => None,
            },
            tag: self.tag.tag.clone(),
        }
    }
}
