//! `check --protect` and `disks attach --dry-run` say the same of a disk.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what fails here fails the test"
)]

use esx_tools::disks::attach;
use esx_tools::group::VmPattern;
use esx_tools::ops::{self, CheckOptions, CheckReport, PrepareOptions, VmSelector};
use esx_tools::plan::Change;
use esx_tools::rules::Verdict;
use integration_tests::{Lab, site::Site};

const MT: &str = "mt-linux-01";
const RULE: &str = "disks-attachable";

async fn check(site: &Site, vm: &str) -> CheckReport {
    let options = CheckOptions {
        protect: vec![VmPattern::parse(vm).unwrap()],
        ..CheckOptions::default()
    };
    ops::check_with(&site.client, &VmSelector::from(MT), &options)
        .await
        .unwrap()
}

/// What attach refuses of the VM, check says by the rule, with the same code, sentence and remedy.
async fn agree(vm: &'static str) {
    let site = Site::start("disks").await;
    let options = attach::AttachOptions::of_vms([VmSelector::from(vm)]);
    let planned = attach::prepare(&site.client, &VmSelector::from(MT), &options)
        .await
        .unwrap();
    let refused = &planned.plan().refused;
    assert_eq!(refused.len(), 1, "{refused:?}");

    let report = check(&site, vm).await;
    assert!(!report.ready, "{vm}");
    let judgement = report.judgements.iter().find(|one| one.rule == RULE);
    let judgement = judgement.unwrap();
    assert!(judgement.blocks(), "{judgement:?}");
    let finding = &judgement.findings[0];
    assert_eq!(judgement.findings.len(), 1, "{judgement:?}");
    assert_eq!(finding.object, vm);
    let sentence = format!("{}: {}", refused[0].disk, refused[0].reason);
    assert_eq!(finding.summary, sentence);
    assert_eq!(finding.remedy, refused[0].remedy);
    let cause = finding.evidence.iter().find(|seen| seen.name == "cause");
    assert_eq!(cause.unwrap().value, refused[0].cause.id());
    assert_eq!(
        serde_json::to_value(refused[0].cause).unwrap(),
        refused[0].cause.id()
    );
    assert!(site.changes().is_empty());
    site.end().await;
    let sentence = refused[0].reason.clone();
    tokio::task::spawn_blocking(move || on_the_command_line(vm, &sentence))
        .await
        .unwrap();
}

/// The same for the program: its exit codes, and the sentence without its line breaks.
fn on_the_command_line(vm: &str, sentence: &str) {
    let lab = Lab::start("disks");
    let dry = ["disks", "attach", MT, "--vm", vm, "--dry-run"];
    let check = ["check", MT, "--protect", vm];
    for words in [&dry[..], &check[..]] {
        let ended = lab.esxtool(words.iter().copied()).run().expect(1);
        let text: Vec<&str> = ended.stdout.split_whitespace().collect();
        let wanted: Vec<&str> = sentence.split_whitespace().collect();
        assert!(text.join(" ").contains(&wanted.join(" ")), "{ended}");
    }
    assert!(lab.changes().is_empty());
}

#[tokio::test]
async fn a_raw_device() {
    agree("rdm-01").await;
}

#[tokio::test]
async fn a_disk_that_several_vms_may_write_to() {
    agree("cluster-01").await;
}

#[tokio::test]
async fn an_encrypted_disk() {
    agree("secret-01").await;
}

#[tokio::test]
async fn an_independent_disk() {
    agree("independent-01").await;
}

#[tokio::test]
async fn a_disk_whose_file_is_missing() {
    agree("broken-01").await;
}

#[tokio::test]
async fn a_linked_clone() {
    agree("clone-01").await;
}

/// A target that is a linked clone is unfit, and no step makes it whole.
#[tokio::test]
async fn a_target_that_is_a_linked_clone_blocks_and_is_never_consolidated() {
    let site = Site::start("disks").await;
    let clone = VmSelector::from("clone-01");
    let options = PrepareOptions::default();
    let prepared = ops::prepare(&site.client, &clone, &options).await.unwrap();
    let plan = prepared.plan();
    assert!(
        plan.steps
            .iter()
            .all(|step| !matches!(step.change, Change::ConsolidateDisks { .. })),
        "{plan:?}"
    );
    let left = plan.unfixable.iter().map(|one| &one.finding);
    let said: Vec<_> = left
        .filter(|finding| finding.rule == "no-consolidation-needed")
        .map(|finding| finding.summary.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "Hard disk 1 is a linked clone: it stands on [gold-01] base-01/base-01.vmdk, a file in the folder of another VM"
        ]
    );
    assert!(prepared.operation().leaves_blockers());
    site.end().await;
}

#[tokio::test]
async fn what_may_be_attached_breaks_no_rule_of_a_pairing() {
    let site = Site::start("disks").await;
    for vm in ["app-01", "app-02"] {
        let report = check(&site, vm).await;
        let judgement = report.judgements.iter().find(|one| one.rule == RULE);
        assert_eq!(judgement.unwrap().verdict, Verdict::Holds, "{vm}");
    }
    site.end().await;
}

/// A datastore that cannot be written is said by the rule about datastores, in the words of attach.
#[tokio::test]
async fn a_datastore_that_is_not_mounted_or_not_writable_or_of_another_kind() {
    let site = Site::start("disks").await;
    for (vm, rule) in [
        ("far-01", "protected-datastores-mounted"),
        ("frozen-01", "protected-datastores-mounted"),
        ("nfs-01", "protected-datastores-not-nfs"),
    ] {
        let options = attach::AttachOptions::of_vms([VmSelector::from(vm)]);
        let planned = attach::prepare(&site.client, &VmSelector::from(MT), &options).await;
        let refused = planned.unwrap().plan().refused.clone();
        let report = check(&site, vm).await;
        assert!(!report.ready, "{vm}");
        let broken = report.judgements.iter().find(|one| one.rule == rule);
        let findings = &broken.unwrap().findings;
        assert_eq!(findings[0].summary, refused[0].reason, "{vm}");
    }
    site.end().await;
}

/// Without a VM to protect, a check asks nothing more; with one, each disk of a VM that is off once.
#[tokio::test]
async fn the_look_at_the_disks_costs_a_call_for_each_disk() {
    let site = Site::start("disks").await;
    let count = |method: &str| {
        let calls = site.server.calls();
        calls.iter().filter(|call| call.method == method).count()
    };
    site.server.forget_calls();
    ops::check(&site.client, &VmSelector::from(MT))
        .await
        .unwrap();
    let alone = site.server.calls().len();
    assert!(alone <= 7, "{alone} calls");
    assert_eq!(count("QueryVirtualDiskUuid"), 0);
    for (vm, files) in [("app-02", 3), ("running-01", 0), ("rdm-01", 1)] {
        site.server.forget_calls();
        check(&site, vm).await;
        assert_eq!(count("QueryVirtualDiskUuid"), files, "{vm}");
        let calls = site.server.calls().len();
        assert!(
            calls <= alone + files + 3,
            "{vm}: {calls} calls, {alone} alone"
        );
    }
    site.end().await;
}
