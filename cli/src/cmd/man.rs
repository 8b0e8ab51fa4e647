//! `esxtool man`: the manual page, made from the definition of the arguments.

use clap::CommandFactory;
use serde_json::json;

use crate::args::Cli;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::report::Report;

/// Makes the page.
pub(crate) fn run() -> Result<Report, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command())
        .render(&mut page)
        .map_err(|error| {
            Failure::new(Exit::Operation, "cannot write the manual page").because(error)
        })?;
    let page = String::from_utf8_lossy(&page).into_owned();
    Report::new(Exit::Done, &json!({"page": page}), page)
}
