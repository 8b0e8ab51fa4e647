//! `datastores`: a host that mounts each of its neighbour's datastores in another way.

use super::Scenario;
use crate::model::{Builder, DatastoreSpec, DiskSpec, HostSpec, Personality, VmSpec};
use crate::value::MoRef;
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "datastores",
    summary: "A vCenter 8.0 site where the master target's host mounts each datastore of its neighbour in another way, or not at all",
    contents: &[
        (
            "mt-linux-01",
            "master target on esx-01, ready but for the datastores of the VMs to be protected",
        ),
        (
            "esx-01, esx-02",
            "the master target's host, and the one that mounts everything read/write",
        ),
        ("unmounted-01", "VMFS that esx-01 knows and has not mounted"),
        (
            "presented-01",
            "VMFS whose device esx-01 sees after the next scan",
        ),
        ("masked-01", "VMFS whose device is not presented to esx-01"),
        (
            "copied-01",
            "VMFS of which esx-01 sees a copy only, made by a snapshot on the array",
        ),
        (
            "frozen-01",
            "VMFS on write-protected devices: mounted read-only",
        ),
        ("down-01", "VMFS whose paths from esx-01 are all down"),
        ("inside-02", "VMFS on disks inside esx-02"),
        ("nfs-far", "NFS that only esx-02 mounts"),
        (
            "nfs-ro",
            "NFS that esx-01 mounts read-only, with nothing on it",
        ),
        (
            "nfs-busy",
            "NFS that esx-01 mounts read-only, with the running VM reader-01 on it",
        ),
        ("vsan-02", "vSAN of a cluster that esx-01 is not in"),
        (
            "app-NAME",
            "a protected VM on esx-02 for each datastore NAME of VMFS",
        ),
    ],
    build,
};

fn build(world: &mut World, _: usize) {
    let mut site = Builder::new(world, Personality::vcenter("8.0.3"));
    let dc = site.datacenter("London");
    let first = site.standalone_host(&dc, "esx-01.example.com");
    let second = site.standalone_host(&dc, "esx-02.example.com");
    let both = [&first, &second];
    let net = site.network(&dc, "VM Network", &both);
    let mut vmfs = |spec: DatastoreSpec, hosts: &[&HostSpec]| site.datastore(&dc, &spec, hosts);
    let main = vmfs(DatastoreSpec::vmfs("main-01", 6144), &both);
    let unmounted = vmfs(DatastoreSpec::vmfs("unmounted-01", 2048), &both);
    let presented = vmfs(DatastoreSpec::vmfs("presented-01", 2048), &[&second]);
    let masked = vmfs(DatastoreSpec::vmfs("masked-01", 2048), &[&second]);
    let copied = vmfs(DatastoreSpec::vmfs("copied-01", 2048), &[&second]);
    let frozen = vmfs(DatastoreSpec::vmfs("frozen-01", 2048).read_only(), &both);
    let down = vmfs(DatastoreSpec::vmfs("down-01", 2048), &both);
    let inside = vmfs(DatastoreSpec::vmfs("inside-02", 1024).local(), &[&second]);
    site.unmounted(&unmounted, &first);
    site.present(&presented, &first);
    site.copied(&copied, &first);
    site.cut_off(&down, &first);
    let nfs = |name: &str| {
        DatastoreSpec::nfs(name, 8192, "nas-01.example.com", &format!("/export/{name}"))
    };
    site.datastore(&dc, &nfs("nfs-far"), &[&second]);
    let readable = site.datastore(&dc, &nfs("nfs-ro"), &both);
    let busy = site.datastore(&dc, &nfs("nfs-busy"), &both);
    site.read_only_on(&readable, &first);
    site.read_only_on(&busy, &first);
    site.datastore(&dc, &DatastoreSpec::vsan("vsan-02", 8192), &[&second]);

    let target = VmSpec::linux("mt-linux-01")
        .on(&first, &main)
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
    site.keep_from_moving(&target, &first, &[]);
    let vm = |name: &str, host: &HostSpec, datastore: &MoRef| {
        VmSpec::linux(name).on(host, datastore).network(&net)
    };
    for (name, datastore) in [
        ("app-main", &main),
        ("app-unmounted", &unmounted),
        ("app-presented", &presented),
        ("app-masked", &masked),
        ("app-copied", &copied),
        ("app-frozen", &frozen),
        ("app-down", &down),
        ("app-inside", &inside),
    ] {
        site.vm(&dc, &vm(name, &second, datastore).off());
    }
    site.vm(&dc, &vm("reader-01", &first, &busy));
}
