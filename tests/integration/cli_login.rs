//! The ways to name a server and give a password, and that the password ends up nowhere else.

use integration_tests::{Esxtool, Lab};
use mocks::Role;

const LIST: [&str; 2] = ["inventory", "hosts"];

#[test]
fn the_password_comes_from_a_file_or_standard_input() {
    let lab = Lab::start("ready");
    let (user, password) = lab.server().account(Role::Administrator);
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    std::fs::write(&file, format!("{password}\n")).unwrap();
    let url = lab.server().url();
    let run = || Esxtool::new(LIST).args(["--url", &url, "--username", &user]);
    run()
        .args(["--password-file", file.to_str().unwrap()])
        .run()
        .expect(0)
        .hides(&password);
    run()
        .arg("--password-stdin")
        .input(&format!("{password}\r\n"))
        .run()
        .expect(0)
        .hides(&password);
    run().run().expect(2).says([
        "no password is given",
        "--password-file",
        "--password-stdin",
    ]);
    run()
        .arg("--password-stdin")
        .input("")
        .run()
        .expect(2)
        .says(["holds no password"]);
}

#[test]
fn govc_users_need_nothing_new() {
    let lab = Lab::with("ready", |builder| builder.tls(true));
    let (user, password) = lab.server().account(Role::Administrator);
    Esxtool::new(LIST)
        .env("GOVC_URL", lab.server().url())
        .env("GOVC_USERNAME", &user)
        .secret("GOVC_PASSWORD", &password)
        .env("GOVC_INSECURE", "true")
        .run()
        .expect(0)
        .says(["warning: the server's certificate is not checked (GOVC_INSECURE)"]);
    let with_account = lab
        .server()
        .url()
        .replace("https://", &format!("https://{user}:{password}@"));
    let ended = Esxtool::new(LIST)
        .secret("GOVC_URL", &with_account)
        .env("GOVC_INSECURE", "1")
        .run()
        .expect(0);
    ended.hides(&password);
}

#[test]
fn the_trace_holds_every_exchange_and_no_secret() {
    let lab = Lab::start("ready");
    let directory = tempfile::tempdir().unwrap();
    let trace = directory.path().join("new").join("trace");
    lab.esxtool(LIST)
        .args(["--trace-wire", trace.to_str().unwrap()])
        .run()
        .expect(0);
    let (user, password) = lab.server().account(Role::Administrator);
    let mut all = String::new();
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&trace).unwrap() {
        let path = entry.unwrap().path();
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
        all.push_str(&std::fs::read_to_string(&path).unwrap());
    }
    for part in [
        "Login-request",
        "Login-response",
        "Logout-request",
        "RetrieveServiceContent-response",
    ] {
        assert!(
            names.iter().any(|name| name.contains(part)),
            "{part}: {names:?}"
        );
    }
    assert!(
        all.contains(&user),
        "the trace is of no use without the account"
    );
    assert!(!all.contains(&password), "the password is in the trace");
    assert!(
        !all.contains("vmware_soap_session=\""),
        "a session cookie is in the trace"
    );
}

#[test]
fn a_trace_that_cannot_be_written_is_told_before_anything_is_sent() {
    let lab = Lab::start("ready");
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().join("below-a-file");
    lab.esxtool(LIST)
        .args(["--trace-wire", path.to_str().unwrap()])
        .run()
        .expect(2)
        .says(["cannot write the trace"]);
    assert_eq!(lab.calls(), 0);
}

#[test]
fn the_simulator_takes_one_of_its_own_accounts() {
    let (user, _) = Lab::start("ready").server().account(Role::ReadOnly);
    let simulator = ["--simulator", "ready", "--username"];
    Esxtool::new(LIST)
        .args(simulator)
        .arg(&user)
        .run()
        .expect(0);
    Esxtool::new(LIST)
        .args(simulator)
        .arg("nobody")
        .run()
        .expect(2)
        .says([user.as_str()]);
}
