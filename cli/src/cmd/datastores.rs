//! `esxtool datastores`: what a host mounts, and mounting one more.

use esx_tools::engine::{ChangeReport, Outcome, Prepared};
use esx_tools::ops::datastores::{self, HostDatastores, Mount, MountPlan};
use serde_json::json;
use vsphere_client::Client;

use super::change::{self, Shown};
use super::{Context, work::refused};
use crate::args::{DatastoresVerb, HostArgs};
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
            let on = args.on.selector();
            let prepared = datastores::prepare_mount(client, &args.datastore, &on).await;
            change::run(context, client, prepared.map_err(refused)?, args.confirm).await
        }
        DatastoresVerb::Unmount(args) => {
            let on = args.on.selector();
            let prepared = datastores::prepare_unmount(client, &args.datastore, &on).await;
            change::run(context, client, prepared.map_err(refused)?, args.confirm).await
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

/// Datastore, host, and the plan.
fn plan_of(look: Look, plan: &MountPlan) -> String {
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

impl Shown for Mount {
    fn show_plan(look: Look, prepared: &Prepared<Self>) -> String {
        plan_of(look, prepared.plan())
    }

    fn show_nothing_done(_: Look, prepared: &Prepared<Self>, _: bool) -> String {
        let plan = prepared.plan();
        let last = match plan.outcome() {
            Outcome::Ready if plan.is_empty() => "Nothing to do.",
            Outcome::Ready => "Dry run: nothing was changed.",
            _ => "Nothing was changed.",
        };
        format!("\n{last}\n")
    }

    fn left_undone(prepared: &Prepared<Self>) -> Option<Failure> {
        let plan = prepared.plan();
        let privilege = plan.lacking.as_ref()?;
        let failure = Failure::new(
            Exit::Privilege,
            format!(
                "the account lacks the privilege {privilege} on {}; nothing was changed",
                plan.host_name
            ),
        );
        Some(failure.hint(format!(
            "grant the account a role with {privilege} on the host, beside Azure_Site_Recovery, or use another account"
        )))
    }

    fn show_result(look: Look, report: &ChangeReport<Self>) -> String {
        let steps = view::steps(look, &report.steps);
        heading(look, "What was done") + &steps + &ending(report)
    }

    fn look_at(report: &ChangeReport<Self>) -> String {
        let plan = &report.plan;
        format!(
            "look at {} on {} with 'esxtool datastores list --host {}'",
            plan.datastore_name, plan.host_name, plan.host_name
        )
    }
}

/// How the host has the datastore now, in a sentence.
fn ending(report: &ChangeReport<Mount>) -> String {
    let (host, name) = (&report.plan.host_name, &report.plan.datastore_name);
    match (&report.after.after, &report.verify_error) {
        (Some(after), _) => format!("\nRead back: {name} is {after} on {host}.\n"),
        (None, Some(error)) => format!("\nNot verified: {error}.\n"),
        (None, None) => String::new(),
    }
}
