//! The fixes that are made only when asked for: power cycle, controllers, retention disk, snapshots.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a test ends where one fails"
)]

mod devices;
mod power;

use esx_tools::engine::{self, ChangeReport, Interrupt, Prepared, Silent, StepStatus};
use esx_tools::ops::{self, Prepare, PrepareOptions, VmSelector};
use esx_tools::plan::{Fixes, SnapshotLimit};
use integration_tests::site::Site;

const LINUX: &str = "mt-linux-01";
/// Its boot disk is on a paravirtual controller, and its Tools do not run.
const WINDOWS: &str = "mt-windows-01";
/// It has no disk for retention.
const SMALL: &str = "mt-linux-02";

fn power_cycle() -> Fixes {
    Fixes {
        power_cycle: true,
        power_limit: Some(20),
        ..Fixes::default()
    }
}

fn convert() -> Fixes {
    Fixes {
        convert_controllers: true,
        convert_windows_boot: true,
        force_power_off: true,
        ..power_cycle()
    }
}

fn retention(text: &str) -> Fixes {
    Fixes {
        retention_disk: Some(text.parse().unwrap()),
        ..Fixes::default()
    }
}

fn snapshots(limit: SnapshotLimit) -> Fixes {
    Fixes {
        snapshots: Some(limit),
        ..Fixes::default()
    }
}

async fn plan(site: &Site, vm: &str, fixes: &Fixes) -> Prepared<Prepare> {
    let options = PrepareOptions::default().with(fixes.clone());
    ops::prepare(&site.client, &VmSelector::from(vm), &options)
        .await
        .unwrap()
}

async fn prepare(site: &Site, vm: &str, fixes: &Fixes) -> ChangeReport<Prepare> {
    let prepared = plan(site, vm, fixes).await;
    engine::apply(&site.client, prepared, &Silent, &Interrupt::new())
        .await
        .unwrap()
}

fn status(report: &ChangeReport<Prepare>, id: &str) -> Option<StepStatus> {
    let step = report.steps.iter().find(|step| step.id.to_string() == id)?;
    Some(step.status())
}

fn detail<'r>(report: &'r ChangeReport<Prepare>, id: &str) -> &'r str {
    let step = report
        .steps
        .iter()
        .find(|step| step.id.to_string() == id)
        .unwrap();
    step.detail().unwrap_or_default()
}

fn runs(site: &Site, vm: &str) -> bool {
    site.text(vm, "runtime.powerState") == "poweredOn"
}

/// Whether the rule about disk UUIDs says that a power cycle is due.
fn is_due(report: &ChangeReport<Prepare>) -> bool {
    let after = report.after.after.as_ref().unwrap();
    let mut findings = after.judgements.iter().flat_map(|j| &j.findings);
    findings.any(|f| f.rule == "disk-enable-uuid" && f.summary.contains("power cycle"))
}

fn count(site: &Site, method: &str) -> usize {
    let all = site.server.calls();
    all.iter().filter(|call| call.method == method).count()
}

/// Files of a VM's disks with their units, in order.
fn slots(report: &ops::CheckReport) -> Vec<(Option<String>, Option<i32>, Option<i32>)> {
    let disks = report.facts.master_target.disks.known().unwrap();
    disks
        .iter()
        .map(|disk| (disk.path.clone(), disk.bus, disk.unit))
        .collect()
}
