//! Clusters, the compute resources of single hosts, and their resource pools.

use crate::model::managers::entity;
use crate::model::{Builder, Datacenter};
use crate::value::{Data, MoRef, Value};

/// A cluster, or the compute resource of a single host.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The compute resource.
    pub reference: MoRef,
    /// Its root resource pool.
    pub pool: MoRef,
}

impl Builder<'_> {
    /// A cluster; `drs` says whether DRS places VMs in it.
    pub fn cluster(&mut self, dc: &Datacenter, name: &str, drs: bool) -> Cluster {
        let reference = self.reference("ClusterComputeResource", "domain-c");
        let das = || {
            Data::new("ClusterDasConfigInfo")
                .with("enabled", true)
                .with("failoverLevel", 1)
        };
        let behaviour = || {
            Data::new("ClusterDrsConfigInfo")
                .with("enabled", drs)
                .with("enableVmBehaviorOverrides", true)
                .with_enum("defaultVmBehavior", "DrsBehavior", "fullyAutomated")
                .with("vmotionRate", 3)
        };
        let extended = Data::new("ClusterConfigInfoEx")
            .with("vmSwapPlacement", "vmDirectory")
            .with("dasConfig", das())
            .with("drsConfig", behaviour());
        let plain = Data::new("ClusterConfigInfo")
            .with("dasConfig", das())
            .with("drsConfig", behaviour());
        let summary = compute_summary("ClusterComputeResourceSummary")
            .with("currentFailoverLevel", 1)
            .with("numVmotions", 42);
        let properties = compute("ClusterComputeResource", name, &dc.host, summary)
            .with("configurationEx", extended)
            .with("configuration", plain);
        self.put_compute(dc, reference, properties)
    }

    pub(super) fn put_compute(
        &mut self,
        dc: &Datacenter,
        reference: MoRef,
        properties: Data,
    ) -> Cluster {
        let pool = if self.personality.is_vcenter() {
            self.reference("ResourcePool", "resgroup-")
        } else {
            MoRef::new("ResourcePool", "ha-root-pool")
        };
        let browser = MoRef::new(
            "EnvironmentBrowser",
            format!("envbrowser-{}", reference.value),
        );
        self.world.store.insert_owned(
            browser.clone(),
            Data::new("EnvironmentBrowser"),
            reference.clone(),
        );
        let properties = properties
            .with("resourcePool", &pool)
            .with("environmentBrowser", &browser);
        self.world.store.insert(reference.clone(), properties);
        self.world.store.link(&dc.host, "childEntity", &reference);
        let pool_properties = resource_pool(&pool, &reference);
        self.world.store.insert(pool.clone(), pool_properties);
        Cluster { reference, pool }
    }
}

pub(super) fn compute(kind: &str, name: &str, parent: &MoRef, summary: Data) -> Data {
    entity(kind, name)
        .with("parent", parent)
        .with("summary", summary)
        .with("host", Value::refs([]))
        .with("datastore", Value::refs([]))
        .with("network", Value::refs([]))
}

pub(super) fn compute_summary(kind: &str) -> Data {
    Data::new(kind)
        .with("totalCpu", 0)
        .with("totalMemory", 0_i64)
        .with("numCpuCores", 0_i16)
        .with("numCpuThreads", 0_i16)
        .with("effectiveCpu", 0)
        .with("effectiveMemory", 0_i64)
        .with("numHosts", 0)
        .with("numEffectiveHosts", 0)
        .with_enum("overallStatus", "ManagedEntityStatus", "green")
}

fn resource_pool(pool: &MoRef, owner: &MoRef) -> Data {
    let config = || {
        Data::new("ResourceConfigSpec")
            .with("entity", pool)
            .with("cpuAllocation", allocation())
            .with("memoryAllocation", allocation())
    };
    let usage = || {
        let mut usage = Data::new("ResourcePoolResourceUsage");
        for name in [
            "reservationUsed",
            "reservationUsedForVm",
            "unreservedForPool",
            "unreservedForVm",
            "overallUsage",
        ] {
            usage.set(name, 0_i64);
        }
        usage.with("maxUsage", 108_000_i64)
    };
    let runtime = Data::new("ResourcePoolRuntimeInfo")
        .with("memory", usage())
        .with("cpu", usage())
        .with_enum("overallStatus", "ManagedEntityStatus", "green");
    let summary = Data::new("ResourcePoolSummary")
        .with("name", "Resources")
        .with("config", config())
        .with("runtime", runtime.clone());
    entity("ResourcePool", "Resources")
        .with("parent", owner)
        .with("owner", owner)
        .with("summary", summary)
        .with("runtime", runtime)
        .with("config", config())
        .with("resourcePool", Value::refs([]))
        .with("vm", Value::refs([]))
}

/// A resource allocation without reservation or limit.
pub(crate) fn allocation() -> Data {
    let shares =
        Data::new("SharesInfo")
            .with("shares", 4000)
            .with_enum("level", "SharesLevel", "normal");
    Data::new("ResourceAllocationInfo")
        .with("reservation", 0_i64)
        .with("expandableReservation", true)
        .with("limit", -1_i64)
        .with("shares", shares)
}
