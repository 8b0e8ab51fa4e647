//! The command line of `esxtool`: arguments, output, exit codes. The work itself is in `esx-tools`.
//!
//! stdout carries the result, stderr the story. Every end of a run is one of the exit codes of `docs/exit-codes.md`,
//! and the JSON document is described in `docs/json.md`.

mod args;
mod ask;
mod cmd;
mod connect;
mod context;
mod exit;
mod failure;
mod interrupt;
mod many;
mod output;
mod page;
mod progress;
mod report;
mod run;
#[cfg(test)]
mod sample;
mod style;
mod text;
mod view;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

/// Reads the arguments, does the work, and says how the process ends.
#[must_use]
pub fn main() -> ExitCode {
    match args::Cli::try_parse() {
        Ok(cli) => run::run(cli).into(),
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            let text = error.render();
            // A reader that left is no reason to complain.
            let _ = if error.use_stderr() {
                write!(anstream::stderr().lock(), "{}", text.ansi())
            } else {
                write!(anstream::stdout().lock(), "{}", text.ansi())
            };
            ExitCode::from(code)
        }
    }
}
