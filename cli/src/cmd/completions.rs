//! `esxtool completions`: a script for the shell, made from the definition of the arguments.

use clap::CommandFactory;
use serde_json::json;

use crate::args::{Cli, CompletionsArgs};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;

/// Makes the script.
pub(crate) fn run(args: &CompletionsArgs) -> Result<Report, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "esxtool", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    let result = json!({"shell": args.shell.to_string(), "script": script});
    Report::new(Exit::Done, &result, script)
}
