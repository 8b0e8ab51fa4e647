use jiff::Timestamp;
use vsphere_client::vim::ManagedObjectReference;

use super::*;
use crate::credentials::TagNeed;
use crate::credentials::report::{
    CertificateFacts, ClockFacts, Gap, LicenceUse, PrivilegeGroup, SessionApi, SessionFacts,
    TagWanted,
};
use crate::{
    fact::Fact,
    site::{LicenceFacts, ServerFacts},
    target_kind::TargetKind,
};

fn required(purpose: Purpose) -> Requirement {
    Requirement::new(purpose, TargetKind::Appliance)
}

fn scope(purpose: Purpose, missing: &[&str]) -> AccessScope {
    let all = required(purpose).on("Datacenter");
    let (missing, held): (Vec<&str>, Vec<&str>) =
        all.into_iter().partition(|one| missing.contains(one));
    let owned = |all: Vec<&str>| all.into_iter().map(str::to_owned).collect();
    AccessScope {
        moref: ManagedObjectReference::new("Datacenter", "dc-1"),
        path: "/London".to_owned(),
        groups: Fact::Known(vec![PrivilegeGroup {
            name: "all".to_owned(),
            held: owned(held),
            missing: owned(missing),
        }]),
        gaps: Vec::new(),
        objects: 9,
        unreadable: 0,
    }
}

fn report(purpose: Purpose, scopes: Vec<AccessScope>) -> Validation {
    Validation {
        checked_at: Timestamp::UNIX_EPOCH,
        about: ServerFacts {
            product: "VMware vCenter Server 8.0.3 build-1".to_owned(),
            version: "8.0.3".to_owned(),
            build: "1".to_owned(),
            api_version: "8.0.3.0".to_owned(),
            is_vcenter: true,
            address: None,
            instance_uuid: None,
            user: None,
        },
        name: None,
        proxy: None,
        certificate: None,
        sessions: Vec::new(),
        clock: Fact::unknown("not asked"),
        licences: Fact::unknown("not asked"),
        purpose,
        role: required(purpose).table(),
        tag: None,
        scopes,
        verdict: none(),
    }
}

fn consequences(purpose: Purpose, missing: &[&str]) -> Vec<String> {
    of(&report(purpose, vec![scope(purpose, missing)])).consequences
}

#[test]
fn an_account_that_holds_all_is_sufficient() {
    let verdict = of(&report(
        Purpose::Failback,
        vec![scope(Purpose::Failback, &[])],
    ));
    assert!(verdict.sufficient && verdict.warnings.is_empty());
}

#[test]
fn a_read_only_account_learns_what_works_and_what_does_not() {
    let role: Vec<&str> = required(Purpose::Failback).table().privileges().collect();
    assert_eq!(
        consequences(Purpose::Failback, &role),
        [
            "the account may only look at /London: protection and failover to Azure work, but reprotect lists no datastores, so failback cannot begin"
        ]
    );
    assert_eq!(consequences(Purpose::Discovery, &role), [""; 0]);
}

#[test]
fn a_missing_privilege_is_told_by_what_fails_without_it() {
    assert_eq!(
        consequences(Purpose::Failback, &["Datastore.Browse", "Network.Assign"]),
        [
            "on /London the account lacks 2 of 54 privileges: reprotect cannot list the datastores or write to them; failback cannot connect VMs to their networks"
        ]
    );
}

#[test]
fn every_privilege_has_a_consequence() {
    for privilege in required(Purpose::Hardening)
        .with_tag(TagNeed::MakeCategory)
        .privileges()
    {
        let told = role::READ.contains(&privilege)
            || EFFECTS
                .iter()
                .any(|(prefix, _)| privilege.starts_with(prefix));
        assert!(told, "{privilege}");
    }
}

#[test]
fn a_tag_of_which_nothing_can_be_told_is_not_sufficient() {
    let mut report = report(Purpose::Hardening, vec![scope(Purpose::Hardening, &[])]);
    let wanted = |need| TagWanted {
        tag: "mt".parse().unwrap(),
        need,
    };
    report.tag = Some(wanted(Fact::Known(TagNeed::Attach)));
    assert!(of(&report).sufficient);
    report.tag = Some(wanted(Fact::unknown("no REST")));
    assert_eq!(
        of(&report).consequences,
        ["whether the tag Azure Site Recovery/mt can be attached cannot be told: no REST"]
    );
}

#[test]
fn no_datacenter_and_no_answer_are_not_sufficient() {
    let verdict = of(&report(Purpose::Discovery, Vec::new()));
    assert!(!verdict.sufficient);
    assert!(verdict.consequences[0].contains("sees no datacenter"));
    let mut silent = scope(Purpose::Failback, &[]);
    silent.groups = Fact::unknown("nobody knows");
    let verdict = of(&report(Purpose::Failback, vec![silent]));
    assert!(!verdict.sufficient);
}

#[test]
fn a_gap_is_told_with_what_lies_below_it() {
    let mut scope = scope(Purpose::Failback, &[]);
    scope.gaps = vec![Gap {
        moref: ManagedObjectReference::new("Folder", "group-v1"),
        path: "/London/vm/Staging".to_owned(),
        access: Access::None,
        below: 3,
    }];
    let verdict = of(&report(Purpose::Failback, vec![scope]));
    assert_eq!(
        verdict.consequences,
        [
            "the account has no access to /London/vm/Staging and 3 objects below it: Azure Site Recovery does not find what is there"
        ]
    );
}

#[test]
fn certificate_clock_licence_and_sessions_are_warned_of() {
    let mut all = report(Purpose::Failback, vec![scope(Purpose::Failback, &[])]);
    let certificate = |days| CertificateFacts {
        subject: String::new(),
        issuer: String::new(),
        names: Vec::new(),
        thumbprint: String::new(),
        not_before: None,
        not_after: None,
        days_left: Some(days),
    };
    all.certificate = Some(certificate(31));
    all.clock = Fact::Known(ClockFacts {
        server_time: Timestamp::UNIX_EPOCH,
        ahead_seconds: -300,
    });
    assert_eq!(of(&all).warnings, [""; 0]);
    all.certificate = Some(certificate(1));
    all.clock = Fact::Known(ClockFacts {
        server_time: Timestamp::UNIX_EPOCH,
        ahead_seconds: -90_000,
    });
    all.licences = Fact::Known(vec![LicenceUse {
        licence: LicenceFacts {
            edition: "esxBasic".to_owned(),
            name: "Hypervisor".to_owned(),
            expired: Some(true),
        },
        objects: 1,
        free: true,
    }]);
    all.sessions = vec![SessionFacts {
        api: SessionApi::Rest,
        path: None,
        state: SessionState::Refused {
            reason: "401".to_owned(),
        },
        user: None,
        login_time: None,
    }];
    let verdict = of(&all);
    assert!(verdict.sufficient && verdict.login_refused);
    assert!(
        verdict.warnings[0].ends_with("expires in 1 day"),
        "{:?}",
        verdict.warnings
    );
    assert!(
        verdict.warnings[1].contains("1 d 1 h behind"),
        "{:?}",
        verdict.warnings
    );
    assert_eq!(verdict.warnings.len(), 5);
}

#[test]
fn spans_read_well() {
    for (seconds, shown) in [
        (59, "59 s"),
        (301, "5 min 1 s"),
        (3600, "1 h"),
        (5430, "1 h 31 min"),
        (86_400, "1 d"),
        (25 * 3600 - 90, "1 d 1 h"),
        (48 * 3600 - 1, "2 d"),
    ] {
        assert_eq!(span(seconds), shown, "{seconds}");
    }
}
