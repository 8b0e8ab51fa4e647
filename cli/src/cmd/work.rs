//! Errors of operations as failures.

use esx_tools::ops::{ErrorClass, OpError};
use vsphere_client::Error;

use crate::connect::way;
use crate::exit::Exit;
use crate::failure::Failure;

/// An error of an operation as a failure with its exit code and hint.
pub(crate) fn refused(error: OpError) -> Failure {
    let exit = match error.class() {
        ErrorClass::Usage => Exit::Usage,
        ErrorClass::Connect => Exit::Connect,
        ErrorClass::Login => Exit::Login,
        ErrorClass::Privilege => Exit::Privilege,
        ErrorClass::NotFound => Exit::NotFound,
        ErrorClass::Operation => Exit::Operation,
        ErrorClass::Partial => Exit::Partial,
    };
    let mut failure = match &error {
        OpError::Ambiguous { wanted, matches } => {
            let lines: String = matches.iter().map(|one| format!("\n  {one}")).collect();
            Failure::new(
                exit,
                format!("{} VMs are named `{wanted}`:{lines}", matches.len()),
            )
        }
        other => Failure::from_error(exit, other),
    };
    failure.absent = matches!(error, OpError::NotFound { .. });
    match (error.hint(), &error) {
        (Some(hint), _) => failure.hint(hint),
        // The message says what does not go together; nothing on the wire explains it.
        (None, OpError::Contradiction { .. }) => failure,
        (
            None,
            OpError::Client {
                source: Error::Transport { source, .. },
                ..
            },
        ) => failure.hint(way(source)),
        (None, _) => failure.hint("--trace-wire DIR records what was sent and answered"),
    }
}
