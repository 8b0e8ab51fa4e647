//! `big:N`: as many VMs as wanted.

use super::Scenario;
use crate::model::{
    Builder, ControllerKind, DatastoreSpec, DiskSpec, HostSpec, Personality, VmSpec,
};
use crate::value::MoRef;
use crate::world::World;

pub(super) const SCENARIO: Scenario = Scenario {
    name: "big",
    summary: "A vCenter 8.0 site with N VMs (big:N, 100 without a number) on 8 hosts and 16 datastores",
    contents: &[(
        "vm-00001 and on",
        "VMs of mixed systems and sizes; every tenth has a snapshot, every seventh a second controller",
    )],
    build,
};

fn build(world: &mut World, number: usize) {
    let mut site = Builder::new(world, Personality::vcenter("8.0.3"));
    let dc = site.datacenter("London");
    let cluster = site.cluster(&dc, "Cluster-A", true);
    let hosts: Vec<HostSpec> = (1..=8)
        .map(|n| site.cluster_host(&cluster, &format!("esx-{n:02}.example.com")))
        .collect();
    let all: Vec<&HostSpec> = hosts.iter().collect();
    let net = site.network(&dc, "VM Network", &all);
    // Room enough for any number: what is to be seen here is many VMs, not full datastores.
    let gb = 16_384 + i64::try_from(number).unwrap_or(i64::MAX / 2) * 64;
    let datastores: Vec<MoRef> = (1..=16)
        .map(|n| site.datastore(&dc, &DatastoreSpec::vmfs(&format!("vmfs-{n:02}"), gb), &all))
        .collect();
    for n in 1..=number {
        let name = format!("vm-{n:05}");
        let base = if n % 3 == 0 {
            VmSpec::windows(&name)
        } else {
            VmSpec::linux(&name)
        };
        let kind = base.controllers[0].0;
        let mut spec = base
            .on(&hosts[n % hosts.len()], &datastores[n % datastores.len()])
            .network(&net);
        if n % 4 == 0 {
            spec = spec.off();
        }
        if n % 7 == 0 {
            spec = spec.controllers(&[(kind, 0), (ControllerKind::ParaVirtual, 1)]);
            spec.disks.push(DiskSpec::thin(1, 0, 100));
        }
        if n % 10 == 0 {
            spec = spec.snapshot("monthly", "monthly patches", 1);
        }
        site.vm(&dc, &spec);
    }
}
