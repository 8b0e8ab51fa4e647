//! Mounts come and go, and searches find what is there.

use crate::mo::testing::*;
use crate::shape::{flag, parts, text};
use crate::value::{Data, MoRef, Value};
use crate::vm::reconfigure::mounted_writable;
use crate::world::World;

fn system(world: &World, host: &MoRef, place: &str) -> MoRef {
    let managers = world
        .store
        .value(host, "configManager")
        .and_then(Value::as_data)
        .unwrap();
    managers.reference(place).unwrap().clone()
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

#[test]
fn a_vmfs_volume_is_mounted_where_it_was_not() {
    let mut world = world("failback-lab");
    let host = named(&world, "HostSystem", "esx-01.example.com");
    let storage = system(&world, &host, "storageSystem");
    let silver = named(&world, "Datastore", "silver-01");
    let uuid = world
        .store
        .value(&silver, "info.vmfs.uuid")
        .cloned()
        .unwrap();
    assert!(!mounted_writable(&world, &silver, &host));
    let args = |method: &str| Data::new(method).with("vmfsUuid", uuid.clone());
    call(
        &mut world,
        &storage,
        "MountVmfsVolume",
        args("MountVmfsVolume"),
    )
    .unwrap();
    assert!(mounted_writable(&world, &silver, &host));
    call(
        &mut world,
        &storage,
        "UnmountVmfsVolume",
        args("UnmountVmfsVolume"),
    )
    .unwrap();
    let data = world.store.get(&silver).unwrap();
    let mount = parts(data, "host")
        .find(|m| m.reference("key") == Some(&host))
        .unwrap();
    assert!(!flag(mount, "mountInfo.mounted"));
    let gold = named(&world, "Datastore", "gold-01");
    let uuid = world.store.value(&gold, "info.vmfs.uuid").cloned().unwrap();
    let args = Data::new("UnmountVmfsVolume").with("vmfsUuid", uuid);
    let fault = call(&mut world, &storage, "UnmountVmfsVolume", args).unwrap_err();
    assert_eq!(fault.kind(), "ResourceInUse", "running machines lie on it");
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
fn machines_are_found_by_path_uuid_and_name() {
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
    let uuid = crate::model::ids::instance_uuid("mt-linux-01");
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
