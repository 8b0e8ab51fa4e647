use super::*;
use vsphere_client::vim::ManagedObjectReference;

fn role(role_id: i32, name: &str, privileges: &[&str]) -> AuthorizationRole {
    AuthorizationRole {
        role_id,
        system: role_id < 0,
        name: name.to_owned(),
        info: None,
        privilege: privileges.iter().map(|one| (*one).to_owned()).collect(),
    }
}

fn wish() -> RoleWish {
    RoleWish {
        assign: Some(("asr@vsphere.local".to_owned(), vec!["London".to_owned()])),
        ..RoleWish::default()
    }
}

fn london(here: &[(&str, i32, bool)]) -> Holding {
    let permission = |(principal, role_id, propagate): &(&str, i32, bool)| Permission {
        entity: None,
        principal: (*principal).to_owned(),
        group: false,
        role_id: *role_id,
        propagate: *propagate,
    };
    Holding {
        on: ManagedObjectReference::new("Datacenter", "datacenter-2"),
        name: "London".to_owned(),
        here: here.iter().map(permission).collect(),
    }
}

fn manager() -> ManagedObjectReference {
    ManagedObjectReference::new("AuthorizationManager", "AuthorizationManager")
}

/// What the steps of a plan do.
fn acts(steps: &[Step]) -> Vec<RoleAct> {
    let of = |step: &Step| match &step.change {
        Change::Role(change) => change.act.clone(),
        other => panic!("{other:?}"),
    };
    steps.iter().map(of).collect()
}

fn planned(roles: &[AuthorizationRole], here: &[(&str, i32, bool)]) -> Result<RolePlan, OpError> {
    plan(
        &wish(),
        roles,
        &BTreeSet::new(),
        &[london(here)],
        &manager(),
    )
}

fn full() -> Vec<&'static str> {
    RoleWish::default()
        .requirement()
        .privileges()
        .into_iter()
        .collect()
}

#[test]
fn an_empty_server_needs_both_steps() {
    let plan = planned(&[role(-1, "Admin", &["System.View"])], &[]).unwrap();
    assert!(matches!(
        acts(&plan.steps).as_slice(),
        [RoleAct::Create { privileges }, RoleAct::Assign { replaces: None, .. }] if privileges.len() == 54
    ));
}

#[test]
fn what_is_so_already_is_left_alone() {
    let roles = [role(1001, role::NAME, &full())];
    let plan = planned(&roles, &[("VSPHERE.LOCAL\\asr", 1001, true)]).unwrap();
    assert!(plan.is_empty(), "{plan:?}");
    assert_eq!(plan.already.len(), 2);
}

#[test]
fn a_role_that_lacks_something_is_completed_and_keeps_what_it_has() {
    let mut held = full();
    held.retain(|one| *one != "Datastore.Browse");
    held.push("Folder.Create");
    let plan = planned(
        &[role(1001, role::NAME, &held)],
        &[("asr@vsphere.local", 1001, true)],
    );
    let steps = acts(&plan.unwrap().steps);
    let [
        RoleAct::Complete {
            add, privileges, ..
        },
    ] = steps.as_slice()
    else {
        panic!("{steps:?}");
    };
    assert_eq!(add, &["Datastore.Browse"]);
    assert!(privileges.iter().any(|one| one == "Folder.Create"));
    assert_eq!(privileges.len(), 55);
}

#[test]
fn a_role_that_is_not_propagated_is_given_again() {
    let roles = [role(1001, role::NAME, &full())];
    let plan = planned(&roles, &[("asr@vsphere.local", 1001, false)]);
    let steps = acts(&plan.unwrap().steps);
    assert!(matches!(
        steps.as_slice(),
        [RoleAct::Assign { replaces: Some((name, false)), .. }] if name == role::NAME
    ));
}

#[test]
fn a_lesser_role_is_replaced_and_a_greater_one_is_never_taken_away() {
    let roles = [
        role(
            -2,
            "ReadOnly",
            &["System.View", "System.Read", "System.Anonymous"],
        ),
        role(-1, "Admin", &["System.View", "Folder.Create"]),
    ];
    let plan = planned(&roles, &[("asr@vsphere.local", -2, true)]);
    let steps = acts(&plan.unwrap().steps);
    assert!(
        matches!(&steps[1], RoleAct::Assign { replaces: Some((name, true)), .. } if name == "ReadOnly")
    );
    let refused = planned(&roles, &[("VSPHERE.LOCAL\\ASR", -1, true)]).unwrap_err();
    assert!(
        refused.to_string().contains("would lose 1 privilege there"),
        "{refused}"
    );
}

#[test]
fn a_role_of_the_servers_own_is_not_touched() {
    let refused = planned(&[role(-6, role::NAME, &[])], &[]).unwrap_err();
    assert!(matches!(refused, OpError::Contradiction { .. }));
}

#[test]
fn what_the_server_does_not_know_is_left_out_and_told() {
    let known = full()
        .into_iter()
        .map(str::to_owned)
        .filter(|one| one != "Task.Update")
        .collect();
    let plan = plan(&RoleWish::default(), &[], &known, &[], &manager()).unwrap();
    assert_eq!(plan.unknown, ["Task.Update"]);
    assert_eq!(plan.privileges.len(), 53);
}

#[test]
fn the_wish_chooses_the_table_and_the_tag() {
    let number = |target, purpose, tags| {
        let wish = RoleWish {
            target,
            purpose,
            tags,
            ..RoleWish::default()
        };
        let plan = plan(&wish, &[], &BTreeSet::new(), &[], &manager()).unwrap();
        assert_eq!(plan.role.target, target);
        plan.privileges.len()
    };
    assert_eq!(
        number(TargetKind::MasterTarget, Purpose::Failback, false),
        52
    );
    assert_eq!(number(TargetKind::Appliance, Purpose::Hardening, false), 60);
    assert_eq!(number(TargetKind::Appliance, Purpose::Hardening, true), 63);
    assert_eq!(number(TargetKind::Appliance, Purpose::Failback, true), 54);
}
