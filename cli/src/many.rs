//! One command on the servers of all profiles, side by side: one report, and the worst exit code.
//!
//! Each profile has a session and a deadline of its own. What comes of it is printed when it is there, so that a
//! server that is slow or dead holds up nobody but itself.

use std::time::Duration;

use esx_tools::ops::CheckOptions;
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::{Map, Value, json};
use vsphere_client::Client;

use crate::args::{Cli, Command, CredentialsVerb, Format};
use crate::cmd::{self, Context};
use crate::connect::{Profiled, with_session};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Table, count, envelope};
use crate::report::Report;
use crate::view::Look;

/// What is done on each server.
pub(crate) trait OneProfile:
    AsyncFn(&Context, &Client, &Command, &CheckOptions) -> Result<Report, Failure>
{
}

impl<W> OneProfile for W where
    W: AsyncFn(&Context, &Client, &Command, &CheckOptions) -> Result<Report, Failure>
{
}

/// What came of one profile.
struct Ended {
    index: usize,
    name: String,
    url: Option<String>,
    exit: Exit,
    failure: Option<Failure>,
    text: String,
    fields: Map<String, Value>,
}

/// Runs the command on all of them.
///
/// # Errors
/// Usage failures: a command that works on one server only, a form that knows only one.
pub(crate) async fn run<W: OneProfile>(
    context: &Context,
    cli: &Cli,
    profiles: Vec<Profiled>,
    work: &W,
) -> Result<Exit, Failure> {
    let options = allowed(cli)?;
    if let (Command::Inventory(args), Format::Csv) = (&cli.command, context.ui.format) {
        context.ui.out(&cmd::inventory::headings_of_all(args.kind)?);
    }
    let options = &options;
    let mut open: FuturesUnordered<_> = profiles
        .iter()
        .enumerate()
        .map(|(index, profile)| one(context, cli, options, work, index, profile))
        .collect();
    let mut ended = Vec::new();
    while let Some(one) = open.next().await {
        print(context, &one);
        ended.push(one);
    }
    ended.sort_by_key(|one| one.index);
    let exit = worst(&ended);
    match context.ui.format {
        Format::Json => context
            .ui
            .document(&document(cli.command.name(), exit, ended)),
        Format::Table | Format::Wide if !context.ui.is_quiet() => {
            context.ui.out(&summary(Look::of(&context.ui), &ended));
        }
        _ => {}
    }
    Ok(exit)
}

/// What a check asks for, once it is clear that the command can work on several servers.
fn allowed(cli: &Cli) -> Result<CheckOptions, Failure> {
    let options = match &cli.command {
        Command::Inventory(_) => CheckOptions::default(),
        Command::Credentials(args) if matches!(args.verb, CredentialsVerb::Validate(_)) => {
            CheckOptions::default()
        }
        Command::Check(args) => args.protect.options(None)?,
        other => {
            return Err(Failure::usage(format!(
                "`{}` does not work on all profiles at once",
                other.name()
            ))
            .hint("name one with --profile; credentials validate, inventory and check take --all-profiles"));
        }
    };
    if cli.output.output == Format::Junit
        || cli.command.page().is_some_and(|page| page.report.is_some())
    {
        return Err(
            Failure::usage("a page or a JUnit document holds the result of one server")
                .hint("run it once for each profile with --profile"),
        );
    }
    Ok(options)
}

async fn one<W: OneProfile>(
    context: &Context,
    cli: &Cli,
    options: &CheckOptions,
    work: &W,
    index: usize,
    profile: &Profiled,
) -> Ended {
    let limit = Duration::from_secs(profile.args.profile_timeout);
    let own = context.for_profile(&profile.name, limit);
    let mut options = options.clone();
    options.usual_target = profile.args.usual_target();
    let work = async |client: &Client| work(&own, client, &cli.command, &options).await;
    let outcome = with_session(&own, &profile.args, work).await;
    let mut fields = Map::new();
    own.describe_session(&mut fields);
    let (exit, text, failure) = match outcome {
        Ok(Report {
            exit,
            text,
            fields: result,
            failure,
            ..
        }) => {
            fields.extend(result);
            (exit, text, failure)
        }
        Err(failure) => (failure.exit, String::new(), Some(failure)),
    };
    Ended {
        index,
        name: profile.name.clone(),
        url: own.url().or_else(|| profile.args.url.clone()),
        exit,
        failure,
        text,
        fields,
    }
}

