//! Assigning replication groups to master targets, against the mock.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests end a test as tests do"
)]

use esx_tools::capacity::{Constraint, Place};
use esx_tools::group::{Format, GroupFile};
use esx_tools::ops::{self, ErrorClass, OpError, ReprotectPlan};
use integration_tests::Lab;
use integration_tests::site::Site;

fn file(text: &str) -> GroupFile {
    GroupFile::parse("site.toml", text, Format::Toml).unwrap()
}

async fn planned(scenario: &str, text: &str) -> ReprotectPlan {
    let site = Site::start(scenario).await;
    let plan = ops::plan_reprotect(&site.client, &file(text))
        .await
        .unwrap();
    assert!(site.changes().is_empty(), "planning changes nothing");
    site.client.logout().await.unwrap();
    site.end().await;
    plan
}

fn place(plan: &ReprotectPlan, group: &str) -> Option<Place> {
    let placements = &plan.assignment.placements;
    let found = placements.iter().find(|placement| placement.group == group);
    found.map(|placement| placement.place.clone())
}

const FITS: &str = r#"
master-targets = ["mt-linux-01", "mt-linux-02", "mt-linux-03", "mt-windows-01"]
[[groups]]
name = "erp"
vms = ["/London/vm/Protected/erp-*"]
[[groups]]
name = "mail"
vms = ["mail-01", "mail-02"]
[[groups]]
name = "store"
vms = ["store-*"]
[[groups]]
name = "sql"
vms = ["sql-01", "sql-02"]
[[groups]]
name = "branch"
vms = ["branch-01"]
"#;

#[tokio::test]
async fn groups_that_fit_go_where_family_room_and_datastores_allow() {
    let plan = planned("groups", FITS).await;
    assert!(plan.is_certain(), "{plan:#?}");
    assert!(plan.assignment.proof.optimal);
    // 40 and 18 disks fill the 58 slots exactly; any other way takes a further one.
    let present = |name: &str| Some(Place::Present(name.to_owned()));
    assert_eq!(place(&plan, "erp"), present("mt-linux-01"));
    assert_eq!(place(&plan, "mail"), present("mt-linux-01"));
    assert_eq!(place(&plan, "store"), present("mt-linux-02"));
    assert_eq!(place(&plan, "sql"), present("mt-windows-01"));
    assert_eq!(place(&plan, "branch"), present("mt-linux-03"));
}

#[tokio::test]
async fn clones_of_the_template_keep_from_its_clone_and_from_each_other() {
    let text = r#"
master-targets = ["mt-linux-01", "mt-linux-03"]
[[groups]]
name = "one"
vms = ["web-01"]
[[groups]]
name = "two"
vms = ["web-02"]
[[groups]]
name = "both"
vms = ["web-03", "twin-01"]
"#;
    let plan = planned("groups", text).await;
    let assignment = &plan.assignment;
    assert_eq!(assignment.further.len(), 2, "{assignment:#?}");
    let bindings: Vec<_> = assignment
        .bindings
        .iter()
        .map(|one| one.constraint)
        .collect();
    assert_eq!(bindings, [Constraint::UniqueUuids]);
    let obstacles = assignment
        .pairings
        .iter()
        .filter(|pair| pair.target == "mt-linux-03")
        .flat_map(|pair| &pair.obstacles)
        .filter(|obstacle| obstacle.constraint == Constraint::UniqueUuids);
    assert_eq!(obstacles.count(), 3);
}

#[tokio::test]
async fn a_nearly_full_master_target_takes_one_disk_and_not_three() {
    let head = "master-targets = [\"mt-linux-01\"]\n";
    let group = |vm: &str| format!("[[groups]]\nname = \"{vm}\"\nvms = [\"{vm}\"]\n");
    let plan = planned("sixty-disks", &format!("{head}{}", group("app-01"))).await;
    assert!(plan.is_certain(), "{plan:#?}");
    let both = format!("{head}{}{}", group("app-01"), group("app-02"));
    let plan = planned("sixty-disks", &both).await;
    // One new master target for both is fewer than two.
    assert_eq!(place(&plan, "app-01"), Some(Place::Further(1)));
    assert_eq!(place(&plan, "app-02"), Some(Place::Further(1)));
    assert_eq!(plan.assignment.proof.total.used, 1);
    let bindings: Vec<_> = plan
        .assignment
        .bindings
        .iter()
        .map(|one| one.rule)
        .collect();
    assert_eq!(bindings, [Some(7)]);
}

