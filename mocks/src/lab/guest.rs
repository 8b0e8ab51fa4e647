//! Guests: what the operating system inside a VM tells when its Tools run.

use crate::shape::{narrow, parts, text};
use crate::value::{Data, Value};

/// The operating systems that scenarios install.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestOs {
    /// Ubuntu Linux (64-bit).
    Ubuntu,
    /// CentOS 7 (64-bit), the system of the Linux master target.
    CentOs7,
    /// Red Hat Enterprise Linux 9 (64-bit).
    Rhel9,
    /// Microsoft Windows Server 2008 R2 (64-bit).
    Windows2008R2,
    /// Microsoft Windows Server 2016 (64-bit).
    Windows2016,
    /// Microsoft Windows Server 2019 (64-bit).
    Windows2019,
    /// Microsoft Windows Server 2022 (64-bit).
    Windows2022,
}

impl GuestOs {
    /// `config.guestId`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Ubuntu => "ubuntu64Guest",
            Self::CentOs7 => "centos7_64Guest",
            Self::Rhel9 => "rhel9_64Guest",
            Self::Windows2008R2 => "windows7Server64Guest",
            Self::Windows2016 => "windows9Server64Guest",
            Self::Windows2019 => "windows2019srv_64Guest",
            Self::Windows2022 => "windows2019srvNext_64Guest",
        }
    }

    /// `config.guestFullName`.
    pub fn full_name(self) -> &'static str {
        match self {
            Self::Ubuntu => "Ubuntu Linux (64-bit)",
            Self::CentOs7 => "CentOS 7 (64-bit)",
            Self::Rhel9 => "Red Hat Enterprise Linux 9 (64-bit)",
            Self::Windows2008R2 => "Microsoft Windows Server 2008 R2 (64-bit)",
            Self::Windows2016 => "Microsoft Windows Server 2016 (64-bit)",
            Self::Windows2019 => "Microsoft Windows Server 2019 (64-bit)",
            Self::Windows2022 => "Microsoft Windows Server 2022 (64-bit)",
        }
    }

    /// Whether it is a Windows.
    pub fn is_windows(self) -> bool {
        matches!(
            self,
            Self::Windows2008R2 | Self::Windows2016 | Self::Windows2019 | Self::Windows2022
        )
    }

    fn family(self) -> &'static str {
        if self.is_windows() {
            "windowsGuest"
        } else {
            "linuxGuest"
        }
    }
}

/// A file system that the guest reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestVolume {
    /// Mount point or drive.
    pub path: String,
    /// Size in GiB.
    pub capacity_gb: i64,
    /// Free space in GiB.
    pub free_gb: i64,
    /// `ext4`, `xfs`, `NTFS`, …
    pub filesystem: &'static str,
    /// The device key of the disk it lies on.
    pub disk_key: i32,
}

/// The guest inside a VM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestProfile {
    /// Its operating system.
    pub os: GuestOs,
    /// Whether Tools are installed.
    pub tools_installed: bool,
    /// Whether Tools run when the VM does.
    pub tools_run: bool,
    /// Its host name.
    pub host_name: String,
    /// Its address.
    pub address: String,
    /// Its file systems.
    pub volumes: Vec<GuestVolume>,
}

impl GuestProfile {
    /// `guest` of a VM: `on` when it is powered on, `up` when Tools had time to start.
    pub(crate) fn tell(&self, config: &Data, on: bool, up: bool) -> Data {
        let answers = on && up && self.tools_run;
        let (status, version_status) = match (self.tools_installed, answers) {
            (false, _) => ("toolsNotInstalled", "guestToolsNotInstalled"),
            (true, false) => ("toolsNotRunning", "guestToolsUnmanaged"),
            (true, true) => ("toolsOk", "guestToolsUnmanaged"),
        };
        let running = if answers {
            "guestToolsRunning"
        } else {
            "guestToolsNotRunning"
        };
        let state = if answers { "running" } else { "notRunning" };
        let mut guest = Data::new("GuestInfo")
            .with_enum("toolsStatus", "VirtualMachineToolsStatus", status)
            .with("toolsVersionStatus", version_status)
            .with("toolsVersionStatus2", version_status)
            .with("toolsRunningStatus", running)
            .with(
                "toolsVersion",
                if self.tools_installed { "12389" } else { "0" },
            )
            .with("guestState", state)
            .with("appHeartbeatStatus", "appStatusGray")
            .with("guestKernelCrashed", false)
            .with("appState", "none")
            .with("guestOperationsReady", answers)
            .with("interactiveGuestOperationsReady", false)
            .with("guestStateChangeSupported", answers);
        if self.tools_installed {
            guest.set("toolsInstallType", "guestToolsTypeOpenVMTools");
        }
        if answers {
            guest.set("guestId", self.os.id());
            guest.set("guestFamily", self.os.family());
            guest.set("guestFullName", self.os.full_name());
            guest.set("hostName", self.host_name.as_str());
            guest.set("ipAddress", self.address.as_str());
            guest.set("net", Value::list("GuestNicInfo", self.nics(config)));
            guest.set("disk", Value::list("GuestDiskInfo", self.disks(config)));
        }
        guest
    }

    fn nics(&self, config: &Data) -> Vec<Data> {
        parts(config, "hardware.device")
            .filter(|device| device.is("VirtualEthernetCard"))
            .map(|card| {
                Data::new("GuestNicInfo")
                    .with("network", text(card, "backing.deviceName"))
                    .with("ipAddress", Value::list("string", [self.address.as_str()]))
                    .with("macAddress", card.str("macAddress").unwrap_or_default())
                    .with("connected", true)
                    .with("deviceConfigId", card.int("key").map_or(4000, narrow))
            })
            .collect()
    }

    fn disks(&self, config: &Data) -> Vec<Data> {
        let present = |key: i32| {
            parts(config, "hardware.device").any(|d| d.int("key") == Some(i64::from(key)))
        };
        self.volumes
            .iter()
            .filter(|volume| present(volume.disk_key))
            .map(|volume| {
                let mapping = Data::new("GuestInfoVirtualDiskMapping").with("key", volume.disk_key);
                Data::new("GuestDiskInfo")
                    .with("diskPath", volume.path.as_str())
                    .with("capacity", volume.capacity_gb << 30)
                    .with("freeSpace", volume.free_gb << 30)
                    .with("filesystemType", volume.filesystem)
                    .with(
                        "mappings",
                        Value::list("GuestInfoVirtualDiskMapping", [mapping]),
                    )
            })
            .collect()
    }
}
