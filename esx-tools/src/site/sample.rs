//! Facts for tests: a master target that meets every rule, and the one that meets none.

use jiff::Timestamp;
use vsphere_client::vim::ManagedObjectReference;

use super::*;
use crate::{
    fact::PowerState,
    vm::{
        ChainUnit, ControllerFacts, ControllerKind, DiskFacts, GuestDisk, Setting, SnapshotFacts,
        ToolsFacts, UsageFacts,
    },
};

/// A master target that meets every rule, in a DRS cluster and on a Storage DRS pod.
pub(crate) fn ready() -> Facts {
    let gib = 1i64 << 30;
    let disk = |key: i32, unit: i32, gigabytes: i64| {
        let path = format!("[ds1] mt/mt_{unit}.vmdk");
        DiskFacts {
            key,
            label: format!("Hard disk {}", unit + 1),
            uuid: Some(format!("6000c29{key}")),
            capacity_bytes: Some(gigabytes * gib),
            controller_key: Some(1000),
            bus: Some(0),
            unit: Some(unit),
            backing: "VirtualDiskFlatVer2BackingInfo".into(),
            path: Some(path.clone()),
            datastore: Some("ds1".into()),
            chain: vec![ChainUnit {
                path,
                datastore: Some("ds1".into()),
                bytes: Some(gigabytes * gib / 2),
            }],
            mode: Some("persistent".into()),
            on_scsi: true,
            multi_writer: false,
            encrypted: false,
        }
    };
    let moref = ManagedObjectReference::new("VirtualMachine", "vm-42");
    let mut facts = Facts {
        gathered_at: Timestamp::UNIX_EPOCH,
        server: ServerFacts {
            product: "VMware vCenter Server 8.0.3 build-1".into(),
            version: "8.0.3".into(),
            build: "1".into(),
            api_version: "8.0.3.0".into(),
            is_vcenter: true,
            address: Some("vc.example.com".into()),
            instance_uuid: Some("vc".into()),
            user: Some("VSPHERE.LOCAL\\Administrator".into()),
        },
        master_target: Vm {
            name: "mt".into(),
            inventory_path: Some("/DC/vm/mt".into()),
            datacenter: Some(ManagedObjectReference::new("Datacenter", "datacenter-2")),
            instance_uuid: Some("5001".into()),
            bios_uuid: Some("4201".into()),
            change_version: Some("2026-01-01T00:00:00.000000Z".into()),
            template: Some(false),
            power_state: Fact::Known(PowerState::PoweredOn),
            boot_time: Timestamp::from_second(100).ok(),
            connection_state: Some("connected".into()),
            guest_id: Some("ubuntu64Guest".into()),
            guest_family: Some("linuxGuest".into()),
            tools: Fact::Known(ToolsFacts {
                running_status: Some("guestToolsRunning".into()),
                version_status: Some("guestToolsCurrent".into()),
            }),
            memory_mb: Fact::Known(6144),
            cpus: Fact::Known(4),
            extra_config: Fact::Known(vec![
                Setting {
                    key: "disk.EnableUUID".into(),
                    value: "TRUE".into(),
                },
                Setting {
                    key: "esxtool.exclusion".into(),
                    value: format!("1;{moref}=none"),
                },
            ]),
            disk_uuid_flag: Some(true),
            controllers: Fact::Known(vec![ControllerFacts {
                disputed: Vec::new(),
                key: 1000,
                label: "SCSI controller 0".into(),
                kind: ControllerKind::LsiLogic,
                bus: 0,
                devices: vec![2000, 2001],
                units: vec![0, 1],
            }]),
            disks: Fact::Known(vec![disk(2000, 0, 100), disk(2001, 1, 1024)]),
            snapshots: Fact::Known(vec![]),
            consolidation_needed: Fact::Known(false),
            disabled_methods: Fact::Known(vec!["RelocateVM_Task".into()]),
            guest_disks: Fact::Known(vec![
                guest_disk("/", 100, "ext4"),
                guest_disk("/mnt/retention", 1024, "ext4"),
            ]),
            usage: Fact::Known(vec![UsageFacts {
                datastore: ManagedObjectReference::new("Datastore", "datastore-1"),
                committed: 562 * gib,
                uncommitted: 562 * gib,
            }]),
            home_datastore: Some("ds1".into()),
            host: Some(ManagedObjectReference::new("HostSystem", "host-10")),
            ..Vm::unread(moref.clone())
        },
        host: Fact::Known(HostFacts {
            moref: ManagedObjectReference::new("HostSystem", "host-10"),
            name: "esx-01".into(),
            product: Some("VMware ESXi 8.0.3".into()),
            version: Some("8.0.3".into()),
            connection_state: Some("connected".into()),
            in_maintenance_mode: Some(false),
            managed_by: None,
        }),
        cluster: Fact::Known(Some(ClusterFacts {
            moref: ManagedObjectReference::new("ClusterComputeResource", "domain-c8"),
            name: "cluster-a".into(),
            drs_enabled: Some(true),
            drs_override: Fact::Known(Some(excluded())),
        })),
        datastores: Fact::Known(vec![DatastoreFacts {
            moref: ManagedObjectReference::new("Datastore", "datastore-1"),
            name: "ds1".into(),
            kind: Fact::Known(DatastoreKind::Vmfs),
            capacity_bytes: Some(4096 * gib),
            free_bytes: Some(2048 * gib),
            accessible: Some(true),
            mount: Fact::Known(Some(MountFacts {
                access_mode: Some("readWrite".into()),
                mounted: Some(true),
                accessible: Some(true),
                inaccessible_reason: None,
                network: None,
            })),
            pod: Some(ManagedObjectReference::new("StoragePod", "group-p12")),
            in_use: true,
            volume: Some(VolumeFacts::Vmfs {
                uuid: "5f3b-01".into(),
                local: Some(false),
                devices: vec!["naa.6001".into()],
            }),
        }]),
        pods: Fact::Known(vec![PodFacts {
            moref: ManagedObjectReference::new("StoragePod", "group-p12"),
            name: "pod-1".into(),
            storage_drs_enabled: Fact::Known(true),
            storage_drs_override: Fact::Known(Some(excluded())),
        }]),
        abilities: Abilities {
            privileges: Fact::Known(vec![]),
        },
        role: Fact::Known(RoleFacts {
            asked: vec![moref],
            lacking: vec![],
        }),
        licences: Fact::Known(vec![LicenceFacts {
            edition: "esx.enterprisePlus.cpuPackage".into(),
            name: "VMware vSphere 8 Enterprise Plus".into(),
            expired: None,
        }]),
        protected: ProtectedFacts::default(),
        tags: Vec::new(),
        target: TargetFacts::default(),
    };
    facts.target = TargetFacts::seen(&facts.master_target);
    facts
}

