//! A failure as the user meets it: what failed, why, what to do next, and the exit code.

use std::error::Error;
use std::fmt::Display;

use serde_json::{Value, json};

use crate::exit::Exit;
use crate::style::Paint;
use crate::text::{clean, wrap_from};

/// Ends a command. Holds no secret: its parts come from this program and from error messages that blank theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) causes: Vec<String>,
    pub(crate) hint: Option<String>,
    /// Whether what was named is simply not on this server.
    pub(crate) absent: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Display) -> Self {
        Self {
            exit,
            message: message.to_string(),
            causes: Vec::new(),
            hint: None,
            absent: false,
        }
    }

    /// A contradiction or a gap in the arguments.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Adds an error and all that lies beneath it.
    #[must_use]
    pub(crate) fn because(self, error: impl Error) -> Self {
        self.because_of(&error)
    }

    /// As [`Failure::because`], for an error that is only lent.
    #[must_use]
    pub(crate) fn because_of(mut self, error: &dyn Error) -> Self {
        self.add_cause(&error.to_string());
        self.below(error.source())
    }

    /// Says what to do next.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Takes over an error: its own text is the message, the errors beneath it are the causes.
    pub(crate) fn from_error(exit: Exit, error: &(dyn Error + 'static)) -> Self {
        Self::new(exit, error).below(error.source())
    }

    fn below(mut self, mut source: Option<&(dyn Error + 'static)>) -> Self {
        while let Some(error) = source {
            self.add_cause(&error.to_string());
            source = error.source();
        }
        self
    }

    /// A cause whose words stand already in the line above it is not said twice.
    fn add_cause(&mut self, cause: &str) {
        let above = self.causes.last().unwrap_or(&self.message);
        if !cause.is_empty() && !above.contains(cause) {
            self.causes.push(cause.to_owned());
        }
    }

    /// The failure as lines for stderr.
    pub(crate) fn render(&self, paint: Paint, width: usize) -> String {
        let mut text = labelled("error", paint.bad("error"), &self.message, width);
        for cause in &self.causes {
            text.push_str(&labelled(
                "  because",
                paint.faint("  because"),
                cause,
                width,
            ));
        }
        if let Some(hint) = &self.hint {
            text.push_str(&labelled("hint", paint.good("hint"), hint, width));
        }
        text
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({"message": self.message, "causes": self.causes, "hint": self.hint})
    }
}

/// A label and its text. The text may have lines of its own; each is wrapped, and keeps its indent.
fn labelled(label: &str, painted: String, body: &str, width: usize) -> String {
    let mut text = painted;
    text.push_str(": ");
    for (index, line) in body.lines().enumerate() {
        let line = clean(line);
        if index == 0 {
            text.push_str(&wrap_from(&line, label.len() + 2, width, 4));
        } else {
            let indent = (line.len() - line.trim_start().len()).max(2);
            text.push_str(&" ".repeat(indent));
            text.push_str(&wrap_from(&line, indent, width, indent + 2));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("cannot reach vc")]
    struct Outer(#[source] Inner);

    #[derive(Debug, thiserror::Error)]
    #[error("connection refused")]
    struct Inner;

    #[test]
    fn the_chain_is_printed_once() {
        let failure = Failure::from_error(Exit::Connect, &Outer(Inner)).hint("look at the port");
        let text = failure.render(Paint::new(false), 80);
        assert_eq!(
            text,
            "error: cannot reach vc\n  because: connection refused\nhint: look at the port\n"
        );
    }

    #[derive(Debug, thiserror::Error)]
    #[error("cannot reach vc: connection refused")]
    struct Chatty(#[source] Inner);

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        assert!(
            Failure::from_error(Exit::Connect, &Chatty(Inner))
                .causes
                .is_empty()
        );
    }

    #[test]
    fn a_failure_on_top_of_an_error_keeps_both() {
        let failure = Failure::new(Exit::Connect, "cannot log in").because(Outer(Inner));
        assert_eq!(failure.causes, ["cannot reach vc", "connection refused"]);
    }

    #[test]
    fn lists_in_a_message_keep_their_lines() {
        let failure = Failure::new(
            Exit::NotFound,
            "two VMs are named web:\n  /DC/vm/a/web  vm-1\n  /DC/vm/b/web  vm-2",
        );
        let text = failure.render(Paint::new(false), 80);
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.contains("\n  /DC/vm/a/web vm-1\n"), "{text}");
    }
}
