//! `esxtool rules`: the failback rules, listed or explained.

use esx_tools::rules::{self, PortalCode, Rule};
use esx_tools::target_kind::TargetKind;
use serde_json::{Value, json};

use super::Context;
use crate::args::RulesArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Table, count, wrap, wrap_from};
use crate::report::Report;

/// Columns below which titles are left out.
const NARROW: usize = 72;

/// Lists the rules, or explains one.
pub(crate) fn run(context: &Context, args: &RulesArgs) -> Result<Report, Failure> {
    match &args.id {
        None => list(context),
        Some(id) => explain(context, id),
    }
}

fn list(context: &Context) -> Result<Report, Failure> {
    let ui = &context.ui;
    // Beside two severities a title in a narrow terminal would be a word a line; `rules NAME` shows it.
    let title = if ui.width().is_some_and(|width| width < NARROW) {
        Column::extra("TITLE")
    } else {
        Column::text("TITLE")
    };
    let columns = [
        Column::number("NO"),
        Column::whole("RULE"),
        Column::whole("APPLIANCE"),
        Column::whole("MASTER TARGET"),
        title,
    ];
    let mut table = Table::new(&columns, ui.width(), ui.colour());
    for rule in rules::registry() {
        let number = rule.number().to_string();
        let [appliance, master_target] = TargetKind::ALL.map(|kind| costs(*rule, kind));
        let row = [
            &*number,
            rule.id(),
            &appliance,
            &master_target,
            rule.title(),
        ];
        table.row(row);
    }
    let all: Vec<Value> = rules::registry()
        .iter()
        .map(|rule| describe(*rule))
        .collect();
    let below = [
        format!(
            "{}; `esxtool rules NAME` explains one, `esxtool rules CODE` those behind an error of the portal.",
            count(all.len(), "rule")
        ),
        "What a broken rule costs depends on what receives the disks; ~ marks what no document demands."
            .to_owned(),
    ];
    let below = below.map(|line| wrap_from(&line, 0, ui.prose(), 0));
    let text = format!("{}\n{}\n", table.render(), below.join("\n"));
    Report::new(Exit::Done, &json!({"rules": all}), text)
}

fn explain(context: &Context, id: &str) -> Result<Report, Failure> {
    if let Some(code) = id.parse().ok().and_then(rules::portal_code) {
        return of_code(context, code);
    }
    let rule = rules::find(id).ok_or_else(|| unknown(id))?;
    Report::new(Exit::Done, &describe(rule), text(context, rule))
}

/// The rules of which a code of the portal can come.
fn of_code(context: &Context, code: &PortalCode) -> Result<Report, Failure> {
    let found = rules::find_by_code(code.code);
    let width = context.ui.prose();
    let head = format!(
        "Error {} of the portal, for {}: {} ('{}', {}).",
        code.code, code.target, code.cause, code.document.title, code.document.date
    );
    let mut result = wrap(&head, width, 0);
    result.push('\n');
    if found.is_empty() {
        let none = "No rule judges that: vSphere does not show it beforehand, or nobody has written the rule.";
        result.push_str(&format!("\n{}\n", wrap(none, width, 0)));
    }
    for rule in &found {
        result.push_str(&format!("\n{}", text(context, *rule)));
    }
    let all: Vec<Value> = found.iter().map(|rule| describe(*rule)).collect();
    Report::new(Exit::Done, &json!({"code": code, "rules": all}), result)
}

fn text(context: &Context, rule: &dyn Rule) -> String {
    let (paint, width) = (context.ui.paint, context.ui.prose());
    let mut text = format!(
        "{} {}\n{}\n\n{}\n{}\n\n{}\n{}\n\n{}\n",
        paint.heading(rule.id()),
        paint.faint(format!("(rule {})", rule.number())),
        wrap(rule.title(), width, 0),
        paint.heading("Why"),
        wrap(rule.why(), width, 0),
        paint.heading("What to do"),
        wrap(rule.remedy(), width, 0),
        paint.heading("Counts"),
    );
    for kind in TargetKind::ALL {
        let line = match rule.basis(kind) {
            None => format!("For {kind}: not at all."),
            Some(basis) => {
                let (title, date) = (basis.document.title, basis.document.date);
                format!("For {kind}: {}. '{title}', {date}.", basis.label())
            }
        };
        text.push_str(&format!("{}\n", wrap(&line, width, 0)));
    }
    let codes: Vec<String> = rule.codes().iter().map(u32::to_string).collect();
    if !codes.is_empty() {
        text.push_str(&format!("Errors of the portal: {}.\n", codes.join(", ")));
    }
    text
}

/// What it costs there, in a cell.
fn costs(rule: &dyn Rule, kind: TargetKind) -> String {
    let mark = |stated| if stated { "" } else { " ~" };
    let basis = rule.basis(kind);
    basis.map_or_else(
        || "-".to_owned(),
        |basis| format!("{}{}", basis.severity, mark(basis.stated)),
    )
}

fn unknown(id: &str) -> Failure {
    let names: Vec<&str> = rules::registry().iter().map(|rule| rule.id()).collect();
    Failure::new(Exit::NotFound, format!("there is no rule `{id}`"))
        .hint(format!("the rules are {}", names.join(", ")))
}

fn describe(rule: &dyn Rule) -> Value {
    json!({
        "id": rule.id(),
        "number": rule.number(),
        "about": rule.about(),
        "severity": rule.severity(),
        "counts": rule.counts(),
        "portal_codes": rule.codes(),
        "title": rule.title(),
        "why": rule.why(),
        "remedy": rule.remedy(),
    })
}