/// A replication appliance that meets every rule.
pub(crate) fn appliance() -> Facts {
    let mut facts = ready();
    let vm = &mut facts.master_target;
    vm.name = "asr-appliance".into();
    vm.guest_id = Some("windows2019srvNext_64Guest".into());
    vm.guest_family = Some("windowsGuest".into());
    vm.memory_mb = Fact::Known(16 * 1024);
    vm.cpus = Fact::Known(8);
    vm.guest_disks = Fact::Known(vec![
        guest_disk("C:\\", 80, "NTFS"),
        guest_disk("E:\\", 620, "NTFS"),
    ]);
    facts.target = TargetFacts::seen(&facts.master_target);
    facts
}

/// The ready VM with one VM to protect, which meets every rule.
pub(crate) fn protecting() -> Facts {
    let mut facts = ready();
    let app = protected("app-01", 2);
    facts.protected = ProtectedFacts {
        groups: vec![GroupFacts {
            name: "web".into(),
            members: vec![app.moref.clone()],
            master_target: None,
            attached_elsewhere: vec![],
        }],
        vms: vec![app],
        datastores: facts.datastores.known().cloned().unwrap_or_default(),
        recreate: vec!["old-01".into()],
        failback_vcenter: Some("vc".into()),
        probes: vec![ProbeFacts {
            role: "configuration server".into(),
            endpoint: crate::endpoint::Endpoint {
                host: "cs".into(),
                port: Some(443),
            },
            error: None,
        }],
        neighbours: Fact::Known(vec![]),
    };
    facts
}

