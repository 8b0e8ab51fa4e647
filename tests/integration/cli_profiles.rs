//! Profiles: one server by name, all of them side by side.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests end a test as tests do"
)]

use std::fmt::Write as _;

use integration_tests::{Ended, Esxtool, Lab};
use mocks::{Act, Match, Role};
use tempfile::TempDir;

/// A configuration file and the passwords beside it.
struct Home {
    folder: TempDir,
    text: String,
    secrets: Vec<String>,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("esxtool")).unwrap();
        Self {
            folder,
            text: String::new(),
            secrets: Vec::new(),
        }
    }

    /// A profile for a server, with the account of a role.
    fn profile(self, name: &str, lab: &Lab, role: Role) -> Self {
        let (user, password) = lab.server().account(role);
        self.server(name, &lab.server().url(), &user, &password)
    }

    fn server(mut self, name: &str, url: &str, user: &str, password: &str) -> Self {
        let file = self
            .folder
            .path()
            .join("esxtool")
            .join(format!("{name}.pw"));
        std::fs::write(&file, format!("{password}\n")).unwrap();
        writeln!(
            self.text,
            "[profiles.{name}]\nurl = \"{url}\"\nusername = \"{user}\"\npassword-command = [\"cat\", \"{}\"]",
            file.display()
        )
        .unwrap();
        self.secrets.push(password.to_owned());
        std::fs::write(self.folder.path().join("esxtool/config.toml"), &self.text).unwrap();
        self
    }

    /// A server that is not there: nothing listens on its port.
    fn dead(self, name: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        self.server(
            name,
            &format!("https://127.0.0.1:{port}/sdk"),
            "nobody",
            "dead-s3cret",
        )
    }

    fn esxtool<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Esxtool {
        Esxtool::new(arguments).env("XDG_CONFIG_HOME", self.folder.path())
    }

    fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Ended {
        let ended = self.esxtool(arguments).run();
        for secret in &self.secrets {
            ended.hides(secret);
        }
        ended
    }
}

const ALL: &str = "--all-profiles";

#[test]
fn a_profile_names_server_account_and_password() {
    let lab = Lab::start("ready");
    let home = Home::new().profile("london", &lab, Role::Administrator);
    let ended = home
        .run(["inventory", "hosts", "--profile", "london"])
        .expect(0);
    ended.prints(["esx-"]);
    assert_eq!(lab.server().call_count("Login"), 1);
    home.run(["inventory", "hosts", "--profile", "nowhere"])
        .expect(2)
        .says(["no profile \"nowhere\"", "its profiles are london"]);
    home.run(["inventory", "hosts", "--profile", "london", "--url", "x"])
        .expect(2)
        .says(["--profile and --url exclude each other"]);
}

/// Trust by thumbprint, as a profile for one server with a certificate of its own has it.
#[test]
fn a_profile_says_what_to_trust() {
    let lab = Lab::with("ready", |builder| builder.tls(true));
    let mut home = Home::new().profile("london", &lab, Role::Administrator);
    home.run(["inventory", "hosts", "--profile", "london"])
        .expect(3)
        .says(["is not trusted"]);
    let thumbprint = lab.server().thumbprint().unwrap();
    writeln!(home.text, "thumbprint = \"{thumbprint}\"").unwrap();
    std::fs::write(home.folder.path().join("esxtool/config.toml"), &home.text).unwrap();
    home.run(["inventory", "hosts", "--profile", "london"])
        .expect(0);
}

/// A variable that does not say for which server it is set goes to none of several.
#[test]
fn a_password_without_a_server_goes_to_none_of_several() {
    let lab = Lab::start("ready");
    let mut home = Home::new().profile("london", &lab, Role::Administrator);
    home.text = format!(
        "[profiles.london]\nurl = \"{}\"\nusername = \"somebody\"\n",
        lab.server().url()
    );
    std::fs::write(home.folder.path().join("esxtool/config.toml"), &home.text).unwrap();
    home.esxtool(["inventory", "hosts", ALL])
        .secret("ESXTOOL_PASSWORD", "for-another-server")
        .run()
        .expect(2)
        .says(["london: no password is given"]);
    assert_eq!(lab.calls(), 0);
}

