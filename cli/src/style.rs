//! The few colours, each with one meaning. Without colour the words alone must say it.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// Paints text, or leaves it as it is where colour is off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    on: bool,
}

impl Paint {
    pub(crate) const fn new(on: bool) -> Self {
        Self { on }
    }

    pub(crate) fn with(self, style: Style, text: impl Display) -> String {
        if self.on {
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }

    /// A heading.
    pub(crate) fn heading(self, text: impl Display) -> String {
        self.with(Style::new().bold(), text)
    }

    /// Good: done, holds, ready.
    pub(crate) fn good(self, text: impl Display) -> String {
        self.with(AnsiColor::Green.on_default().bold(), text)
    }

    /// Needs a look: a warning, an unknown.
    pub(crate) fn careful(self, text: impl Display) -> String {
        self.with(AnsiColor::Yellow.on_default().bold(), text)
    }

    /// Bad: a blocker, a failure.
    pub(crate) fn bad(self, text: impl Display) -> String {
        self.with(AnsiColor::Red.on_default().bold(), text)
    }

    /// Beside the point: evidence, undo, narration.
    pub(crate) fn faint(self, text: impl Display) -> String {
        self.with(Style::new().dimmed(), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn off_leaves_the_text_alone() {
        assert_eq!(Paint::new(false).bad("blocker"), "blocker");
        assert_eq!(Paint::new(true).bad("x"), "\u{1b}[1m\u{1b}[31mx\u{1b}[0m");
    }
}
