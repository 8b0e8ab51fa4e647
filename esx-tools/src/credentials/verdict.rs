//! What a report comes to, in sentences. Pure.

use super::report::{Access, AccessScope, AccountVerdict, SessionState, Validation};
use super::{Purpose, Requirement};
use crate::{
    privilege::{ATTACH_TAG, CREATE_CATEGORY, CREATE_TAG},
    role,
};

/// A certificate that ends within so many days is warned of.
const DAYS: i64 = 30;

/// Clocks further apart than so many seconds are warned of: tickets and tokens carry times, and
/// five minutes is what Kerberos has.
const SECONDS: u64 = 300;

/// The verdict of a report that has not been judged yet.
pub(super) fn none() -> AccountVerdict {
    AccountVerdict {
        sufficient: false,
        login_refused: false,
        consequences: Vec::new(),
        warnings: Vec::new(),
    }
}

/// Judges a report.
pub(super) fn of(report: &Validation) -> AccountVerdict {
    let mut consequences = Vec::new();
    if report.scopes.iter().all(|scope| scope.path == "/") {
        consequences.push(
            "the account sees no datacenter: give it its role on the datacenter, propagated to what is below it"
                .to_owned(),
        );
    }
    let required = report.requirement();
    for scope in &report.scopes {
        of_scope(required, scope, &mut consequences);
    }
    consequences.extend(of_tag(report));
    AccountVerdict {
        sufficient: consequences.is_empty(),
        login_refused: report
            .sessions
            .iter()
            .any(|session| matches!(session.state, SessionState::Refused { .. })),
        consequences,
        warnings: warnings(report),
    }
}

fn of_scope(required: Requirement, scope: &AccessScope, sentences: &mut Vec<String>) {
    let path = if scope.path == "/" {
        "the server as a whole"
    } else {
        &scope.path
    };
    let Some((held, all)) = scope.held() else {
        let reason = scope.groups.reason().unwrap_or_default();
        sentences.push(format!(
            "what the account may do on {path} cannot be told: {reason}"
        ));
        return;
    };
    let missing: Vec<&str> = scope.missing().collect();
    let lacks_reading = missing.iter().any(|one| role::READ.contains(one));
    let beyond_reading = required.purpose != Purpose::Discovery && scope.path != "/";
    let only_reads = held > 0
        && beyond_reading
        && !lacks_reading
        && required
            .table()
            .privileges()
            .all(|one| missing.contains(&one));
    if lacks_reading && scope.path != "/" {
        sentences.push(format!(
            "the account cannot look at {path}: discovery finds nothing there"
        ));
    } else if only_reads {
        sentences.push(format!(
            "the account may only look at {path}: protection and failover to Azure work, but reprotect lists no datastores, so failback cannot begin"
        ));
    } else if !missing.is_empty() {
        let follows = EFFECTS
            .iter()
            .filter(|(prefix, _)| missing.iter().any(|one| one.starts_with(prefix)))
            .map(|(_, effect)| *effect)
            .collect::<Vec<_>>()
            .join("; ");
        sentences.push(format!(
            "on {path} the account lacks {} of {all} privileges: {follows}",
            missing.len()
        ));
    }
    for gap in &scope.gaps {
        let below = match gap.below {
            0 => String::new(),
            1 => " and on 1 object below it".to_owned(),
            more => format!(" and on {more} objects below it"),
        };
        sentences.push(match &gap.access {
            Access::None => format!(
                "the account has no access to {}{}: Azure Site Recovery does not find what is there",
                gap.path,
                below.replacen(" and on ", " and ", 1)
            ),
            Access::Less { roles, missing } => format!(
                "on {}{below} the account has {} instead of the role above, and lacks {} there",
                gap.path,
                match roles.as_slice() {
                    [one] => format!("the role {one}"),
                    several => format!("the roles {}", several.join(" and ")),
                },
                match missing.len() {
                    1 => "1 privilege".to_owned(),
                    many => format!("{many} privileges"),
                }
            ),
        });
    }
}

/// What stands in the way of a tag, beside privileges.
fn of_tag(report: &Validation) -> Option<String> {
    let wanted = report.tag.as_ref()?;
    let reason = wanted.need.reason()?;
    Some(format!(
        "whether the tag {} can be attached cannot be told: {reason}",
        wanted.tag
    ))
}

