//! `failback-lab`: a site where every rule fails somewhere.

use super::Scenario;
use crate::model::{
    Builder, Cluster, ControllerKind, Datacenter, DatastoreSpec, DiskSpec, GuestOs, HostSpec,
    Personality, VmSpec,
};
use crate::value::MoRef;
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "failback-lab",
    summary: "A vCenter 8.0 site in which every failback rule fails at least once, with one master target that can be fixed and one that is ready",
    contents: &[
        (
            "mt-linux-01",
            "master target to be fixed: no disk.EnableUUID, two levels of snapshots over a redo log that a backup left behind, an empty paravirtual controller beside LSI Logic, on a Storage DRS pod in a DRS cluster",
        ),
        (
            "mt-linux-ready",
            "master target that is ready, kept from Storage vMotion in all three layers",
        ),
        (
            "mt-linux-02",
            "master target cloned from the template of clone-a and clone-b: their disk UUID is its own; its cluster does not mount the pod, it lacks a retention disk and memory",
        ),
        (
            "mt-windows-01",
            "master target that cannot be fixed fully: boot disk on a paravirtual controller, Tools not running",
        ),
        (
            "mt-full-01",
            "master target with 59 disks: one slot is free",
        ),
        (
            "mt-nfs-01",
            "master target on a host that sees NFS only, and whose evaluation licence has run out",
        ),
        (
            "mt-moved-01",
            "master target that a Storage vMotion moved while the disk of a VM was attached to it",
        ),
        ("mt-lost-01", "master target that vCenter calls orphaned"),
        ("old-windows-01", "protected VM with Windows Server 2008 R2"),
        (
            "grow-01",
            "protected Linux VM whose thin disk may outgrow its datastore",
        ),
        (
            "app-01",
            "protected Linux VM, powered off, nothing against it",
        ),
        (
            "app-02",
            "protected Linux VM, powered off, with a snapshot and a second disk on vSAN",
        ),
        ("sql-01", "protected Windows VM, still powered on"),
        ("legacy-01", "protected Linux VM on NFS"),
        (
            "branch-01",
            "protected Linux VM on a datastore that only the standalone host mounts",
        ),
        (
            "archive-01",
            "protected Linux VM on a datastore that is mounted read-only",
        ),
        (
            "clone-a, clone-b",
            "two clones of one template that share a disk UUID",
        ),
        (
            "web-dup",
            "two VMs of one name, in the folders Web and Staging",
        ),
        ("file-01", "Windows VM on vSAN"),
        ("jump-01", "small Linux VM without Tools"),
        ("tpl-ubuntu", "a template"),
    ],
    build,
};

/// The disk UUID that clones of one template share.
const CLONED: &str = "6000C293-5a1e-4c07-8d52-0f7b3c9e6a41";

/// Where things are in the lab.
struct Lab {
    dc: Datacenter,
    a: Vec<HostSpec>,
    b: Vec<HostSpec>,
    lone: HostSpec,
    net: MoRef,
    pod: MoRef,
    gold: Vec<MoRef>,
    silver: MoRef,
    vsan: MoRef,
    nfs: MoRef,
    local: MoRef,
    frozen: MoRef,
    /// A host that sees NFS only.
    edge: HostSpec,
    /// A datastore that is nearly full.
    tight: MoRef,
}

fn build(world: &mut World, _: usize) {
    let mut site = Builder::new(world, Personality::vcenter("8.0.3"));
    let lab = lay_out(&mut site);
    master_targets(&mut site, &lab);
    troubled_targets(&mut site, &lab);
    protected(&mut site, &lab);
    others(&mut site, &lab);
}

fn hosts(
    site: &mut Builder<'_>,
    cluster: &Cluster,
    numbers: std::ops::Range<u32>,
) -> Vec<HostSpec> {
    numbers
        .map(|n| site.cluster_host(cluster, &format!("esx-{n:02}.example.com")))
        .collect()
}