/// Every way in which a protected VM of the lab cannot be served by any master target.
#[tokio::test]
async fn the_lab_has_groups_that_nothing_helps() {
    let text = r#"
master-targets = ["mt-linux-ready", "mt-windows-01"]
[[groups]]
name = "nfs"
vms = ["legacy-01"]
[[groups]]
name = "frozen"
vms = ["archive-01"]
[[groups]]
name = "mixed"
vms = ["app-01", "sql-01"]
[[groups]]
name = "clones"
vms = ["clone-*"]
[[groups]]
name = "branch"
vms = ["branch-01"]
recreate = ["branch-02"]
"#;
    let plan = planned("failback-lab", text).await;
    let why = |name: &str| {
        let group = plan
            .assignment
            .unplaced
            .iter()
            .find(|group| group.group == name);
        let constraints = group.map(|group| group.obstacles.iter().map(|one| one.constraint));
        constraints
            .map(|all| all.collect::<Vec<_>>())
            .unwrap_or_default()
    };
    assert!(why("nfs").contains(&Constraint::DatastoreKind));
    assert!(why("frozen").contains(&Constraint::DatastoresMounted));
    assert!(why("mixed").contains(&Constraint::WholeGroup));
    assert!(why("clones").contains(&Constraint::UniqueUuids));
    assert_eq!(place(&plan, "branch"), Some(Place::Further(1)));
    assert_eq!(plan.assignment.further[0].hosts, ["esx-10.example.com"]);
    assert_eq!(plan.uncounted[0].vm, "branch-02");
}

/// 50 VMs and a master target among 10,000 are planned for in few calls.
#[tokio::test]
async fn a_large_inventory_takes_few_calls() {
    let site = Site::start("big:10000").await;
    let text = r#"
master-targets = ["vm-00001"]
[[groups]]
name = "some"
vms = ["vm-000[1-5]?"]
"#;
    let plan = ops::plan_reprotect(&site.client, &file(text))
        .await
        .unwrap();
    let pairings = &plan.assignment.pairings;
    assert_eq!(pairings.len(), 1);
    site.client.logout().await.unwrap();
    let calls = site.server.calls();
    let names = calls
        .iter()
        .filter(|call| call.method.starts_with("ContinueRetrieve"))
        .count();
    // Login, the view of all names and its pages, the VMs with their datastores, the hosts.
    assert!(
        calls.len() - names <= 9,
        "{} calls, {names} pages",
        calls.len()
    );
    site.end().await;
}

async fn refused(text: &str) -> String {
    let site = Site::start("groups").await;
    let error = ops::plan_reprotect(&site.client, &file(text))
        .await
        .unwrap_err();
    assert!(matches!(error, OpError::GroupFile(_)), "{error}");
    assert_eq!(error.class(), ErrorClass::Usage);
    site.client.logout().await.unwrap();
    site.end().await;
    error.to_string()
}

#[tokio::test]
async fn what_the_file_names_wrongly_is_told_with_line_and_key() {
    let head = "master-targets = [\"mt-linux-01\"]\n[[groups]]\nname = \"a\"\n";
    for (rest, expected) in [
        (
            "vms = [\"erp-01\", \"erp-9\"]",
            "site.toml, line 4, groups[0].vms[1]: there is no VM erp-9",
        ),
        (
            "vms = [\"nothing-*\"]",
            "groups[0].vms[0]: no VM fits nothing-*",
        ),
        (
            "vms = [\"erp-01\"]\n[[groups]]\nname = \"b\"\nvms = [\"erp-*\"]",
            "line 7, groups[1].vms[0]: /London/vm/Protected/erp-01 stands in group a already",
        ),
        (
            "vms = [\"mt-linux-*\"]",
            "groups[0].vms[0]: /London/vm/Disaster Recovery/mt-linux-01 is a master target",
        ),
    ] {
        let told = refused(&format!("{head}{rest}\n")).await;
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn the_command_ends_with_0_when_all_fits_and_with_1_when_not() {
    let lab = Lab::start("groups");
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let fits = path("fits.toml", FITS);
    let ended = lab
        .esxtool(["plan-reprotect", "--group", &fits])
        .run()
        .expect(0);
    ended.prints(["every group fits", "erp, mail"]);
    let more = "groups:\n  - name: erp\n    vms: [erp-*]\nmaster-targets: [mt-linux-02]\n\
                failback-vcenter: vc.example.com\n";
    let more = more.replace("vms: [erp-*]", "vms: [erp-*, mail-01]");
    let ended = lab
        .esxtool(["plan-reprotect", "--group", &path("more.yaml", &more)])
        .run()
        .expect(1);
    ended.prints([
        "1 further master target is needed",
        "rule 7",
        "gold-01, gold-02",
    ]);
}

#[test]
fn a_broken_group_file_contacts_no_server() {
    let lab = Lab::start("groups");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.toml");
    std::fs::write(&path, "[[groups]]\nname = \"a\"\nvmz = []\n").unwrap();
    let ended = lab
        .esxtool(["plan-reprotect", "--group", path.to_str().unwrap()])
        .run()
        .expect(2);
    ended.says(["line 3", "vmz"]);
    assert_eq!(lab.calls(), 0);
}
