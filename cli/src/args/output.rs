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
    /// Tables with all columns, of inventory
    Wide,
    /// One JSON document
    Json,
    /// JSON lines, of inventory: one object for each row, as it comes
    Ndjson,
    /// Comma-separated values, of inventory: a line of headings, then one line for each row, as it comes
    Csv,
    /// JUnit XML for pipelines, of check and prepare-master-target: one test case for each rule and VM
    Junit,
}

impl Format {
    /// The word by which it is asked for.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Wide => "wide",
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Csv => "csv",
            Self::Junit => "junit",
        }
    }

    /// Whether it is a form of lists alone.
    pub(crate) const fn lists_only(self) -> bool {
        matches!(self, Self::Wide | Self::Ndjson | Self::Csv)
    }
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
