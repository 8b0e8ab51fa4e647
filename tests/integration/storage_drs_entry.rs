//! A VM's entry in Storage DRS that a person made: esxtool edits it and loses nothing of it.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a test ends where one fails"
)]

use esx_tools::engine::{self, Interrupt, Outcome, Silent};
use esx_tools::ops::{VmSelector, storage_vmotion};
use integration_tests::site::Site;
use mocks::{Data, MoRef, Value};

const VM: &str = "mt-linux-01";
const ENTRIES: &str = "podStorageDrsEntry.storageDrsConfig.vmConfig";

/// An entry with affinity and a rule that keeps disks apart.
fn entry(vm: &MoRef) -> Data {
    let rule = Data::new("VirtualDiskAntiAffinityRuleSpec")
        .with("key", 7)
        .with("enabled", true)
        .with("name", "apart")
        .with("diskId", Value::list("int", [2000, 2001]));
    Data::new("StorageDrsVmConfigInfo")
        .with("vm", vm)
        .with("enabled", true)
        .with("behavior", "manual")
        .with("intraVmAffinity", false)
        .with("intraVmAntiAffinity", rule)
}

fn entry_now(site: &Site, pod: &MoRef) -> Data {
    let all = site.server.value(pod, ENTRIES).unwrap();
    let vm = site.vm(VM);
    let mut entries = all.as_list().iter().filter_map(Value::as_data);
    let mine = entries.find(|entry| entry.reference("vm") == Some(&vm));
    mine.unwrap().clone()
}

/// Regression: an edit sent `enabled` and `behavior` alone, and the server takes an entry as a whole.
#[tokio::test]
async fn an_edit_keeps_affinity_and_rules_and_is_taken_back() {
    let site = Site::start("failback-lab").await;
    let pod = site.server.find("StoragePod", "Pod-Gold").unwrap();
    let made = entry(&site.vm(VM));
    site.server.with_world(|world| {
        let entries = Value::list("StorageDrsVmConfigInfo", [made.clone()]);
        world
            .store
            .update(&pod, |data| data.set_path(ENTRIES, entries));
    });
    let client = &site.client;
    let (vm, interrupt) = (VmSelector::from(VM), Interrupt::new());
    let plan = storage_vmotion::prepare_exclude(client, &vm).await.unwrap();
    let report = engine::apply(client, plan, &Silent, &interrupt).await;
    assert_eq!(report.unwrap().outcome, Outcome::Ready);
    let mut wanted = made.clone();
    wanted.set("enabled", false);
    assert_eq!(entry_now(&site, &pod), wanted);
    let plan = storage_vmotion::prepare_include(client, &vm).await.unwrap();
    let report = engine::apply(client, plan, &Silent, &interrupt).await;
    assert_eq!(report.unwrap().outcome, Outcome::Ready);
    assert_eq!(entry_now(&site, &pod), made);
    site.end().await;
}
