//! Tagging a master target as one more step of the plan.

#![expect(clippy::unwrap_used, reason = "helpers of tests: a test ends here")]

use esx_tools::engine::{self, ChangeReport, Interrupt, Outcome, Silent, StepStatus};
use esx_tools::ops::{self, Prepare, PrepareOptions, VmSelector};
use esx_tools::plan::Scope;
use integration_tests::Lab;
use integration_tests::site::Site;
use mocks::rest::Ways;
use mocks::{Act, Fault, Injection, MoRef, Role};

const VM: &str = "mt-linux-01";
const TAG: &str = "Azure Site Recovery/asr-master-target";
const ATTACH: &str = "tagging.tag_association.attach";

fn options(scope: Scope) -> PrepareOptions {
    let mut options = PrepareOptions::only(scope);
    options.fixes.tag = Some("asr-master-target".parse().unwrap());
    options
}

async fn run(site: &Site, options: &PrepareOptions) -> ChangeReport<Prepare> {
    let vm = VmSelector::from(VM);
    let prepared = ops::prepare(&site.client, &vm, options).await.unwrap();
    let interrupt = Interrupt::new();
    let report = engine::apply(&site.client, prepared, &Silent, &interrupt);
    report.await.unwrap()
}

fn tags(site: &Site) -> Vec<String> {
    let vm: MoRef = site.vm(VM);
    site.server
        .with_world(|world| world.rest.tags.names_on(&vm))
}

fn steps(report: &ChangeReport<Prepare>) -> Vec<(String, StepStatus)> {
    let steps = report.steps.iter();
    steps
        .map(|step| (step.id.to_string(), step.status()))
        .collect()
}

#[tokio::test]
async fn it_is_made_once_and_taken_off_by_include() {
    for ways in [Ways::AsVersionSays, Ways::OldOnly] {
        let site = Site::start("ready").await;
        site.server.with_world(|world| world.rest.ways = ways);
        let report = run(&site, &options(Scope::Prepare)).await;
        assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
        let tag_step = format!("tag:{TAG}");
        let done = [
            ("reconfigure".to_owned(), StepStatus::Done),
            (tag_step.clone(), StepStatus::Done),
        ];
        assert_eq!(steps(&report), done);
        assert_eq!(tags(&site), [TAG]);

        site.server.forget_calls();
        let again = run(&site, &options(Scope::Prepare)).await;
        assert!(again.steps.is_empty() && again.outcome == Outcome::Ready);
        assert!(site.changes().is_empty(), "{:?}", site.changes());
        let already = format!("the VM carries the tag {TAG}");
        assert!(
            again.plan.already.contains(&already),
            "{:?}",
            again.plan.already
        );

        let undone = run(&site, &PrepareOptions::only(Scope::Include)).await;
        assert_eq!(undone.outcome, Outcome::Ready, "{:?}", undone.steps);
        assert!(tags(&site).is_empty());
        let nothing = run(&site, &PrepareOptions::only(Scope::Include)).await;
        assert!(nothing.steps.is_empty(), "{:?}", nothing.steps);
        site.end().await;
    }
}

#[tokio::test]
async fn exclude_takes_the_tag_as_well() {
    let site = Site::start("failback-lab").await;
    let report = run(&site, &options(Scope::Exclude)).await;
    assert_eq!(report.outcome, Outcome::Ready, "{:?}", report.steps);
    assert_eq!(tags(&site), [TAG]);
    site.end().await;
}

#[tokio::test]
async fn a_tag_that_somebody_else_attached_stays() {
    let site = Site::start("ready").await;
    run(&site, &options(Scope::Prepare)).await;
    // As if another person had: without the note.
    let vm = site.vm(VM);
    site.server.with_world(|world| {
        world.store.update(&vm, |data| {
            let config = data
                .get_mut("config")
                .and_then(|config| config.as_data_mut());
            config.unwrap().set(
                "extraConfig",
                mocks::Value::list("OptionValue", Vec::<mocks::Data>::new()),
            );
        });
    });
    run(&site, &PrepareOptions::only(Scope::Include)).await;
    assert_eq!(tags(&site), [TAG]);
    site.end().await;
}

#[tokio::test]
async fn an_answer_that_was_lost_is_read_back() {
    let site = Site::start("ready").await;
    site.server
        .inject(Injection::on_method(ATTACH, Act::DropAfterApply));
    let report = run(&site, &options(Scope::Prepare)).await;
    assert_eq!(report.outcome, Outcome::Ready);
    let detail = report.steps[1].detail().unwrap_or_default();
    assert!(
        detail.contains("reading back shows that it was carried out"),
        "{detail}"
    );
    assert_eq!(site.server.call_count(ATTACH), 1);
    site.end().await;
}

