//! Datacenters, folders, clusters, hosts, networks.

use crate::model::managers::entity;
use crate::model::{Builder, Personality, ids};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// A datacenter with its four folders.
#[derive(Clone, Debug)]
pub struct Datacenter {
    /// The datacenter.
    pub reference: MoRef,
    /// Where machines hang.
    pub vm: MoRef,
    /// Where hosts and clusters hang.
    pub host: MoRef,
    /// Where datastores and pods hang.
    pub datastore: MoRef,
    /// Where networks hang.
    pub network: MoRef,
}

/// A cluster, or the compute resource of a single host.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// The compute resource.
    pub reference: MoRef,
    /// Its root resource pool.
    pub pool: MoRef,
}

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
    /// A datacenter below the root folder.
    pub fn datacenter(&mut self, name: &str) -> Datacenter {
        let vcenter = self.personality.is_vcenter();
        let root = self
            .world
            .root_folder()
            .unwrap_or_else(World::service_instance);
        let reference = if vcenter {
            self.reference("Datacenter", "datacenter-")
        } else {
            MoRef::new("Datacenter", "ha-datacenter")
        };
        self.world
            .store
            .insert(reference.clone(), Data::new("Datacenter"));
        let mut folder = |name: &str, prefix: &str, own: &str, child: &[&str]| {
            let folder = if vcenter {
                self.reference("Folder", prefix)
            } else {
                MoRef::new("Folder", own)
            };
            self.put_folder(&folder, &reference, name, child);
            folder
        };
        let vm = folder(
            "vm",
            "group-v",
            "ha-folder-vm",
            &["Folder", "VirtualMachine", "VirtualApp"],
        );
        let host = folder(
            "host",
            "group-h",
            "ha-folder-host",
            &["Folder", "ComputeResource"],
        );
        let datastore = folder(
            "datastore",
            "group-s",
            "ha-folder-datastore",
            &["Folder", "Datastore", "StoragePod"],
        );
        let network = folder(
            "network",
            "group-n",
            "ha-folder-network",
            &["Folder", "Network"],
        );
        let properties = entity("Datacenter", name)
            .with("parent", &root)
            .with("vmFolder", &vm)
            .with("hostFolder", &host)
            .with("datastoreFolder", &datastore)
            .with("networkFolder", &network)
            .with("datastore", Value::refs([]))
            .with("network", Value::refs([]))
            .with("configuration", Data::new("DatacenterConfigInfo"));
        self.world.store.insert(reference.clone(), properties);
        self.world.store.link(&root, "childEntity", &reference);
        Datacenter {
            reference,
            vm,
            host,
            datastore,
            network,
        }
    }

    /// A folder for machines below another.
    pub fn folder(&mut self, parent: &MoRef, name: &str) -> MoRef {
        let folder = self.reference("Folder", "group-v");
        self.put_folder(
            &folder,
            parent,
            name,
            &["Folder", "VirtualMachine", "VirtualApp"],
        );
        self.world.store.link(parent, "childEntity", &folder);
        folder
    }

    fn put_folder(&mut self, folder: &MoRef, parent: &MoRef, name: &str, child: &[&str]) {
        let properties = entity("Folder", name)
            .with("parent", parent)
            .with("childType", Value::list("string", child.iter().copied()))
            .with("childEntity", Value::refs([]));
        self.world.store.insert(folder.clone(), properties);
    }

    /// A cluster; `drs` says whether DRS places machines in it.
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

    fn put_compute(&mut self, dc: &Datacenter, reference: MoRef, properties: Data) -> Cluster {
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

    /// A standard network that hosts share.
    pub fn network(&mut self, dc: &Datacenter, name: &str, hosts: &[&HostSpec]) -> MoRef {
        let reference = if self.personality.is_vcenter() {
            self.reference("Network", "network-")
        } else {
            MoRef::new("Network", format!("HaNetwork-{name}"))
        };
        let summary = Data::new("NetworkSummary")
            .with("network", &reference)
            .with("name", name)
            .with("accessible", true)
            .with("ipPoolName", "");
        let hosts_of = Value::refs(hosts.iter().map(|h| h.reference.clone()));
        let properties = entity("Network", name)
            .with("parent", &dc.network)
            .with("summary", summary)
            .with("host", hosts_of)
            .with("vm", Value::refs([]));
        self.world.store.insert(reference.clone(), properties);
        for (holder, place) in [(&dc.network, "childEntity"), (&dc.reference, "network")] {
            self.world.store.link(holder, place, &reference);
        }
        for host in hosts {
            self.world
                .store
                .link(&host.reference, "network", &reference);
            self.world.store.link(&host.compute, "network", &reference);
        }
        reference
    }
}

fn compute(kind: &str, name: &str, parent: &MoRef, summary: Data) -> Data {
    entity(kind, name)
        .with("parent", parent)
        .with("summary", summary)
        .with("host", Value::refs([]))
        .with("datastore", Value::refs([]))
        .with("network", Value::refs([]))
}

fn compute_summary(kind: &str) -> Data {
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
    });
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
