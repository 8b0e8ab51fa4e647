//! `esxtool rules`: the failback rules, listed or explained.

use esx_tools::rules::{self, Rule};
use serde_json::{Value, json};

use super::Context;
use crate::args::RulesArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Table, count, wrap};
use crate::report::Report;

/// Lists the rules, or explains one.
pub(crate) fn run(context: &Context, args: &RulesArgs) -> Result<Report, Failure> {
    match &args.id {
        None => list(context),
        Some(id) => explain(context, id),
    }
}

fn list(context: &Context) -> Result<Report, Failure> {
    let ui = &context.ui;
    let columns = [
        Column::number("NO"),
        Column::whole("RULE"),
        Column::whole("SEVERITY"),
        Column::text("TITLE"),
    ];
    let mut table = Table::new(&columns, ui.width(), ui.colour());
    for rule in rules::registry() {
        let (number, severity) = (rule.number().to_string(), rule.severity().to_string());
        table.row([number.as_str(), rule.id(), &severity, rule.title()]);
    }
    let all: Vec<Value> = rules::registry()
        .iter()
        .map(|rule| describe(*rule))
        .collect();
    let text = format!(
        "{}\n{}; `esxtool rules NAME` explains one.\n",
        table.render(),
        count(all.len(), "rule")
    );
    Report::new(Exit::Done, &json!({"rules": all}), text)
}

fn explain(context: &Context, id: &str) -> Result<Report, Failure> {
    let rule = rules::find(id).ok_or_else(|| unknown(id))?;
    let (paint, width) = (context.ui.paint, context.ui.prose());
    let text = format!(
        "{} {}\n{}\n\n{}\n{}\n\n{}\n{}\n",
        paint.heading(rule.id()),
        paint.faint(format!("(rule {}, {})", rule.number(), rule.severity())),
        wrap(rule.title(), width, 0),
        paint.heading("Why"),
        wrap(rule.why(), width, 0),
        paint.heading("What to do"),
        wrap(rule.remedy(), width, 0),
    );
    Report::new(Exit::Done, &describe(rule), text)
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
        "title": rule.title(),
        "why": rule.why(),
        "remedy": rule.remedy(),
    })
}
