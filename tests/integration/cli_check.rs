//! What `check` and `prepare-master-target` take beyond the master target: VMs, groups, servers.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests end a test as tests do"
)]

use std::net::TcpListener;

use integration_tests::{Esxtool, Lab};
use serde_json::Value;
use tempfile::TempDir;

/// A group file that lasts as long as its folder.
fn file(folder: &TempDir, name: &str, text: &str) -> String {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// What a rule says in a JSON document.
fn rule<'a>(document: &'a Value, id: &str) -> &'a Value {
    let judgements = document["judgements"].as_array().unwrap();
    judgements.iter().find(|one| one["rule"] == id).unwrap()
}

/// The names of the VMs that were judged.
fn protected(facts: &Value) -> Vec<&str> {
    let vms = facts["protected"]["vms"].as_array().unwrap();
    vms.iter().map(|vm| vm["name"].as_str().unwrap()).collect()
}

#[test]
fn vms_are_named_one_by_one_and_by_pattern() {
    let lab = Lab::start("failback-lab");
    let run = |patterns: &[&str], code| {
        let options = patterns.iter().flat_map(|one| ["--protect", one]);
        let base = lab.esxtool(["check", "mt-linux-ready", "-o", "json"]);
        base.args(options).run().expect(code).json()
    };
    let one = run(&["app-01"], 0);
    assert_eq!(protected(&one["facts"]), ["app-01"]);
    assert_eq!(rule(&one, "protected-no-snapshots")["verdict"], "holds");
    let many = run(&["/London/vm/Protected/app-*", "sql-01"], 1);
    assert_eq!(protected(&many["facts"]), ["app-01", "app-02", "sql-01"]);
    let wrong = &rule(&many, "same-os-family")["findings"];
    assert_eq!(wrong.as_array().unwrap().len(), 1);
    assert_eq!(wrong[0]["object"], "sql-01");
    assert_eq!(
        rule(&many, "protected-no-snapshots")["findings"][0]["object"],
        "app-02"
    );
}

#[test]
fn preparing_judges_the_vms_too_and_cannot_fix_them() {
    let lab = Lab::start("failback-lab");
    let command = ["prepare-master-target", "mt-linux-ready", "--yes"];
    let ended = lab
        .esxtool(command)
        .args(["--protect", "sql-01"])
        .run()
        .expect(1);
    ended.prints(["same-os-family", "sql-01", "NOT READY"]);
    lab.esxtool(command)
        .args(["--protect", "app-01"])
        .run()
        .expect(0);
    assert_eq!(lab.changes(), Vec::<String>::new());
}

