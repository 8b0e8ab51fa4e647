//! The `esxtool` binary: everything is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    esxtool_cli::main()
}
