//! What the guest of a VM tells: operating system, VMware Tools, volumes.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::GuestDiskInfo;

/// The family of an operating system, as far as failback cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OsFamily {
    /// Windows.
    Windows,
    /// Linux.
    Linux,
    /// Something else: Azure Site Recovery does not protect it.
    Other,
}

impl OsFamily {
    /// The family by what the guest says, else by what the VM was made for.
    pub fn of(guest_family: Option<&str>, guest_id: Option<&str>) -> Option<Self> {
        match guest_family {
            Some("windowsGuest") => return Some(Self::Windows),
            Some("linuxGuest") => return Some(Self::Linux),
            Some("") | None => {}
            Some(_) => return Some(Self::Other),
        }
        let id = guest_id?.to_ascii_lowercase();
        if id.is_empty() || matches!(id.as_str(), "otherguest" | "otherguest64") {
            return None;
        }
        const LINUX: &[&str] = &[
            "linux",
            "rhel",
            "centos",
            "oracle",
            "sles",
            "suse",
            "opensuse",
            "ubuntu",
            "debian",
            "rocky",
            "alma",
            "amazon",
            "asianux",
            "coreos",
            "fedora",
            "redhat",
            "photon",
            "other",
            "mandr",
            "turbo",
            "vmwarephoton",
            "crxpod",
            "nld",
            "oes",
            "sjds",
            "kylin",
            "generic",
            "miracle",
            "pardus",
            "fusionos",
            "prolinux",
            "flatcar",
            "crxsys",
        ];
        if id.starts_with("win") {
            Some(Self::Windows)
        } else if LINUX.iter().any(|start| id.starts_with(start)) {
            Some(Self::Linux)
        } else {
            Some(Self::Other)
        }
    }

    /// The name people know.
    pub fn label(self) -> &'static str {
        match self {
            Self::Windows => "Windows",
            Self::Linux => "Linux",
            Self::Other => "neither Windows nor Linux",
        }
    }
}

/// VMware Tools in the guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolsFacts {
    /// `guest.toolsRunningStatus`, for example `guestToolsRunning`.
    pub running_status: Option<String>,
    /// `guest.toolsVersionStatus2`, for example `guestToolsCurrent`.
    pub version_status: Option<String>,
}

/// A volume as the guest reports it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestDisk {
    /// Path in the guest, for example `/mnt/retention` or `R:\`.
    pub path: String,
    /// Capacity in bytes.
    pub capacity_bytes: Option<i64>,
    /// Free bytes.
    pub free_bytes: Option<i64>,
    /// File system, from API 7.0 on.
    pub filesystem: Option<String>,
    /// Keys of the virtual disks that it lies on, from API 7.0 on.
    #[serde(default)]
    pub disk_keys: Vec<i32>,
}

impl GuestDisk {
    /// Whether it stands where the retention volume belongs: `R:` on Windows, `/mnt/retention` on Linux.
    pub fn is_retention_volume(&self, windows: bool) -> bool {
        if windows {
            self.path
                .trim_end_matches(['\\', '/'])
                .eq_ignore_ascii_case("R:")
        } else {
            self.path.trim_end_matches('/') == "/mnt/retention"
        }
    }

    /// Whether the guest's system lives on it: `C:` on Windows, `/` on Linux.
    pub fn is_system_volume(&self, windows: bool) -> bool {
        if windows {
            self.path
                .trim_end_matches(['\\', '/'])
                .eq_ignore_ascii_case("C:")
        } else {
            self.path == "/"
        }
    }
}

/// The facts from the wire.
pub(super) fn volume(disk: &GuestDiskInfo) -> GuestDisk {
    GuestDisk {
        path: disk.disk_path.clone().unwrap_or_default(),
        capacity_bytes: disk.capacity,
        free_bytes: disk.free_space,
        filesystem: disk.filesystem_type.clone(),
        disk_keys: disk.mappings.iter().map(|mapping| mapping.key).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_follows_the_guest_and_else_the_identifier() {
        for (family, id, expected) in [
            (
                Some("linuxGuest"),
                Some("windows9Server64Guest"),
                Some(OsFamily::Linux),
            ),
            (
                None,
                Some("windows2019srv_64Guest"),
                Some(OsFamily::Windows),
            ),
            (None, Some("winNetEnterpriseGuest"), Some(OsFamily::Windows)),
            (None, Some("ubuntu64Guest"), Some(OsFamily::Linux)),
            (None, Some("other5xLinux64Guest"), Some(OsFamily::Linux)),
            (Some(""), Some("rhel9_64Guest"), Some(OsFamily::Linux)),
            (None, Some("genericLinuxGuest"), Some(OsFamily::Linux)),
            (None, Some("flatcar_64Guest"), Some(OsFamily::Linux)),
            (None, Some("eComStation2Guest"), Some(OsFamily::Other)),
            (None, Some("freebsd13_64Guest"), Some(OsFamily::Other)),
            (Some("solarisGuest"), None, Some(OsFamily::Other)),
            (None, Some("otherGuest64"), None),
            (None, None, None),
        ] {
            assert_eq!(OsFamily::of(family, id), expected, "{family:?} {id:?}");
        }
    }
}