/// Prints what came of a profile: its text with its name, and what went wrong on stderr.
fn print(context: &Context, one: &Ended) {
    let ui = &context.ui;
    if !ui.for_program() && !one.text.is_empty() {
        if ui.is_quiet() && one.text.lines().count() == 1 {
            ui.out(&format!("{}: {}", one.name, one.text));
        } else {
            let title = match &one.url {
                Some(url) => format!("{}  {url}", one.name),
                None => one.name.clone(),
            };
            let title = ui.paint.heading(format!("== {title}"));
            ui.out(&format!("{title}\n{}\n", one.text.trim_start_matches('\n')));
        }
    }
    if let Some(failure) = &one.failure {
        let mut failure = failure.clone();
        failure.message = format!("{}: {}", one.name, failure.message);
        ui.fail(&failure);
    }
}

/// The highest exit code. That something is not on one server counts only where it is on none.
fn worst(ended: &[Ended]) -> Exit {
    let absent = |one: &&Ended| one.failure.as_ref().is_some_and(|failure| failure.absent);
    let somewhere = ended.iter().filter(|one| !absent(one));
    somewhere
        .map(|one| one.exit)
        .max()
        .or_else(|| ended.iter().map(|one| one.exit).max())
        .unwrap_or(Exit::Done)
}

fn summary(look: Look, ended: &[Ended]) -> String {
    let columns = [
        Column::text("PROFILE"),
        Column::number("EXIT"),
        Column::text("ENDED"),
        Column::text("SERVER"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    for one in ended {
        let how = match &one.failure {
            Some(failure) => failure
                .message
                .lines()
                .next()
                .unwrap_or_default()
                .to_owned(),
            None => one.exit.word().replace('-', " "),
        };
        table.row([
            one.name.as_str(),
            &one.exit.code().to_string(),
            &how,
            one.url.as_deref().unwrap_or("-"),
        ]);
    }
    format!(
        "{}\n{}",
        look.paint.heading(count(ended.len(), "profile")),
        table.render()
    )
}

fn document(command: &str, exit: Exit, ended: Vec<Ended>) -> Value {
    let profiles: Vec<Value> = ended
        .into_iter()
        .map(|one| {
            let mut entry = Map::new();
            entry.insert("profile".to_owned(), json!(one.name));
            entry.insert("exit".to_owned(), json!(one.exit.word()));
            entry.insert("exit_code".to_owned(), json!(one.exit.code()));
            entry.insert(
                "error".to_owned(),
                one.failure.as_ref().map_or(Value::Null, Failure::to_json),
            );
            for (name, value) in one.fields {
                entry.entry(name).or_insert(value);
            }
            Value::Object(entry)
        })
        .collect();
    let mut result = Map::new();
    result.insert("profiles".to_owned(), Value::Array(profiles));
    envelope(command, exit, None, result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(exit: Exit, absent: bool) -> Ended {
        let mut failure = Failure::new(exit, "why");
        failure.absent = absent;
        Ended {
            index: 0,
            name: "a".to_owned(),
            url: None,
            exit,
            failure: (exit != Exit::Done).then_some(failure),
            text: String::new(),
            fields: Map::new(),
        }
    }

    #[test]
    fn the_worst_counts_and_what_is_found_elsewhere_is_not_missed() {
        let of = |exits: &[(Exit, bool)]| {
            let all: Vec<Ended> = exits
                .iter()
                .map(|(exit, absent)| ended(*exit, *absent))
                .collect();
            worst(&all)
        };
        let (done, gone) = ((Exit::Done, false), (Exit::NotFound, true));
        assert_eq!(
            of(&[done, (Exit::Connect, false), (Exit::Blockers, false)]),
            Exit::Connect
        );
        assert_eq!(of(&[done, gone]), Exit::Done);
        assert_eq!(of(&[gone, gone]), Exit::NotFound);
        assert_eq!(of(&[gone, (Exit::Connect, false)]), Exit::Connect);
        // Several of a name are a mistake wherever the others are.
        assert_eq!(of(&[done, (Exit::NotFound, false)]), Exit::NotFound);
    }
}
