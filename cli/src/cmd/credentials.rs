//! `esxtool credentials`: what an account may do, and the role that it needs.

use esx_tools::credentials::{self, CreateRole, Question, RoleWish, Validation, label};
use esx_tools::engine::{ChangeReport, Prepared};
use esx_tools::target_kind::TargetKind;
use serde_json::{Value, json};
use vsphere_client::Client;

use super::change::{self, Shown};
use super::{Context, work::refused};
use crate::args::{RoleArgs, ValidateArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{self, Look};

/// Judges what the account of this session may do.
pub(crate) async fn validate(
    context: &Context,
    client: &Client,
    args: &ValidateArgs,
    usual: Option<TargetKind>,
) -> Result<Report, Failure> {
    let question = Question {
        purpose: args.choice.purpose.into(),
        target: args.choice.target(usual),
        tag: args.choice.tag.clone(),
        datacenters: args.datacenters.clone(),
    };
    let found = credentials::validate(client, &question)
        .await
        .map_err(refused)?;
    let look = Look::of(&context.ui);
    let text = if context.ui.is_quiet() {
        view::credentials_line(look, &found)
    } else {
        view::credentials(look, &found)
    };
    Report::new(exit(&found), &found, text)
}

/// The exit code that a validation comes to.
pub(crate) fn exit(found: &Validation) -> Exit {
    match &found.verdict {
        verdict if verdict.login_refused => Exit::Login,
        verdict if verdict.sufficient => Exit::Done,
        _ => Exit::Privilege,
    }
}

/// Prints the privileges of the role.
pub(crate) fn print_role(
    context: &Context,
    args: &RoleArgs,
    usual: Option<TargetKind>,
) -> Result<Report, Failure> {
    let required = wish(args, usual).requirement();
    let privileges: Vec<Value> = required
        .privileges()
        .into_iter()
        .map(|id| {
            let label = label(id);
            json!({
                "id": id,
                "group": label.map(|label| label.group),
                "label": label.map(|label| label.name),
            })
        })
        .collect();
    let table = required.table();
    let result = json!({"role": {
        "name": args.name,
        "purpose": required.purpose,
        "target": table.target,
        "document": table.document,
        "privileges": privileges,
    }});
    let text = view::role(Look::of(&context.ui), &args.name, required);
    Report::new(Exit::Done, &result, text)
}

/// The role that the arguments ask for.
fn wish(args: &RoleArgs, usual: Option<TargetKind>) -> RoleWish {
    RoleWish {
        name: args.name.clone(),
        purpose: args.choice.purpose.into(),
        target: args.choice.target(usual),
        tags: args.choice.tag.is_some(),
        assign: args
            .assign
            .clone()
            .map(|user| (user, args.datacenters.clone())),
    }
}

/// Makes the role, and gives it to an account.
pub(crate) async fn create_role(
    context: &Context,
    client: &Client,
    args: &RoleArgs,
    usual: Option<TargetKind>,
) -> Result<Report, Failure> {
    let prepared = credentials::prepare_role(client, &wish(args, usual))
        .await
        .map_err(refused)?;
    change::run(context, client, prepared, args.confirm).await
}

impl Shown for CreateRole {
    fn show_plan(look: Look, prepared: &Prepared<Self>) -> String {
        view::role_plan(look, prepared.plan())
    }

    fn show_nothing_done(_: Look, prepared: &Prepared<Self>, _: bool) -> String {
        let last = match prepared.is_empty() {
            true => "Nothing to do.",
            false => "Dry run: nothing was changed.",
        };
        format!("\n{last}\n")
    }

    fn left_undone(_: &Prepared<Self>) -> Option<Failure> {
        None
    }

    fn show_result(look: Look, report: &ChangeReport<Self>) -> String {
        view::heading(look, "What was done") + &view::steps(look, &report.steps)
    }

    fn look_at(_: &ChangeReport<Self>) -> String {
        "look at the roles in the vSphere Client, under Administration".to_owned()
    }
}