#[tokio::test]
async fn a_tag_that_was_made_and_not_attached_is_a_part_done_and_the_next_run_goes_on() {
    let site = Site::start("ready").await;
    let fault = Fault::no_permission(&site.vm(VM), "InventoryService.Tagging.AttachTag");
    site.server
        .inject(Injection::on_method(ATTACH, Act::Fault(fault)));
    let report = run(&site, &options(Scope::Prepare)).await;
    assert_eq!(report.outcome, Outcome::Partial);
    let detail = report.steps[1].detail().unwrap_or_default();
    assert!(
        detail.starts_with(
            "made the category \"Azure Site Recovery\" and the tag \"asr-master-target\", then: "
        ),
        "{detail}"
    );
    let again = run(&site, &options(Scope::Prepare)).await;
    assert_eq!(again.outcome, Outcome::Ready, "{:?}", again.steps);
    assert_eq!(site.server.call_count("tagging.category.create"), 1);
    assert_eq!(tags(&site), [TAG]);
    site.end().await;
}

/// The tag step failed after everything else was done; now it is given up before the first step, and told beforehand.
#[test]
fn an_account_that_may_not_tag_is_told_so_before_the_first_step() {
    let lab = Lab::start("failback-lab");
    let run = |more: &str| {
        lab.esxtool_as(
            Role::AzureSiteRecoveryHardening,
            ["storage-vmotion", "exclude", VM, "--tag", "mt", more],
        )
        .run()
    };
    let lacking = "the account lacks the privilege InventoryService.Tagging.AttachTag on";
    let dry = run("--dry-run").expect(1);
    dry.prints([
        "Not in the plan",
        "the tag Azure Site Recovery/mt was asked for",
        lacking,
    ]);
    assert!(!dry.stdout.contains("and attach it"), "{dry}");
    // The layers are set; that the tag is missing keeps it from being a success.
    run("--yes").expect(1).prints([lacking]);
    assert!(
        !lab.changes()
            .iter()
            .any(|call| call.starts_with("tagging."))
    );
    let vm = lab.server().find("VirtualMachine", VM).unwrap();
    let names = lab
        .server()
        .with_world(|world| world.rest.tags.names_on(&vm));
    assert!(names.is_empty(), "{names:?}");
}

/// Whoever may attach tags and not make them needs one that exists.
#[tokio::test]
async fn what_makes_a_tag_is_asked_on_the_server_as_a_whole() {
    let site = Site::start_as("ready", Role::AzureSiteRecoveryHardening).await;
    site.server.with_world(|world| {
        let id = Role::AzureSiteRecoveryHardening.id();
        let role = world.accounts.roles.get_mut(&id).unwrap();
        role.privileges
            .push("InventoryService.Tagging.AttachTag".to_owned());
    });
    let vm = VmSelector::from(VM);
    let prepared = ops::prepare(&site.client, &vm, &options(Scope::Exclude)).await;
    let prepared = prepared.unwrap();
    assert!(prepared.plan().steps.is_empty());
    let reason = &prepared.plan().unfixable[0].reason;
    assert!(reason.contains("Tagging.CreateTag on Folder:"), "{reason}");
    site.end().await;
}

#[test]
fn a_dry_run_shows_the_step_and_exclude_takes_the_option_too() {
    let lab = Lab::start("ready");
    let tag = ["--tag", "Roles/failback"];
    let dry = lab.esxtool(["prepare-master-target", VM, "--dry-run"]);
    dry.args(tag).run().expect(0).prints([
        "Make the tag Roles/failback with its category, and attach it",
        "take the tag Roles/failback off; the tag itself stays",
    ]);
    assert!(lab.changes().is_empty());
    let exclude = lab.esxtool(["storage-vmotion", "exclude", VM, "--yes"]);
    exclude.args(tag).run().expect(0);
    assert_eq!(lab.changes().last().map(String::as_str), Some(ATTACH));
}

#[test]
fn a_host_alone_has_no_tags_and_says_so() {
    let lab = Lab::start("esxi");
    let told = lab.esxtool(["prepare-master-target", VM, "--tag", "x", "--dry-run"]);
    told.run()
        .expect(1)
        .prints(["the server offers no REST API, which only vCenter has"]);
}

#[test]
fn a_name_that_is_none_is_refused_before_anything_is_contacted() {
    let lab = Lab::start("ready");
    let wrong = lab.esxtool(["prepare-master-target", VM, "--tag", "a/b/c"]);
    wrong.run().expect(2).says(["too many slashes"]);
    assert_eq!(lab.calls(), 0);
}
