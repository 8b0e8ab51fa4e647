use proptest::prelude::*;
use vsphere_client::vim::ManagedObjectReference;

use super::*;
use crate::{
    credentials::{Purpose, TagNeed},
    target_kind::TargetKind,
};

const FAILBACK: Requirement = of(Purpose::Failback);

const fn of(purpose: Purpose) -> Requirement {
    Requirement {
        purpose,
        target: TargetKind::Appliance,
        tag: TagNeed::Nothing,
    }
}

const DC: &str = "Datacenter:dc-1";

fn moref(text: &str) -> ManagedObjectReference {
    text.parse().unwrap()
}

fn node(text: &str, name: &str, parent: Option<&str>, roles: Roles) -> Node {
    Node {
        moref: moref(text),
        name: (!name.is_empty()).then(|| name.to_owned()),
        parent: parent.map(moref),
        roles,
    }
}

fn asr() -> Roles {
    Roles::Known(vec![1001])
}

/// A datacenter with a folder, two VMs in it and a datastore; the account holds the role on all.
fn account() -> AccountFacts {
    let set = |all: BTreeSet<&str>| all.into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    let full = set(FAILBACK.privileges());
    AccountFacts {
        root: moref("Folder:root"),
        nodes: vec![
            node("Folder:root", "Datacenters", None, asr()),
            node(DC, "London", Some("Folder:root"), asr()),
            node("Folder:vms", "vm", Some(DC), asr()),
            node("Folder:web", "a%2fb", Some("Folder:vms"), asr()),
            node("VirtualMachine:1", "web-1", Some("Folder:web"), asr()),
            node("VirtualMachine:2", "web-2", Some("Folder:web"), asr()),
            node("Datastore:1", "gold", Some(DC), asr()),
        ],
        roles: BTreeMap::from([
            (1001, ("ASR".to_owned(), full)),
            (
                -2,
                (
                    "ReadOnly".to_owned(),
                    set(of(Purpose::Discovery).privileges()),
                ),
            ),
            (-5, ("NoAccess".to_owned(), BTreeSet::new())),
        ]),
        known: BTreeSet::new(),
        granted: Fact::unknown("only vCenter can be asked"),
    }
}

fn set_roles(account: &mut AccountFacts, object: &str, roles: Roles) {
    let object = moref(object);
    account
        .nodes
        .iter_mut()
        .find(|node| node.moref == object)
        .unwrap()
        .roles = roles;
}

fn judged(account: &AccountFacts) -> AccessScope {
    let mut scopes = scopes(account, FAILBACK, &[moref(DC)]);
    assert_eq!(scopes.len(), 1);
    scopes.remove(0)
}

#[test]
fn the_whole_role_leaves_nothing_to_say() {
    let scope = judged(&account());
    assert_eq!(scope.path, "/London");
    assert_eq!(scope.held(), Some((54, 54)));
    assert_eq!(
        (scope.gaps.len(), scope.objects, scope.unreadable),
        (0, 5, 0)
    );
    let groups = scope.groups.known().unwrap();
    let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    assert!(
        names.contains(&"Virtual machine > Interaction"),
        "{names:?}"
    );
}

#[test]
fn what_vcenter_says_of_the_datacenter_counts_more_than_the_list_of_roles() {
    let mut account = account();
    let held = ["System.View", "System.Read", "Datastore.Browse"].map(str::to_owned);
    account.granted = Fact::Known(BTreeMap::from([(moref(DC), BTreeSet::from(held))]));
    let scope = judged(&account);
    assert_eq!(scope.held(), Some((3, 54)));
    assert!(scope.missing().any(|one| one == "Task.Create"));
}

#[test]
fn a_privilege_that_the_server_does_not_know_is_not_asked_for() {
    let mut account = account();
    account.known = FAILBACK
        .privileges()
        .into_iter()
        .map(str::to_owned)
        .collect();
    account.known.remove("VirtualMachine.Config.MksControl");
    assert_eq!(judged(&account).held(), Some((53, 53)));
}

#[test]
fn a_folder_without_access_is_one_gap_with_all_below_it() {
    let mut account = account();
    for object in ["Folder:web", "VirtualMachine:1", "VirtualMachine:2"] {
        set_roles(&mut account, object, Roles::Barred);
    }
    let gaps = judged(&account).gaps;
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!((gaps[0].access.clone(), gaps[0].below), (Access::None, 2));
    assert_eq!(gaps[0].path, "/London/vm/a/b");
}

#[test]
fn an_object_that_may_not_be_read_is_named_by_its_reference() {
    let mut account = account();
    set_roles(&mut account, "VirtualMachine:2", Roles::Barred);
    account
        .nodes
        .iter_mut()
        .find(|node| node.moref.value == "2")
        .unwrap()
        .name = None;
    let gaps = judged(&account).gaps;
    assert_eq!(gaps[0].path, "/London/vm/a/b/(VirtualMachine:2)");
}

