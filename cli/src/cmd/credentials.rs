//! `esxtool credentials`: what an account may do, and the role that it needs.

use esx_tools::credentials::{self, Purpose, RolePlan, RoleWish, Validation, label};
use serde_json::{Value, json};
use vsphere_client::Client;

use super::{Context, work, work::refused};
use crate::args::{Confirm, RoleArgs, ValidateArgs};
use crate::ask::consent;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;
use crate::view::{self, Look};

/// Judges what the account of this session may do.
pub(crate) async fn validate(
    context: &Context,
    client: &Client,
    args: &ValidateArgs,
) -> Result<Report, Failure> {
    let found = credentials::validate(client, args.purpose.into(), &args.datacenters)
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
pub(crate) fn print_role(context: &Context, args: &RoleArgs) -> Result<Report, Failure> {
    let purpose: Purpose = args.purpose.into();
    let privileges: Vec<Value> = purpose
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
    let result = json!({"role": {"name": args.name, "purpose": purpose, "privileges": privileges}});
    let text = view::role(Look::of(&context.ui), &args.name, purpose);
    Report::new(Exit::Done, &result, text)
}

/// Makes the role, and gives it to an account.
pub(crate) async fn create_role(
    context: &Context,
    client: &Client,
    args: &RoleArgs,
) -> Result<Report, Failure> {
    let ui = &context.ui;
    let look = Look::of(ui);
    let wish = RoleWish {
        name: args.name.clone(),
        purpose: args.purpose.into(),
        assign: args
            .assign
            .clone()
            .map(|user| (user, args.datacenters.clone())),
    };
    let plan = credentials::plan_role(client, &wish)
        .await
        .map_err(refused)?;
    let head = view::role_plan(look, &plan);
    if args.confirm.dry_run || plan.is_empty() {
        let last = if plan.is_empty() {
            "Nothing to do."
        } else {
            "Dry run: nothing was changed."
        };
        return ended(&plan, args.confirm, format!("{head}\n{last}\n"), None);
    }
    if !ui.for_program() {
        ui.out(&head);
    }
    if !args.confirm.yes {
        if ui.for_program() || !ui.stdout_is_terminal() {
            ui.err(&view::role_plan(Look::of_stderr(ui), &plan));
        }
        if !consent(ui, &context.interrupts, "Carry out this plan?").await? {
            return Err(work::declined());
        }
    }
    // Each step is one call that is over in a moment: it is finished before Ctrl-C counts.
    let in_hand = context.take_in_hand("the role");
    let report = credentials::apply_role(client, &plan).await;
    drop(in_hand);
    let report = report.map_err(refused)?;
    let text = format!(
        "\n{}\n",
        look.paint.good(match report.done {
            1 => "Done: the step was carried out and read back.".to_owned(),
            many => format!("Done: {many} steps were carried out and read back."),
        })
    );
    ended(&plan, args.confirm, text, report.role_id)
}

fn ended(
    plan: &RolePlan,
    confirm: Confirm,
    text: String,
    role_id: Option<i32>,
) -> Result<Report, Failure> {
    let changed = role_id.is_some();
    let result =
        json!({"plan": plan, "dry_run": confirm.dry_run, "changed": changed, "role_id": role_id});
    Report::new(Exit::Done, &result, text)
}
