//! `esxi`: a host of its own.

use super::Scenario;
use crate::model::{
    Builder, ControllerKind, DatastoreSpec, DiskSpec, Licence, Personality, VmSpec,
};
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "esxi",
    summary: "A standalone ESXi 7.0 host with a full licence and no vCenter: Storage vMotion cannot happen, and cannot be forbidden either",
    contents: &[
        (
            "mt-linux-01",
            "master target to be fixed: no disk.EnableUUID, a snapshot, an empty paravirtual controller",
        ),
        ("app-01", "protected Linux VM, powered off"),
        ("datastore2", "VMFS that somebody has unmounted"),
    ],
    build,
};

fn build(world: &mut World, _: usize) {
    host(world, Licence::Full);
}

/// A host with a master target and a protected VM.
pub(super) fn host(world: &mut World, licence: Licence) {
    let mut site = Builder::new(world, Personality::esxi("7.0.3", licence));
    let dc = site.datacenter("ha-datacenter");
    let host = site.standalone_host(&dc, "esx-01.example.com");
    let net = site.network(&dc, "VM Network", &[&host]);
    let datastore = site.datastore(
        &dc,
        &DatastoreSpec::vmfs("datastore1", 4096).local(),
        &[&host],
    );
    let second = DatastoreSpec::vmfs("datastore2", 1024).local();
    let second = site.datastore(&dc, &second, &[&host]);
    site.unmounted(&second, &host);
    let target = VmSpec::linux("mt-linux-01")
        .on(&host, &datastore)
        .network(&net)
        .size(4, 8192)
        .controllers(&[
            (ControllerKind::LsiLogic, 0),
            (ControllerKind::ParaVirtual, 1),
        ])
        .disks([
            DiskSpec::thin(0, 0, 100).written(20).mounted("/", "ext4"),
            DiskSpec::thin(0, 1, 1024)
                .written(2)
                .mounted("/mnt/retention", "ext4"),
        ])
        .snapshot("before-agent", "before the master target was installed", 2);
    site.vm(&dc, &target);
    site.vm(
        &dc,
        &VmSpec::linux("app-01")
            .on(&host, &datastore)
            .network(&net)
            .off(),
    );
}
