//! The few pieces that every part of the page is made of.

use std::fmt::Display;

use esx_tools::report::Cell;
use maud::{Markup, html};

/// How deep a heading lies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Level {
    /// The answer.
    One,
    /// A section, or a master target among several.
    Two,
    /// A finding, or a section of one master target among several.
    Three,
    /// A finding there.
    Four,
}

impl Level {
    /// One deeper.
    pub(super) fn below(self) -> Self {
        match self {
            Self::One => Self::Two,
            Self::Two => Self::Three,
            Self::Three | Self::Four => Self::Four,
        }
    }

    /// A heading of this level.
    pub(super) fn heading(self, text: impl Display) -> Markup {
        let text = text.to_string();
        match self {
            Self::One => html! { h1 { (text) } },
            Self::Two => html! { h2 { (text) } },
            Self::Three => html! { h3 { (text) } },
            Self::Four => html! { h4 { (text) } },
        }
    }
}

/// A section's heading and the sentence beneath it.
pub(super) fn head(level: Level, title: &str, lead: impl Display) -> Markup {
    html! { div.section-head { (level.heading(title)) p { (lead.to_string()) } } }
}

/// What may be wider than the screen, and is then moved by hand or by keys.
pub(super) fn scroll(label: &str, content: &Markup) -> Markup {
    html! { div.sheet.scroll tabindex="0" role="region" aria-label=(label) { (content) } }
}

/// Header cells of a table's columns.
pub(super) fn columns(names: &[&str]) -> Markup {
    html! { thead { tr { @for name in names { th scope="col" { (name) } } } } }
}

/// Names with their values.
pub(super) fn pairs<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Markup {
    html! { @for (name, value) in pairs { div { dt { (name) } dd { (value) } } } }
}

/// The sign of an answer; its word has to stand beside it.
pub(super) fn icon(cell: Cell) -> Markup {
    html! { svg.icon aria-hidden="true" { use href={ "#i-" (name(cell)) } {} } }
}

/// The class that gives an element the colours of an answer.
pub(super) fn tone(cell: Cell) -> String {
    format!("is-{}", name(cell))
}

/// A sign with its word, in the colour of the answer.
pub(super) fn state(cell: Cell, word: impl Display) -> Markup {
    html! { span.state.(tone(cell)) { (icon(cell)) span { (word.to_string()) } } }
}

fn name(cell: Cell) -> &'static str {
    match cell {
        Cell::Silent => "silent",
        Cell::NotApplicable => "na",
        Cell::Holds => "holds",
        Cell::Info => "info",
        Cell::Warning => "warning",
        Cell::Unknown => "unknown",
        Cell::Blocker => "blocker",
    }
}

/// The signs, each of its own shape, so that colour is never the only difference.
pub(super) const SIGNS: &str = include_str!("icons.svg");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_its_sign() {
        for cell in Cell::ALL.into_iter().chain([Cell::Silent]) {
            let sign = format!("id=\"i-{}\"", name(cell));
            assert!(SIGNS.contains(&sign), "{cell:?}");
        }
    }
}
