//! What an account may do, and the role that it needs, for people.

use std::collections::BTreeMap;

use esx_tools::credentials::{
    Access, AccessScope, CertificateFacts, LicenceUse, Purpose, Requirement, RolePlan,
    SessionFacts, SessionState, TagNeed, TagWanted, Validation, label,
};
use esx_tools::fact::Fact;
use esx_tools::role::RoleTable;

use super::{Look, hang, heading, moment, numbered, pairs};
use crate::output::{Column, Table, clean, count};

/// The report about one account on one server.
pub(crate) fn credentials(look: Look, found: &Validation) -> String {
    let mut text = format!("{}\n", look.paint.heading(clean(&server_name(found))));
    text.push_str(&pairs(look, 2, &rows(found)));
    for scope in &found.scopes {
        text.push_str(&scope_table(look, found.purpose, scope));
    }
    text.push('\n');
    text.push_str(&verdict(look, found));
    text
}

/// The same in one line, for scripts.
pub(crate) fn credentials_line(look: Look, found: &Validation) -> String {
    let about = &found.about;
    let (word, painted) = word(look, found);
    let line = format!(
        "{word} {} {} for {} ({})",
        server_name(found),
        about.user.as_deref().unwrap_or("unknown account"),
        found.purpose,
        found.role.target.id()
    );
    let why = found.verdict.consequences.first();
    let line = match why {
        Some(why) => format!("{line}: {why}"),
        None => line,
    };
    let line = clean(&line);
    format!("{}\n", line.replacen(word, &painted, 1))
}

fn server_name(found: &Validation) -> String {
    let address = found.about.address.clone();
    match (&found.name, address) {
        (Some(name), Some(address)) if *name != address => format!("{name} ({address})"),
        (Some(name), _) => name.clone(),
        (None, address) => address.unwrap_or_default(),
    }
}

fn word(look: Look, found: &Validation) -> (&'static str, String) {
    match &found.verdict {
        verdict if verdict.login_refused => ("LOGIN REFUSED", look.paint.bad("LOGIN REFUSED")),
        verdict if verdict.sufficient => ("SUFFICIENT", look.paint.good("SUFFICIENT")),
        _ => ("NOT SUFFICIENT", look.paint.bad("NOT SUFFICIENT")),
    }
}

fn rows(found: &Validation) -> Vec<(&'static str, String)> {
    let about = &found.about;
    let mut rows = vec![
        ("server", about.product.clone()),
        ("instance", about.instance_uuid.clone().unwrap_or_default()),
        ("proxy", found.proxy.clone().unwrap_or_default()),
    ];
    match &found.certificate {
        Some(certificate) => rows.extend(certificate_rows(certificate)),
        None => rows.push((
            "certificate",
            "none: the connection is not encrypted".to_owned(),
        )),
    }
    rows.push(("account", about.user.clone().unwrap_or_default()));
    rows.push(("held against", source(found.role)));
    if let Some(wanted) = &found.tag {
        rows.push(("tag", tag(wanted)));
    }
    for session in &found.sessions {
        rows.push(("session", session_row(session)));
    }
    rows.push(("clock", clock(found)));
    match &found.licences {
        Fact::Known(all) => rows.extend(all.iter().map(|one| ("licence", licence(one)))),
        Fact::Unknown { reason } => rows.push(("licence", format!("unknown ({reason})"))),
    }
    rows
}

fn tag(wanted: &TagWanted) -> String {
    let state = match wanted.need.get() {
        Ok(TagNeed::Nothing | TagNeed::Attach) => "exists",
        Ok(TagNeed::MakeTag) => "is still to be made",
        Ok(TagNeed::MakeCategory) => "is still to be made, and its category",
        Err(_) => "cannot be looked for",
    };
    format!("{} {state}", wanted.tag)
}

fn certificate_rows(certificate: &CertificateFacts) -> Vec<(&'static str, String)> {
    let end = match (certificate.not_after, certificate.days_left) {
        (Some(end), Some(days @ 0..)) => {
            let left = count(usize::try_from(days).unwrap_or(usize::MAX), "day");
            format!("until {}, {left} left", end.strftime("%Y-%m-%d"))
        }
        (Some(end), _) => format!("expired on {}", end.strftime("%Y-%m-%d")),
        (None, _) => "cannot be read".to_owned(),
    };
    let issuer = if certificate.issuer == certificate.subject {
        "itself".to_owned()
    } else {
        certificate.issuer.clone()
    };
    vec![
        ("certificate", certificate.subject.clone()),
        ("issued by", issuer),
        ("thumbprint", certificate.thumbprint.clone()),
        ("valid", end),
    ]
}

fn session_row(session: &SessionFacts) -> String {
    let api = match &session.path {
        Some(path) => format!("{} ({path})", session.api),
        None => session.api.to_string(),
    };
    match &session.state {
        SessionState::Valid => match session.login_time {
            Some(time) => format!("{api}, valid, since {}", moment(time)),
            None => format!("{api}, valid"),
        },
        SessionState::Refused { reason } => format!("{api}, refused: {reason}"),
        SessionState::NotOffered { reason } => format!("{api}, not offered: {reason}"),
        SessionState::Unknown { reason } => format!("{api}, unknown: {reason}"),
    }
}

