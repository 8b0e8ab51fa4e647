//! Every failback rule fails at least once, most in `failback-lab`, on the VM that the lab names for it.

use std::collections::BTreeSet;

use esx_tools::group::{Format, GroupFile, VmPattern};
use esx_tools::ops::{self, CheckOptions, Endpoint, VmSelector};
use esx_tools::rules::{Severity, Verdict, registry};
use integration_tests::site::Site;
use mocks::Role;

/// What is named beside the master target.
enum NamedBesideTarget {
    Nothing,
    Protect(&'static str),
    Group(&'static str),
    Recreate(&'static str),
    /// A configuration server at a port that nobody listens on.
    DeadServer,
}

use NamedBesideTarget::{DeadServer, Group, Nothing, Protect, Recreate};

const MIXED: &str = "[[groups]]\nname = \"mixed\"\nvms = [\"app-01\", \"sql-01\"]\n";

/// Rule, master target, what is named beside it, object of the finding, severity.
const TABLE: &[(&str, &str, NamedBesideTarget, &str, Severity)] = &[
    (
        "disk-enable-uuid",
        "mt-linux-01",
        Nothing,
        "mt-linux-01",
        Severity::Blocker,
    ),
    (
        "classic-ended",
        "mt-linux-ready",
        Nothing,
        "mt-linux-ready",
        Severity::Info,
    ),
    (
        "no-snapshots",
        "mt-linux-01",
        Nothing,
        "mt-linux-01",
        Severity::Blocker,
    ),
    (
        "no-consolidation-needed",
        "mt-linux-01",
        Nothing,
        "mt-linux-01",
        Severity::Blocker,
    ),
    (
        "storage-vmotion-excluded",
        "mt-linux-01",
        Nothing,
        "mt-linux-01",
        Severity::Blocker,
    ),
    (
        "no-paravirtual-controller",
        "mt-windows-01",
        Nothing,
        "mt-windows-01",
        Severity::Blocker,
    ),
    (
        "lsi-logic-controller",
        "mt-windows-01",
        Nothing,
        "mt-windows-01",
        Severity::Blocker,
    ),
    (
        "disk-slots",
        "mt-full-01",
        Protect("app-01"),
        "mt-full-01",
        Severity::Blocker,
    ),
    (
        "vmware-tools-running",
        "mt-windows-01",
        Nothing,
        "mt-windows-01",
        Severity::Blocker,
    ),
    (
        "vmfs-datastore-visible",
        "mt-nfs-01",
        Nothing,
        "esx-11.example.com",
        Severity::Blocker,
    ),
    (
        "protected-datastores-mounted",
        "mt-linux-ready",
        Protect("branch-01"),
        "branch-01",
        Severity::Blocker,
    ),
    (
        "protected-datastores-mounted",
        "mt-linux-ready",
        Protect("archive-01"),
        "archive-01",
        Severity::Blocker,
    ),
    (
        "protected-datastores-not-nfs",
        "mt-linux-ready",
        Protect("legacy-01"),
        "legacy-01",
        Severity::Blocker,
    ),
    (
        "unique-uuids",
        "mt-linux-02",
        Protect("clone-a"),
        "clone-a",
        Severity::Blocker,
    ),
    (
        "unique-uuids",
        "mt-linux-ready",
        Protect("/London/vm/Protected/clone-*"),
        "clone-b",
        Severity::Blocker,
    ),
    (
        "same-os-family",
        "mt-linux-ready",
        Protect("sql-01"),
        "sql-01",
        Severity::Blocker,
    ),
    (
        "replication-group-whole",
        "mt-linux-ready",
        Group(MIXED),
        "group mixed",
        Severity::Blocker,
    ),
    (
        "protected-no-snapshots",
        "mt-linux-ready",
        Protect("app-02"),
        "app-02",
        Severity::Warning,
    ),
    (
        "protected-powered-off",
        "mt-windows-01",
        Protect("sql-01"),
        "sql-01",
        Severity::Warning,
    ),
    (
        "retention-volume",
        "mt-linux-02",
        Nothing,
        "mt-linux-02",
        Severity::Blocker,
    ),
    (
        "licence-allows-writing",
        "mt-nfs-01",
        Nothing,
        "esx-11.example.com",
        Severity::Blocker,
    ),
    (
        "known-to-vcenter",
        "mt-lost-01",
        Nothing,
        "mt-lost-01",
        Severity::Blocker,
    ),
    (
        "name-free",
        "mt-linux-01",
        Recreate("web-dup"),
        "web-dup",
        Severity::Warning,
    ),
    (
        "master-target-sizing",
        "mt-linux-02",
        Nothing,
        "mt-linux-02",
        Severity::Warning,
    ),
    (
        "no-windows-2008-r2",
        "mt-windows-01",
        Protect("old-windows-01"),
        "old-windows-01",
        Severity::Warning,
    ),
    (
        "servers-answer",
        "mt-linux-ready",
        DeadServer,
        "127.0.0.1",
        Severity::Warning,
    ),
    (
        "attached-disks-as-recorded",
        "mt-moved-01",
        Nothing,
        "hr-01",
        Severity::Blocker,
    ),
    (
        "datastore-free-space",
        "mt-linux-ready",
        Protect("grow-01"),
        "tight-01",
        Severity::Warning,
    ),
    (
        "supported-versions",
        "mt-nfs-01",
        Nothing,
        "esx-11.example.com",
        Severity::Warning,
    ),
    (
        "protected-disk-enable-uuid",
        "mt-linux-ready",
        Protect("legacy-01"),
        "legacy-01",
        Severity::Warning,
    ),
    (
        "protected-secure-boot-off",
        "mt-windows-01",
        Protect("file-01"),
        "file-01",
        Severity::Warning,
    ),
];

#[expect(clippy::unwrap_used, reason = "test support: a test ends here")]
fn options(beside: &NamedBesideTarget) -> CheckOptions {
    let mut options = CheckOptions::default();
    match beside {
        Nothing => {}
        Protect(text) => options.protect = vec![VmPattern::parse(text).unwrap()],
        Group(text) => {
            options.group = Some(GroupFile::parse("site.toml", text, Format::Toml).unwrap())
        }
        Recreate(name) => options.recreate = vec![(*name).to_owned()],
        DeadServer => {
            let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
            options.configuration_server = Some(Endpoint {
                host: "127.0.0.1".into(),
                port: Some(listener.local_addr().unwrap().port()),
            });
        }
    }
    options
}

#[tokio::test]
async fn every_rule_fails_where_the_lab_says() {
    let site = Site::start("failback-lab").await;
    let mut seen = BTreeSet::new();
    for (rule, target, beside, object, severity) in TABLE {
        let report = ops::check_with(&site.client, &VmSelector::from(*target), &options(beside))
            .await
            .unwrap();
        let judgement = report
            .judgements
            .iter()
            .find(|one| one.rule == *rule)
            .unwrap();
        assert_eq!(
            judgement.verdict,
            Verdict::Broken,
            "{rule} on {target}: {judgement:?}"
        );
        let finding = judgement.findings.iter().find(|one| one.object == *object);
        let finding = finding.unwrap_or_else(|| panic!("{rule} on {target}: {judgement:?}"));
        assert_eq!(
            finding.severity, *severity,
            "{rule} on {target}: {finding:?}"
        );
        assert!(
            !finding.remedy.is_empty() && !finding.evidence.is_empty(),
            "{finding:?}"
        );
        seen.insert(*rule);
    }
    site.end().await;

    // Disks that cannot be attached, or come back otherwise, are a scenario of their own.
    let site = Site::start("disks").await;
    for (rule, vm, severity) in [
        ("disks-attachable", "secret-01", Severity::Blocker),
        ("protected-disk-kinds", "rdm-01", Severity::Warning),
    ] {
        let beside = options(&Protect(vm));
        let report = ops::check_with(&site.client, &VmSelector::from("mt-linux-01"), &beside)
            .await
            .unwrap();
        let judgement = report
            .judgements
            .iter()
            .find(|one| one.rule == rule)
            .unwrap();
        assert_eq!(judgement.worst(), Some(severity), "{judgement:?}");
        seen.insert(rule);
    }
    site.end().await;

    // The account is the only thing that no VM can show.
    let site = Site::start_as("failback-lab", Role::ReadOnly).await;
    let report = ops::check(&site.client, &VmSelector::from("mt-linux-ready"))
        .await
        .unwrap();
    let judgement = report
        .judgements
        .iter()
        .find(|one| one.rule == "account-privileges")
        .unwrap();
    assert!(judgement.blocks(), "{judgement:?}");
    seen.insert("account-privileges");
    site.end().await;

    // The rules about appliances have a site of their own.
    let site = Site::start("appliance").await;
    for (rule, beside, object) in [
        ("appliance-requirements", Nothing, "asr-appliance-01"),
        (
            "protected-snapshots-possible",
            Protect("frozen-01"),
            "frozen-01",
        ),
        ("storage-vmotion-excluded", Nothing, "asr-appliance-01"),
        ("no-paravirtual-controller", Nothing, "asr-appliance-01"),
    ] {
        let target = VmSelector::from("asr-appliance-01");
        let report = ops::check_with(&site.client, &target, &options(&beside))
            .await
            .unwrap();
        let judgement = report.judgements.iter().find(|one| one.rule == rule);
        let findings = &judgement.unwrap().findings;
        assert!(findings.iter().any(|one| one.object == object), "{rule}");
        seen.insert(rule);
    }
    site.end().await;

    let all: BTreeSet<&str> = registry().iter().map(|rule| rule.id()).collect();
    assert_eq!(seen, all);
}

#[tokio::test]
async fn the_role_of_the_documents_is_enough() {
    for role in [
        Role::AzureSiteRecovery,
        Role::AzureSiteRecoveryHardening,
        Role::Administrator,
    ] {
        let site = Site::start_as("failback-lab", role).await;
        let options = options(&Protect("app-01"));
        let report = ops::check_with(&site.client, &VmSelector::from("mt-linux-ready"), &options)
            .await
            .unwrap();
        let wrong: Vec<_> = report
            .judgements
            .iter()
            .filter(|one| !matches!(one.verdict, Verdict::Holds | Verdict::NotApplicable))
            // Every master target is told of the end of classic.
            .filter(|one| one.rule != "classic-ended")
            .collect();
        assert!(wrong.is_empty(), "{role:?}: {wrong:#?}");
        assert!(report.ready);
        site.end().await;
    }
}

#[tokio::test]
async fn each_group_is_held_against_each_master_target() {
    let site = Site::start("failback-lab").await;
    let text = "master-targets = [\"mt-linux-ready\", \"mt-windows-01\"]\n\
                [[groups]]\nname = \"apps\"\nvms = [\"/London/vm/Protected/app-*\"]\n\
                [[groups]]\nname = \"old\"\nvms = [\"old-windows-01\"]\nmaster-target = \"mt-windows-01\"\n";
    let checked = ops::check_all(&site.client, &[], &options(&Group(text_of(text))))
        .await
        .unwrap();
    let fits: Vec<(&str, &str, bool, bool)> = checked
        .pairings
        .iter()
        .map(|one| {
            (
                one.group.as_str(),
                one.master_target.as_str(),
                one.fits,
                one.ready,
            )
        })
        .collect();
    assert_eq!(
        fits,
        [
            ("apps", "mt-linux-ready", true, true),
            ("apps", "mt-windows-01", false, false),
            ("old", "mt-linux-ready", false, false),
            ("old", "mt-windows-01", true, false),
        ]
    );
    assert_eq!(
        checked.pairings[2].meant_for.as_deref(),
        Some("mt-windows-01")
    );
    assert!(!checked.ready(), "mt-windows-01 is not ready");
    // What is meant for the other master target does not count here.
    let ready = &checked.targets[0].facts.protected;
    let names: Vec<&str> = ready.vms.iter().map(|vm| vm.name.as_str()).collect();
    assert_eq!(names, ["app-01", "app-02"]);
    site.end().await;
}

fn text_of(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

#[tokio::test]
async fn what_a_group_file_names_wrongly_is_told_with_line_and_key() {
    let site = Site::start("failback-lab").await;
    for (text, expected) in [
        (
            "[[groups]]\nname = \"a\"\nvms = [\"app-1\"]",
            "site.toml, line 3, groups[0].vms[0]: no VM \"app-1\" was found; did you mean",
        ),
        (
            "[[groups]]\nname = \"a\"\nvms = [\"app-01\",\n  \"/London/vm/Nowhere/*\"]",
            "site.toml, line 4, groups[0].vms[1]: no VM \"/London/vm/Nowhere/*\" was found",
        ),
        (
            "[[groups]]\nname = \"a\"\nvms = [\"web-dup\"]",
            "site.toml, line 3, groups[0].vms[0]: 2 VMs are named \"web-dup\"",
        ),
        (
            "[[groups]]\nname = \"a\"\nvms = [\"app-01\"]\n[[groups]]\nname = \"b\"\nvms = [\"/London/vm/Protected/app-*\"]",
            "site.toml, line 6, groups[1].vms[0]: /London/vm/Protected/app-01 stands in group a already",
        ),
        (
            "[[groups]]\nname = \"a\"\nvms = [\"/London/vm/Disaster Recovery/mt-linux-ready\"]",
            "site.toml, line 3, groups[0].vms[0]: /London/vm/Disaster Recovery/mt-linux-ready is a master target",
        ),
    ] {
        let target = [VmSelector::from("mt-linux-ready")];
        let error = ops::check_all(&site.client, &target, &options(&Group(text_of(text))))
            .await
            .unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
        assert_eq!(error.class(), ops::ErrorClass::Usage);
    }
    site.end().await;
}
