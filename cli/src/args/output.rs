//! The options that say how the result is printed.

use clap::{Args, ValueEnum};

const HEADING: &str = "Output";

/// How to print.
#[derive(Args, Clone, Copy, Debug)]
#[command(next_help_heading = HEADING)]
pub(crate) struct OutputArgs {
    /// Form of the result on standard output
    #[arg(long, short = 'o', global = true, value_enum, default_value_t = Format::Table, value_name = "FORM")]
    pub(crate) output: Format,

    /// Print the result and errors only, no narration and no progress
    #[arg(long, short = 'q', global = true)]
    pub(crate) quiet: bool,

    /// When to use colour; NO_COLOR is honoured
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub(crate) color: Colour,
}

/// The form of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Tables for people
    Table,
    /// One JSON document
    Json,
    /// JUnit XML for pipelines, of check and prepare-master-target: one test case for each rule and VM
    Junit,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
