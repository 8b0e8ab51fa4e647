//! Hosts.

use crate::ids;
use crate::model::compute::{compute, compute_summary};
use crate::model::managers::entity;
use crate::model::{Builder, Cluster, Datacenter, Personality};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// A host with what hangs on it.
#[derive(Clone, Debug)]
pub struct HostSpec {
    /// The host.
    pub reference: MoRef,
    /// The compute resource it belongs to.
    pub compute: MoRef,
    /// The root resource pool.
    pub pool: MoRef,
}

impl Builder<'_> {
    /// A host in a cluster.
    pub fn cluster_host(&mut self, cluster: &Cluster, name: &str) -> HostSpec {
        let reference = self.reference("HostSystem", "host-");
        self.put_host(reference, cluster, name)
    }

    /// A host outside any cluster.
    pub fn standalone_host(&mut self, dc: &Datacenter, name: &str) -> HostSpec {
        let vcenter = self.personality.is_vcenter();
        let (compute_ref, host_ref) = if vcenter {
            (
                self.reference("ComputeResource", "domain-s"),
                self.reference("HostSystem", "host-"),
            )
        } else {
            (
                MoRef::new("ComputeResource", "ha-compute-res"),
                MoRef::new("HostSystem", "ha-host"),
            )
        };
        let config = Data::new("ComputeResourceConfigInfo").with("vmSwapPlacement", "vmDirectory");
        let summary = compute_summary("ComputeResourceSummary");
        let properties =
            compute("ComputeResource", name, &dc.host, summary).with("configurationEx", config);
        let compute = self.put_compute(dc, compute_ref, properties);
        self.put_host(host_ref, &compute, name)
    }

    fn put_host(&mut self, reference: MoRef, cluster: &Cluster, name: &str) -> HostSpec {
        let managers = self.host_managers(&reference);
        let summary = self.host_summary(&reference, name);
        let runtime = summary
            .data("runtime")
            .cloned()
            .unwrap_or_else(|| Data::new("HostRuntimeInfo"));
        let browser = MoRef::new(
            "HostDatastoreBrowser",
            format!("datastoreBrowser-{}", reference.value),
        );
        self.world.store.insert_owned(
            browser.clone(),
            Data::new("HostDatastoreBrowser").with("datastore", Value::refs([])),
            reference.clone(),
        );
        let resources = Data::new("HostLicensableResourceInfo").with(
            "resource",
            Value::list(
                "KeyAnyValue",
                [Data::new("KeyAnyValue")
                    .with("key", "numCpuPackages")
                    .with("value", 2)],
            ),
        );
        let properties = entity("HostSystem", name)
            .with("parent", &cluster.reference)
            .with("runtime", runtime)
            .with("summary", summary)
            .with("licensableResource", resources)
            .with("configManager", managers)
            .with("datastoreBrowser", &browser)
            .with("vm", Value::refs([]))
            .with("datastore", Value::refs([]))
            .with("network", Value::refs([]));
        self.world.store.insert(reference.clone(), properties);
        self.world
            .store
            .link(&cluster.reference, "host", &reference);
        grow(self.world, &cluster.reference);
        HostSpec {
            reference,
            compute: cluster.reference.clone(),
            pool: cluster.pool.clone(),
        }
    }

    fn host_managers(&mut self, host: &MoRef) -> Data {
        let datastores = MoRef::new(
            "HostDatastoreSystem",
            format!("datastoreSystem-{}", host.value),
        );
        let capabilities = Data::new("HostDatastoreSystemCapabilities")
            .with("nfsMountCreationRequired", true)
            .with("nfsMountCreationSupported", true)
            .with("localDatastoreSupported", false)
            .with("vmfsExtentExpansionSupported", true);
        let properties = Data::new("HostDatastoreSystem")
            .with("datastore", Value::refs([]))
            .with("capabilities", capabilities);
        self.world
            .store
            .insert_owned(datastores.clone(), properties, host.clone());
        let storage = MoRef::new("HostStorageSystem", format!("storageSystem-{}", host.value));
        let volumes = Data::new("HostFileSystemVolumeInfo")
            .with(
                "volumeTypeList",
                Value::list("string", ["VMFS", "NFS", "NFS41", "vsan", "OTHER"]),
            )
            .with(
                "mountInfo",
                Value::list("HostFileSystemMountInfo", Vec::<Data>::new()),
            );
        let properties = Data::new("HostStorageSystem").with("fileSystemVolumeInfo", volumes);
        self.world
            .store
            .insert_owned(storage.clone(), properties, host.clone());
        Data::new("HostConfigManager")
            .with("datastoreSystem", &datastores)
            .with("storageSystem", &storage)
    }

    fn host_summary(&self, host: &MoRef, name: &str) -> Data {
        let version = self.host_version();
        let product = Data::new("AboutInfo")
            .with("name", "VMware ESXi")
            .with("fullName", format!("VMware ESXi {version} build-24280767"))
            .with("vendor", "VMware, Inc.")
            .with("version", version.as_str())
            .with("build", "24280767")
            .with("osType", "vmnix-x86")
            .with("productLineId", "embeddedEsx")
            .with("apiType", "HostAgent")
            .with("apiVersion", Personality::vcenter(&version).api_version());
        let hardware = Data::new("HostHardwareSummary")
            .with("vendor", "Dell Inc.")
            .with("model", "PowerEdge R650")
            .with("uuid", ids::plain_uuid(&format!("host {name}")))
            .with("memorySize", 256_i64 << 30)
            .with("cpuModel", "Intel(R) Xeon(R) Gold 6330 CPU @ 2.00GHz")
            .with("cpuMhz", 2000)
            .with("numCpuPkgs", 2_i16)
            .with("numCpuCores", 56_i16)
            .with("numCpuThreads", 112_i16)
            .with("numNics", 4)
            .with("numHBAs", 3);
        let runtime = Data::new("HostRuntimeInfo")
            .with_enum("connectionState", "HostSystemConnectionState", "connected")
            .with_enum("powerState", "HostSystemPowerState", "poweredOn")
            .with("standbyMode", "none")
            .with("inMaintenanceMode", false)
            .with("bootTime", self.world.clock.now());
        let config = Data::new("HostConfigSummary")
            .with("name", name)
            .with("port", 443)
            .with("product", product)
            .with("vmotionEnabled", true)
            .with("faultToleranceEnabled", false);
        Data::new("HostListSummary")
            .with("host", host)
            .with("hardware", hardware)
            .with("runtime", runtime)
            .with("config", config)
            .with(
                "quickStats",
                Data::new("HostListSummaryQuickStats").with("uptime", 2_592_000),
            )
            .with_enum("overallStatus", "ManagedEntityStatus", "green")
            .with("rebootRequired", false)
    }

    fn host_version(&self) -> String {
        let mut parts: Vec<&str> = self.personality.version().split('.').collect();
        parts.resize(3, "0");
        parts.join(".")
    }
}

/// Adds one host's hardware to the sums of its compute resource.
fn grow(world: &mut World, compute: &MoRef) {
    world.store.update(compute, |data| {
        let hosts = i16::try_from(data.references("host").len()).unwrap_or(i16::MAX);
        data.set_path("summary.totalCpu", 112_000 * i32::from(hosts));
        data.set_path("summary.totalMemory", (256_i64 << 30) * i64::from(hosts));
        data.set_path("summary.numCpuCores", 56 * hosts);
        data.set_path("summary.numCpuThreads", 112 * hosts);
        data.set_path("summary.effectiveCpu", 108_000 * i32::from(hosts));
        data.set_path("summary.effectiveMemory", 250_000 * i64::from(hosts));
        data.set_path("summary.numHosts", i32::from(hosts));
        data.set_path("summary.numEffectiveHosts", i32::from(hosts));
        // Newer clients read a cluster's summary from a property of its own.
        if let Some(summary) = data.get("summary").cloned()
            && data.kind == "ClusterComputeResource"
        {
            data.set("summaryEx", summary);
        }
    });
}