fn lay_out(site: &mut Builder<'_>) -> Lab {
    let dc = site.datacenter("London");
    let cluster_a = site.cluster(&dc, "Cluster-A", true);
    let cluster_b = site.cluster(&dc, "Cluster-B", true);
    let a = hosts(site, &cluster_a, 1..4);
    let b = hosts(site, &cluster_b, 4..6);
    let lone = site.standalone_host(&dc, "esx-10.example.com");
    let in_a: Vec<&HostSpec> = a.iter().collect();
    let in_b: Vec<&HostSpec> = b.iter().collect();
    let edge = site.standalone_host(&dc, "esx-11.example.com");
    let everywhere: Vec<&HostSpec> = a.iter().chain(&b).chain([&lone, &edge]).collect();
    let net = site.network(&dc, "VM Network", &everywhere);
    let pod = site.pod(&dc, "Pod-Gold");
    let gold = [("gold-01", 6144), ("gold-02", 6144)]
        .map(|(name, gb)| {
            site.datastore(
                &dc,
                &DatastoreSpec::vmfs(name, gb).in_pod(&pod).taken(512),
                &in_a,
            )
        })
        .to_vec();
    let silver = site.datastore(
        &dc,
        &DatastoreSpec::vmfs("silver-01", 4096).taken(900),
        &in_b,
    );
    let vsan = site.datastore(
        &dc,
        &DatastoreSpec::vsan("vsanDatastore", 20_480).taken(4096),
        &in_a,
    );
    let nfs = DatastoreSpec::nfs("nfs-01", 8192, "nas-01.example.com", "/export/vms").taken(2048);
    let nfs = site.datastore(&dc, &nfs, &everywhere);
    let local = site.datastore(
        &dc,
        &DatastoreSpec::vmfs("local-esx-10", 1024).local(),
        &[&lone],
    );
    let frozen = DatastoreSpec::vmfs("replica-01", 2048)
        .taken(1400)
        .read_only();
    let frozen = site.datastore(&dc, &frozen, &in_a);
    let tight = DatastoreSpec::vmfs("tight-01", 1024).taken(600);
    let tight = site.datastore(&dc, &tight, &in_a);
    Lab {
        dc,
        a,
        b,
        lone,
        net,
        pod,
        gold,
        silver,
        vsan,
        nfs,
        local,
        frozen,
        edge,
        tight,
    }
}

/// A Linux master target of the size that the guide asks for.
fn linux_target(lab: &Lab, name: &str, host: &HostSpec, datastore: &MoRef) -> VmSpec {
    VmSpec::linux(name)
        .on(host, datastore)
        .network(&lab.net)
        .size(4, 8192)
        .disks([
            DiskSpec::thin(0, 0, 100).written(22).mounted("/", "ext4"),
            DiskSpec::thin(0, 1, 1024)
                .written(4)
                .mounted("/mnt/retention", "ext4"),
        ])
}

fn master_targets(site: &mut Builder<'_>, lab: &Lab) {
    let folder = site.folder(&lab.dc.vm, "Disaster Recovery");
    let mut to_fix = linux_target(lab, "mt-linux-01", &lab.a[0], &lab.gold[0])
        .in_folder(&folder)
        .controllers(&[
            (ControllerKind::LsiLogic, 0),
            (ControllerKind::ParaVirtual, 1),
        ])
        .snapshot("before-agent", "before the master target was installed", 3)
        .snapshot("before-patches", "monthly patches", 2)
        .note("Linux master target, rack 4");
    to_fix.left_behind_gb = Some(1);
    site.vm(&lab.dc, &to_fix);

    let ready = linux_target(lab, "mt-linux-ready", &lab.a[1], &lab.gold[1])
        .in_folder(&folder)
        .option("disk.EnableUUID", "TRUE")
        .note("Linux master target");
    let ready = site.vm(&lab.dc, &ready);
    site.keep_from_moving(&ready, &lab.a[1], &[&lab.pod]);

    let cloned = linux_target(lab, "mt-linux-02", &lab.b[0], &lab.silver)
        .in_folder(&folder)
        .size(2, 4096)
        .option("disk.enableUUID", "true")
        .disks([DiskSpec::thin(0, 0, 60)
            .with_uuid(CLONED)
            .mounted("/", "ext4")]);
    site.vm(&lab.dc, &cloned);

    let mut windows = VmSpec::windows("mt-windows-01")
        .on(&lab.a[2], &lab.gold[1])
        .network(&lab.net)
        .in_folder(&folder)
        .os(GuestOs::Windows2016)
        .size(8, 16_384)
        .controllers(&[(ControllerKind::ParaVirtual, 0)])
        .disks([
            DiskSpec::thin(0, 0, 120).mounted("C:\\", "NTFS"),
            DiskSpec::thin(0, 1, 1024)
                .written(1)
                .mounted("R:\\", "NTFS"),
        ])
        .note("Windows master target");
    windows.tools_run = false;
    site.vm(&lab.dc, &windows);
}

