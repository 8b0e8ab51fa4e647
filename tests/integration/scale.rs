//! One master target and 50 VMs in an inventory of 10,000: only what is needed is asked for.

use esx_tools::group::VmPattern;
use esx_tools::ops::{self, CheckOptions, VmSelector};
use integration_tests::site::Site;

#[tokio::test]
async fn a_check_of_50_vms_does_not_read_the_other_9_949() {
    let site = Site::start("big:10000").await;
    let options = CheckOptions {
        protect: (1..=50)
            .map(|n| VmPattern::parse(&format!("/London/vm/vm-{n:05}")).unwrap())
            .collect(),
        ..CheckOptions::default()
    };
    let before = site.client.calls();
    let target = VmSelector::from("/London/vm/vm-05000");
    let report = ops::check_with(&site.client, &target, &options)
        .await
        .unwrap();
    let after = site.client.calls();
    assert_eq!(report.facts.protected.vms.len(), 50);

    let retrievals = ["RetrievePropertiesEx", "ContinueRetrievePropertiesEx"];
    let calls = site.server.calls();
    let of = |method: &str| calls.iter().filter(|call| call.method == method).count();
    // One look-up for each path, all VMs in one retrieval, the master target in another.
    assert_eq!(of("FindByInventoryPath"), 51);
    assert_eq!(of(retrievals[0]), 2);
    assert!(
        of(retrievals[1]) <= 1,
        "{} further pages",
        of(retrievals[1])
    );
    assert_eq!(of("HasPrivilegeOnEntities"), 2);
    assert_eq!(of("QueryAssignedLicenses"), 1);
    // Every disk's file of the VMs that are off is asked once.
    let vms = &report.facts.protected.vms;
    let asked: usize = vms.iter().map(|vm| vm.files.len()).sum();
    assert_eq!(of("QueryVirtualDiskUuid"), asked);
    // 51 VMs with their devices are some 10 kB each; 10,000 would be a hundred megabytes.
    let bytes = after.bytes_in - before.bytes_in;
    assert!(bytes < 1_500_000, "{bytes} bytes");
    site.end().await;
}