/// A thin disk at 0:0 of which neither UUID nor files are told.
pub(crate) fn disk() -> DiskFacts {
    DiskFacts {
        key: 2000,
        label: "Hard disk 1".into(),
        uuid: None,
        capacity_bytes: Some(1 << 30),
        controller_key: Some(1000),
        bus: Some(0),
        on_scsi: true,
        unit: Some(0),
        backing: "VirtualDiskFlatVer2BackingInfo".into(),
        path: None,
        datastore: None,
        chain: vec![],
        mode: Some("persistent".into()),
        multi_writer: false,
        encrypted: false,
    }
}

/// A protected Linux VM, powered off, with so many disks on `ds1`.
pub(crate) fn protected(name: &str, disks: usize) -> Vm {
    let mark: u32 = name.bytes().map(u32::from).sum();
    let disk = |index: usize| {
        let path = format!("[ds1] {name}/{name}_{index}.vmdk");
        DiskFacts {
            key: 2000 + i32::try_from(index).unwrap_or_default(),
            label: format!("Hard disk {}", index + 1),
            uuid: Some(format!("6000c29300000000{mark:08x}{index:08x}")),
            capacity_bytes: Some(10 << 30),
            controller_key: Some(1000),
            bus: Some(0),
            unit: i32::try_from(index).ok(),
            backing: "VirtualDiskFlatVer2BackingInfo".into(),
            path: Some(path.clone()),
            datastore: Some("ds1".into()),
            chain: vec![ChainUnit {
                path,
                datastore: Some("ds1".into()),
                bytes: None,
            }],
            mode: Some("persistent".into()),
            on_scsi: true,
            multi_writer: false,
            encrypted: false,
        }
    };
    Vm {
        name: name.into(),
        inventory_path: Some(format!("/DC/vm/{name}")),
        datacenter: None,
        instance_uuid: Some(format!("5002-{name}")),
        bios_uuid: Some(format!("4202-{name}")),
        template: Some(false),
        power_state: Fact::Known(PowerState::PoweredOff),
        guest_id: Some("ubuntu64Guest".into()),
        extra_config: Fact::Known(vec![]),
        disk_uuid_flag: Some(true),
        firmware: Some("efi".into()),
        secure_boot: Some(false),
        disks: Fact::Known((0..disks).map(disk).collect()),
        snapshots: Fact::Known(vec![]),
        datastores: Fact::Known(vec![ManagedObjectReference::new(
            "Datastore",
            "datastore-1",
        )]),
        usage: Fact::Known(vec![UsageFacts {
            datastore: ManagedObjectReference::new("Datastore", "datastore-1"),
            committed: 10 << 30,
            uncommitted: 10 << 30,
        }]),
        ..Vm::unread(ManagedObjectReference::new(
            "VirtualMachine",
            format!("vm-{name}"),
        ))
    }
}

/// A volume that the guest reports.
pub(crate) fn guest_disk(path: &str, gigabytes: i64, filesystem: &str) -> GuestDisk {
    GuestDisk {
        path: path.into(),
        capacity_bytes: Some(gigabytes << 30),
        free_bytes: Some(gigabytes << 29),
        filesystem: Some(filesystem.into()),
        disk_keys: vec![],
    }
}

/// An entry that keeps the VM out.
pub(crate) fn excluded() -> OverrideFacts {
    OverrideFacts {
        enabled: Some(false),
        behavior: None,
    }
}

