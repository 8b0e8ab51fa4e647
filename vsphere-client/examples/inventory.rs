//! Lists the VMs of a vCenter or ESXi host, with power state and disks.
//!
//! See `shared/connect.rs` for the settings.
//!
//! ```text
//! cargo run -p vsphere-client --example inventory
//! ```

#[path = "shared/connect.rs"]
mod connect;

use std::error::Error;
use std::io::{Write, stdout};

use vsphere_client::property::Object;
use vsphere_client::vim::VirtualDevice;
use vsphere_client::{Client, property_set};

property_set! {
    /// What is listed of each VM.
    struct VmRow: "VirtualMachine" {
        /// Its name.
        name: Option<String> = "name",
        /// `poweredOn`, `poweredOff` or `suspended`.
        power_state: Option<String> = "runtime.powerState",
        /// All of its devices, disks among them.
        devices: Vec<VirtualDevice> = "config.hardware.device",
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Whatever happens inside, the session is logged out.
    Client::scope(connect::from_environment()?, list).await
}

async fn list(client: Client) -> Result<(), Box<dyn Error>> {
    let mut out = stdout();
    writeln!(
        out,
        "{}, API {}",
        client.about().full_name,
        client.api_version()
    )?;
    // Page by page: the first rows are there before the last ones are fetched.
    let mut listing = client
        .listing::<VmRow>(&client.content().root_folder)
        .await?;
    while let Some(page) = listing.next_page().await? {
        for vm in &page {
            show(&mut out, vm)?;
        }
    }
    listing.close().await?;
    let calls = client.calls();
    writeln!(out, "{} calls, {} bytes read", calls.total, calls.bytes_in)?;
    Ok(())
}

fn show(out: &mut impl Write, vm: &Object<VmRow>) -> std::io::Result<()> {
    let row = &vm.properties;
    let name = row.name.as_deref().unwrap_or("(name not readable)");
    let power = row.power_state.as_deref().unwrap_or("unknown");
    writeln!(out, "{name} ({}, {power})", vm.reference.value)?;
    for device in &row.devices {
        if let Some(disk) = device.as_disk() {
            let file = device.file_name().unwrap_or("no file");
            writeln!(
                out,
                "    {}: {file}, {} MiB",
                device.label(),
                disk.capacity() >> 20
            )?;
        }
    }
    for missing in &vm.missing {
        writeln!(
            out,
            "    {} cannot be read: {}",
            missing.path, missing.fault
        )?;
    }
    Ok(())
}
