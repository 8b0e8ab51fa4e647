//! The password, searched for in everything that the program prints, logs, traces and writes.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what fails here fails the test"
)]

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use integration_tests::{Ended, Esxtool, Lab};
use mocks::{Act, Match};

/// Letters that survive every way of escaping; they stand in the middle of the password.
const MARK: &str = "Tr0ub4dorAndHorse";

fn password() -> String {
    format!(
        "<&>\"']]>%$`\\ é漢😀{MARK}{}{MARK}\\\"&;",
        "y".repeat(10 * 1024)
    )
}

/// What must be nowhere: the mark, and the mark as Base64 shows it at each of the three offsets.
fn traces() -> Vec<String> {
    let mut all = vec![MARK.to_owned()];
    for offset in 0..3 {
        let text = format!("{}{MARK}", "x".repeat(offset));
        let coded = STANDARD.encode(&text);
        // The characters at both ends hang on what stands beside the mark.
        let (from, to) = ((offset * 8).div_ceil(6), (text.len() * 8) / 6);
        all.push(coded[from..to].to_owned());
    }
    all
}

#[test]
fn the_search_would_find_a_header() {
    let traces = traces();
    let header = STANDARD.encode(format!("asr@vsphere.local:{}", password()));
    assert!(
        traces[1..].iter().any(|trace| header.contains(trace)),
        "the search would find it"
    );
}

/// Everything in a folder, as text.
fn written(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            written(&path, into);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            into.push((
                path.display().to_string(),
                String::from_utf8_lossy(&bytes).into_owned(),
            ));
        }
    }
}

struct Search {
    lab: Lab,
    home: tempfile::TempDir,
    runs: usize,
    texts: Vec<(String, String)>,
}

impl Search {
    fn run(&mut self, code: i32, words: &[&str]) -> Ended {
        let user = self.lab.server().username();
        self.run_at(code, words, &self.lab.server().url(), &user)
    }

    fn run_at(&mut self, code: i32, words: &[&str], url: &str, user: &str) -> Ended {
        self.runs += 1;
        let home = self.home.path();
        let trace = home.join(format!("trace-{}", self.runs));
        let mut run = Esxtool::new(words.iter().copied())
            .args(["--trace-wire", trace.to_str().unwrap()])
            .env("ESXTOOL_URL", url)
            .env("ESXTOOL_USERNAME", user)
            .env("RUST_LOG", "trace")
            .env("RUST_BACKTRACE", "full")
            .env("ESXTOOL_PASSWORD", password());
        for name in [
            "HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
            "TMPDIR",
        ] {
            run = run.env(name, home);
        }
        let ended = run.run();
        self.texts
            .push((format!("stdout of {words:?}"), ended.stdout.clone()));
        self.texts
            .push((format!("stderr of {words:?}"), ended.stderr.clone()));
        ended.expect(code)
    }
}

#[test]
fn the_password_is_in_nothing_that_the_program_ever_prints_logs_traces_or_writes() {
    let lab = Lab::start("failback-lab");
    let user = lab.server().username();
    lab.server()
        .with_world(|world| world.accounts.add_user(&user, &password()));
    let url = lab.server().url();
    let home = tempfile::tempdir().unwrap();
    let page = home.path().join("report.html").display().to_string();
    let mut search = Search {
        lab,
        home,
        runs: 0,
        texts: Vec::new(),
    };
    search.run(0, &["credentials", "validate"]);
    search.run(0, &["credentials", "validate", "-o", "json"]);
    search.run(
        0,
        &["credentials", "validate", "--for", "hardening", "--quiet"],
    );
    search.run(
        0,
        &["credentials", "role", "--create", "--name", "R", "--yes"],
    );
    search.run(0, &["check", "mt-linux-ready", "--report", &page]);
    search.run(0, &["inventory", "vms", "-o", "json"]);
    // What the plan sets waits for a power cycle, which is not asked for.
    search.run(
        1,
        &[
            "prepare-master-target",
            "mt-linux-01",
            "--dry-run",
            "-o",
            "json",
        ],
    );
    // The ways in which it fails: before, in and after the login.
    search.run(6, &["check", "no-such-VM"]);
    search.run(2, &["prepare-master-target", "mt-linux-01"]);
    search.run_at(
        4,
        &["credentials", "validate", "-o", "json"],
        &url,
        "ghost@vsphere.local",
    );
    search.run_at(
        3,
        &["credentials", "validate"],
        "http://127.0.0.1:1/sdk",
        &user,
    );
    for (method, act) in [
        ("Login", Act::Reset),
        ("Login", Act::Garble),
        ("Login", Act::Truncate(100)),
        ("vimServiceVersions.xml", Act::Html200),
        ("vimServiceVersions.xml", Act::Http503),
    ] {
        search.lab.inject(Match::Method(method.to_owned()), 1, act);
        search.lab.may_leave_a_session();
        search.run(3, &["credentials", "validate"]);
    }
    written(search.home.path(), &mut search.texts);
    assert!(
        search
            .texts
            .iter()
            .any(|(name, _)| name.contains("Login-request")),
        "there is a trace to search"
    );
    assert!(
        search
            .texts
            .iter()
            .any(|(name, _)| name.ends_with("report.html"))
    );
    for (name, text) in &search.texts {
        for trace in traces() {
            assert!(
                !text.contains(&trace),
                "{trace} is in {name}:\n{}",
                &text[..text.len().min(2000)]
            );
        }
    }
}
