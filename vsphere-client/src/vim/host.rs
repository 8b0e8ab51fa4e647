//! Pieces of a host, as its property paths give them.

use super::AboutInfo;
use crate::{wire_enum, wire_struct};

wire_enum! {
    /// Whether vCenter reaches the host (`HostSystem.runtime.connectionState`).
    pub enum HostSystemConnectionState = "HostSystemConnectionState" {
        /// It does.
        Connected = "connected",
        /// The host does not answer.
        NotResponding = "notResponding",
        /// Someone disconnected it.
        Disconnected = "disconnected",
    }
}

wire_enum! {
    /// Whether the host runs (`HostSystem.runtime.powerState`).
    pub enum HostSystemPowerState = "HostSystemPowerState" {
        /// It does.
        PoweredOn = "poweredOn",
        /// It does not.
        PoweredOff = "poweredOff",
        /// It sleeps, to save power.
        StandBy = "standBy",
    }
}

wire_enum! {
    /// The server's own verdict on an object (`overallStatus`).
    pub enum ManagedEntityStatus = "ManagedEntityStatus" {
        /// Nothing is known.
        Gray = "gray",
        /// All is well.
        Green = "green",
        /// Something may be wrong.
        Yellow = "yellow",
        /// Something is wrong.
        Red = "red",
    }
}

wire_struct! {
    /// State of a host (`HostSystem.runtime`), as far as it matters here.
    #[derive(Eq)]
    pub struct HostRuntimeInfo = "HostRuntimeInfo" {
        /// Whether vCenter reaches it.
        connection_state: HostSystemConnectionState = "connectionState",
        /// Whether it runs.
        power_state: HostSystemPowerState = "powerState",
        /// Whether it is in maintenance.
        in_maintenance_mode: bool = "inMaintenanceMode",
        /// When it booted.
        boot_time: Option<jiff::Timestamp> = "bootTime",
    }
}

wire_struct! {
    /// Name and product of a host (`HostSystem.summary.config`), as far as it matters here.
    #[derive(Eq)]
    pub struct HostConfigSummary = "HostConfigSummary" {
        /// Its name in the inventory.
        name: String = "name",
        /// Port of its service.
        port: Option<i32> = "port",
        /// Thumbprint of its certificate, SHA-1.
        ssl_thumbprint: Option<String> = "sslThumbprint",
        /// What it runs.
        product: Option<AboutInfo> = "product",
        /// Whether moves of running VMs are set up.
        vmotion_enabled: Option<bool> = "vmotionEnabled",
    }
}

wire_struct! {
    /// Hardware of a host (`HostSystem.summary.hardware`), as far as it matters here.
    #[derive(Eq)]
    pub struct HostHardwareSummary = "HostHardwareSummary" {
        /// The maker.
        vendor: String = "vendor",
        /// The model.
        model: String = "model",
        /// Its UUID.
        uuid: String = "uuid",
        /// Memory in bytes.
        memory_size: i64 = "memorySize",
        /// Clock in MHz.
        cpu_mhz: Option<i32> = "cpuMhz",
        /// Number of cores.
        num_cpu_cores: Option<i16> = "numCpuCores",
    }
}