#[test]
fn one_dead_server_costs_the_others_nothing() {
    let (london, paris) = (Lab::start("ready"), Lab::start("esxi"));
    let home = Home::new()
        .profile("london", &london, Role::Administrator)
        .dead("rome")
        .profile("paris", &paris, Role::Administrator);
    let ended = home.run(["inventory", "datastores", ALL]).expect(3);
    ended.prints(["== london", "== paris", "3 profiles", "PROFILE EXIT ENDED"]);
    ended.says(["error: rome: cannot connect to"]);
    let document = home
        .run(["inventory", "datastores", ALL, "-o", "json"])
        .expect(3)
        .json();
    assert_eq!(
        (&document["exit"], &document["command"]),
        (&"cannot-connect".into(), &"inventory datastores".into())
    );
    let profiles = document["profiles"].as_array().unwrap();
    let of = |field: &str| -> Vec<String> {
        profiles.iter().map(|one| one[field].to_string()).collect()
    };
    assert_eq!(of("profile"), ["\"london\"", "\"rome\"", "\"paris\""]);
    assert_eq!(of("exit_code"), ["0", "3", "0"]);
    assert!(!profiles[0]["datastores"].as_array().unwrap().is_empty());
    assert!(profiles[0]["calls"]["total"].is_u64() && profiles[0]["error"].is_null());
    assert!(profiles[1]["error"]["message"].is_string() && profiles[1].get("datastores").is_none());
}

/// One server does not answer: the rows of the other are there before it does.
#[test]
fn a_slow_server_holds_up_nobody() {
    for form in ["table", "ndjson", "csv"] {
        let (fast, slow) = (Lab::start("ready"), Lab::start("failback-lab"));
        let gate = slow.hold("RetrievePropertiesEx");
        let home = Home::new()
            .profile("slow", &slow, Role::Administrator)
            .profile("fast", &fast, Role::Administrator);
        let mut running = home.esxtool(["inventory", "vms", ALL, "-o", form]).spawn();
        slow.reached(&gate);
        let early = running.until_stdout("mt-linux-01");
        assert!(!early.contains("mt-full-01"), "{form}: {early}");
        gate.open();
        running.wait().expect(0).prints(["mt-full-01"]);
    }
}

#[test]
fn a_server_that_does_not_answer_in_time_is_given_up() {
    let (fast, mut stuck) = (Lab::start("ready"), Lab::start("ready"));
    stuck.may_leave_a_session();
    let gate = stuck.hold("CreateContainerView");
    let home = Home::new()
        .profile("stuck", &stuck, Role::Administrator)
        .profile("fast", &fast, Role::Administrator);
    let ended = home
        .run(["inventory", "vms", ALL, "--profile-timeout", "1"])
        .expect(3);
    gate.open();
    ended.says(["stuck: no result within 1 s; given up", "--profile-timeout"]);
    ended.prints(["== fast", "mt-linux-01"]);
}

#[test]
fn rows_of_several_servers_say_whose_they_are() {
    let (london, paris) = (Lab::start("ready"), Lab::start("esxi"));
    let home = Home::new()
        .profile("london", &london, Role::Administrator)
        .profile("paris", &paris, Role::Administrator);
    let csv = home.run(["inventory", "hosts", ALL, "-o", "csv"]).expect(0);
    let lines: Vec<&str> = csv.stdout.lines().collect();
    assert!(lines[0].starts_with("profile,moref,name,"), "{csv}");
    assert!(
        lines[1..]
            .iter()
            .all(|line| line.starts_with("london,") || line.starts_with("paris,"))
    );
    assert_eq!(
        lines
            .iter()
            .filter(|line| line.starts_with("profile,"))
            .count(),
        1
    );
    let lines = home
        .run(["inventory", "hosts", ALL, "-o", "ndjson"])
        .expect(0);
    let mut named: Vec<String> = lines
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["profile"].to_string())
        .collect();
    named.sort();
    named.dedup();
    assert_eq!(named, ["\"london\"", "\"paris\""]);
}