const TOML: &str = "master-targets = [\"mt-linux-01\", \"mt-linux-ready\", \"mt-windows-01\"]
[[groups]]
name = \"sql\"
vms = [\"sql-01\"]
[[groups]]
name = \"app\"
vms = [\"/London/vm/Protected/app-*\"]
";

const YAML: &str = "master-targets: [mt-linux-01, mt-linux-ready, mt-windows-01]
groups:
  - name: sql
    vms: [sql-01]
  - name: app
    vms:
      - /London/vm/Protected/app-*
";

#[test]
fn each_group_is_held_against_each_master_target() {
    let lab = Lab::start("failback-lab");
    let folder = tempfile::tempdir().unwrap();
    let toml = file(&folder, "site.toml", TOML);
    let ended = lab.esxtool(["check", "--group", &toml]).run().expect(1);
    let (_, fits) = ended.stdout.split_once("Which group fits where\n").unwrap();
    let rows: Vec<Vec<&str>> = fits
        .lines()
        .map(|line| {
            line.split("  ")
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
        })
        .map(Iterator::collect)
        .collect();
    let snapshot = "app-02: the VM has 1 snapshot (protected-no-snapshots)";
    let (linux, newer, windows) = (
        "sql-01: it runs Windows, the master target Linux (same-os-family)",
        "sql-01: its operating system is newer than the master target's (same-os-family)",
        "app-01: it runs Linux, the master target Windows, and 1 more (same-os-family)",
    );
    let not_ready = format!("the master target itself is not ready; beware: {snapshot}");
    let beware = format!("beware: {snapshot}");
    let expected: [&[&str]; 10] = [
        &["GROUP", "MASTER TARGET", "FITS", "BECAUSE"],
        &["sql", "mt-linux-01", "no", linux],
        &["sql", "mt-linux-ready", "no", linux],
        &["sql", "mt-windows-01", "no", newer],
        &["app", "mt-linux-01", "not yet", &not_ready],
        &["app", "mt-linux-ready", "yes", &beware],
        &["app", "mt-windows-01", "no", windows],
        &[],
        &["sql fits on none of these master targets"],
        &["app can go to mt-linux-ready"],
    ];
    assert_eq!(rows, expected, "{ended}");
    let yaml = file(&folder, "site.yaml", YAML);
    let same = lab.esxtool(["check", "--group", &yaml]).run().expect(1);
    assert_eq!(same.stdout, ended.stdout);
}

#[test]
fn what_is_named_on_the_command_line_stands_for_the_files_master_targets() {
    let lab = Lab::start("failback-lab");
    let folder = tempfile::tempdir().unwrap();
    let text = "groups:\n  - name: app\n    vms: [app-01]\nmaster-targets: [mt-windows-01]\n";
    let group = file(&folder, "site.yml", text);
    let run = |targets: &[&str], code| {
        let base = lab.esxtool(["check", "--group", &group, "-o", "json"]);
        let document = base.args(targets.iter().copied()).run().expect(code).json();
        let pairings = document["pairings"].as_array().unwrap().clone();
        let each = pairings.iter().map(|one| {
            let name = one["master_target"].as_str().unwrap().to_owned();
            (name, one["fits"] == true, one["ready"] == true)
        });
        each.collect::<Vec<_>>()
    };
    assert_eq!(run(&[], 1), [("mt-windows-01".to_owned(), false, false)]);
    let named = run(&["mt-linux-01", "mt-linux-ready"], 0);
    assert_eq!(
        named,
        [
            ("mt-linux-01".to_owned(), true, false),
            ("mt-linux-ready".to_owned(), true, true)
        ]
    );
}

#[test]
fn junit_has_a_case_for_each_group() {
    let lab = Lab::start("failback-lab");
    let folder = tempfile::tempdir().unwrap();
    let group = file(&folder, "site.toml", TOML);
    let ended = lab
        .esxtool(["check", "--group", &group, "-o", "junit"])
        .run()
        .expect(1);
    let suites = ended.stdout.split("<testsuite ").skip(1);
    let names: Vec<&str> = suites
        .map(|suite| suite.split('"').nth(1).unwrap())
        .collect();
    assert_eq!(
        names.len(),
        4,
        "three master targets and the groups: {ended}"
    );
    let groups = ended.stdout.split("<testsuite ").last().unwrap();
    assert!(groups.contains("replication groups"), "{ended}");
    assert_eq!(groups.matches("<testcase ").count(), 2, "{ended}");
    assert_eq!(groups.matches("<failure ").count(), 1, "{ended}");
    assert!(ended.stdout.trim_end().ends_with("</testsuites>"));
}

#[test]
fn a_vm_that_is_recreated_needs_its_name_free() {
    let lab = Lab::start("failback-lab");
    let run = |name: &str, code| {
        let base = lab.esxtool(["check", "mt-linux-ready", "-o", "json"]);
        base.args(["--recreate", name]).run().expect(code).json()
    };
    assert_eq!(rule(&run("gone-01", 0), "name-free")["verdict"], "holds");
    let clash = run("mt-linux-01", 0);
    let judged = rule(&clash, "name-free");
    assert_eq!(judged["verdict"], "broken", "{judged:#}");
    assert_eq!(judged["findings"][0]["severity"], "warning");
}

#[test]
fn a_server_that_answers_holds_and_a_closed_port_is_a_warning() {
    let lab = Lab::start("failback-lab");
    let open = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let (answers, silent) = (
        open.local_addr().unwrap().to_string(),
        closed.local_addr().unwrap().to_string(),
    );
    drop(closed);
    let run = |process: &str| {
        let base = lab.esxtool(["check", "mt-linux-ready", "-o", "json"]);
        let servers = [
            "--configuration-server",
            &answers,
            "--process-server",
            process,
        ];
        base.args(servers).run().expect(0).json()
    };
    let good = run(&answers);
    assert_eq!(rule(&good, "servers-answer")["verdict"], "holds");
    let bad = run(&silent);
    let findings = &rule(&bad, "servers-answer")["findings"];
    assert_eq!(findings.as_array().unwrap().len(), 1, "{findings:#}");
    let summary = findings[0]["summary"].as_str().unwrap();
    assert!(
        summary.contains("process server") && summary.contains(&silent),
        "{summary}"
    );
    assert_eq!(findings[0]["severity"], "warning");
}

/// A file is read before anything is contacted, and the message points at line and key.
#[test]
fn a_bad_file_is_refused_before_anything_is_contacted() {
    let lab = Lab::start("failback-lab");
    let folder = tempfile::tempdir().unwrap();
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    let cases: [(&str, &str, &[&str]); 7] = [
        (
            "empty.toml",
            "[[groups]]\nname = \"a\"\n",
            &["empty.toml, line 1, groups[0]: the group is empty"],
        ),
        (
            "key.toml",
            "[[groups]]\nname = \"a\"\nvmz = [\"x\"]\n",
            &["key.toml, line 3, groups[0].vmz: unknown key", "vms?"],
        ),
        (
            "key.yaml",
            "groups:\n  - name: a\n    vms: [x]\nmaster-target: [mt]\n",
            &["key.yaml, line 4, master-target: unknown key"],
        ),
        (
            "twice.yaml",
            "groups:\n  - name: a\n    vms: [x]\n  - name: b\n    vms: [y, x]\n",
            &["twice.yaml, line 5, groups[1].vms[1]", "line 3 already"],
        ),
        ("bomb.yaml", &bomb, &["bomb.yaml, line 1: YAML anchors"]),
        ("broken.toml", "a = [\n", &["broken.toml, line", "not TOML"]),
        ("site.json", "{}", &["site.json", ".toml, .yaml or .yml"]),
    ];
    for command in ["check", "prepare-master-target"] {
        for (name, text, told) in cases {
            let group = file(&folder, name, text);
            let base = lab.esxtool([command, "mt-linux-01", "--group", &group]);
            let base = if command == "check" {
                base
            } else {
                base.arg("--yes")
            };
            let ended = base.run().expect(2);
            ended.says(told.iter().copied());
            assert_eq!(ended.stdout, "", "{ended}");
        }
    }
    assert_eq!(lab.calls(), 0, "nothing was contacted");
}

#[test]
fn contradicting_options_are_refused_before_anything_is_contacted() {
    let lab = Lab::start("failback-lab");
    let folder = tempfile::tempdir().unwrap();
    let text = "configuration-server = \"cs\"\nprocess-servers = [\"ps\"]\nfailback-vcenter = \"vc\"\n\
                [[groups]]\nname = \"a\"\nvms = [\"app-01\"]\n";
    let group = file(&folder, "site.toml", text);
    let with_group: [(&[&str], &str); 4] = [
        (
            &["--configuration-server", "other"],
            "site.toml, line 1, configuration-server",
        ),
        (&["--process-server", "p2"], "site.toml, line 2"),
        (&["--failback-vcenter", "v2"], "site.toml, line 3"),
        (
            &["--protect", "app-01"],
            "site.toml, line 6, groups[0].vms[0]",
        ),
    ];
    for (options, told) in with_group {
        let base = lab.esxtool(["check", "mt-linux-01", "--group", &group]);
        base.args(options.iter().copied())
            .run()
            .expect(2)
            .says([told]);
    }
    let alone: [(&[&str], &str); 5] = [
        (
            &["--protect", "x", "--protect", "x"],
            "--protect x is given twice",
        ),
        (&["--protect", "[a"], "\"[a\" is no pattern"),
        (&["--protect", ""], "--protect: an empty text names no VM"),
        (&["--recreate", " "], "--recreate needs a name"),
        (&["--process-server", "https://ps"], "--process-server"),
    ];
    for (options, told) in alone {
        let base = lab.esxtool(["check", "mt-linux-01"]);
        base.args(options.iter().copied())
            .run()
            .expect(2)
            .says([told]);
    }
    assert_eq!(lab.calls(), 0, "nothing was contacted");
}

/// Only the server knows these; the message still points at the line, and nothing is changed.
#[test]
fn what_only_the_server_can_tell_points_at_the_line_too() {
    let lab = Lab::start("failback-lab");
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&str, &str, &[&str]); 5] = [
        (
            "unknown.yaml",
            "groups:\n  - name: a\n    vms: [no-such-vm]\n",
            &["unknown.yaml, line 3, groups[0].vms[0]", "\"no-such-vm\""],
        ),
        (
            "pattern.yaml",
            "groups:\n  - name: a\n    vms: ['no-such-*']\n",
            &["pattern.yaml, line 3, groups[0].vms[0]", "\"no-such-*\""],
        ),
        (
            "two.yaml",
            "groups:\n  - name: a\n    vms: [app-01]\n  - name: b\n    vms: ['app-*']\n",
            &[
                "two.yaml, line 5, groups[1].vms[0]",
                "app-01 stands in group a already",
            ],
        ),
        (
            "target.toml",
            "[[groups]]\nname = \"a\"\nvms = [\"app-01\"]\nmaster-target = \"no-such-mt\"\n",
            &[
                "target.toml, line 4, groups[0].master-target",
                "\"no-such-mt\"",
            ],
        ),
        (
            "itself.toml",
            "[[groups]]\nname = \"a\"\nvms = [\"mt-linux-01\"]\n",
            &[
                "itself.toml, line 3, groups[0].vms[0]",
                "is a master target",
            ],
        ),
    ];
    for (name, text, told) in cases {
        let group = file(&folder, name, text);
        let base = lab.esxtool(["check", "mt-linux-01", "--group", &group]);
        let ended = base.run().expect(2);
        ended.says(told.iter().copied());
        assert!(!ended.stderr.contains("trace-wire"), "{ended}");
    }
    let base = lab.esxtool(["check", "mt-linux-01", "--protect", "no-such-vm"]);
    base.run().expect(6).says(["\"no-such-vm\""]);
    let base = lab.esxtool(["check", "mt-linux-01", "--protect", "mt-linux-01"]);
    let ended = base.run().expect(2);
    ended.says(["is a master target and cannot be protected by itself"]);
    assert!(!ended.stderr.contains("trace-wire"), "{ended}");
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[test]
fn a_rule_is_explained_by_name_and_by_number() {
    let explain = |id: &str| {
        let ended = Esxtool::new(["rules", id, "-o", "json"]).run().expect(0);
        let mut document = ended.json();
        document.as_object_mut().unwrap().remove("command");
        document
    };
    let by_number = explain("13");
    assert_eq!(by_number["id"], "same-os-family");
    assert_eq!(explain("same-os-family"), by_number);
    let list = Esxtool::new(["rules", "-o", "json"]).run().expect(0).json();
    let rules = esx_tools::rules::registry().len();
    assert_eq!(list["rules"].as_array().unwrap().len(), rules);
    Esxtool::new(["rules", "no-such-rule"])
        .run()
        .expect(6)
        .says(["there is no rule `no-such-rule`", "same-os-family"]);
}
