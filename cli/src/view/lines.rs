//! The few shapes that all views are made of.

use crate::output::{Paint, Ui, clean, wrap_from};

/// How wide and how colourful.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) paint: Paint,
    /// Width for prose.
    pub(crate) prose: usize,
    /// Width for tables; `None` for a pipe.
    pub(crate) width: Option<usize>,
    /// Whether tables are coloured.
    pub(crate) colour: bool,
}

impl Look {
    /// The look of stdout.
    pub(crate) fn of(ui: &Ui) -> Self {
        Self {
            paint: ui.paint,
            prose: ui.prose(),
            width: ui.width(),
            colour: ui.colour(),
        }
    }

    /// The look of stderr, where a result is shown before a question.
    pub(crate) fn of_stderr(ui: &Ui) -> Self {
        let width = ui.prose_err();
        Self {
            paint: ui.paint_err,
            prose: width,
            width: Some(width),
            colour: false,
        }
    }
}

/// A heading with a blank line above it.
pub(crate) fn heading(look: Look, text: &str) -> String {
    format!("\n{}\n", look.paint.heading(text))
}

/// A line that begins with `lead`, and whose further lines stand below its text.
///
/// `lead` may carry colour; `width` is how many columns it takes.
pub(crate) fn hang(look: Look, lead: &str, width: usize, text: &str) -> String {
    format!(
        "{lead}{}\n",
        wrap_from(&clean(text), width, look.prose, width)
    )
}

/// Names and values, the values below each other.
pub(crate) fn pairs(look: Look, indent: usize, pairs: &[(&str, String)]) -> String {
    let widest = pairs
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    pairs
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| {
            let lead = format!(
                "{:indent$}{}  ",
                "",
                look.paint.faint(format!("{name:<widest$}"))
            );
            hang(look, &lead, indent + widest + 2, value)
        })
        .collect()
}

/// A moment to the minute, in UTC as the server tells it.
pub(crate) fn moment(time: jiff::Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::view) fn plain(width: usize) -> Look {
        Look {
            paint: Paint::new(false),
            prose: width,
            width: Some(width),
            colour: false,
        }
    }

    #[test]
    fn further_lines_stand_below_the_text() {
        let text = hang(plain(20), "WARNING  ", 9, "one two three four");
        assert_eq!(text, "WARNING  one two\n         three four\n");
    }

    #[test]
    fn pairs_are_aligned_and_empty_ones_left_out() {
        let rows = [
            ("vm", "a".to_owned()),
            ("none", String::new()),
            ("host", "b".to_owned()),
        ];
        assert_eq!(pairs(plain(40), 2, &rows), "  vm    a\n  host  b\n");
    }
}
