//! `esxtool credentials`: what an account may do, and the role that it needs.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what fails here fails the test"
)]

use esx_tools::credentials::{self, Access, Question, SessionApi, SessionState};
use esx_tools::fact::Fact;
use integration_tests::site::Site;
use integration_tests::{Ended, Lab};
use mocks::{Act, Match, Role};

fn validate(lab: &Lab, user: &str, more: &[&str]) -> Ended {
    let (user, password) = lab.server().account_named(user).unwrap();
    lab.esxtool(["credentials", "validate"])
        .args(more.iter().copied())
        .env("ESXTOOL_USERNAME", user)
        .secret("ESXTOOL_PASSWORD", &password)
        .run()
}

#[test]
fn each_account_learns_what_it_is_good_for() {
    let lab = Lab::start("failback-lab");
    for (user, purpose, code) in [
        ("administrator", "hardening", 0),
        ("asr", "failback", 0),
        ("asr", "hardening", 5),
        ("asr-hardening", "hardening", 0),
        ("readonly", "discovery", 0),
        ("readonly", "failback", 5),
        ("asr-gaps", "failback", 5),
        ("noaccess", "discovery", 5),
    ] {
        let name = format!("{user}@vsphere.local");
        let ended = validate(&lab, &name, &["--for", purpose, "--quiet"]).expect(code);
        assert_eq!(ended.stdout.lines().count(), 1, "{ended}");
        let word = if code == 0 {
            "SUFFICIENT"
        } else {
            "NOT SUFFICIENT"
        };
        assert!(ended.stdout.starts_with(word), "{ended}");
        assert_eq!(ended.stderr, "", "{ended}");
    }
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[test]
fn a_read_only_account_gets_the_very_consequence() {
    let lab = Lab::start("failback-lab");
    validate(&lab, "readonly@vsphere.local", &[])
        .expect(5)
        .prints([
            "NOT SUFFICIENT for failback",
            "protection and failover to Azure work, but reprotect lists no datastores",
        ]);
}

#[test]
fn the_report_names_server_certificate_sessions_clock_licence_and_privileges() {
    let lab = Lab::with("failback-lab", |builder| builder.tls(true));
    let thumbprint = lab.server().thumbprint().unwrap();
    let ended = validate(
        &lab,
        "asr-gaps@vsphere.local",
        &["--thumbprint", &thumbprint, "-o", "json"],
    );
    let document = ended.expect(5).json();
    assert_eq!(document["command"], "credentials validate");
    assert_eq!(document["error"], serde_json::Value::Null);
    assert_eq!(document["about"]["version"], "8.0.3");
    assert!(document["about"]["instance_uuid"].is_string());
    assert_eq!(document["name"], "vcenter.example.com");
    let certificate = &document["certificate"];
    assert_eq!(certificate["thumbprint"], thumbprint.as_str());
    assert!(
        certificate["subject"]
            .as_str()
            .unwrap()
            .contains("simulated vCenter")
    );
    assert!(certificate["days_left"].as_i64().unwrap() > 30);
    let sessions = document["sessions"].as_array().unwrap();
    let shown: Vec<_> = sessions
        .iter()
        .map(|one| (&one["api"], &one["path"], &one["state"]))
        .collect();
    assert_eq!(shown.len(), 2);
    assert_eq!(shown[0], (&"soap".into(), &"/sdk".into(), &"valid".into()));
    assert_eq!(
        shown[1],
        (&"rest".into(), &"/api/session".into(), &"valid".into())
    );
    assert!(
        document["clock"]["known"]["ahead_seconds"]
            .as_i64()
            .unwrap()
            .abs()
            < 60
    );
    assert!(!document["licences"]["known"].as_array().unwrap().is_empty());
    let london = &document["scopes"][0];
    assert_eq!(london["path"], "/London");
    let missing: Vec<&str> = london["groups"]["known"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["missing"].as_array().unwrap())
        .map(|one| one.as_str().unwrap())
        .collect();
    assert_eq!(
        missing,
        [
            "Datastore.Browse",
            "VirtualMachine.Config.AddExistingDisk",
            "VirtualMachine.Inventory.Unregister",
            "VirtualMachine.State.CreateSnapshot",
            "VirtualMachine.State.RevertToSnapshot"
        ]
    );
    let gaps = london["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 2, "{gaps:?}");
    assert!(gaps.iter().all(|gap| gap["access"] == "none"), "{gaps:?}");
    assert_eq!(document["verdict"]["sufficient"], false);
}

/// The tables are data: the same account is held against the one that was chosen, and the report says which.
#[test]
fn the_kind_of_target_chooses_the_table_and_the_report_says_which() {
    let lab = Lab::start("failback-lab");
    let of = |target: &str, code| {
        validate(
            &lab,
            "asr-gaps@vsphere.local",
            &["--target", target, "-o", "json"],
        )
        .expect(code)
        .json()
    };
    let missing = |document: &serde_json::Value| {
        let groups = document["scopes"][0]["groups"]["known"].as_array().unwrap();
        let lists = groups.iter().map(|one| one["missing"].as_array().unwrap());
        lists.map(Vec::len).sum::<usize>()
    };
    for (target, title, number) in [
        ("appliance", "Modernized", 5),
        ("master-target", "Prepare on-premises VMware servers", 3),
    ] {
        let document = of(target, 5);
        assert_eq!(document["role"]["target"], target);
        let source = document["role"]["document"]["title"].as_str().unwrap();
        assert!(source.contains(title), "{source}");
        assert_eq!(
            document["role"]["document"]["date"].as_str().unwrap().len(),
            10
        );
        assert_eq!(missing(&document), number, "{target}");
        validate(&lab, "asr-gaps@vsphere.local", &["--target", target])
            .expect(5)
            .prints(["held against", title]);
    }
}

/// A role by the table of 2019 is enough for a master target, and lacks two privileges for an appliance.
#[test]
fn a_role_for_a_master_target_is_not_enough_for_an_appliance() {
    let lab = Lab::start("ready");
    lab.esxtool(CREATE)
        .args(["--name", "Classic", "--target", "master-target", "--yes"])
        .run()
        .expect(0)
        .prints(["Create the role Classic with 52 privileges"]);
    let validated =
        |target, code| validate(&lab, "norole@vsphere.local", &["--target", target]).expect(code);
    validated("master-target", 0);
    validated("appliance", 5).prints([
        "lacks 2 of 54 privileges",
        "failback cannot take the snapshot",
        "cannot go back to its snapshot",
    ]);
}

/// `exclude --tag` failed at its fifth step after "SUFFICIENT for hardening".
#[test]
fn a_tag_counts_when_it_is_named_as_far_as_it_is_still_to_be_made() {
    let lab = Lab::start("ready");
    let user = "asr-hardening@vsphere.local";
    let tag = ["--for", "hardening", "--tag", "mt"];
    validate(&lab, user, &tag[..2]).expect(0);
    let lacking = validate(&lab, user, &tag).expect(5);
    lacking.prints([
        "is still to be made, and its category",
        "the tag cannot be attached to the master target",
        "the tag cannot be made",
        "the tag's category cannot be made",
    ]);
    // Once somebody else has made the tag, attaching it is all that is left.
    lab.esxtool_as(
        Role::Administrator,
        [
            "storage-vmotion",
            "exclude",
            "mt-linux-01",
            "--tag",
            "mt",
            "--yes",
        ],
    )
    .run()
    .expect(0);
    let left = validate(&lab, user, &tag).expect(5);
    left.prints(["mt exists", "the tag cannot be attached"]);
    assert!(!left.stdout.contains("cannot be made"), "{left}");
    let complete = ["credentials", "role", "--create", "--yes", "--name"];
    lab.esxtool_as(Role::Administrator, complete)
        .arg(Role::AzureSiteRecoveryHardening.name())
        .args(tag)
        .run()
        .expect(0)
        .prints(["InventoryService.Tagging.AttachTag"]);
    let document = validate(&lab, user, &[&tag[..], &["-o", "json"]].concat())
        .expect(0)
        .json();
    assert_eq!(document["tag"]["need"]["known"], "attach");
    validate(&lab, user, &["--tag", "mt"])
        .expect(2)
        .says(["--tag goes with --for hardening"]);
}

#[test]
fn a_datacenter_that_does_not_exist_ends_with_6() {
    let lab = Lab::start("ready");
    let name = "administrator@vsphere.local";
    validate(&lab, name, &["--datacenter", "Londn"])
        .expect(6)
        .says(["no datacenter \"Londn\"", "did you mean London?"]);
    validate(&lab, name, &["--datacenter", "/London"]).expect(0);
    validate(
        &lab,
        name,
        &["--datacenter", "London", "--datacenter", "London"],
    )
    .expect(0);
}

#[tokio::test]
async fn a_role_that_is_not_handed_on_is_a_gap_on_each_folder() {
    let site = Site::start("ready").await;
    let dc = site.server.find("Datacenter", "London").unwrap();
    site.server.with_world(|world| {
        let asr = Role::AzureSiteRecovery.id();
        world
            .accounts
            .grant(&dc, "norole@vsphere.local", asr, false);
    });
    let client = client(&site, "norole@vsphere.local").await;
    let found = credentials::validate(&client, &Question::default())
        .await
        .unwrap();
    let [london] = found.scopes.as_slice() else {
        panic!("{:?}", found.scopes);
    };
    assert_eq!(london.held(), Some((54, 54)));
    assert!(
        london
            .gaps
            .iter()
            .any(|gap| gap.path.starts_with("/London/")),
        "{:?}",
        london.gaps
    );
    assert!(london.gaps.iter().all(|gap| gap.access == Access::None));
    assert!(!found.verdict.sufficient);
    client.logout().await.unwrap();
    site.end().await;
}

async fn client(site: &Site, user: &str) -> vsphere_client::Client {
    let (user, password) = site.server.account_named(user).unwrap();
    vsphere_client::Client::builder(site.server.url())
        .credentials(user, secrecy::SecretString::from(password))
        .connect()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_host_by_itself_is_judged_by_its_roles() {
    for (role, sufficient) in [(Role::Administrator, true), (Role::ReadOnly, false)] {
        let site = Site::start_as("esxi", role).await;
        let found = credentials::validate(&site.client, &Question::default())
            .await
            .unwrap();
        assert_eq!(found.verdict.sufficient, sufficient, "{:?}", found.verdict);
        let rest = found
            .sessions
            .iter()
            .find(|one| one.api == SessionApi::Rest)
            .unwrap();
        assert!(matches!(rest.state, SessionState::NotOffered { .. }));
        assert!(matches!(found.licences, Fact::Known(_)));
        assert!(found.name.is_some());
        site.end().await;
    }
}

#[tokio::test]
async fn a_session_that_ends_meanwhile_is_replaced() {
    let site = Site::start("ready").await;
    site.server.inject(mocks::Injection::on_method(
        "HasPrivilegeOnEntities",
        Act::ExpireSession,
    ));
    let found = credentials::validate(&site.client, &Question::default())
        .await
        .unwrap();
    assert!(found.verdict.sufficient);
    assert_eq!(site.server.pending_injections(), 0);
    site.end().await;
}

#[test]
fn the_role_is_printed_without_a_server() {
    let print = |more: &[&str]| {
        integration_tests::Esxtool::new(["credentials", "role", "--print"])
            .args(more.iter().copied())
            .run()
            .expect(0)
    };
    print(&[]).prints([
        "Datastore.Browse",
        "Low level file operations",
        "54 privileges",
    ]);
    let document = print(&["-o", "json", "--for", "hardening", "--name", "Mine"]).json();
    assert_eq!(document["role"]["name"], "Mine");
    let privileges = document["role"]["privileges"].as_array().unwrap();
    assert_eq!(privileges.len(), 60);
    assert_eq!(document["role"]["target"], "appliance");
    let tagged = print(&["-o", "json", "--for", "hardening", "--tag", "mt"]).json();
    assert_eq!(tagged["role"]["privileges"].as_array().unwrap().len(), 63);
    print(&["--target", "master-target"])
        .prints(["for a master target (classic)", "52 privileges"]);
    assert!(
        privileges
            .iter()
            .all(|one| one["label"].is_string() && one["group"].is_string())
    );
}

const CREATE: [&str; 7] = [
    "credentials",
    "role",
    "--create",
    "--assign",
    "norole@vsphere.local",
    "--datacenter",
    "London",
];

#[test]
fn a_role_is_made_given_and_then_left_alone() {
    let lab = Lab::start("ready");
    let named = |more: &[&str]| {
        lab.esxtool(CREATE)
            .args(["--name", "Failback"])
            .args(more.iter().copied())
            .run()
    };
    let plan = named(&["--dry-run"]).expect(0);
    plan.prints([
        "Create the role Failback with 54 privileges",
        "Give the role Failback to norole@vsphere.local",
        "Dry run",
    ]);
    assert_eq!(lab.changes(), Vec::<String>::new());
    named(&[]).expect(2).says(["--yes"]);
    named(&["--yes"])
        .expect(0)
        .prints(["What was done", "done"]);
    let made = || {
        ["AddAuthorizationRole", "SetEntityPermissions"].map(|name| lab.server().call_count(name))
    };
    assert_eq!(made(), [1, 1]);
    let again = named(&["--yes", "-o", "json"]).expect(0).json();
    assert_eq!(again["outcome"], "ready");
    assert_eq!(again["plan"]["steps"].as_array().unwrap().len(), 0);
    assert_eq!(made(), [1, 1]);
    validate(&lab, "norole@vsphere.local", &[]).expect(0);
}

#[test]
fn a_role_that_lacks_something_is_completed() {
    let lab = Lab::start("failback-lab");
    let run = || {
        lab.esxtool([
            "credentials",
            "role",
            "--create",
            "--name",
            "Azure_Site_Recovery_2019",
            "--yes",
        ])
        .run()
        .expect(0)
    };
    run().prints(["what it lacks: Datastore.Browse"]);
    run().prints(["Nothing to do."]);
    assert_eq!(lab.changes(), ["UpdateAuthorizationRole"]);
}

/// The server acts and the connection dies: the role must be seen, never made twice.
#[test]
fn a_change_to_roles_whose_answer_is_lost_is_not_repeated() {
    for method in ["AddAuthorizationRole", "SetEntityPermissions"] {
        let lab = Lab::start("ready");
        lab.inject(Match::Method(method.to_owned()), 1, Act::DropAfterApply);
        lab.esxtool(CREATE)
            .args(["--name", "Failback", "--yes"])
            .run()
            .expect(0);
        assert_eq!(lab.server().call_count(method), 1, "{method}");
    }
}

#[test]
fn what_cannot_be_done_about_a_role_says_so() {
    let lab = Lab::start("ready");
    let assign = ["credentials", "role", "--create", "--yes", "--assign"];
    let to = |user: &str, name: &str| {
        lab.esxtool(assign)
            .args([user, "--datacenter", "London", "--name", name])
            .run()
    };
    to("ghost@vsphere.local", "Azure_Site_Recovery")
        .expect(6)
        .says(["The user or group named 'ghost@vsphere.local' does not exist"]);
    to("ghost@vsphere.local", "New")
        .expect(8)
        .says(["1 of 2 steps", "does not exist"]);
    to("asr@vsphere.local", "Admin")
        .expect(2)
        .says(["one of the server's own"]);
    lab.esxtool_as(
        Role::ReadOnly,
        [
            "credentials",
            "role",
            "--create",
            "--name",
            "Other",
            "--yes",
        ],
    )
    .run()
    .expect(5)
    .says(["Authorization.ModifyRoles"]);
    assert_eq!(lab.changes(), ["AddAuthorizationRole"]);
}

#[test]
fn a_greater_role_is_never_taken_away() {
    let lab = Lab::start("ready");
    let dc = lab.server().find("Datacenter", "London").unwrap();
    lab.server().with_world(|world| {
        world
            .accounts
            .grant(&dc, "norole@vsphere.local", Role::Administrator.id(), true);
    });
    lab.esxtool(CREATE)
        .arg("--yes")
        .run()
        .expect(2)
        .says(["holds the role Admin on London", "would lose"]);
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[test]
fn an_older_vcenter_opens_its_rest_session_in_the_older_way() {
    let mut world = mocks::World::new(mocks::ClockMode::Jump);
    let older = mocks::model::Personality::vcenter("7.0.0");
    mocks::model::Builder::new(&mut world, older).datacenter("London");
    let lab = Lab::with("ready", |builder| builder.world(world));
    let document = validate(&lab, "asr@vsphere.local", &["-o", "json"])
        .expect(0)
        .json();
    let rest = &document["sessions"][1];
    assert_eq!(
        (&rest["path"], &rest["state"]),
        (&"/rest/com/vmware/cis/session".into(), &"valid".into())
    );
}

/// As when a vCenter's two halves keep the account apart: SOAP takes it and REST does not.
#[test]
fn an_account_that_only_one_api_takes_ends_with_4() {
    let lab = Lab::start("ready");
    let refusal = mocks::Fault::new("NotAuthenticated", "Authentication required.");
    lab.inject(
        Match::Method("session.create".to_owned()),
        9,
        Act::Fault(refusal),
    );
    validate(&lab, "asr@vsphere.local", &[])
        .expect(4)
        .prints(["LOGIN REFUSED", "the REST API refuses the account"]);
}
