//! `esxtool simulate`: a vCenter to practise on, for esxtool and any other client.

use mocks::{Server, scenario};
use serde_json::{Value, json};

use super::Context;
use crate::args::SimulateArgs;
use crate::connect::start_simulator;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Table, envelope, fields};
use crate::report::Report;
use crate::view::{Look, pairs};

/// Serves until interrupted, or lists the scenarios.
pub(crate) async fn run(context: &Context, args: &SimulateArgs) -> Result<Option<Report>, Failure> {
    if args.list {
        return list(context).map(Some);
    }
    serve(context, args).await?;
    Ok(None)
}

fn list(context: &Context) -> Result<Report, Failure> {
    let ui = &context.ui;
    let columns = [Column::whole("SCENARIO"), Column::text("WHAT IT SHOWS")];
    let mut table = Table::new(&columns, ui.width(), ui.colour());
    let mut all: Vec<Value> = Vec::new();
    for one in scenario::list() {
        table.row([one.name, one.summary]);
        all.push(json!({"name": one.name, "summary": one.summary}));
    }
    Report::new(Exit::Done, &json!({"scenarios": all}), table.render())
}

async fn serve(context: &Context, args: &SimulateArgs) -> Result<(), Failure> {
    let builder = Server::builder()
        .scenario(&args.scenario)
        .listen(args.listen)
        .tls(args.tls);
    let server = start_simulator(builder, &args.scenario).await?;
    announce(context, &server, args)?;
    context.ui.say("serving until interrupted (Ctrl-C)");
    let mut told = 0;
    loop {
        tokio::select! {
            () = context.interrupts.first() => break,
            () = tokio::time::sleep(std::time::Duration::from_secs(1)) => {
                told = tell_what_lacks(context, &server, told);
            }
        }
    }
    tell_what_lacks(context, &server, told);
    context.ui.say(&format!(
        "served {} calls, {} sessions were left open",
        server.calls().len(),
        server.open_sessions()
    ));
    server.shutdown().await;
    Ok(())
}

/// Prints what a client needs, so that a script can read it while the server goes on.
fn announce(context: &Context, server: &Server, args: &SimulateArgs) -> Result<(), Failure> {
    let ui = &context.ui;
    let (user, password) = (server.username(), server.password());
    if ui.json() {
        let result = json!({
            "scenario": args.scenario,
            "url": server.url(),
            "username": user,
            "password": password,
            "thumbprint": server.thumbprint(),
        });
        ui.document(&envelope("simulate", Exit::Done, None, fields(&result)?));
        return Ok(());
    }
    let rows = [
        ("url", server.url()),
        ("username", user),
        ("password", password),
        ("thumbprint", server.thumbprint().unwrap_or_default()),
    ];
    // Never wrapped: these lines are copied.
    let look = Look {
        prose: usize::MAX,
        ..Look::of(ui)
    };
    ui.out(&pairs(look, 0, &rows));
    Ok(())
}

/// Says loudly what the simulator could not do, each thing once.
fn tell_what_lacks(context: &Context, server: &Server, told: usize) -> usize {
    let problems = server.unimplemented();
    for problem in problems.iter().skip(told) {
        context
            .ui
            .warn(&format!("the simulator could not: {problem}"));
    }
    problems.len()
}
