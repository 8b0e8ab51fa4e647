//! `sixty-disks`: a master target that is nearly full.

use super::Scenario;
use crate::model::{Builder, ControllerKind, DatastoreSpec, DiskSpec, Personality, VmSpec};
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "sixty-disks",
    summary: "A master target with 59 of the 60 disks that fit, and VMs whose disks do not fit any more",
    contents: &[
        (
            "mt-linux-01",
            "four LSI Logic controllers with 59 disks; only 3:15 is free",
        ),
        ("app-01", "protected Linux VM with one disk: it fits"),
        (
            "app-02",
            "protected Linux VM with three disks: they do not fit",
        ),
    ],
    build,
};

fn build(world: &mut World, _: usize) {
    let mut site = Builder::new(world, Personality::vcenter("8.0.3"));
    let dc = site.datacenter("London");
    let cluster = site.cluster(&dc, "Cluster-A", true);
    let host = site.cluster_host(&cluster, "esx-01.example.com");
    let net = site.network(&dc, "VM Network", &[&host]);
    let gold = site.datastore(&dc, &DatastoreSpec::vmfs("gold-01", 20_480), &[&host]);
    let slots = (0..4).flat_map(|bus| {
        (0..16)
            .filter(|unit| *unit != 7)
            .map(move |unit| (bus, unit))
    });
    let mut disks: Vec<DiskSpec> = slots
        .take(59)
        .map(|(bus, unit)| DiskSpec::thin(bus, unit, 20).written(1))
        .collect();
    disks[0] = DiskSpec::thin(0, 0, 100).written(20).mounted("/", "ext4");
    disks[1] = DiskSpec::thin(0, 1, 1024)
        .written(2)
        .mounted("/mnt/retention", "ext4");
    let target = VmSpec::linux("mt-linux-01")
        .on(&host, &gold)
        .network(&net)
        .size(4, 8192)
        .option("disk.EnableUUID", "TRUE")
        .controllers(&[0, 1, 2, 3].map(|bus| (ControllerKind::LsiLogic, bus)))
        .disks(disks);
    site.vm(&dc, &target);
    for (name, count) in [("app-01", 1), ("app-02", 3)] {
        let disks = (0..count).map(|unit| DiskSpec::thin(0, unit, 40));
        site.vm(
            &dc,
            &VmSpec::linux(name)
                .on(&host, &gold)
                .network(&net)
                .off()
                .disks(disks),
        );
    }
}
