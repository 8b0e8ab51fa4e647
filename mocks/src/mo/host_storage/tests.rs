//! Mounts come and go, and searches find what is there.

use crate::mo::testing::*;
use crate::model::mounts;
use crate::shape::{parts, text};
use crate::value::{Data, MoRef, Value};
use crate::vm::reconfigure::mounted_writable;
use crate::world::World;

fn system(world: &World, host: &MoRef, property: &str) -> MoRef {
    let managers = world
        .store
        .value(host, "configManager")
        .and_then(Value::as_data)
        .unwrap();
    managers.reference(property).unwrap().clone()
}

#[test]
fn an_nfs_export_becomes_a_datastore_of_the_host() {
    let mut world = world("failback-lab");
    let host = named(&world, "HostSystem", "esx-04.example.com");
    let datastores = system(&world, &host, "datastoreSystem");
    let spec = |name: &str, export: &str| {
        let spec = Data::new("HostNasVolumeSpec")
            .with("remoteHost", "nas-02.example.com")
            .with("remotePath", export)
            .with("localPath", name)
            .with("accessMode", "readWrite");
        Data::new("CreateNasDatastore").with("spec", spec)
    };
    let made = call(
        &mut world,
        &datastores,
        "CreateNasDatastore",
        spec("nfs-02", "/vol/x"),
    )
    .unwrap()
    .unwrap();
    let made = made.as_ref().unwrap().clone();
    whole(&world);
    assert!(mounted_writable(&world, &made, &host));
    assert_eq!(text(world.store.get(&made).unwrap(), "summary.type"), "NFS");
    assert!(
        world
            .store
            .get(&host)
            .unwrap()
            .references("datastore")
            .contains(&made)
    );
    let again = call(
        &mut world,
        &datastores,
        "CreateNasDatastore",
        spec("nfs-02", "/vol/x"),
    );
    assert_eq!(again.unwrap_err().kind(), "DuplicateName");
}

/// The storage of `esx-01` in the scenario `datastores`.
struct Host {
    world: World,
    host: MoRef,
    storage: MoRef,
    datastores: MoRef,
}

impl Host {
    fn new() -> Self {
        let world = world("datastores");
        let host = named(&world, "HostSystem", "esx-01.example.com");
        let (storage, datastores) = (
            system(&world, &host, "storageSystem"),
            system(&world, &host, "datastoreSystem"),
        );
        Self {
            world,
            host,
            storage,
            datastores,
        }
    }

    fn volume(&mut self, method: &str, datastore: &str) -> Result<(), String> {
        let datastore = named(&self.world, "Datastore", datastore);
        let uuid = self.world.store.value(&datastore, "info.vmfs.uuid");
        let args = Data::new(method).with("vmfsUuid", uuid.unwrap().clone());
        let answer = call(&mut self.world, &self.storage, method, args);
        whole(&self.world);
        answer.map(|_| ()).map_err(|fault| fault.kind().to_owned())
    }

    fn plain(&mut self, method: &str) {
        call(&mut self.world, &self.storage, method, Data::new(method)).unwrap();
        whole(&self.world);
    }

    fn remove(&mut self, datastore: &str) -> Result<(), String> {
        let datastore = named(&self.world, "Datastore", datastore);
        let args = Data::new("RemoveDatastore").with("datastore", datastore);
        let answer = call(&mut self.world, &self.datastores, "RemoveDatastore", args);
        whole(&self.world);
        answer.map(|_| ()).map_err(|fault| fault.kind().to_owned())
    }

    fn writable(&self, datastore: &str) -> bool {
        mounted_writable(
            &self.world,
            &named(&self.world, "Datastore", datastore),
            &self.host,
        )
    }

    fn knows(&self, datastore: &str) -> bool {
        let datastore = named(&self.world, "Datastore", datastore);
        mounts::of(&self.world, &datastore, &self.host).is_some()
    }
}

#[test]
fn a_vmfs_volume_is_mounted_and_unmounted_once() {
    let mut site = Host::new();
    let already = Err("InvalidState".to_owned());
    assert_eq!(site.volume("UnmountVmfsVolume", "unmounted-01"), already);
    site.volume("MountVmfsVolume", "unmounted-01").unwrap();
    assert!(site.writable("unmounted-01"));
    assert_eq!(site.volume("MountVmfsVolume", "unmounted-01"), already);
    site.volume("UnmountVmfsVolume", "unmounted-01").unwrap();
    assert!(!site.writable("unmounted-01") && site.knows("unmounted-01"));
    let used = site.volume("UnmountVmfsVolume", "main-01");
    assert_eq!(used, Err("ResourceInUse".to_owned()));
}

