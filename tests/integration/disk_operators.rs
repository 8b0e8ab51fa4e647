//! Several operators at once on one master target.

#![expect(
    clippy::expect_used,
    reason = "helpers of tests: what fails here fails the test"
)]

use std::collections::BTreeMap;

use esx_tools::disks::attach::{Attach, AttachOptions};
use esx_tools::disks::detach::{Detach, DetachOptions};
use esx_tools::disks::{self, DiskStatus, DisksAfter};
use esx_tools::engine::{self, ChangeReport, Interrupt, Operation, Outcome, Silent};
use esx_tools::ledger::DiskUuid;
use esx_tools::ops::OpError;
use integration_tests::site::Site;
use mocks::{Data, Role, Server, Value};
use vsphere_client::Client;

const TARGET: &str = "mt-linux-01";

/// The VMs whose disks are attached and detached, each disk by an operator of its own.
const OWNERS: [&str; 3] = ["app-01", "app-02", "win-01"];

const ROUNDS: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn operators_that_overtake_each_other_all_get_on_and_keep_the_ledger_whole() {
    let site = Site::start("disks").await;
    let wanted: BTreeMap<String, String> = OWNERS
        .iter()
        .flat_map(|owner| disks_of(&site.server, owner))
        .collect();
    assert_eq!(wanted.len(), 6);
    let mut operators = tokio::task::JoinSet::new();
    for (uuid, file) in wanted.clone() {
        let client = Site::log_in(&site.server, Role::Administrator).await;
        let uuid: DiskUuid = uuid.parse().expect("a UUID");
        operators.spawn(async move {
            for _ in 0..ROUNDS {
                expect(&attach(&client, &file).await, DiskStatus::Attached);
                expect(&detach(&client, &uuid).await, DiskStatus::Detached);
            }
            expect(&attach(&client, &file).await, DiskStatus::Attached);
            client.logout().await.expect("the logout succeeds");
        });
    }
    while let Some(ended) = operators.join_next().await {
        ended.expect("an operator gets on");
    }
    let mut present = disks_of(&site.server, TARGET);
    present.retain(|(_, file)| !file.contains(&format!(" {TARGET}/")));
    present.sort();
    let wanted: Vec<(String, String)> = wanted.into_iter().collect();
    assert_eq!(present, wanted, "each disk once, as the mock has it");
    let entries: Vec<String> = wanted.into_iter().map(|(uuid, _)| uuid).collect();
    assert_eq!(ledger(&site.server), entries);
    // Somebody was overtaken: else this test shows nothing.
    let tries = site.server.call_count("ReconfigVM_Task");
    let needed = entries.len() * (2 * ROUNDS + 1);
    assert!(tries > needed, "{tries} reconfigures: nobody was overtaken");
    site.end().await;
}

async fn attach(client: &Client, file: &str) -> ChangeReport<Attach> {
    let options = AttachOptions::default().with_files([file.to_owned()]);
    // What others change between a plan and its first act makes the plan stale before anything is done.
    loop {
        let prepared = disks::attach::prepare(client, &TARGET.into(), &options)
            .await
            .expect("a plan");
        let refused = &prepared.plan().refused;
        assert!(refused.is_empty(), "{refused:?}");
        match engine::apply(client, prepared, &Silent, &Interrupt::new()).await {
            Err(OpError::Stale { .. }) => {}
            ended => return ended.expect("a report"),
        }
    }
}

async fn detach(client: &Client, uuid: &DiskUuid) -> ChangeReport<Detach> {
    let options = DetachOptions::default().with_uuids([uuid.clone()]);
    loop {
        let prepared = disks::detach::prepare(client, &TARGET.into(), &options)
            .await
            .expect("a plan");
        match engine::apply(client, prepared, &Silent, &Interrupt::new()).await {
            Err(OpError::Stale { .. }) => {}
            ended => return ended.expect("a report"),
        }
    }
}

#[track_caller]
fn expect<O: Operation<After = DisksAfter>>(report: &ChangeReport<O>, status: DiskStatus) {
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    let became: Vec<DiskStatus> = report.after.disks.iter().map(|disk| disk.status).collect();
    assert_eq!(became, [status], "{:?}", report.steps);
}

/// UUID, as the ledger's keys have it, and file of every disk of a VM, as the mock has them.
fn disks_of(server: &Server, vm: &str) -> Vec<(String, String)> {
    let devices = list(server, vm, "config.hardware.device");
    let backings = devices.iter().filter_map(|device| device.data("backing"));
    let disks = backings.filter_map(|backing| {
        let uuid = backing.str("uuid")?.replace('-', "").to_lowercase();
        Some((uuid, backing.str("fileName")?.to_owned()))
    });
    disks.collect()
}

/// The UUIDs in the ledger, in order.
fn ledger(server: &Server) -> Vec<String> {
    let settings = list(server, TARGET, "config.extraConfig");
    let keys = settings.iter().filter_map(|setting| setting.str("key"));
    let entries = keys.filter_map(|key| key.strip_prefix("esxtool.disk."));
    let mut entries: Vec<String> = entries.map(str::to_owned).collect();
    entries.sort();
    entries
}

fn list(server: &Server, vm: &str, path: &str) -> Vec<Data> {
    let vm = server.find("VirtualMachine", vm).expect("it is there");
    let value = server.value(&vm, path).expect("it has this");
    let parts = value.as_list().iter().filter_map(Value::as_data);
    parts.cloned().collect()
}
