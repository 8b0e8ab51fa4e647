//! The fixes that are made only when somebody asks for them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::tag::TagName;

/// Which fixes a plan is to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Everything that can be fixed.
    #[default]
    Prepare,
    /// Consolidation of disks only.
    Consolidate,
    /// Keep the VM from Storage vMotion.
    Exclude,
    /// Take back what keeps the VM from Storage vMotion, as far as esxtool set it.
    Include,
}

const GIB: i64 = 1 << 30;
/// The largest virtual disk of vSphere: 62 TiB.
const LARGEST: i64 = 62 << 40;
/// How long a guest may take to shut down, and VMware Tools to answer after power-on.
const POWER_LIMIT_SECONDS: u64 = 300;

/// What is asked for beyond the fixes that are safe on any VM. By default nothing.
///
/// # Examples
///
/// ```
/// use esx_tools::plan::Fixes;
///
/// let fixes = Fixes { power_cycle: true, ..Fixes::default() };
/// assert_eq!(fixes.power_limit_seconds(), 300);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fixes {
    /// Shut the guest down and power the VM on again when a change needs it.
    pub power_cycle: bool,
    /// Switch the VM off without its guest when the guest cannot be asked, or does not obey in time.
    pub force_power_off: bool,
    /// How many seconds the guest may take to shut down, and Tools to answer after power-on.
    pub power_limit: Option<u64>,
    /// Replace paravirtual controllers that carry devices by LSI Logic ones.
    pub convert_controllers: bool,
    /// Do so for the boot disk of a Windows guest as well.
    pub convert_windows_boot: bool,
    /// Add a disk for the retention volume.
    pub retention_disk: Option<RetentionDisk>,
    /// Forbid or allow snapshots.
    pub snapshots: Option<SnapshotLimit>,
    /// Attach this tag, so that other people see why the VM must not be moved.
    pub tag: Option<TagName>,
}

impl Fixes {
    /// What of it counts for a part of the work: all of it for the whole, the tag for exclusion.
    pub(super) fn within(&self, scope: Scope) -> Self {
        match scope {
            Scope::Prepare => self.clone(),
            Scope::Exclude => Self {
                tag: self.tag.clone(),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }

    /// [`Fixes::power_limit`], or what holds without it.
    pub fn power_limit_seconds(&self) -> u64 {
        self.power_limit.unwrap_or(POWER_LIMIT_SECONDS)
    }
}

/// Whether anybody may take snapshots of the VM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SnapshotLimit {
    /// `snapshot.maxSnapshots = 0`: the server refuses every snapshot.
    Forbid,
    /// As it was before esxtool forbade them.
    Allow,
}

/// A disk to be added for the retention volume, thin provisioned.
///
/// Written `SIZE[,DATASTORE]`, the size with a binary unit: `500GB`, `1TB`.
///
/// ```
/// use esx_tools::plan::RetentionDisk;
///
/// let disk: RetentionDisk = "1TB,gold-01".parse().unwrap();
/// assert_eq!((disk.bytes, disk.datastore.as_deref()), (1 << 40, Some("gold-01")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionDisk {
    /// Capacity in bytes, a whole number of GiB.
    pub bytes: i64,
    /// Name of the datastore; that of the VM's own files when unset.
    pub datastore: Option<String>,
}

/// Text that names no retention disk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetentionDiskError {
    /// No number with a unit.
    #[error("{0:?} is not a size: write a whole number with GB or TB, for example 500GB or 1TB")]
    NotASize(String),
    /// Too small or too large for a disk.
    #[error("{0} is not possible: a disk has between 1GB and 62TB")]
    OutOfRange(String),
    /// A comma without a name after it.
    #[error("the name of the datastore is missing after the comma")]
    NoDatastore,
}

impl FromStr for RetentionDisk {
    type Err = RetentionDiskError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (size, datastore) = match text.split_once(',') {
            Some((_, name)) if name.trim().is_empty() => {
                return Err(RetentionDiskError::NoDatastore);
            }
            Some((size, name)) => (size, Some(name.trim().to_owned())),
            None => (text, None),
        };
        Ok(Self {
            bytes: parse_size(size.trim())?,
            datastore,
        })
    }
}

fn parse_size(text: &str) -> Result<i64, RetentionDiskError> {
    let wrong = || RetentionDiskError::NotASize(text.to_owned());
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(digits);
    let number: i64 = number.parse().map_err(|_| wrong())?;
    // vSphere's own GB and TB are binary.
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "g" | "gb" | "gib" => GIB,
        "t" | "tb" | "tib" => GIB << 10,
        _ => return Err(wrong()),
    };
    number
        .checked_mul(unit)
        .filter(|bytes| (GIB..=LARGEST).contains(bytes))
        .ok_or_else(|| RetentionDiskError::OutOfRange(text.to_owned()))
}

impl fmt::Display for RetentionDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&size(self.bytes))?;
        match &self.datastore {
            Some(name) => write!(f, ",{name}"),
            None => Ok(()),
        }
    }
}

/// A capacity in the largest binary unit that leaves a whole number.
pub(super) fn size(bytes: i64) -> String {
    for (unit, name) in [(GIB << 10, "TB"), (GIB, "GB")] {
        if bytes >= unit && bytes % unit == 0 {
            return format!("{}{name}", bytes / unit);
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_their_unit() {
        for (text, bytes) in [
            ("500GB", 500 * GIB),
            ("500 gib", 500 * GIB),
            ("1TB", 1 << 40),
            ("2t", 2 << 40),
        ] {
            let disk: RetentionDisk = text.parse().unwrap();
            assert_eq!((disk.bytes, disk.datastore), (bytes, None), "{text}");
        }
        let disk: RetentionDisk = "1TB, slow disks".parse().unwrap();
        assert_eq!(disk.datastore.as_deref(), Some("slow disks"));
        assert_eq!(disk.to_string(), "1TB,slow disks");
    }

    #[test]
    fn what_is_no_size_is_told() {
        for text in [
            "",
            "1000",
            "GB",
            "1.5TB",
            "-1GB",
            "1MB",
            "9999999999999999999TB",
        ] {
            let refused = text.parse::<RetentionDisk>();
            assert!(
                matches!(refused, Err(RetentionDiskError::NotASize(_))),
                "{text}: {refused:?}"
            );
        }
        for text in ["0GB", "63TB", "9999999999TB"] {
            let refused = text.parse::<RetentionDisk>();
            assert!(
                matches!(refused, Err(RetentionDiskError::OutOfRange(_))),
                "{text}: {refused:?}"
            );
        }
        assert_eq!(
            "1TB,".parse::<RetentionDisk>(),
            Err(RetentionDiskError::NoDatastore)
        );
    }

    #[test]
    fn what_is_not_named_is_not_asked_for() {
        let fixes: Fixes = serde_json::from_str("{}").unwrap();
        assert_eq!(fixes, Fixes::default());
    }
}
