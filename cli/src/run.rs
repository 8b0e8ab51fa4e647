//! One run: do the command, print what came of it, say how it ended.

use esx_tools::ops::{CheckOptions, PrepareOptions};
use esx_tools::plan::Scope;
use serde_json::Map;
use vsphere_client::Client;

use crate::args::{Cli, Command, CredentialsArgs, CredentialsVerb, Format};
use crate::ask;
use crate::cmd::{self, Context};
use crate::connect::{Chosen, choose, with_session};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::many;
use crate::output::{Ui, envelope, junit};
use crate::page::{claim, keep};
use crate::report::Report;

/// Runs the command line.
pub(crate) fn run(cli: Cli) -> Exit {
    let ui = Ui::new(cli.output, &|name| std::env::var(name).ok());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            ui.fail(&Failure::new(Exit::Operation, "cannot start").because(error));
            return Exit::Operation;
        }
    };
    let exit = runtime.block_on(attended(cli, ui));
    // A prompt that nobody answers any more must not keep the process.
    runtime.shutdown_background();
    exit
}

async fn attended(mut cli: Cli, ui: Ui) -> Exit {
    let name = cli.command.name();
    let context = Context::new(ui, Interrupts::listen());
    let claimed = cli.command.judge().and_then(|()| claim(&cli));
    let page = match claimed {
        Ok(page) => page,
        Err(failure) => return finish(&context, name, Err(failure)),
    };
    match choose(&cli.connection, &|name| std::env::var(name).ok()) {
        Ok(Chosen::One(args)) => cli.connection = *args,
        Ok(Chosen::All(profiles)) => {
            return match many::run(&context, &cli, profiles, &on_server).await {
                Ok(exit) => written(&context, exit),
                Err(failure) => finish(&context, name, Err(failure)),
            };
        }
        Err(failure) => return finish(&context, name, Err(failure)),
    }
    match dispatch(&context, &cli).await {
        Ok(Some(report)) => {
            let report = keep(&context, name, page.as_ref(), report);
            finish(&context, name, Ok(report))
        }
        Ok(None) => Exit::Done,
        Err(failure) => finish(&context, name, Err(failure)),
    }
}

/// Does the command; nothing comes back from one that has printed its result already.
async fn dispatch(context: &Context, cli: &Cli) -> Result<Option<Report>, Failure> {
    if let Some(confirm) = cli.command.confirm() {
        ask::refuse_unattended(confirm, context.ui.can_ask())?;
    }
    match &cli.command {
        Command::Rules(args) => cmd::rules::run(context, args).map(Some),
        Command::Completions(args) => cmd::completions::run(args).map(Some),
        Command::Man => cmd::man::run().map(Some),
        Command::Credentials(CredentialsArgs {
            verb: CredentialsVerb::Role(args),
        }) if args.mode.print => {
            let usual = cli.connection.usual_target();
            cmd::credentials::print_role(context, args, usual).map(Some)
        }
        Command::Simulate(args) => cmd::simulate::run(context, args).await,
        Command::PlanReprotect(args) => {
            let file = cmd::group_file(&args.group)?;
            let options = args.options(&file, cli.connection.usual_target())?;
            let work = async |client: &Client| {
                cmd::plan_reprotect::run(context, client, &file, &options).await
            };
            with_session(context, &cli.connection, work).await.map(Some)
        }
        connected => {
            let mut options = match connected.protect() {
                Some(protect) => protect.options(connected.target())?,
                None => CheckOptions::default(),
            };
            options.usual_target = cli.connection.usual_target();
            let work =
                async |client: &Client| on_server(context, client, connected, &options).await;
            with_session(context, &cli.connection, work).await.map(Some)
        }
    }
}

/// The commands that work on a server.
async fn on_server(
    context: &Context,
    client: &Client,
    command: &Command,
    options: &CheckOptions,
) -> Result<Report, Failure> {
    match command {
        Command::PrepareMasterTarget(args) | Command::PrepareAppliance(args) => {
            let mut prepare = PrepareOptions::only(Scope::Prepare).with(args.fixes.fixes());
            prepare.check = options.clone();
            cmd::prepare::run_with(context, client, &args.vm, &prepare, args.confirm).await
        }
        Command::Duplicates(args) => cmd::duplicates::run(context, client, args).await,
        Command::Check(args) => cmd::check::run(context, client, args, options).await,
        Command::Disks(args) => cmd::disks::run(context, client, &args.verb).await,
        Command::Credentials(args) => match &args.verb {
            CredentialsVerb::Validate(args) => {
                cmd::credentials::validate(context, client, args, options.usual_target).await
            }
            CredentialsVerb::Role(args) => {
                cmd::credentials::create_role(context, client, args, options.usual_target).await
            }
        },
        Command::Datastores(args) => cmd::datastores::run(context, client, &args.verb).await,
        Command::Inventory(args) => cmd::inventory::run(context, client, args).await,
        Command::Snapshots(args) => cmd::snapshots::run(context, client, &args.verb).await,
        Command::StorageVmotion(args) => {
            cmd::storage_vmotion::run(context, client, &args.verb).await
        }
        other => Err(Failure::usage(format!(
            "`{}` needs no server",
            other.name()
        ))),
    }
}

/// Prints the end of a run: the result on stdout, what went wrong on stderr.
fn finish(context: &Context, command: &str, outcome: Result<Report, Failure>) -> Exit {
    let ui = &context.ui;
    let (exit, text, mut fields, sheet, failure) = match outcome {
        Ok(report) => (
            report.exit,
            report.text,
            report.fields,
            report.sheet,
            report.failure,
        ),
        Err(failure) => (failure.exit, String::new(), Map::new(), None, Some(failure)),
    };
    match ui.format {
        Format::Json => {
            context.describe_session(&mut fields);
            ui.document(&envelope(command, exit, failure.as_ref(), fields));
        }
        Format::Junit => match junit(command, sheet.as_ref(), failure.as_ref()) {
            Ok(document) => ui.out(&document),
            Err(failure) => {
                ui.fail(&failure);
                return failure.exit;
            }
        },
        // The rows were written as they came.
        Format::Ndjson | Format::Csv => {}
        Format::Table | Format::Wide => {
            ui.out(&text);
            if let Some(calls) = context.calls() {
                ui.say(&format!("{calls} server calls, login and logout included"));
            }
        }
    }
    if let Some(failure) = &failure {
        ui.fail(failure);
    }
    written(context, exit)
}

/// Says when the result could not be written.
fn written(context: &Context, exit: Exit) -> Exit {
    let Some(error) = context.ui.broken() else {
        return exit;
    };
    let failure = Failure::new(Exit::Operation, "cannot write the result").because(error);
    context.ui.fail(&failure);
    if exit == Exit::Done {
        Exit::Operation
    } else {
        exit
    }
}
