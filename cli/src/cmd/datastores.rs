//! `esxtool datastores`: what a host mounts, and mounting one more.

use esx_tools::apply::Outcome;
use esx_tools::ops::datastores::{self, HostDatastores, MountPlan, MountReport};
use serde_json::json;
use vsphere_client::Client;

use super::{Context, work, work::refused};
use crate::args::{DatastoresVerb, HostArgs, MountArgs};
use crate::ask::consent;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Table, bytes, count};
use crate::report::Report;
use crate::view::{self, Look, hang, heading, pairs};

/// Lists, mounts or unmounts.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    verb: &DatastoresVerb,
) -> Result<Report, Failure> {
    match verb {
        DatastoresVerb::List(args) => list(context, client, args).await,
        DatastoresVerb::Mount(args) => {
            let plan = datastores::plan_mount(client, &args.datastore, &args.on.selector()).await;
            change(context, client, args, plan.map_err(refused)?).await
        }
        DatastoresVerb::Unmount(args) => {
            let plan = datastores::plan_unmount(client, &args.datastore, &args.on.selector()).await;
            change(context, client, args, plan.map_err(refused)?).await
        }
    }
}

async fn list(context: &Context, client: &Client, args: &HostArgs) -> Result<Report, Failure> {
    let listed = datastores::list(client, &args.selector())
        .await
        .map_err(refused)?;
    let text = rows(Look::of(&context.ui), &listed);
    let host = json!({"moref": listed.host.moref, "name": listed.host.name});
    let result = json!({"host": host, "datastores": listed.datastores, "copies": listed.copies});
    Report::new(Exit::Done, &result, text)
}

fn rows(look: Look, listed: &HostDatastores) -> String {
    let mut text = format!("{}\n\n", look.paint.heading(&listed.host.name));
    let columns = [
        Column::text("DATASTORE"),
        Column::whole("TYPE"),
        Column::whole("MOUNT"),
        Column::number("FREE"),
        Column::number("HOSTS"),
        Column::number("VMS"),
        Column::text("LIES ON"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    for one in &listed.datastores {
        let free = one.free_bytes.and_then(|free| u64::try_from(free).ok());
        table.row([
            one.name.clone(),
            one.kind.clone().unwrap_or_else(|| "-".to_owned()),
            one.mount.clone(),
            free.map_or_else(|| "-".to_owned(), bytes),
            format!("{}/{}", one.writable_hosts, one.hosts),
            one.vms.len().to_string(),
            one.source.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    text.push_str(&table.render());
    let mounted = listed.datastores.iter();
    let writable = mounted.filter(|one| one.mount == "read/write").count();
    text.push_str(&format!(
        "\n{}, {writable} of them read/write on this host. HOSTS: how many can write, of how many mount it.\n",
        count(listed.datastores.len(), "datastore")
    ));
    for one in &listed.datastores {
        if let Some(reason) = &one.reason {
            let note = format!("{}: {}: {reason}", one.name, one.mount);
            text.push_str(&hang(look, &look.paint.careful("note: "), 6, &note));
        }
    }
    for copy in &listed.copies {
        let note = format!(
            "the host sees a copy of the volume {} on {}, and does not mount it",
            copy.name,
            copy.devices.join(", ")
        );
        text.push_str(&hang(look, &look.paint.careful("note: "), 6, &note));
    }
    text
}

async fn change(
    context: &Context,
    client: &Client,
    args: &MountArgs,
    plan: MountPlan,
) -> Result<Report, Failure> {
    let (ui, confirm) = (&context.ui, args.confirm);
    let look = Look::of(ui);
    let head = before(look, &plan);
    if confirm.dry_run || plan.is_empty() {
        return planned(plan, head, confirm.dry_run);
    }
    if !ui.for_program() {
        ui.out(&head);
    }
    if !confirm.yes {
        if ui.for_program() || !ui.stdout_is_terminal() {
            ui.err(&before(Look::of_stderr(ui), &plan));
        }
        if !consent(ui, &context.interrupts, "Carry out this plan?").await? {
            return Err(work::declined());
        }
    }
    let steps = plan.steps.clone();
    let report = work::attended(context, &steps, async |progress, interrupt| {
        datastores::apply(client, plan, progress, interrupt).await
    })
    .await
    .map_err(refused)?;
    let mut text = heading(look, "What was done");
    text.push_str(&view::steps(look, &report.steps));
    text.push_str(&ending(&report));
    let done = result(&report, false, text)?;
    Ok(match work::unfinished(done.exit, &report.steps) {
        Some(failure) => done.failed(failure),
        None => done,
    })
}

/// Datastore, host, and the plan.
fn before(look: Look, plan: &MountPlan) -> String {
    let mut text = format!("{}\n", look.paint.heading(&plan.datastore_name));
    let rows = [
        ("datastore", plan.datastore.to_string()),
        ("host", format!("{} ({})", plan.host_name, plan.host.value)),
        ("now", plan.now.clone()),
    ];
    text.push_str(&pairs(look, 2, &rows));
    if !plan.steps.is_empty() {
        text.push_str(&heading(
            look,
            &format!("Plan: {}", count(plan.steps.len(), "step")),
        ));
        text.push_str(&view::numbered(look, &plan.steps));
    }
    if let Some(refusal) = &plan.refused {
        text.push_str(&heading(look, "Not in the plan"));
        let verb = if plan.unmount { "unmounted" } else { "mounted" };
        let line = format!("it is not {verb}: {}", refusal.reason);
        text.push_str(&hang(look, "  - ", 4, &line));
        text.push_str(&hang(look, "    ", 4, &refusal.remedy));
    }
    text
}

/// The end without a change: a dry run, or nothing that is done.
fn planned(plan: MountPlan, head: String, dry_run: bool) -> Result<Report, Failure> {
    let outcome = plan.outcome();
    let mut text = head;
    text.push('\n');
    text.push_str(match outcome {
        Outcome::Ready if plan.is_empty() => "Nothing to do.\n",
        Outcome::Ready => "Dry run: nothing was changed.\n",
        _ => "Nothing was changed.\n",
    });
    let lacking = plan.lacking.clone();
    let report = MountReport {
        after: Some(plan.now.clone()).filter(|_| !dry_run),
        plan,
        steps: Vec::new(),
        verify_error: None,
        outcome,
    };
    let done = result(&report, dry_run, text)?;
    let Some(privilege) = lacking else {
        return Ok(done);
    };
    let failure = Failure::new(
        Exit::Privilege,
        format!(
            "the account lacks the privilege {privilege} on {}; nothing was changed",
            report.plan.host_name
        ),
    );
    let hint = format!(
        "grant the account a role with {privilege} on the host, beside Azure_Site_Recovery, or use another account"
    );
    Ok(done.failed(failure.hint(hint)))
}

/// How the host has the datastore now, in a sentence.
fn ending(report: &MountReport) -> String {
    let (host, name) = (&report.plan.host_name, &report.plan.datastore_name);
    match (&report.after, &report.verify_error) {
        (Some(after), _) => format!("\nRead back: {name} is {after} on {host}.\n"),
        (None, Some(error)) => format!("\nNot verified: {error}.\n"),
        (None, None) => String::new(),
    }
}

fn result(report: &MountReport, dry_run: bool, text: String) -> Result<Report, Failure> {
    let exit = view::exit(report.outcome, &report.steps);
    let mut done = Report::new(exit, report, text)?;
    done.fields.insert("dry_run".to_owned(), json!(dry_run));
    Ok(done)
}
