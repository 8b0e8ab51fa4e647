//! The kind of target: seen, said by option, command, group file and profile, or asked for.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests end a test as tests do"
)]

use integration_tests::{Esxtool, Lab};
use serde_json::Value;

/// What a check gives of the target and of one rule.
fn told(document: &Value, rule: &str) -> (Value, Value, Value) {
    let target = &document["facts"]["target"];
    let judgements = document["judgements"].as_array().unwrap();
    let one = judgements.iter().find(|one| one["rule"] == rule).unwrap();
    let (kind, by) = (target["kind"].clone(), target["decided_by"].clone());
    (kind, by, one["verdict"].clone())
}

#[test]
fn what_is_seen_decides_and_an_option_has_the_last_word() {
    let lab = Lab::start("appliance");
    let check = |vm: &str, options: &[&str], code| {
        let base = lab.esxtool(["check", vm, "-o", "json"]);
        base.args(options.iter().copied()).run().expect(code).json()
    };
    let seen = check("asr-appliance-02", &[], 0);
    assert_eq!(
        told(&seen, "retention-volume"),
        ("appliance".into(), "seen".into(), "not-applicable".into())
    );
    assert_eq!(told(&seen, "classic-ended").2, "not-applicable");
    let said = check("asr-appliance-02", &["--target", "master-target"], 1);
    assert_eq!(
        told(&said, "retention-volume"),
        ("master-target".into(), "option".into(), "broken".into())
    );
    assert_eq!(told(&said, "appliance-requirements").2, "not-applicable");
    // A controller is information on an appliance.
    let small = check("asr-appliance-01", &[], 1);
    let judgements = small["judgements"].as_array().unwrap();
    let one = |id: &str| judgements.iter().find(|one| one["rule"] == id).unwrap();
    let controller = &one("no-paravirtual-controller")["findings"][0];
    assert_eq!(controller["severity"], "info");
    let moved = &one("storage-vmotion-excluded")["findings"][0];
    assert_eq!(moved["severity"], "blocker");
}

#[test]
fn a_kind_that_cannot_be_told_is_unknown_to_check_and_asked_for_by_prepare() {
    let lab = Lab::start("appliance");
    let ended = lab.esxtool(["check", "win-01", "-o", "json"]).run();
    let document = ended.expect(1).json();
    assert_eq!(
        told(&document, "retention-volume"),
        (Value::Null, "nothing".into(), "unknown".into())
    );
    let ended = lab
        .esxtool(["prepare-master-target", "win-01", "--yes"])
        .run();
    ended.expect(2).says(["--target appliance", "win-01"]);
    assert!(lab.changes().is_empty(), "{:?}", lab.changes());
    let command = ["prepare-appliance", "win-01", "--dry-run", "-o", "json"];
    let document = lab.esxtool(command).run().expect(0).json();
    assert_eq!(document["command"], "prepare-appliance");
    let target = &document["plan"]["master_target_name"];
    assert_eq!(target, "win-01");
}

#[test]
fn an_appliance_keeps_its_controllers_and_is_kept_from_storage_vmotion() {
    let lab = Lab::start("appliance");
    let command = ["prepare-appliance", "asr-appliance-01", "--yes"];
    let ended = lab.esxtool(command).run();
    ended.expect(0).prints(["READY"]);
    let changes = lab.changes();
    let has = |method: &str| changes.iter().any(|change| change.contains(method));
    assert!(has("DisableMethods"), "{changes:?}");
    assert!(!has("PowerOff"), "{changes:?}");
}

#[test]
fn a_group_file_says_it_for_all_or_for_a_group_and_a_contradiction_is_told() {
    let lab = Lab::start("appliance");
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let groups = "[[groups]]\nname = \"all\"\nvms = [\"app-01\", \"sql-01\"]\n";
    let targets = "master-targets = [\"asr-appliance-02\"]\n";
    let plain = file("plain.toml", &format!("{targets}{groups}"));
    let plan = |file: &str, options: &[&str], code| {
        let base = lab.esxtool(["plan-reprotect", "--group", file, "-o", "json"]);
        base.args(options.iter().copied()).run().expect(code).json()
    };
    // Linux and Windows go through one appliance, and not through one master target.
    let fits = plan(&plain, &[], 0);
    assert_eq!(fits["targets"][0]["kind"], "appliance");
    assert_eq!(
        plan(&plain, &["--target", "master-target"], 1)["fits"],
        false
    );
    let whole = file(
        "whole.toml",
        &format!("target = \"master-target\"\n{targets}{groups}"),
    );
    let command = ["check", "--group", &whole, "-o", "json"];
    let document = lab.esxtool(command).run().expect(1).json();
    assert_eq!(
        document["targets"][0]["facts"]["target"]["decided_by"],
        "group-file"
    );
    let own = file(
        "own.toml",
        &format!("{targets}{groups}target = \"master-target\"\n"),
    );
    let command = ["check", "--group", &own, "-o", "json"];
    let document = lab.esxtool(command).run().expect(1).json();
    assert_eq!(document["pairings"][0]["fits"], false);
    assert_eq!(document["pairings"][0]["meant_for_kind"], "master-target");
    let ended = lab.esxtool(["check", "--group", &whole, "--target", "appliance"]);
    ended.run().expect(2).says(["line 1", "target"]);
    let wrong = file("wrong.toml", &format!("target = \"vm\"\n{targets}{groups}"));
    let ended = lab.esxtool(["check", "--group", &wrong]).run();
    ended.expect(2).says(["line 1", "master-target"]);
}

#[test]
fn a_profile_says_it_where_nothing_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("esxtool");
    std::fs::create_dir_all(&home).unwrap();
    let write = |kind: &str| {
        let text = format!("[profiles.lab]\nsimulator = \"appliance\"\ntarget = \"{kind}\"\n");
        std::fs::write(home.join("config.toml"), text).unwrap();
    };
    let check = |options: &[&str]| {
        let base = Esxtool::new(["check", "win-01", "--profile", "lab", "-o", "json"]);
        let base = base.args(options.iter().copied());
        base.env("XDG_CONFIG_HOME", folder.path()).run()
    };
    write("appliance");
    let document = check(&[]).json();
    let (kind, by, _) = told(&document, "retention-volume");
    assert_eq!((kind, by), ("appliance".into(), "profile".into()));
    let document = check(&["--target", "master-target"]).json();
    assert_eq!(told(&document, "retention-volume").1, "option");
    write("none");
    check(&[]).expect(2).says(["appliance or master-target"]);
}

#[test]
fn a_code_of_the_portal_leads_to_its_rule() {
    let run = |code| Esxtool::new(["rules", code]).run();
    run("78052")
        .expect(0)
        .prints(["name-free", "Troubleshoot failback"]);
    run("8061")
        .expect(0)
        .prints(["protected-datastores-mounted"]);
    run("78093").expect(0).prints(["No rule judges that"]);
    run("12345").expect(6);
    let lab = Lab::start("failback-lab");
    let command = ["check", "mt-linux-01", "--recreate", "web-dup"];
    let ended = lab.esxtool(command).run();
    ended.prints(["portal: error 78052"]);
}