#[test]
fn check_and_credentials_run_on_all_with_the_worst_exit_code() {
    let (london, paris) = (Lab::start("ready"), Lab::start("failback-lab"));
    let home = Home::new()
        .profile("london", &london, Role::Administrator)
        .profile("paris", &paris, Role::ReadOnly);
    let ended = home.run(["credentials", "validate", ALL]).expect(5);
    ended.prints(["== london", "== paris", "2 profiles"]);
    let quiet = home
        .run(["credentials", "validate", ALL, "--quiet"])
        .expect(5);
    assert_eq!(quiet.stdout.lines().count(), 2, "{quiet}");
    assert!(
        quiet
            .stdout
            .lines()
            .any(|line| line.starts_with("london: ")),
        "{quiet}"
    );
    // Paris alone has it, and its account may only look: that London lacks it does not count.
    home.run(["check", "mt-linux-ready", ALL])
        .expect(1)
        .says(["london: no VM"]);
    home.run(["check", "no-such-VM", ALL]).expect(6);
    home.run(["check", "mt-windows-01", ALL]).expect(1);
    assert_eq!(london.changes(), Vec::<String>::new());
}

#[test]
fn a_login_that_is_refused_is_told_with_the_profile() {
    let lab = Lab::start("ready");
    let (user, _) = lab.server().account(Role::Administrator);
    let home = Home::new()
        .profile("right", &lab, Role::Administrator)
        .server("wrong", &lab.server().url(), &user, "not-the-passw0rd");
    home.run(["credentials", "validate", ALL])
        .expect(4)
        .says(["error: wrong: "])
        .prints(["== right"]);
}

#[test]
fn what_cannot_be_done_on_all_says_so() {
    let lab = Lab::start("ready");
    let home = Home::new().profile("london", &lab, Role::Administrator);
    for (arguments, says) in [
        (
            ["prepare-master-target", "x", "--yes", ALL].as_slice(),
            "--profile",
        ),
        (&["rules", ALL], "does not work on all profiles"),
        (
            &["inventory", "vms", ALL, "--username", "x"],
            "exclude each other",
        ),
        (
            &["inventory", "vms", ALL, "--simulator"],
            "exclude each other",
        ),
        (&["check", "x", ALL, "-o", "junit"], "one server"),
    ] {
        home.run(arguments.iter().copied()).expect(2).says([says]);
    }
    assert_eq!(lab.calls(), 0);
}

#[test]
fn ctrl_c_ends_all_of_them_and_logs_out() {
    let (one, two) = (Lab::start("ready"), Lab::start("ready"));
    let gates = [
        one.hold("CreateContainerView"),
        two.hold("CreateContainerView"),
    ];
    let home = Home::new()
        .profile("one", &one, Role::Administrator)
        .profile("two", &two, Role::Administrator);
    let running = home.esxtool(["inventory", "vms", ALL]).spawn();
    one.reached(&gates[0]);
    two.reached(&gates[1]);
    running.interrupt();
    let ended = running.wait().expect(130);
    ended.says(["one: interrupted", "two: interrupted"]);
    for gate in gates {
        gate.open();
    }
}

#[test]
fn a_broken_connection_in_the_middle_is_one_profile_s_failure() {
    let (whole, broken) = (Lab::start("ready"), Lab::start("ready"));
    broken.inject(
        Match::Method("RetrievePropertiesEx".to_owned()),
        1000,
        Act::Reset,
    );
    let home = Home::new()
        .profile("whole", &whole, Role::Administrator)
        .profile("broken", &broken, Role::Administrator);
    let document = home
        .run(["inventory", "vms", ALL, "-o", "json"])
        .expect(3)
        .json();
    let profiles = document["profiles"].as_array().unwrap();
    assert_eq!(
        (
            profiles[0]["exit_code"].as_i64(),
            profiles[1]["exit_code"].as_i64()
        ),
        (Some(0), Some(3))
    );
}