#[test]
fn a_host_mounts_no_volume_that_it_does_not_see() {
    let mut site = Host::new();
    for datastore in ["presented-01", "masked-01", "copied-01"] {
        let refused = site.volume("MountVmfsVolume", datastore);
        assert_eq!(refused, Err("NotFound".to_owned()), "{datastore}");
    }
    site.plain("RescanVmfs");
    assert!(!site.knows("presented-01"), "the adapters were not scanned");
    site.plain("RescanAllHba");
    assert!(!site.knows("presented-01"), "volumes were not looked for");
    site.plain("RescanVmfs");
    assert!(site.writable("presented-01"));
    assert!(!site.knows("masked-01") && !site.knows("copied-01"));
}

#[test]
fn a_write_protected_volume_stays_read_only_however_it_is_mounted() {
    let mut site = Host::new();
    let frozen = named(&site.world, "Datastore", "frozen-01");
    for (protected, writable) in [(true, false), (false, true)] {
        site.world.san.write_protect(&frozen, protected);
        site.volume("UnmountVmfsVolume", "frozen-01").unwrap();
        site.volume("MountVmfsVolume", "frozen-01").unwrap();
        assert_eq!(site.writable("frozen-01"), writable);
    }
}

#[test]
fn copies_of_volumes_are_told_and_not_mounted() {
    let mut site = Host::new();
    for (object, method) in [
        (site.datastores.clone(), "QueryUnresolvedVmfsVolumes"),
        (site.storage.clone(), "QueryUnresolvedVmfsVolume"),
    ] {
        let told = call(&mut site.world, &object, method, Data::new(method)).unwrap();
        let told = told.unwrap();
        let [copy] = told.as_list() else {
            panic!("one copy: {told:?}")
        };
        assert_eq!(text(copy.as_data().unwrap(), "vmfsLabel"), "copied-01");
    }
}

#[test]
fn a_share_is_taken_from_a_host_only_when_nothing_of_the_host_lies_on_it() {
    let mut site = Host::new();
    assert_eq!(site.remove("nfs-busy"), Err("ResourceInUse".to_owned()));
    assert_eq!(site.remove("nfs-far"), Err("NotFound".to_owned()));
    site.remove("nfs-ro").unwrap();
    assert!(!site.knows("nfs-ro"));
}

#[test]
fn removing_a_vmfs_datastore_deletes_the_volume_for_every_host() {
    let mut site = Host::new();
    assert_eq!(site.remove("frozen-01"), Err("ResourceInUse".to_owned()));
    site.volume("MountVmfsVolume", "unmounted-01").unwrap();
    // A VM of the neighbour keeps it.
    assert_eq!(site.remove("unmounted-01"), Err("ResourceInUse".to_owned()));
    let datastore = named(&site.world, "Datastore", "unmounted-01");
    let vm = named(&site.world, "VirtualMachine", "app-unmounted");
    site.world.store.unlink(&vm, "datastore", &datastore);
    site.world.store.unlink(&datastore, "vm", &vm);
    site.remove("unmounted-01").unwrap();
    assert!(
        !site.world.store.contains(&datastore),
        "for the neighbour too"
    );
}

#[test]
fn a_share_has_one_name_and_a_silent_server_none() {
    let mut site = Host::new();
    let create = |site: &mut Host, name: &str, export: &str| {
        let spec = Data::new("HostNasVolumeSpec")
            .with("remoteHost", "nas-01.example.com")
            .with("remotePath", export)
            .with("localPath", name)
            .with("accessMode", "readWrite");
        let args = Data::new("CreateNasDatastore").with("spec", spec);
        let answer = call(
            &mut site.world,
            &site.datastores,
            "CreateNasDatastore",
            args,
        );
        whole(&site.world);
        answer.map(|_| ()).map_err(|fault| fault.kind().to_owned())
    };
    let refused = |kind: &str| Err(kind.to_owned());
    let mut other = |name, export| create(&mut site, name, export);
    assert_eq!(other("other", "/export/nfs-far"), refused("DuplicateName"));
    assert_eq!(other("main-01", "/export/new"), refused("DuplicateName"));
    assert_eq!(other("other", "/export/nfs-ro"), refused("AlreadyExists"));
    site.world.san.silence("nas-01.example.com");
    let silent = create(&mut site, "nfs-far", "/export/nfs-far");
    assert_eq!(silent, refused("PlatformConfigFault"));
}