fn clock(found: &Validation) -> String {
    match &found.clock {
        Fact::Known(clock) => {
            let seconds = clock.ahead_seconds;
            let apart = match seconds {
                0 => "the same as this machine's".to_owned(),
                1.. => format!("{seconds} s ahead of this machine's"),
                _ => format!("{} s behind this machine's", seconds.unsigned_abs()),
            };
            format!("{}, {apart}", moment(clock.server_time))
        }
        Fact::Unknown { reason } => format!("unknown ({reason})"),
    }
}

fn licence(one: &LicenceUse) -> String {
    let used = count(one.objects, "object");
    match one.licence.expired {
        Some(true) => format!("{} ({used}), expired", one.licence.name),
        _ => format!("{} ({used})", one.licence.name),
    }
}

fn scope_table(look: Look, purpose: Purpose, scope: &AccessScope) -> String {
    let path = match scope.path.as_str() {
        "/" => "The server as a whole",
        path => path,
    };
    let Some((held, all)) = scope.held() else {
        return heading(look, &format!("{path}: what the account holds is unknown"));
    };
    let mut text = heading(
        look,
        &format!("{path}: {held} of {all} privileges for {purpose}"),
    );
    let columns = [
        Column::text("PRIVILEGES"),
        Column::number("HELD"),
        Column::text("MISSING"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    for group in scope.groups.known().into_iter().flatten() {
        let total = group.held.len() + group.missing.len();
        let missing: Vec<&str> = group
            .missing
            .iter()
            .map(|id| label(id).map_or(id.as_str(), |label| label.name))
            .collect();
        let missing = match missing.len() {
            many if many == total && many > 2 => "all".to_owned(),
            _ => missing.join(", "),
        };
        table.row([
            group.name.clone(),
            format!("{} of {total}", group.held.len()),
            missing,
        ]);
    }
    text.push_str(&table.render());
    for gap in &scope.gaps {
        let below = match gap.below {
            0 => String::new(),
            more => format!(" and {} below", count(more, "object")),
        };
        let line = match &gap.access {
            Access::None => format!("{}{below}: no access", gap.path),
            Access::Less { roles, missing } => format!(
                "{}{below}: {}, without {}",
                gap.path,
                roles.join(" and "),
                count(missing.len(), "privilege")
            ),
        };
        text.push_str(&hang(look, &look.paint.bad("gap: "), 5, &line));
    }
    text
}

/// Where a table of privileges is from.
fn source(table: &RoleTable) -> String {
    format!(
        "for {}, by '{}' of {}",
        table.target, table.document.title, table.document.date
    )
}

fn verdict(look: Look, found: &Validation) -> String {
    let (_, painted) = word(look, found);
    let mut text = format!("{painted} for {}\n", found.purpose);
    for line in &found.verdict.consequences {
        text.push_str(&hang(look, "  ", 2, line));
    }
    for line in &found.verdict.warnings {
        text.push_str(&hang(look, &look.paint.careful("warning: "), 9, line));
    }
    text
}

/// The privileges of the role, by the groups of the vSphere Client.
pub(crate) fn role(look: Look, name: &str, required: Requirement) -> String {
    let mut groups: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    let privileges = required.privileges();
    let widest = privileges.iter().map(|id| id.len()).max().unwrap_or(0);
    for id in &privileges {
        let (group, label) = label(id).map_or(("Other", *id), |label| (label.group, label.name));
        groups.entry(group).or_default().push((id, label));
    }
    let title = format!("Role {name} for {}", required.purpose);
    let mut text = format!("{}\n", look.paint.heading(clean(&title)));
    text.push_str(&hang(look, "", 0, &source(required.table())));
    for (group, members) in groups {
        text.push_str(&heading(look, group));
        for (id, label) in members {
            let lead = format!("  {id:<widest$}  ");
            text.push_str(&hang(look, &lead, widest + 4, label));
        }
    }
    let number = count(privileges.len(), "privilege");
    let last = format!("{number}, on each datacenter, propagated to what is below it.");
    text.push_str(&format!("\n{}", hang(look, "", 0, &last)));
    text
}

/// What is to be done about a role.
pub(crate) fn role_plan(look: Look, plan: &RolePlan) -> String {
    let name = &plan.wish.name;
    let mut text = format!(
        "{}\n",
        look.paint
            .heading(format!("Role {name} for {}", plan.wish.purpose))
    );
    text.push_str(&hang(look, "", 0, &source(plan.role)));
    text.push_str(&numbered(look, &plan.steps));
    for line in &plan.already {
        text.push_str(&hang(look, &look.paint.good("already: "), 9, line));
    }
    if !plan.unknown.is_empty() {
        let line = format!("the server does not know {}", plan.unknown.join(", "));
        text.push_str(&hang(look, &look.paint.careful("left out: "), 10, &line));
    }
    text
}

#[cfg(test)]
mod tests {
    use esx_tools::target_kind::TargetKind;

    use super::*;
    use crate::view::lines::tests::plain;

    #[test]
    fn the_role_fits_a_terminal_and_names_every_privilege() {
        let required = Requirement::new(Purpose::Hardening, TargetKind::Appliance);
        let text = role(plain(80), "ASR", required);
        for id in required.privileges() {
            assert!(text.contains(id), "{id}\n{text}");
        }
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
        assert!(text.contains("60 privileges, on each datacenter"), "{text}");
    }
}