/// The same VM with everything wrong that can be fixed.
pub(crate) fn wrong() -> Facts {
    let mut facts = ready();
    let vm = &mut facts.master_target;
    vm.extra_config = Fact::Known(vec![]);
    vm.disk_uuid_flag = Some(false);
    vm.consolidation_needed = Fact::Known(true);
    vm.disabled_methods = Fact::Known(vec![]);
    vm.snapshots = Fact::Known(vec![snapshot("1", vec![snapshot("2", vec![])])]);
    if let Fact::Known(disks) = &mut vm.disks {
        for level in 1..=2 {
            disks[0].chain.push(ChainUnit {
                path: format!("[ds1] mt/mt_0-{level:06}.vmdk"),
                datastore: Some("ds1".into()),
                bytes: Some(1 << 30),
            });
        }
    }
    if let Fact::Known(controllers) = &mut vm.controllers {
        controllers.push(controller(1001, ControllerKind::ParaVirtual, 1, vec![]));
    }
    if let Fact::Known(Some(cluster)) = &mut facts.cluster {
        cluster.drs_override = Fact::Known(None);
    }
    if let Fact::Known(pods) = &mut facts.pods {
        pods[0].storage_drs_override = Fact::Known(None);
    }
    facts
}

/// A snapshot with its children.
pub(crate) fn snapshot(id: &str, children: Vec<SnapshotFacts>) -> SnapshotFacts {
    SnapshotFacts {
        moref: ManagedObjectReference::new("VirtualMachineSnapshot", format!("snapshot-{id}")),
        name: format!("before patch {id}"),
        description: String::new(),
        created: Some(Timestamp::UNIX_EPOCH),
        is_current: children.is_empty(),
        children,
    }
}

/// A controller.
pub(crate) fn controller(
    key: i32,
    kind: ControllerKind,
    bus: i32,
    devices: Vec<i32>,
) -> ControllerFacts {
    ControllerFacts {
        disputed: Vec::new(),
        key,
        label: format!("SCSI controller {bus}"),
        kind,
        bus,
        units: (0..).take(devices.len()).collect(),
        devices,
    }
}

/// The ready VM on a host without vCenter.
pub(crate) fn standalone() -> Facts {
    let mut facts = ready();
    facts.server.is_vcenter = false;
    facts.server.instance_uuid = None;
    facts.master_target.disabled_methods = Fact::Known(vec![]);
    if let Fact::Known(settings) = &mut facts.master_target.extra_config {
        settings.retain(|setting| setting.key == "disk.EnableUUID");
    }
    facts.cluster = Fact::Known(None);
    facts.pods = Fact::Known(vec![]);
    facts.abilities.privileges = Fact::unknown("a host has no HasPrivilegeOnEntities");
    if let Fact::Known(datastores) = &mut facts.datastores {
        datastores[0].pod = None;
    }
    facts
}

/// The ready VM with every fact missing that can be.
pub(crate) fn unread() -> Facts {
    let mut facts = ready();
    let reason = "no privilege System.Read";
    let vm = &mut facts.master_target;
    vm.power_state = Fact::unknown(reason);
    vm.tools = Fact::unknown(reason);
    vm.memory_mb = Fact::unknown(reason);
    vm.cpus = Fact::unknown(reason);
    vm.extra_config = Fact::unknown(reason);
    vm.disk_uuid_flag = None;
    vm.controllers = Fact::unknown(reason);
    vm.disks = Fact::unknown(reason);
    vm.snapshots = Fact::unknown(reason);
    vm.consolidation_needed = Fact::unknown(reason);
    vm.disabled_methods = Fact::unknown(reason);
    vm.guest_disks = Fact::unknown(reason);
    vm.usage = Fact::unknown(reason);
    vm.guest_id = None;
    vm.connection_state = None;
    vm.change_version = None;
    facts.host = Fact::unknown(reason);
    facts.cluster = Fact::unknown(reason);
    facts.datastores = Fact::unknown(reason);
    facts.pods = Fact::unknown(reason);
    facts.abilities.privileges = Fact::unknown(reason);
    facts.role = Fact::unknown(reason);
    facts.licences = Fact::unknown(reason);
    facts
}
