//! `esxtool simulate`: what it prints is enough for a client, and it stays until it is interrupted.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests end a test as tests do"
)]

use integration_tests::{Esxtool, Running};
use serde_json::Value;

fn start(arguments: &[&str]) -> (Running, Value) {
    let mut running = Esxtool::new(["simulate", "--output", "json"])
        .args(arguments.iter().copied())
        .spawn();
    let line = running.until_stdout("\n");
    (running, serde_json::from_str(&line).unwrap())
}

fn text<'a>(document: &'a Value, field: &str) -> &'a str {
    document[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field}: {document}"))
}

fn client(document: &Value, arguments: &[&str]) -> Esxtool {
    Esxtool::new(arguments.iter().copied())
        .env("GOVC_URL", text(document, "url"))
        .env("GOVC_USERNAME", text(document, "username"))
        .secret("GOVC_PASSWORD", text(document, "password"))
}

#[test]
fn a_second_process_logs_in_by_what_the_first_prints() {
    let (running, document) = start(&["--scenario", "ready"]);
    assert_eq!(document["version"], 1);
    assert_eq!(document["scenario"], "ready");
    assert_eq!(document["thumbprint"], Value::Null);
    let hosts = client(&document, &["inventory", "hosts", "-o", "json"])
        .run()
        .expect(0)
        .json();
    assert!(!hosts["hosts"].as_array().unwrap().is_empty());
    running.interrupt();
    running.wait().expect(0).says(["0 sessions were left open"]);
}

#[test]
fn over_https_the_printed_thumbprint_is_what_a_client_pins() {
    let (running, document) = start(&["--scenario", "ready", "--tls"]);
    assert!(text(&document, "url").starts_with("https://"));
    client(&document, &["inventory", "hosts"])
        .run()
        .expect(3)
        .says(["not trusted"]);
    let pinned = [
        "inventory",
        "hosts",
        "--thumbprint",
        text(&document, "thumbprint"),
    ];
    client(&document, &pinned).run().expect(0);
    running.interrupt();
    running.wait().expect(0);
}

/// What one process changes another one sees: the state lives in the server.
#[test]
fn the_state_outlives_a_client() {
    let (running, document) = start(&[]);
    client(&document, &["check", "mt-linux-01"]).run().expect(1);
    client(
        &document,
        &[
            "prepare-master-target",
            "mt-linux-01",
            "--power-cycle",
            "--yes",
        ],
    )
    .run()
    .expect(0);
    client(&document, &["check", "mt-linux-01"])
        .run()
        .expect(0)
        .prints(["READY"]);
    running.interrupt();
    running.wait().expect(0);
}

#[test]
fn the_scenarios_are_listed_with_what_they_show() {
    let ended = Esxtool::new(["simulate", "--list"]).run().expect(0);
    ended.prints(["failback-lab", "ready", "esxi-free"]);
    let document = Esxtool::new(["simulate", "--list", "-o", "json"])
        .run()
        .expect(0)
        .json();
    for scenario in document["scenarios"].as_array().unwrap() {
        assert!(!text(scenario, "name").is_empty() && text(scenario, "summary").len() > 20);
    }
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    Esxtool::new(["simulate", "--listen", &address])
        .run()
        .expect(7)
        .says([address.as_str()]);
}
