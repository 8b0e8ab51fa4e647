use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::ExposeSecret;

use super::*;
use crate::exit::Exit;

fn with(args: ConnectionArgs, vars: &[(&str, &str)]) -> Result<Settings, Failure> {
    let map: BTreeMap<String, String> = vars
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    resolve(&args, &|name| map.get(name).cloned(), false)
}

fn server(args: ConnectionArgs, vars: &[(&str, &str)]) -> Server {
    match with(args, vars).unwrap() {
        Settings::Server(server) => *server,
        other => panic!("{other:?}"),
    }
}

fn secret(server: &Server) -> &str {
    match &server.password {
        PasswordSource::Given(secret) => secret.expose_secret(),
        other => panic!("{other:?}"),
    }
}

fn args() -> ConnectionArgs {
    ConnectionArgs {
        connect_timeout: 10,
        timeout: 60,
        ..ConnectionArgs::default()
    }
}

fn url(url: &str) -> ConnectionArgs {
    ConnectionArgs {
        url: Some(url.to_owned()),
        ..args()
    }
}

#[test]
fn the_govc_variables_alone_are_enough() {
    let server = server(
        args(),
        &[
            ("GOVC_URL", "vc.lab"),
            ("GOVC_USERNAME", "admin"),
            ("GOVC_PASSWORD", "p"),
            ("GOVC_INSECURE", "true"),
        ],
    );
    assert_eq!(server.address.url.as_str(), "https://vc.lab/");
    assert_eq!((server.username.as_str(), secret(&server)), ("admin", "p"));
    assert_eq!(server.trust, Trust::Insecure);
    assert!(
        server.warnings[0].contains("GOVC_INSECURE"),
        "{:?}",
        server.warnings
    );
}

#[test]
fn the_account_inside_govc_url_counts() {
    let server = server(args(), &[("GOVC_URL", "https://adm:p%21w@vc/sdk")]);
    assert_eq!((server.username.as_str(), secret(&server)), ("adm", "p!w"));
    assert_eq!(server.address.url.as_str(), "https://vc/sdk");
}

#[test]
fn options_beat_own_variables_beat_govc() {
    let vars = [
        ("ESXTOOL_URL", "vc"),
        ("ESXTOOL_PASSWORD", "own"),
        ("GOVC_URL", "vc"),
        ("GOVC_USERNAME", "govc"),
        ("GOVC_PASSWORD", "theirs"),
    ];
    let by_env = server(args(), &vars);
    assert_eq!((by_env.username.as_str(), secret(&by_env)), ("govc", "own"));
    let by_option = server(
        ConnectionArgs {
            username: Some("me".into()),
            ..args()
        },
        &vars,
    );
    assert_eq!(by_option.username, "me");
}

/// A password that was set for one server never goes to another.
#[test]
fn variables_of_another_server_are_left_alone() {
    let vars = [
        ("GOVC_URL", "production"),
        ("GOVC_USERNAME", "root"),
        ("GOVC_PASSWORD", "pw"),
        ("GOVC_INSECURE", "1"),
    ];
    let lab = ConnectionArgs {
        username: Some("me".into()),
        ..url("lab")
    };
    let failure = with(lab.clone(), &vars).unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    assert!(
        failure
            .hint
            .unwrap()
            .contains("GOVC_URL names another server")
    );
    let own = [("ESXTOOL_PASSWORD", "lab-pw")];
    let server = server(lab, &[vars.as_slice(), own.as_slice()].concat());
    assert_eq!(secret(&server), "lab-pw");
    assert_eq!(server.trust, Trust::System);
}

#[test]
fn variables_without_a_url_of_their_own_count_for_any_server() {
    let server = server(
        url("lab"),
        &[("GOVC_USERNAME", "root"), ("GOVC_PASSWORD", "pw")],
    );
    assert_eq!((server.username.as_str(), secret(&server)), ("root", "pw"));
}

#[test]
fn a_wrong_govc_url_matters_only_when_it_is_needed() {
    let vars = [
        ("GOVC_URL", "ftp://x"),
        ("ESXTOOL_USERNAME", "u"),
        ("ESXTOOL_PASSWORD", "p"),
    ];
    assert_eq!(with(args(), &vars).unwrap_err().exit, Exit::Usage);
    assert_eq!(server(url("lab"), &vars).username, "u");
}

#[test]
fn contradictions_are_usage_errors() {
    let many = [
        ConnectionArgs {
            simulator: Some("ready".into()),
            ..url("vc")
        },
        ConnectionArgs {
            simulator: Some("ready".into()),
            insecure: true,
            ..args()
        },
        ConnectionArgs {
            insecure: true,
            thumbprint: Some("aa".into()),
            ..url("vc")
        },
        ConnectionArgs {
            ca_file: Some(PathBuf::from("ca.pem")),
            insecure: true,
            ..url("vc")
        },
        ConnectionArgs {
            password_stdin: true,
            password_file: Some(PathBuf::from("p")),
            ..url("vc")
        },
        url("https://user:secret@vc"),
        url("user@vc"),
        args(),
        url("vc"),
    ];
    for args in many {
        // The user name is given by the environment to all but the last, which lacks exactly that.
        let vars: &[(&str, &str)] =
            if args.url.as_deref() == Some("vc") && !args.insecure && !args.password_stdin {
                &[]
            } else {
                &[("ESXTOOL_USERNAME", "u")]
            };
        let failure = with(args.clone(), vars).expect_err(&format!("{args:?}"));
        assert_eq!(failure.exit, Exit::Usage, "{failure:?}");
        assert!(!format!("{failure:?}").contains("secret"), "{failure:?}");
    }
}

#[test]
fn the_simulator_needs_nothing_and_ignores_the_environment() {
    let settings = with(
        ConnectionArgs {
            simulator: Some("ready".into()),
            ..args()
        },
        &[("GOVC_URL", "ftp://broken"), ("ESXTOOL_URL", "vc")],
    );
    assert!(matches!(settings, Ok(Settings::Simulator { scenario, .. }) if scenario == "ready"));
}

#[test]
fn an_unencrypted_connection_to_another_vm_is_warned_of() {
    let vars = [("ESXTOOL_USERNAME", "u"), ("ESXTOOL_PASSWORD", "p")];
    assert_eq!(
        server(url("http://127.0.0.1:8989/sdk"), &vars)
            .warnings
            .len(),
        0
    );
    assert_eq!(server(url("http://vc/sdk"), &vars).warnings.len(), 1);
}

#[test]
fn nothing_secret_is_in_the_debug_form() {
    let server = server(args(), &[("GOVC_URL", "https://adm:hunter2@vc/sdk")]);
    assert!(!format!("{server:?}").contains("hunter2"));
}

#[test]
fn several_ca_files_are_refused_rather_than_half_used() {
    let vars = [
        ("GOVC_URL", "https://u:p@vc"),
        ("GOVC_TLS_CA_CERTS", "/a.pem:/b.pem"),
    ];
    assert_eq!(with(args(), &vars).unwrap_err().exit, Exit::Usage);
    let one = [
        ("GOVC_URL", "https://u:p@vc"),
        ("GOVC_TLS_CA_CERTS", "/a.pem"),
    ];
    assert_eq!(
        server(args(), &one).trust,
        Trust::CaFile(PathBuf::from("/a.pem"))
    );
}
