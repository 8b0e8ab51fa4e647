//! The arguments of `inventory`.

use clap::{Args, ValueEnum};

/// `inventory`
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  esxtool inventory vms --path '/London/vm/Protected/**' -o wide
  esxtool inventory datastores --where 'free < 100GB and kind = VMFS'
  esxtool inventory snapshots --where 'age > 30d or size > 50GB' -o csv
  esxtool inventory disks --where 'vm_name ~ sql-* and deltas > 0' -o ndjson | head

The columns and the language of --where are described in cli/docs/inventory.md; a column that does not exist
is answered with the list of those that do.")]
pub(crate) struct InventoryArgs {
    /// What to list
    #[arg(value_enum)]
    pub(crate) kind: InventoryKind,

    /// Only what stands at this inventory path or has this name; `*` and `?` stay within a name, `**` goes over folders
    ///
    /// With a slash it is held against inventory paths, else against names. Without wild cards it is one thing, or
    /// all that stands below a folder, datacenter or cluster; only that part is read then. Controllers, disks and
    /// snapshots stand where their VM stands.
    #[arg(long, value_name = "GLOB")]
    pub(crate) path: Option<String>,

    /// Only rows for which this holds, such as 'free < 10GB and not accessible'
    ///
    /// Columns are compared by = != < <= > >= and by ~ !~ with a pattern, and joined by and, or, not and
    /// parentheses. Sizes are written 10GB, spans of time 30d, moments 2024-05-31. A column by itself means yes,
    /// or that there is a value.
    #[arg(long = "where", value_name = "EXPR")]
    pub(crate) condition: Option<String>,
}

/// What `inventory` lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum InventoryKind {
    /// Hosts
    Hosts,
    /// Datastores, with the hosts that mount them
    Datastores,
    /// VMs
    Vms,
    /// SCSI and other disk controllers of every VM, with used and free slots
    Controllers,
    /// Snapshots of every VM, with age and size
    Snapshots,
    /// Disks of every VM
    Disks,
}

impl InventoryKind {
    pub(crate) const fn command(self) -> &'static str {
        match self {
            Self::Hosts => "inventory hosts",
            Self::Datastores => "inventory datastores",
            Self::Vms => "inventory vms",
            Self::Controllers => "inventory controllers",
            Self::Snapshots => "inventory snapshots",
            Self::Disks => "inventory disks",
        }
    }
}
