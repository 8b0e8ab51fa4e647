//! `groups`: several master targets for several replication groups, and clones of one template.

use super::Scenario;
use crate::model::{
    Builder, Cluster, ControllerKind, Datacenter, DatastoreSpec, DiskSpec, HostSpec, Personality,
    VmSpec,
};
use crate::value::MoRef;
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "groups",
    summary: "A vCenter 8.0 site with four master targets for several replication groups, and with clones of one template",
    contents: &[
        (
            "mt-linux-01, mt-linux-02",
            "Linux master targets with 58 and 40 free slots, on a host that mounts gold-01 and gold-02",
        ),
        (
            "mt-linux-03",
            "Linux master target that is a full clone of tpl-web, on a host that mounts silver-01 only",
        ),
        ("mt-windows-01", "Windows master target with 58 free slots"),
        ("erp-01 to erp-05", "protected Linux VMs with 8 disks each"),
        ("mail-01, mail-02", "protected Linux VMs with 9 disks each"),
        (
            "store-01 to store-04",
            "protected Linux VMs with 10 disks each",
        ),
        ("sql-01, sql-02", "protected Windows VMs with 4 disks each"),
        ("branch-01", "protected Linux VM on silver-01"),
        (
            "web-01, web-02",
            "protected Linux VMs, linked clones of tpl-web: they share its disk UUID",
        ),
        (
            "web-03",
            "protected Linux VM, a full clone of tpl-web that kept its disk UUID",
        ),
        ("twin-01, twin-02", "two VMs that share a BIOS UUID"),
        ("tpl-web", "a template"),
    ],
    build,
};

/// The disk UUID of the template and of its clones.
const TEMPLATE_DISK: &str = "6000C298-77c1-4a0e-9b1d-3f64d2a80c15";

struct Site {
    dc: Datacenter,
    a: HostSpec,
    b: HostSpec,
    net: MoRef,
    gold: [MoRef; 2],
    silver: MoRef,
}

fn build(world: &mut World, _: usize) {
    let mut builder = Builder::new(world, Personality::vcenter("8.0.3"));
    let site = lay_out(&mut builder);
    master_targets(&mut builder, &site);
    protected(&mut builder, &site);
    clones(&mut builder, &site);
}

fn lay_out(builder: &mut Builder<'_>) -> Site {
    let dc = builder.datacenter("London");
    let cluster: Cluster = builder.cluster(&dc, "Cluster-A", true);
    let a = builder.cluster_host(&cluster, "esx-01.example.com");
    let b = builder.cluster_host(&cluster, "esx-02.example.com");
    let net = builder.network(&dc, "VM Network", &[&a, &b]);
    let gold = ["gold-01", "gold-02"]
        .map(|name| builder.datastore(&dc, &DatastoreSpec::vmfs(name, 40_960), &[&a]));
    let silver = builder.datastore(&dc, &DatastoreSpec::vmfs("silver-01", 20_480), &[&b]);
    Site {
        dc,
        a,
        b,
        net,
        gold,
        silver,
    }
}

/// The first disk is the system's, the second the retention volume; the others are attached already.
fn disks(count: usize) -> Vec<DiskSpec> {
    let slots = (0..4).flat_map(|bus| {
        (0..16)
            .filter(|unit| *unit != 7)
            .map(move |unit| (bus, unit))
    });
    let mut disks: Vec<DiskSpec> = slots
        .take(count)
        .map(|(bus, unit)| DiskSpec::thin(bus, unit, 20).written(1))
        .collect();
    disks[0].size_gb = 100;
    if let Some(retention) = disks.get_mut(1) {
        retention.size_gb = 1024;
    }
    disks
}

fn master_targets(builder: &mut Builder<'_>, site: &Site) {
    let folder = builder.folder(&site.dc.vm, "Disaster Recovery");
    for (name, count) in [("mt-linux-01", 2), ("mt-linux-02", 20)] {
        let target = VmSpec::linux(name)
            .on(&site.a, &site.gold[0])
            .network(&site.net)
            .in_folder(&folder)
            .size(4, 8192)
            .option("disk.EnableUUID", "TRUE")
            .controllers(&[0, 1].map(|bus| (ControllerKind::LsiLogic, bus)))
            .disks(disks(count));
        builder.vm(&site.dc, &target);
    }
    let windows = VmSpec::windows("mt-windows-01")
        .on(&site.a, &site.gold[1])
        .network(&site.net)
        .in_folder(&folder)
        .size(4, 8192)
        .option("disk.EnableUUID", "TRUE")
        .disks(disks(2));
    builder.vm(&site.dc, &windows);
    let mut cloned = disks(2);
    cloned[0].uuid = Some(TEMPLATE_DISK.to_owned());
    let cloned = VmSpec::linux("mt-linux-03")
        .on(&site.b, &site.silver)
        .network(&site.net)
        .in_folder(&folder)
        .size(4, 8192)
        .option("disk.EnableUUID", "TRUE")
        .disks(cloned);
    builder.vm(&site.dc, &cloned);
}

fn protected(builder: &mut Builder<'_>, site: &Site) {
    let folder = builder.folder(&site.dc.vm, "Protected");
    let families = [
        ("erp", 5, 8),
        ("mail", 2, 9),
        ("store", 4, 10),
        ("sql", 2, 4),
    ];
    for (family, vms, count) in families {
        for number in 1..=vms {
            let name = format!("{family}-{number:02}");
            let base = if family == "sql" {
                VmSpec::windows(&name)
            } else {
                VmSpec::linux(&name)
            };
            let kinds = [0, 1].map(|bus| (base.controllers[0].0, bus));
            let spec = base
                .on(&site.a, &site.gold[number % 2])
                .network(&site.net)
                .in_folder(&folder)
                .off()
                .controllers(&kinds)
                .disks(disks(count));
            builder.vm(&site.dc, &spec);
        }
    }
    let branch = VmSpec::linux("branch-01")
        .on(&site.b, &site.silver)
        .network(&site.net)
        .in_folder(&folder)
        .off();
    builder.vm(&site.dc, &branch);
}

fn clones(builder: &mut Builder<'_>, site: &Site) {
    let folder = builder.folder(&site.dc.vm, "Clones");
    let disk = || DiskSpec::thin(0, 0, 60).with_uuid(TEMPLATE_DISK);
    let mut template = VmSpec::linux("tpl-web")
        .on(&site.a, &site.gold[0])
        .in_folder(&folder)
        .off()
        .disks([disk()]);
    template.template = true;
    builder.vm(&site.dc, &template);
    let clone = |name: &str, disk: DiskSpec| {
        VmSpec::linux(name)
            .on(&site.a, &site.gold[0])
            .network(&site.net)
            .in_folder(&folder)
            .off()
            .disks([disk])
    };
    for name in ["web-01", "web-02"] {
        let linked = disk()
            .written(3)
            .linked_to("[gold-01] tpl-web/tpl-web.vmdk");
        builder.vm(&site.dc, &clone(name, linked));
    }
    builder.vm(&site.dc, &clone("web-03", disk()));
    for name in ["twin-01", "twin-02"] {
        let mut twin = clone(name, DiskSpec::thin(0, 0, 40));
        twin.bios_uuid = Some("42013a5c-7d10-4e2b-9c64-5b8f0e1d2a37".to_owned());
        builder.vm(&site.dc, &twin);
    }
}
