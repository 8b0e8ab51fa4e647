//! Servers, accounts and names that are refused: each with its exit code and its next step.

use std::net::TcpListener;

use integration_tests::{Esxtool, Lab};
use mocks::Role;

#[test]
fn an_unknown_vm_is_named_with_near_names() {
    let lab = Lab::start("failback-lab");
    let ended = lab.esxtool(["check", "mt-linux-1"]).run().expect(6);
    ended.says(["mt-linux-1", "mt-linux-01", "hint:"]);
}

#[test]
fn an_ambiguous_vm_lists_each_with_path_and_reference() {
    let lab = Lab::start("failback-lab");
    let ended = lab.esxtool(["check", "web-dup"]).run().expect(6);
    let listed = ended
        .stderr
        .lines()
        .filter(|line| line.contains("/vm/") && line.contains("vm-"))
        .count();
    assert_eq!(listed, 2, "{ended}");
    ended.says(["hint:"]);
    assert_eq!(ended.stdout, "");
}

#[test]
fn each_way_to_name_a_vm_finds_the_same_one() {
    let lab = Lab::start("failback-lab");
    let document = lab
        .esxtool(["check", "mt-linux-ready", "-o", "json"])
        .run()
        .expect(0)
        .json();
    let vm = &document["facts"]["master_target"];
    let text = |field: &str| {
        vm[field]
            .as_str()
            .unwrap_or_else(|| panic!("{field}: {vm}"))
            .to_owned()
    };
    let moref = text("moref");
    let short = moref.split(':').nth(1).unwrap().to_owned();
    for name in [
        text("inventory_path"),
        text("instance_uuid"),
        text("bios_uuid"),
        short,
        moref.clone(),
    ] {
        let again = lab
            .esxtool(["check", &name, "-o", "json"])
            .run()
            .expect(0)
            .json();
        assert_eq!(
            again["facts"]["master_target"]["moref"],
            moref.as_str(),
            "{name}"
        );
    }
}

#[test]
fn a_wrong_password_ends_with_4_after_one_try() {
    let lab = Lab::start("ready");
    let ended = lab
        .esxtool(["inventory", "vms"])
        .secret("ESXTOOL_PASSWORD", "not-the-password")
        .run()
        .expect(4);
    ended.says(["hint:", "password"]);
    assert_eq!(lab.server().call_count("Login"), 1);
}

#[test]
fn an_untrusted_certificate_shows_what_would_trust_it_and_that_works() {
    let lab = Lab::with("ready", |builder| builder.tls(true));
    let thumbprint = lab.server().thumbprint().unwrap();
    // A lab has its own certificate trusted unless told otherwise.
    let run = |more: &[&str]| {
        let arguments = ["inventory", "hosts"].iter().chain(more).copied();
        lab.esxtool(arguments).without("ESXTOOL_THUMBPRINT").run()
    };
    let ended = run(&[]).expect(3);
    ended.says(["not trusted", "subject", "valid", "--thumbprint"]);
    assert!(ended.stderr.contains(&thumbprint), "{ended}");
    assert_eq!(
        lab.calls(),
        0,
        "nothing may be sent to a server that is not trusted"
    );
    let _ = run(&["--thumbprint", &thumbprint]).expect(0);
    let ended = run(&["--insecure"]).expect(0);
    ended.says(["warning:", "not checked"]);
}

#[test]
fn a_wrong_thumbprint_warns_of_someone_in_between() {
    let lab = Lab::with("ready", |builder| builder.tls(true));
    let wrong = ["AB"; 32].join(":");
    let ended = lab
        .esxtool(["inventory", "hosts", "--thumbprint", &wrong])
        .run()
        .expect(3);
    ended.says(["not the pinned certificate", "expected"]);
    assert!(
        ended.stderr.contains(&lab.server().thumbprint().unwrap()),
        "{ended}"
    );
    assert_eq!(lab.calls(), 0);
}

#[test]
fn nobody_listening_ends_with_3() {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let url = format!("http://127.0.0.1:{port}/sdk");
    let ended = Esxtool::new(["check", "vm", "--url", &url, "--username", "u"])
        .secret("ESXTOOL_PASSWORD", "hunter2")
        .run()
        .expect(3);
    ended.says(["cannot connect", "hint:"]);
}

#[test]
fn a_web_server_that_is_no_vcenter_ends_with_3_and_says_what_it_saw() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(async {
        let server = wiremock::MockServer::start().await;
        let page = wiremock::ResponseTemplate::new(200)
            .set_body_raw("<html><h1>It works!</h1></html>", "text/html");
        wiremock::Mock::given(wiremock::matchers::any())
            .respond_with(page)
            .mount(&server)
            .await;
        server
    });
    let ended = Esxtool::new(["check", "vm", "--url", &server.uri(), "--username", "u"])
        .secret("ESXTOOL_PASSWORD", "hunter2")
        .run()
        .expect(3);
    ended.says(["neither a vCenter nor an ESXi host", "It works!", "hint:"]);
    let requests = runtime.block_on(server.received_requests()).unwrap();
    let sent: String = requests
        .iter()
        .map(|request| String::from_utf8_lossy(&request.body).into_owned())
        .collect();
    assert!(
        !sent.contains("hunter2"),
        "a password went to a server that is no vCenter"
    );
}

#[test]
fn a_read_only_account_may_check_and_changes_nothing() {
    let lab = Lab::start("failback-lab");
    let ended = lab
        .esxtool_as(Role::ReadOnly, ["check", "mt-linux-01"])
        .run()
        .expect(1);
    ended.prints(["BLOCKER", "NOT READY"]);
    let ended = lab
        .esxtool_as(
            Role::ReadOnly,
            ["prepare-master-target", "mt-linux-01", "--yes"],
        )
        .run()
        .expect(5);
    ended.says(["privilege"]);
    assert_eq!(lab.changes(), Vec::<String>::new(), "{ended}");
}

#[test]
fn an_account_without_access_finds_nothing_rather_than_everything_ready() {
    let lab = Lab::start("failback-lab");
    let ended = lab
        .esxtool_as(Role::NoAccess, ["check", "mt-linux-ready"])
        .run();
    assert!(matches!(ended.code, Some(4..=6)), "{ended}");
    ended.says(["error:", "hint:"]);
}
