//! `ready`: a small site where every rule holds.

use super::Scenario;
use crate::model::{Builder, DatastoreSpec, DiskSpec, Personality, VmSpec};
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "ready",
    summary: "A small vCenter 8.0 site where every rule holds",
    contents: &[
        (
            "mt-linux-01",
            "master target that is ready, kept from Storage vMotion in all three layers",
        ),
        (
            "app-01, app-02",
            "protected Linux VMs, powered off, on VMFS datastores that the master target's host mounts",
        ),
    ],
    build,
};

fn build(world: &mut World, _: usize) {
    let mut site = Builder::new(world, Personality::vcenter("8.0.3"));
    let dc = site.datacenter("London");
    let cluster = site.cluster(&dc, "Cluster-A", true);
    let first = site.cluster_host(&cluster, "esx-01.example.com");
    let second = site.cluster_host(&cluster, "esx-02.example.com");
    let both = [&first, &second];
    let net = site.network(&dc, "VM Network", &both);
    let pod = site.pod(&dc, "Pod-Gold");
    let gold = site.datastore(
        &dc,
        &DatastoreSpec::vmfs("gold-01", 6144).in_pod(&pod),
        &both,
    );
    let plain = site.datastore(&dc, &DatastoreSpec::vmfs("silver-01", 4096), &both);
    let target = VmSpec::linux("mt-linux-01")
        .on(&first, &gold)
        .network(&net)
        .size(4, 8192)
        .option("disk.EnableUUID", "TRUE")
        .disks([
            DiskSpec::thin(0, 0, 100).written(20).mounted("/", "ext4"),
            DiskSpec::thin(0, 1, 1024)
                .written(2)
                .mounted("/mnt/retention", "ext4"),
        ]);
    let target = site.vm(&dc, &target);
    site.keep_from_moving(&target, &first, &[&pod]);
    for (name, datastore) in [("app-01", &gold), ("app-02", &plain)] {
        site.vm(
            &dc,
            &VmSpec::linux(name)
                .on(&second, datastore)
                .network(&net)
                .off(),
        );
    }
}