/// Master targets with trouble that nobody sees at first sight.
fn troubled_targets(site: &mut Builder<'_>, lab: &Lab) {
    let folder = site.folder(&lab.dc.vm, "Disaster Recovery, second row");
    let mut disks = vec![
        DiskSpec::thin(0, 0, 100).mounted("/", "ext4"),
        DiskSpec::thin(0, 1, 1024)
            .written(4)
            .mounted("/mnt/retention", "ext4"),
    ];
    for slot in 2..59 {
        // 15 slots on each controller; unit 7 is the controller's own.
        let unit = slot % 15;
        let unit = if unit < 7 { unit } else { unit + 1 };
        let controller = usize::try_from(slot / 15).unwrap_or_default();
        disks.push(DiskSpec::thin(controller, unit, 1));
    }
    let full = linux_target(lab, "mt-full-01", &lab.a[1], &lab.gold[0])
        .in_folder(&folder)
        .option("disk.EnableUUID", "TRUE")
        .controllers(&[0, 1, 2, 3].map(|bus| (ControllerKind::LsiLogic, bus)))
        .disks(disks);
    site.vm(&lab.dc, &full);

    let without_vmfs = linux_target(lab, "mt-nfs-01", &lab.edge, &lab.nfs)
        .in_folder(&folder)
        .option("disk.EnableUUID", "TRUE");
    site.vm(&lab.dc, &without_vmfs);
    site.expired_evaluation(&lab.edge);

    // The note of the disk as it was attached; its file has another name since.
    let attached = "6000c2994a7f3b1e8d205c6b7a9e0f13";
    let moved = linux_target(lab, "mt-moved-01", &lab.b[0], &lab.silver)
        .in_folder(&folder)
        .option("disk.EnableUUID", "TRUE")
        .option(
            &format!("esxtool.disk.{attached}"),
            "v1;vm=5012c7b2-1d2b-8a4f-3d2e-0000000000aa;name=hr-01;key=2001;slot=0:1;path=[silver-01]%20hr-01/hr-01_1.vmdk",
        )
        .disks([
            DiskSpec::thin(0, 0, 100).mounted("/", "ext4"),
            DiskSpec::thin(0, 1, 1024)
                .written(4)
                .mounted("/mnt/retention", "ext4"),
            DiskSpec::thin(0, 2, 80).with_uuid(attached),
        ]);
    site.vm(&lab.dc, &moved);

    let lost = linux_target(lab, "mt-lost-01", &lab.b[1], &lab.silver).in_folder(&folder);
    let lost = site.vm(&lab.dc, &lost);
    site.set_enum(
        &lost,
        "runtime.connectionState",
        "VirtualMachineConnectionState",
        "orphaned",
    );
}

