use super::raw::{Client, all, manager, serve};
use crate::{Role, World};

#[tokio::test]
async fn nobody_without_access_sees_anything() {
    let server = serve(2).await;
    let client = Client::logged_in_as(&server, Role::NoAccess).await;
    let view = client.view(&server, "VirtualMachine").await;
    let spec = Client::through(&view, "VirtualMachine", &["name"]);
    let reply = client.retrieve(&spec, "").await;
    assert_eq!(
        (reply.status, reply.first("obj")),
        (200, None),
        "{}",
        reply.text()
    );
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let reply = client
        .retrieve(&Client::of(&vm, &["name", "config"]), "")
        .await;
    assert_eq!(reply.status, 200);
    let missing = all(&reply.root(), "missingSet");
    assert_eq!(missing.len(), 2);
    let inner = all(&missing[0], "fault").remove(1);
    assert_eq!(inner.attr(crate::wire::XSI, "type"), Some("NoPermission"));
    assert_eq!(all(&missing[1], "privilegeId")[0].text, "System.Read");
}

#[tokio::test]
async fn a_reader_reads_and_may_not_write() {
    let server = serve(1).await;
    let client = Client::logged_in_as(&server, Role::ReadOnly).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let reply = client.retrieve(&Client::of(&vm, &["name"]), "").await;
    assert_eq!(reply.first("val").as_deref(), Some("vm-00"));
    let params = "<name>r</name><privIds>System.View</privIds>";
    let manager = manager("AuthorizationManager");
    let reply = client
        .invoke("AddAuthorizationRole", &manager, params)
        .await;
    assert_eq!(reply.fault().as_deref(), Some("NoPermission"));
    assert_eq!(
        reply.first("privilegeId").as_deref(),
        Some("Authorization.ModifyRoles")
    );
    assert!(server.changes().is_empty());
}

#[tokio::test]
async fn privileges_come_from_the_nearest_permission() {
    let server = serve(1).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let (user, _) = server.account(Role::ReadOnly);
    server.with_world(|world: &mut World| {
        assert!(world.has_privilege(&user, &vm, "System.Read"));
        assert!(!world.has_privilege(&user, &vm, "VirtualMachine.Config.AddNewDisk"));
        let folder = world.parent(&vm).unwrap();
        let mut nearer = world
            .accounts
            .permissions
            .iter()
            .find(|p| p.user == user)
            .cloned()
            .unwrap();
        nearer.entity = folder.clone();
        nearer.role = Role::Administrator.id();
        nearer.propagate = false;
        world.accounts.permissions.push(nearer);
        assert!(!world.has_privilege(&user, &vm, "VirtualMachine.Config.AddNewDisk"));
        assert!(world.has_privilege(&user, &folder, "VirtualMachine.Config.AddNewDisk"));
        world.accounts.permissions.last_mut().unwrap().propagate = true;
        assert!(world.has_privilege(&user, &vm, "VirtualMachine.Config.AddNewDisk"));
    });
}

#[tokio::test]
async fn a_role_below_lets_see_the_way_down() {
    let server = serve(1).await;
    let (user, _) = server.account(Role::ReadOnly);
    server.with_world(|world| {
        let vm = world
            .store
            .of_kind("VirtualMachine")
            .next()
            .unwrap()
            .reference
            .clone();
        let folder = world.parent(&vm).unwrap();
        let root = world.root_folder().unwrap();
        for permission in world
            .accounts
            .permissions
            .iter_mut()
            .filter(|p| p.user == user)
        {
            permission.entity = folder.clone();
        }
        assert!(world.has_privilege(&user, &vm, "System.Read"));
        assert!(world.has_privilege(&user, &root, "System.View"));
        assert!(!world.has_privilege(&user, &root, "System.Read"));
        let host = world
            .store
            .of_kind("HostSystem")
            .next()
            .unwrap()
            .reference
            .clone();
        assert!(!world.has_privilege(&user, &host, "System.View"));
    });
}