#[test]
fn a_lesser_role_below_is_a_gap_with_what_is_lost_there() {
    let mut account = account();
    set_roles(&mut account, "Datastore:1", Roles::Known(vec![-2]));
    set_roles(&mut account, "VirtualMachine:1", Roles::Known(vec![-5]));
    let gaps = judged(&account).gaps;
    let Access::Less { roles, missing } = &gaps[0].access else {
        panic!("{gaps:?}");
    };
    assert_eq!(
        (gaps[0].path.as_str(), roles.as_slice()),
        ("/London/gold", ["ReadOnly".to_owned()].as_slice())
    );
    assert_eq!(missing.len(), 5);
    assert_eq!(gaps[1].access, Access::None);
}

#[test]
fn what_is_missing_on_the_datacenter_already_is_no_gap() {
    let mut account = account();
    for node in &mut account.nodes {
        node.roles = Roles::Known(vec![-2]);
    }
    let scope = judged(&account);
    assert_eq!(scope.held(), Some((2, 54)));
    assert_eq!(scope.gaps, []);
}

#[test]
fn what_is_not_told_is_counted_and_never_taken_for_held() {
    let mut account = account();
    set_roles(&mut account, "VirtualMachine:1", Roles::Unreadable);
    assert_eq!(judged(&account).unreadable, 1);
    set_roles(&mut account, DC, Roles::Unreadable);
    assert!(judged(&account).groups.known().is_none());
    set_roles(&mut account, DC, Roles::Known(vec![77]));
    assert!(judged(&account).groups.known().is_none());
}

#[test]
fn a_circle_of_parents_ends() {
    let mut account = account();
    account.nodes[0].parent = Some(moref("Folder:web"));
    for object in ["Folder:web", "Folder:vms"] {
        set_roles(&mut account, object, Roles::Barred);
    }
    assert!(!judged(&account).gaps.is_empty());
}

#[test]
fn hardening_counts_licences_on_the_server_as_a_whole() {
    let account = account();
    let scopes = scopes(&account, of(Purpose::Hardening), &[moref(DC)]);
    assert_eq!(scopes[1].path, "/");
    assert_eq!(scopes[1].missing().collect::<Vec<_>>(), ["Global.Licenses"]);
    assert_eq!(scopes[0].held(), Some((54, 59)));
}

#[test]
fn a_tag_counts_on_each_vm_and_what_makes_it_on_the_server_as_a_whole() {
    let account = account();
    let required = of(Purpose::Hardening).with_tag(TagNeed::MakeTag);
    let scopes = scopes(&account, required, &[moref(DC)]);
    let missing: Vec<_> = scopes
        .iter()
        .map(|scope| scope.missing().collect::<Vec<_>>())
        .collect();
    assert!(missing[0].contains(&"InventoryService.Tagging.AttachTag"));
    assert!(!missing[0].contains(&"InventoryService.Tagging.CreateTag"));
    assert_eq!(
        missing[1],
        ["Global.Licenses", "InventoryService.Tagging.CreateTag"]
    );
}

#[test]
fn an_account_with_the_classic_role_lacks_two_privileges_of_todays() {
    let mut account = account();
    let classic = Requirement::new(Purpose::Failback, TargetKind::MasterTarget);
    let held = classic.privileges().into_iter().map(str::to_owned);
    account
        .roles
        .insert(1001, ("ASR".to_owned(), held.collect()));
    let held = |required| scopes(&account, required, &[moref(DC)])[0].held();
    assert_eq!(held(classic), Some((52, 52)));
    assert_eq!(held(FAILBACK), Some((52, 54)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the tree and the roles: each object that may do less is account of once, by itself or
    /// with the topmost one above it.
    #[test]
    fn no_gap_is_lost_and_none_is_told_twice(shape in prop::collection::vec((0_usize..8, 0_u8..4), 1..24)) {
        let mut account = account();
        account.nodes.retain(|node| matches!(node.moref.value.as_str(), "root" | "dc-1"));
        for (number, (parent, role)) in shape.iter().enumerate() {
            let above = match parent {
                0 => DC.to_owned(),
                _ if number == 0 => DC.to_owned(),
                scope => format!("Folder:{}", scope % number),
            };
            let roles = match role {
                0 => asr(),
                1 => Roles::Barred,
                2 => Roles::Known(vec![-2]),
                _ => Roles::Known(vec![-5]),
            };
            account.nodes.push(node(&format!("Folder:{number}"), "f", Some(&above), roles));
        }
        let scope = judged(&account);
        let less = shape.iter().filter(|(_, role)| *role != 0).count();
        let counted: usize = scope.gaps.iter().map(|gap| 1 + gap.below).sum();
        prop_assert_eq!(counted, less);
        prop_assert_eq!(scope.objects, shape.len());
        let tops: BTreeSet<&ManagedObjectReference> = scope.gaps.iter().map(|gap| &gap.moref).collect();
        prop_assert_eq!(tops.len(), scope.gaps.len());
    }
}
