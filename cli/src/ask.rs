//! Confirmation of a change: asked on a terminal, refused without one.

use std::io::BufRead;

use tokio::sync::oneshot;

use crate::args::Confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;
use crate::output::Ui;

/// Refuses a change that nobody can confirm, before anything is connected.
///
/// # Errors
/// A usage failure when there is neither `--yes` nor `--dry-run` nor a terminal.
pub(crate) fn refuse_unattended(confirm: &Confirm, can_ask: bool) -> Result<(), Failure> {
    if confirm.yes || confirm.dry_run || can_ask {
        return Ok(());
    }
    Err(Failure::usage("this command changes something, and there is no terminal to ask for consent; nothing was done")
        .hint("add --yes to go ahead, or --dry-run to see the plan"))
}

/// Asks on the terminal; anything but yes is no.
///
/// # Errors
/// Ctrl-C instead of an answer.
pub(crate) async fn consent(
    ui: &Ui,
    interrupts: &Interrupts,
    question: &str,
) -> Result<bool, Failure> {
    ui.err(&format!("\n{} [y/N] ", ui.paint_err.heading(question)));
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        let _ = sender.send(read.map(|_| is_yes(&line)).unwrap_or(false));
    });
    tokio::select! {
        answer = receiver => Ok(answer.unwrap_or(false)),
        () = interrupts.first() => {
            ui.err("\n");
            Err(Failure::new(Exit::Interrupted, "interrupted; nothing was changed"))
        }
    }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_yes_is_yes() {
        for yes in ["y\n", "Y", " yes \r\n", "YES"] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in ["", "\n", "n", "no", "ja", "yy", "yes please"] {
            assert!(!is_yes(no), "{no:?}");
        }
    }

    #[test]
    fn nobody_there_to_ask_means_no_change() {
        let plain = Confirm::default();
        assert_eq!(
            refuse_unattended(&plain, false).unwrap_err().exit,
            Exit::Usage
        );
        assert!(refuse_unattended(&plain, true).is_ok());
        assert!(
            refuse_unattended(
                &Confirm {
                    yes: true,
                    dry_run: false
                },
                false
            )
            .is_ok()
        );
        assert!(
            refuse_unattended(
                &Confirm {
                    yes: false,
                    dry_run: true
                },
                false
            )
            .is_ok()
        );
    }
}