#[test]
fn a_search_finds_disks_by_pattern_below_a_folder() {
    let world = &mut world("failback-lab");
    let gold = named(world, "Datastore", "gold-01");
    let browser = world
        .store
        .get(&gold)
        .unwrap()
        .reference("browser")
        .unwrap()
        .clone();
    let details = Data::new("FileQueryFlags")
        .with("fileType", true)
        .with("fileSize", true)
        .with("modification", false)
        .with("fileOwner", false);
    let spec = Data::new("HostDatastoreBrowserSearchSpec")
        .with("details", details)
        .with("matchPattern", Value::list("string", ["app-01*.vmdk"]));
    let args = Data::new("SearchDatastoreSubFolders_Task")
        .with("datastorePath", "[gold-01]")
        .with("searchSpec", spec);
    let found = run(world, &browser, "SearchDatastoreSubFolders_Task", args)
        .unwrap()
        .unwrap();
    let files: Vec<String> = found
        .as_list()
        .iter()
        .filter_map(Value::as_data)
        .flat_map(|folder| {
            parts(folder, "file")
                .map(|f| format!("{}{}", text(folder, "folderPath"), text(f, "path")))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(
        files,
        [
            "[gold-01] app-01/app-01.vmdk",
            "[gold-01] app-01/app-01_1.vmdk"
        ]
    );
    let args = Data::new("SearchDatastore_Task").with("datastorePath", "[gold-01] nowhere");
    let fault = run(world, &browser, "SearchDatastore_Task", args).unwrap_err();
    assert_eq!(fault.kind, "FileNotFound");
}

#[test]
fn vms_are_found_by_path_uuid_and_name() {
    let mut world = world("failback-lab");
    let index = world
        .store
        .of_kind("SearchIndex")
        .next()
        .unwrap()
        .reference
        .clone();
    let vm = named(&world, "VirtualMachine", "mt-linux-01");
    let mut find = |method: &str, args: Data| call(&mut world, &index, method, args).unwrap();
    let path = Data::new("FindByInventoryPath")
        .with("inventoryPath", "London/vm/Disaster Recovery/mt-linux-01");
    assert_eq!(find("FindByInventoryPath", path), Some(vm.clone().into()));
    let path = Data::new("FindByInventoryPath").with("inventoryPath", "/London/vm/nothing");
    assert_eq!(find("FindByInventoryPath", path), None);
    let uuid = crate::ids::instance_uuid("mt-linux-01");
    let by = Data::new("FindByUuid")
        .with("uuid", uuid.to_uppercase())
        .with("vmSearch", true)
        .with("instanceUuid", true);
    assert_eq!(find("FindByUuid", by), Some(vm.clone().into()));
    let by = Data::new("FindAllByDnsName")
        .with("dnsName", "mt-linux-01.example.com")
        .with("vmSearch", true);
    assert_eq!(
        find("FindAllByDnsName", by),
        Some(Value::list("ManagedEntity", [vm]))
    );
}

#[test]
fn a_disks_uuid_is_told_by_its_path() {
    let mut world = world("failback-lab");
    let manager = world
        .store
        .of_kind("VirtualDiskManager")
        .next()
        .unwrap()
        .reference
        .clone();
    let london = named(&world, "Datacenter", "London");
    let plain = |name: &str| Data::new("QueryVirtualDiskUuid").with("name", name);
    let ask = |name: &str| plain(name).with("datacenter", &london);
    let path = "[gold-01] app-01/app-01.vmdk";
    let told = call(&mut world, &manager, "QueryVirtualDiskUuid", ask(path))
        .unwrap()
        .unwrap();
    let hex = |text: &str| {
        text.chars()
            .filter(char::is_ascii_hexdigit)
            .collect::<String>()
            .to_lowercase()
    };
    assert_eq!(
        hex(told.as_str().unwrap()),
        hex(&world.files.disk(path).unwrap().uuid)
    );
    let fault = call(
        &mut world,
        &manager,
        "QueryVirtualDiskUuid",
        ask("[gold-01] no.vmdk"),
    )
    .unwrap_err();
    assert_eq!(fault.kind(), "FileNotFound");
    let running = "[gold-01] mt-linux-01/mt-linux-01.vmdk";
    for (args, refused) in [
        (plain(path), "InvalidArgument"),
        (ask(running), "FileLocked"),
    ] {
        let fault = call(&mut world, &manager, "QueryVirtualDiskUuid", args).unwrap_err();
        assert_eq!(fault.kind(), refused);
    }
}
