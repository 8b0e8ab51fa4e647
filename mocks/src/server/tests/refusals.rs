use super::raw::{Client, exchange, manager, serve};
use crate::MoRef;

#[tokio::test]
async fn elements_out_of_order_and_unknown_ones_are_refused() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let root = server.with_world(|world| world.root_folder()).unwrap();
    let container = format!("<container type=\"Folder\">{}</container>", root.value);
    let orders = [
        format!("<type>VirtualMachine</type>{container}<recursive>true</recursive>"),
        format!("{container}<recursive>true</recursive><type>VirtualMachine</type>"),
        format!("{container}<deep>true</deep><recursive>true</recursive>"),
        format!("{container}<recursive>perhaps</recursive>"),
        container.clone(),
    ];
    for params in orders {
        let reply = client
            .invoke("CreateContainerView", &manager("ViewManager"), &params)
            .await;
        assert_eq!(reply.status, 500, "{params}");
        assert_eq!(reply.fault().as_deref(), Some("InvalidRequest"), "{params}");
        let message = reply.first("faultstring").unwrap();
        assert!(message.contains("method CreateContainerView"), "{message}");
    }
    let right = format!("{container}<type>VirtualMachine</type><recursive>true</recursive>");
    let reply = client
        .invoke("CreateContainerView", &manager("ViewManager"), &right)
        .await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn what_is_no_request_at_all_is_refused() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    for body in ["", "hello", "<a/>", "<a><b></a>"] {
        let stream = tokio::net::TcpStream::connect(client.address)
            .await
            .unwrap();
        let reply = exchange(stream, "POST /sdk HTTP/1.1", body).await.unwrap();
        assert_eq!(reply.fault().as_deref(), Some("InvalidRequest"), "{body}");
    }
}

#[tokio::test]
async fn unknown_methods_and_missing_ones_are_loud() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    let reply = client.invoke("ReconfigureVM", &vm, "").await;
    assert_eq!(reply.fault().as_deref(), Some("MethodNotFound"));
    assert_eq!(reply.first("method").as_deref(), Some("ReconfigureVM"));
    let reply = client
        .invoke("AcquireTicket", &vm, "<ticketType>mks</ticketType>")
        .await;
    assert_eq!(reply.fault().as_deref(), Some("NotImplemented"));
    let told = server.unimplemented();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("ReconfigureVM"));
    assert!(told[1].contains("AcquireTicket"));
}

#[tokio::test]
async fn objects_that_are_not_there_are_refused() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    let gone = MoRef::new("VirtualMachine", "vm-none");
    let reply = client.invoke("Fetch", &gone, "<prop>name</prop>").await;
    assert_eq!(reply.fault().as_deref(), Some("ManagedObjectNotFound"));
    let nonsense = MoRef::new("Nonsense", "n");
    let reply = client.invoke("Fetch", &nonsense, "<prop>name</prop>").await;
    assert_eq!(reply.fault().as_deref(), Some("InvalidRequest"));
}

#[tokio::test]
async fn calls_are_remembered_with_who_and_what_changed() {
    let server = serve(1).await;
    let client = Client::logged_in(&server).await;
    client.view(&server, "VirtualMachine").await;
    let vm = server.find("VirtualMachine", "vm-00").unwrap();
    client.invoke("Fetch", &vm, "<prop>nothing</prop>").await;
    let calls = server.calls();
    let methods: Vec<&str> = calls.iter().map(|call| call.method.as_str()).collect();
    assert_eq!(methods, ["Login", "CreateContainerView", "Fetch"]);
    assert_eq!(calls[1].user.as_deref(), Some(server.username().as_str()));
    assert_eq!(
        (calls[2].status, calls[2].fault.as_deref()),
        (500, Some("InvalidProperty"))
    );
    assert_eq!(calls[2].this.as_ref(), Some(&vm));
    assert!(
        calls.iter().all(|call| !call.changed),
        "views are no managed objects of the site"
    );
    assert_eq!(server.call_count("Login"), 1);
    server.forget_calls();
    assert_eq!(server.calls(), []);
}
