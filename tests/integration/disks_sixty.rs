//! As many disks as fit, in one task.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what fails here fails the test"
)]

use esx_tools::disks::attach::AttachOptions;
use esx_tools::disks::detach::DetachOptions;
use esx_tools::disks::{self};
use esx_tools::engine::{self, Interrupt, Outcome, Silent};
use esx_tools::ops::VmSelector;
use integration_tests::site::Site;
use mocks::model::{Builder, ControllerKind, DatastoreSpec, DiskSpec, Personality, VmSpec};
use mocks::{ClockMode, Role, Server, Value, World};

const TARGET: &str = "mt-linux-01";

/// A master target without a disk on any SCSI controller, and two VMs with 60 disks and with one.
async fn site() -> Site {
    let mut world = World::new(ClockMode::Jump);
    let mut site = Builder::new(&mut world, Personality::vcenter("8.0.3"));
    let dc = site.datacenter("London");
    let cluster = site.cluster(&dc, "Cluster-A", true);
    let host = site.cluster_host(&cluster, "esx-01.example.com");
    let net = site.network(&dc, "VM Network", &[&host]);
    let gold = site.datastore(&dc, &DatastoreSpec::vmfs("gold-01", 20_480), &[&host]);
    let bare = VmSpec::linux(TARGET).on(&host, &gold).network(&net);
    site.vm(&dc, &bare.disks([]));
    let buses = [0, 1, 2, 3].map(|bus| (ControllerKind::LsiLogic, bus));
    let slots = (0..4).flat_map(|bus| (0..16).map(move |unit| (bus, unit)));
    let all = slots
        .filter(|(_, unit)| *unit != 7)
        .map(|(bus, unit)| DiskSpec::thin(bus, unit, 40));
    let full = VmSpec::linux("full-01").on(&host, &gold).network(&net);
    site.vm(&dc, &full.off().controllers(&buses).disks(all));
    let one = VmSpec::linux("one-01").on(&host, &gold).network(&net);
    site.vm(&dc, &one.off().disks([DiskSpec::thin(0, 0, 40)]));
    let server = Server::builder().world(world).start().await.unwrap();
    let client = Site::log_in(&server, Role::Administrator).await;
    Site { server, client }
}

fn ledger(site: &Site) -> usize {
    let settings = site.value(TARGET, "config.extraConfig").unwrap();
    let settings = settings.as_list().iter().filter_map(Value::as_data);
    settings
        .filter(|setting| {
            setting
                .str("key")
                .is_some_and(|key| key.starts_with("esxtool.disk."))
        })
        .count()
}

fn disks_of(site: &Site) -> usize {
    let devices = site.value(TARGET, "config.hardware.device").unwrap();
    let devices = devices.as_list().iter().filter_map(Value::as_data);
    devices
        .filter(|device| device.kind == "VirtualDisk")
        .count()
}

#[tokio::test]
async fn sixty_disks_are_attached_in_one_task_and_the_61st_finds_no_slot() {
    let site = site().await;
    let target = VmSelector::from(TARGET);
    let of = |vm: &str| AttachOptions::of_vms([VmSelector::from(vm)]);

    let prepared = disks::attach::prepare(&site.client, &target, &of("full-01"))
        .await
        .unwrap();
    assert!(prepared.plan().refused.is_empty(), "{:?}", prepared.plan());
    let report = engine::apply(&site.client, prepared, &Silent, &Interrupt::new())
        .await
        .unwrap();
    assert_eq!(report.outcome, Outcome::Ready, "{report:?}");
    assert_eq!(site.server.call_count("ReconfigVM_Task"), 1);
    assert_eq!((disks_of(&site), ledger(&site)), (60, 60));

    let prepared = disks::attach::prepare(&site.client, &target, &of("one-01"))
        .await
        .unwrap();
    assert!(prepared.plan().steps.is_empty(), "{:?}", prepared.plan());
    let reason = &prepared.plan().refused.first().unwrap().reason;
    assert!(reason.contains("60"), "{reason}");

    let prepared = disks::detach::prepare(&site.client, &target, &DetachOptions::all())
        .await
        .unwrap();
    let report = engine::apply(&site.client, prepared, &Silent, &Interrupt::new())
        .await
        .unwrap();
    assert_eq!(report.outcome, Outcome::Ready, "{report:?}");
    assert_eq!(site.server.call_count("ReconfigVM_Task"), 2);
    assert_eq!((disks_of(&site), ledger(&site)), (0, 0));
    site.end().await;
}
