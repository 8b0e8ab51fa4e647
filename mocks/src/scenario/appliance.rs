//! `appliance`: a site of the modernized architecture, with replication appliances instead of master targets.

use super::Scenario;
use crate::lab::GuestOs;
use crate::model::{Builder, ControllerKind, DatastoreSpec, DiskSpec, Personality, VmSpec};
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "appliance",
    summary: "A vCenter 8.0 site with replication appliances (modernized) instead of master targets",
    contents: &[
        (
            "asr-appliance-01",
            "a small appliance on a paravirtual controller that anybody may move by Storage vMotion",
        ),
        (
            "asr-appliance-02",
            "an appliance that is ready, kept from Storage vMotion in all three layers",
        ),
        (
            "win-01",
            "a Windows Server of which nothing tells whether it is an appliance or a master target",
        ),
        (
            "app-01, sql-01",
            "a Linux VM and a Windows VM to protect, powered off",
        ),
        (
            "frozen-01",
            "a Linux VM to protect whose settings forbid snapshots",
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
        &DatastoreSpec::vmfs("gold-01", 8192).in_pod(&pod),
        &both,
    );
    let windows = |name: &str| {
        VmSpec::windows(name)
            .on(&first, &gold)
            .network(&net)
            .os(GuestOs::Windows2022)
    };
    let small = windows("asr-appliance-01")
        .size(4, 8192)
        .controllers(&[(ControllerKind::ParaVirtual, 0)])
        .disks([
            DiskSpec::thin(0, 0, 80).written(30).mounted("C:\\", "NTFS"),
            DiskSpec::thin(0, 1, 620).written(5).mounted("E:\\", "NTFS"),
        ]);
    site.vm(&dc, &small);
    let ready = windows("asr-appliance-02")
        .size(8, 16_384)
        .option("disk.EnableUUID", "TRUE")
        .disks([
            DiskSpec::thin(0, 0, 80).written(30).mounted("C:\\", "NTFS"),
            DiskSpec::thin(0, 1, 700).written(5).mounted("E:\\", "NTFS"),
        ]);
    let ready = site.vm(&dc, &ready);
    site.keep_from_moving(&ready, &first, &[&pod]);
    site.vm(&dc, &windows("win-01").size(8, 16_384));
    let folder = site.folder(&dc.vm, "Protected");
    for spec in [
        VmSpec::linux("app-01"),
        VmSpec::windows("sql-01"),
        VmSpec::linux("frozen-01").option("snapshot.maxSnapshots", "0"),
    ] {
        let spec = spec.on(&second, &gold).network(&net);
        site.vm(&dc, &spec.in_folder(&folder).to_come_home());
    }
}