fn protected(site: &mut Builder<'_>, lab: &Lab) {
    let folder = site.folder(&lab.dc.vm, "Protected");
    let linux = |name: &str, host: &HostSpec, datastore: &MoRef| {
        VmSpec::linux(name)
            .on(host, datastore)
            .network(&lab.net)
            .in_folder(&folder)
    };
    let app_01 = linux("app-01", &lab.a[0], &lab.gold[0]).off().disks([
        DiskSpec::thin(0, 0, 40).mounted("/", "xfs"),
        DiskSpec::thin(0, 1, 200).mounted("/srv", "xfs"),
    ]);
    site.vm(&lab.dc, &app_01);
    let app_02 = linux("app-02", &lab.a[1], &lab.gold[1])
        .off()
        .disks([
            DiskSpec::thin(0, 0, 40).mounted("/", "xfs"),
            DiskSpec::thin(0, 1, 120)
                .on(&lab.vsan)
                .mounted("/srv", "xfs"),
        ])
        .snapshot("release-41", "before release 41", 5);
    site.vm(&lab.dc, &app_02);
    let sql = VmSpec::windows("sql-01")
        .on(&lab.a[2], &lab.gold[1])
        .network(&lab.net)
        .in_folder(&folder)
        .size(8, 32_768)
        .disks([
            DiskSpec::thin(0, 0, 90).mounted("C:\\", "NTFS"),
            DiskSpec::thin(0, 1, 300).mounted("D:\\", "NTFS"),
            DiskSpec::thin(0, 2, 150).mounted("L:\\", "NTFS"),
        ]);
    site.vm(&lab.dc, &sql);
    site.vm(
        &lab.dc,
        &linux("legacy-01", &lab.a[0], &lab.nfs)
            .os(GuestOs::CentOs7)
            .off(),
    );
    site.vm(&lab.dc, &linux("branch-01", &lab.lone, &lab.local).off());
    site.vm(
        &lab.dc,
        &linux("archive-01", &lab.a[1], &lab.frozen)
            .os(GuestOs::Rhel9)
            .off(),
    );
    let old = VmSpec::windows("old-windows-01")
        .on(&lab.a[2], &lab.gold[0])
        .network(&lab.net)
        .in_folder(&folder)
        .os(GuestOs::Windows2008R2)
        .off();
    site.vm(&lab.dc, &old);
    let disks = [DiskSpec::thin(0, 0, 900).written(20).mounted("/", "xfs")];
    site.vm(
        &lab.dc,
        &linux("grow-01", &lab.a[0], &lab.tight).off().disks(disks),
    );
    for name in ["clone-a", "clone-b"] {
        let disks = [DiskSpec::thin(0, 0, 60)
            .with_uuid(CLONED)
            .mounted("/", "ext4")];
        site.vm(
            &lab.dc,
            &linux(name, &lab.b[1], &lab.silver).off().disks(disks),
        );
    }
}

fn others(site: &mut Builder<'_>, lab: &Lab) {
    for (folder, host) in [("Web", &lab.a[0]), ("Staging", &lab.b[0])] {
        let parent = site.folder(&lab.dc.vm, folder);
        let datastore = if folder == "Web" {
            &lab.gold[0]
        } else {
            &lab.silver
        };
        let mut web = VmSpec::linux("web-dup")
            .on(host, datastore)
            .network(&lab.net)
            .in_folder(&parent);
        web.seed = Some(format!("web-dup in {folder}"));
        site.vm(&lab.dc, &web);
        if folder == "Staging" {
            site.gap(&parent);
        }
    }
    let file = VmSpec::windows("file-01")
        .on(&lab.a[2], &lab.vsan)
        .network(&lab.net)
        .os(GuestOs::Windows2022);
    site.vm(&lab.dc, &file);
    let mut jump = VmSpec::linux("jump-01")
        .on(&lab.lone, &lab.local)
        .network(&lab.net)
        .size(1, 1024);
    jump.tools_installed = false;
    site.vm(&lab.dc, &jump);
    let mut template = VmSpec::linux("tpl-ubuntu").on(&lab.a[0], &lab.vsan).off();
    template.template = true;
    site.vm(&lab.dc, &template);
    site.gap(&lab.vsan);
}