/// What fails without a privilege, or without those of a group.
const EFFECTS: &[(&str, &str)] = &[
    (
        "Datastore.",
        "reprotect cannot list the datastores or write to them",
    ),
    (
        "VirtualMachine.Config.",
        "reprotect cannot attach disks to the master target",
    ),
    (
        "VirtualMachine.Inventory.",
        "failback cannot create or register VMs",
    ),
    (
        "VirtualMachine.Interact.",
        "failback cannot switch VMs on and off",
    ),
    (
        "VirtualMachine.Provisioning.",
        "failback cannot read and write the VMs' files",
    ),
    (
        "VirtualMachine.State.RemoveSnapshot",
        "snapshots cannot be removed before reprotect",
    ),
    (
        "VirtualMachine.State.CreateSnapshot",
        "failback cannot take the snapshot that it needs before a VM is powered on",
    ),
    (
        "VirtualMachine.State.RevertToSnapshot",
        "a failback that is cancelled cannot go back to its snapshot",
    ),
    ("Network.", "failback cannot connect VMs to their networks"),
    ("Resource.", "failback cannot put VMs on a host"),
    ("Task.", "the replication appliance cannot report its work"),
    (
        "Global.DisableMethods",
        "Storage vMotion of the master target cannot be forbidden",
    ),
    (
        "Global.EnableMethods",
        "a Storage vMotion that was forbidden cannot be allowed again",
    ),
    ("Global.Licenses", "licences cannot be looked after"),
    ("Host.Config.", "datastores cannot be mounted on hosts"),
    (
        "Host.Inventory.",
        "DRS cannot be told to leave the master target alone",
    ),
    (
        ATTACH_TAG,
        "the tag cannot be attached to the master target",
    ),
    (CREATE_TAG, "the tag cannot be made"),
    (CREATE_CATEGORY, "the tag's category cannot be made"),
    (
        "StoragePod.",
        "Storage DRS cannot be told to leave the master target alone",
    ),
];

fn warnings(report: &Validation) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(days) = report.certificate.as_ref().and_then(|one| one.days_left) {
        match days {
            ..0 => all.push(format!(
                "the server's certificate has expired {} ago; clients that check it are refused already",
                in_days(-days)
            )),
            0 => all.push("the server's certificate expires within a day".to_owned()),
            1..=DAYS => all.push(format!(
                "the server's certificate expires in {}",
                in_days(days)
            )),
            _ => {}
        }
    }
    if let Some(clock) = report.clock.known()
        && clock.ahead_seconds.unsigned_abs() > SECONDS
    {
        let (side, seconds) = match clock.ahead_seconds {
            ahead @ 0.. => ("ahead of", ahead.unsigned_abs()),
            behind => ("behind", behind.unsigned_abs()),
        };
        all.push(format!(
            "the server's clock is {} {side} this machine's: logins with tokens fail and times in reports mislead; set both by NTP",
            span(seconds)
        ));
    }
    for one in report.licences.known().into_iter().flatten() {
        if one.free {
            all.push(format!(
                "the licence {} lets the API only read: nothing can be failed back to such a host",
                one.licence.name
            ));
        }
        if one.licence.expired == Some(true) {
            all.push(format!("the licence {} has run out", one.licence.name));
        }
    }
    for session in &report.sessions {
        match &session.state {
            SessionState::Refused { reason } => all.push(format!(
                "the {} API refuses the account: {reason}",
                session.api
            )),
            SessionState::Unknown { reason } => all.push(format!(
                "whether the {} API takes the account cannot be told: {reason}",
                session.api
            )),
            SessionState::Valid | SessionState::NotOffered { .. } => {}
        }
    }
    let unreadable: usize = report.scopes.iter().map(|scope| scope.unreadable).sum();
    if unreadable > 0 {
        all.push(format!(
            "{unreadable} objects do not tell which role the account has there"
        ));
    }
    all
}

fn in_days(days: i64) -> String {
    match days {
        1 => "1 day".to_owned(),
        many => format!("{many} days"),
    }
}

/// A span to its two largest units, the smaller one rounded.
fn span(seconds: u64) -> String {
    let (large, small, unit) = match seconds {
        86_400.. => ("d", "h", 3600),
        3600.. => ("h", "min", 60),
        _ => ("min", "s", 1),
    };
    let per = if unit == 3600 { 24 } else { 60 };
    let rounded = (seconds + unit / 2) / unit;
    match (rounded / per, rounded % per) {
        (0, rest) => format!("{rest} {small}"),
        (whole, 0) => format!("{whole} {large}"),
        (whole, rest) => format!("{whole} {large} {rest} {small}"),
    }
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
