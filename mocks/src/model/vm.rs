//! Makes a VM: its configuration, devices, files and snapshots.

use crate::files::FileKind;
use crate::ids;
use crate::lab::{GuestProfile, GuestVolume};
use crate::model::form;
use crate::model::managers::entity;
use crate::model::vm_config::{capability, runtime};
use crate::model::{Builder, Datacenter, VmSpec};
use crate::shape::narrow;
use crate::value::{Data, MoRef, Value};
use crate::vm::snapshot::NewSnapshot;
use crate::vm::{self, device, disk, power, refresh, snapshot};

impl Builder<'_> {
    /// A VM with everything that its description asks for.
    pub fn vm(&mut self, dc: &Datacenter, spec: &VmSpec) -> MoRef {
        let reference = if self.personality.is_vcenter() {
            self.reference("VirtualMachine", "vm-")
        } else {
            MoRef::new("VirtualMachine", self.world.store.next_number().to_string())
        };
        let folder = spec.folder.clone().unwrap_or_else(|| dc.vm.clone());
        let seed = spec.seed.clone().unwrap_or_else(|| spec.name.clone());
        let home = format!(
            "[{}] {}/",
            self.datastore_name(spec.datastore.as_ref()),
            spec.name
        );
        let devices = self.devices(spec, &seed, &home);
        let config = self.config(spec, &seed, &home, devices);
        let runtime = runtime(self.world, spec);
        let pool = spec.host.as_ref().map(|(_, pool)| pool.clone());
        let browser = pool.as_ref().and_then(|pool| {
            let owner = self.world.store.get(pool)?.reference("owner")?;
            self.world
                .store
                .get(owner)?
                .reference("environmentBrowser")
                .cloned()
        });
        let properties = entity("VirtualMachine", &spec.name)
            .with("parent", &folder)
            .with("capability", capability())
            .with("config", config)
            .with("runtime", runtime)
            .with_opt("environmentBrowser", browser)
            .with_opt("resourcePool", pool.clone().filter(|_| !spec.template))
            .with_enum("guestHeartbeatStatus", "ManagedEntityStatus", "gray");
        self.world.store.insert(reference.clone(), properties);
        self.world.store.link(&folder, "childEntity", &reference);
        self.hang_up(spec, &reference);
        self.write_files(&home, &spec.name);
        self.world
            .lab
            .guests
            .insert(reference.clone(), profile(spec));
        self.finish(spec, &reference);
        reference
    }

    /// Takes the snapshots, starts the VM, and brings everything derived up to date.
    fn finish(&mut self, spec: &VmSpec, vm: &MoRef) {
        refresh::bump_change_version(self.world, vm);
        refresh::vm(self.world, vm);
        if let Some(grown) = spec.left_behind_gb {
            // As a backup does that dies between removing its snapshot and merging the redo logs.
            let left = self.snapshot(vm, "backup", "left behind by a backup job", grown);
            if let Some(left) = left {
                let removed = snapshot::remove(self.world, &left, false, false);
                self.note(removed.err());
            }
        }
        for wanted in &spec.snapshots {
            self.snapshot(vm, wanted.name, wanted.description, wanted.grown_gb);
        }
        if spec.powered_on && !spec.template {
            let config = vm::config(self.world, vm);
            let swap = format!(
                "{}{}.vswp",
                snapshot::vm_folder(&config),
                snapshot::base_name(&config)
            );
            disk::put_file(
                self.world,
                &swap,
                FileKind::Swap,
                i64::from(spec.memory_mb) << 20,
            );
        }
        power::guest_answers(self.world, vm, true);
        refresh::vm(self.world, vm);
    }

    fn snapshot(
        &mut self,
        vm: &MoRef,
        name: &str,
        description: &str,
        grown_gb: i64,
    ) -> Option<MoRef> {
        let new = NewSnapshot {
            name: name.to_owned(),
            description: description.to_owned(),
            memory: false,
            quiesce: false,
        };
        let made = snapshot::create(self.world, vm, &new);
        for device in vm::disks(&vm::config(self.world, vm)) {
            self.world
                .files
                .resize_disk(vm::backing_path(&device), grown_gb << 30);
        }
        match made {
            Ok(snapshot) => Some(snapshot),
            Err(fault) => {
                self.note(Some(fault));
                None
            }
        }
    }

    /// A scenario that cannot be built as described is a fault of the mock.
    fn note(&mut self, fault: Option<crate::fault::Fault>) {
        if let Some(fault) = fault {
            self.world
                .problems
                .push(format!("scenario: {}", fault.message));
        }
    }

    fn datastore_name(&self, datastore: Option<&MoRef>) -> String {
        let name = datastore.and_then(|d| self.world.store.value(d, "name"));
        name.and_then(Value::as_str).unwrap_or("nowhere").to_owned()
    }

    fn devices(&mut self, spec: &VmSpec, seed: &str, home: &str) -> Vec<Data> {
        let mut devices = device::base_devices();
        let controllers: Vec<Data> = spec
            .controllers
            .iter()
            .map(|(kind, bus)| device::controller(*kind, *bus))
            .collect();
        devices.extend(controllers.iter().cloned());
        for (at, wanted) in spec.disks.iter().enumerate() {
            let Some(controller) = controllers.get(wanted.controller) else {
                continue;
            };
            let folder = match &wanted.datastore {
                Some(other) => format!("[{}] {}/", self.datastore_name(Some(other)), spec.name),
                None => home.to_owned(),
            };
            let number = if at == 0 {
                String::new()
            } else {
                format!("_{at}")
            };
            let path = match &wanted.file {
                Some(path) => path.clone(),
                None => format!("{folder}{}{number}.vmdk", spec.name),
            };
            let uuid = match &wanted.uuid {
                Some(uuid) => uuid.clone(),
                None => ids::disk_uuid(&format!("{seed} {at}")),
            };
            let kb = wanted.size_gb << 20;
            if !self.world.files.contains(&path) {
                let written = wanted.written_gb.map(|gb| gb << 30);
                disk::create_file(self.world, &path, &uuid, kb, written);
            }
            if let Some(base) = &wanted.linked_to {
                disk::stand_on(self.world, &path, base);
            }
            let mut made = device::disk(controller, wanted.unit, &path, kb);
            form::shape(self.world, &mut made, &path, wanted.form);
            devices.push(made);
        }
        if let Some(network) = &spec.network {
            let name = self
                .world
                .store
                .value(network, "name")
                .and_then(Value::as_str);
            let name = name.unwrap_or_default().to_owned();
            devices.push(device::network_card(
                0,
                network,
                &name,
                &ids::mac(seed),
                spec.powered_on,
            ));
        }
        devices
    }

    fn hang_up(&mut self, spec: &VmSpec, vm: &MoRef) {
        if let Some((host, pool)) = &spec.host {
            self.world.store.link(host, "vm", vm);
            if !spec.template {
                self.world.store.link(pool, "vm", vm);
            }
        }
        if let Some(network) = &spec.network {
            self.world.store.link(network, "vm", vm);
        }
    }

    fn write_files(&mut self, home: &str, name: &str) {
        for (file, kind, size) in [
            (format!("{name}.vmx"), FileKind::Config, 3_214),
            (format!("{name}.vmxf"), FileKind::ExtendedConfig, 3_099),
            (format!("{name}.nvram"), FileKind::Nvram, 8_684),
            (format!("{name}.vmsd"), FileKind::SnapshotList, 0),
            ("vmware.log".to_owned(), FileKind::Log, 301_442),
        ] {
            disk::put_file(self.world, &format!("{home}{file}"), kind, size);
        }
    }
}

fn profile(spec: &VmSpec) -> GuestProfile {
    let volumes = spec
        .disks
        .iter()
        .filter_map(|wanted| {
            let (path, filesystem) = wanted.volume?;
            let (kind, bus) = spec.controllers.get(wanted.controller)?;
            let device = device::disk(&device::controller(*kind, *bus), wanted.unit, "", 0);
            Some(GuestVolume {
                path: path.to_owned(),
                capacity_gb: wanted.size_gb,
                free_gb: wanted.size_gb - wanted.written_gb.unwrap_or(wanted.size_gb / 2),
                filesystem,
                disk_key: narrow(device.int("key").unwrap_or_default()),
            })
        })
        .collect();
    let octet = ids::hash(&spec.name) % 250 + 2;
    GuestProfile {
        os: spec.os,
        tools_installed: spec.tools_installed,
        tools_run: spec.tools_installed && spec.tools_run,
        host_name: format!("{}.example.com", spec.name),
        address: format!("10.20.0.{octet}"),
        volumes,
    }
}
