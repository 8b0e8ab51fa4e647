//! `disks`: a master target, VMs whose disks can be attached to it, and one of each whose disks cannot.

use super::Scenario;
use crate::model::{
    Builder, ControllerKind, Datacenter, DatastoreSpec, DiskForm, DiskSpec, HostSpec, Personality,
    VmSpec,
};
use crate::value::MoRef;
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "disks",
    summary: "A master target to attach disks to, and disks of every kind that may and may not be attached",
    contents: &[
        (
            "mt-linux-01",
            "master target with 58 free slots; nothing keeps it from Storage vMotion, so that one can be tried",
        ),
        ("app-01", "one disk: can be attached"),
        (
            "app-02",
            "three disks on two controllers and two datastores: can be attached",
        ),
        ("win-01", "Windows, two disks: can be attached"),
        (
            "Büro [neu] № 1",
            "brackets, spaces and letters beyond ASCII in its name and in its datastore's, 'bronze [alt] 01': can be attached",
        ),
        ("running-01", "powered on"),
        ("snapshot-01", "with a snapshot"),
        ("clone-01", "a linked clone of base-01: its disk is a delta"),
        ("base-01", "its disk is what clone-01's delta stands on"),
        (
            "rdm-01",
            "its second disk is a mapping to a raw device (RDM)",
        ),
        (
            "cluster-01, cluster-02",
            "their second disk is one file for both (multi-writer)",
        ),
        ("secret-01", "its disk is encrypted"),
        ("independent-01", "its second disk is independent"),
        ("broken-01", "its second disk has a descriptor and no data"),
        ("twin-01", "its disk has the UUID of app-01's disk"),
        ("nfs-01", "on an NFS datastore"),
        (
            "far-01",
            "on a datastore that the master target's host does not mount",
        ),
        (
            "frozen-01",
            "on a datastore that the master target's host mounts read-only",
        ),
    ],
    build,
};

/// The UUID that `twin-01` shares with `app-01`.
const SHARED_UUID: &str = "6000C29d-15c5-0f0a-11ad-ba5eba5eba11";

/// What the VMs stand on.
struct Ground {
    dc: Datacenter,
    host: HostSpec,
    net: MoRef,
    gold: MoRef,
    silver: MoRef,
    bronze: MoRef,
    nfs: MoRef,
    far: MoRef,
    frozen: MoRef,
}

fn build(world: &mut World, _: usize) {
    let mut site = Builder::new(world, Personality::vcenter("8.0.3"));
    let dc = site.datacenter("London");
    let cluster = site.cluster(&dc, "Cluster-A", true);
    let first = site.cluster_host(&cluster, "esx-01.example.com");
    let second = site.cluster_host(&cluster, "esx-02.example.com");
    let both = [&first, &second];
    let net = site.network(&dc, "VM Network", &both);
    let mut datastore =
        |spec: DatastoreSpec, hosts: &[&HostSpec]| site.datastore(&dc, &spec, hosts);
    let gold = datastore(DatastoreSpec::vmfs("gold-01", 6144), &both);
    let silver = datastore(DatastoreSpec::vmfs("silver-01", 6144), &both);
    let bronze = datastore(DatastoreSpec::vmfs("bronze [alt] 01", 2048), &both);
    let nfs = DatastoreSpec::nfs("nfs-01", 4096, "nas-01.example.com", "/export/vms");
    let nfs = datastore(nfs, &both);
    let far = datastore(DatastoreSpec::vmfs("local-esx-02", 1024), &[&second]);
    let frozen = datastore(DatastoreSpec::vmfs("replica-01", 2048).read_only(), &both);
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
    site.vm(&dc, &target);
    let ground = Ground {
        dc,
        host: second,
        net,
        gold,
        silver,
        bronze,
        nfs,
        far,
        frozen,
    };
    attachable(&mut site, &ground);
    refused_for_the_disk(&mut site, &ground);
    refused_for_the_vm(&mut site, &ground);
}

/// A powered-off Linux VM with these disks.
fn owner(site: &mut Builder<'_>, ground: &Ground, name: &str, on: &MoRef, disks: Vec<DiskSpec>) {
    let spec = VmSpec::linux(name)
        .on(&ground.host, on)
        .network(&ground.net)
        .off()
        .disks(disks);
    site.vm(&ground.dc, &spec);
}

fn attachable(site: &mut Builder<'_>, ground: &Ground) {
    let disks = vec![DiskSpec::thin(0, 0, 40).with_uuid(SHARED_UUID)];
    owner(site, ground, "app-01", &ground.gold, disks);
    let spread = VmSpec::linux("app-02")
        .on(&ground.host, &ground.silver)
        .network(&ground.net)
        .off()
        .controllers(&[
            (ControllerKind::LsiLogic, 0),
            (ControllerKind::ParaVirtual, 1),
        ])
        .disks([
            DiskSpec::thin(0, 0, 40),
            DiskSpec::thin(0, 8, 80).on(&ground.gold),
            DiskSpec::thin(1, 0, 200),
        ]);
    site.vm(&ground.dc, &spread);
    let windows = VmSpec::windows("win-01")
        .on(&ground.host, &ground.gold)
        .network(&ground.net)
        .off()
        .disks([DiskSpec::thin(0, 0, 60), DiskSpec::thin(0, 1, 120)]);
    site.vm(&ground.dc, &windows);
    let disks = vec![DiskSpec::thin(0, 0, 40), DiskSpec::thin(0, 1, 60)];
    owner(site, ground, "Büro [neu] № 1", &ground.bronze, disks);
}

fn refused_for_the_disk(site: &mut Builder<'_>, ground: &Ground) {
    let system = || DiskSpec::thin(0, 0, 40);
    let second = |form| DiskSpec::thin(0, 1, 100).form(form);
    for (name, disks) in [
        ("rdm-01", vec![system(), second(DiskForm::RawDevice)]),
        ("secret-01", vec![system().form(DiskForm::Encrypted)]),
        (
            "independent-01",
            vec![system(), second(DiskForm::Independent)],
        ),
        ("broken-01", vec![system(), second(DiskForm::NoData)]),
        ("twin-01", vec![system().with_uuid(SHARED_UUID)]),
        ("base-01", vec![system()]),
        (
            "clone-01",
            vec![system().linked_to("[gold-01] base-01/base-01.vmdk")],
        ),
    ] {
        owner(site, ground, name, &ground.gold, disks);
    }
    for name in ["cluster-01", "cluster-02"] {
        let shared = second(DiskForm::MultiWriter).file("[gold-01] cluster-01/quorum.vmdk");
        owner(site, ground, name, &ground.gold, vec![system(), shared]);
    }
}

fn refused_for_the_vm(site: &mut Builder<'_>, ground: &Ground) {
    let system = || vec![DiskSpec::thin(0, 0, 40)];
    for (name, datastore) in [
        ("nfs-01", &ground.nfs),
        ("far-01", &ground.far),
        ("frozen-01", &ground.frozen),
    ] {
        owner(site, ground, name, datastore, system());
    }
    let base = |name: &str| {
        VmSpec::linux(name)
            .on(&ground.host, &ground.gold)
            .network(&ground.net)
            .disks(system())
    };
    site.vm(&ground.dc, &base("running-01"));
    let with_snapshot =
        base("snapshot-01")
            .off()
            .snapshot("before-update", "taken before an update", 1);
    site.vm(&ground.dc, &with_snapshot);
}
