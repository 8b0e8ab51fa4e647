//! The only writer of markup: what is not written in this program is escaped.

use std::fmt::Display;

use esx_tools::report::Cell;

use crate::output::clean;

/// HTML under construction.
///
/// [`Markup::raw`] takes text of this program alone, which the type says: `&'static str`. All else goes through
/// [`Markup::text`], so a name cannot become markup.
#[derive(Debug, Default)]
pub(super) struct Markup {
    html: String,
}

impl Markup {
    /// Markup of this program.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.html.push_str(markup);
        self
    }

    /// Text, escaped for content and for quoted attributes alike.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Self {
        for c in clean(&text.to_string()).chars() {
            match c {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '"' => self.html.push_str("&quot;"),
                '\'' => self.html.push_str("&#39;"),
                c => self.html.push(c),
            }
        }
        self
    }

    /// Text between two pieces of markup.
    pub(super) fn wrap(
        &mut self,
        open: &'static str,
        text: impl Display,
        close: &'static str,
    ) -> &mut Self {
        self.raw(open).text(text).raw(close)
    }

    /// A heading of a level from 1 to 4.
    pub(super) fn heading(&mut self, level: Level, text: impl Display) -> &mut Self {
        let (open, close) = level.tags();
        self.wrap(open, text, close)
    }

    /// The sign of an answer; its word has to stand beside it.
    pub(super) fn icon(&mut self, cell: Cell) -> &mut Self {
        self.raw("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-")
            .raw(name(cell))
            .raw("\"/></svg>")
    }

    /// The class that gives an element the colours of an answer.
    pub(super) fn tone(&mut self, cell: Cell) -> &mut Self {
        self.raw("is-").raw(name(cell))
    }

    /// A sign with its word, in the colour of the answer.
    pub(super) fn state(&mut self, cell: Cell, word: impl Display) -> &mut Self {
        self.raw("<span class=\"state ").tone(cell).raw("\">");
        self.icon(cell).wrap("<span>", word, "</span></span>")
    }

    /// Header cells of a table's columns.
    pub(super) fn columns(&mut self, names: &[&str]) -> &mut Self {
        self.raw("<thead><tr>");
        for name in names {
            self.wrap("<th scope=\"col\">", name, "</th>");
        }
        self.raw("</tr></thead>")
    }

    /// The finished markup.
    pub(super) fn finish(self) -> String {
        self.html
    }
}

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
    fn tags(self) -> (&'static str, &'static str) {
        match self {
            Self::One => ("<h1>", "</h1>"),
            Self::Two => ("<h2>", "</h2>"),
            Self::Three => ("<h3>", "</h3>"),
            Self::Four => ("<h4>", "</h4>"),
        }
    }

    /// One deeper.
    pub(super) fn below(self) -> Self {
        match self {
            Self::One => Self::Two,
            Self::Two => Self::Three,
            Self::Three | Self::Four => Self::Four,
        }
    }
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
pub(super) const SPRITE: &str = concat!(
    "<svg class=\"sprite\" aria-hidden=\"true\">",
    "<symbol id=\"i-blocker\" viewBox=\"0 0 16 16\"><path fill-rule=\"evenodd\" d=\"M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z",
    "M5.6 4.2 4.2 5.6 6.6 8l-2.4 2.4 1.4 1.4L8 9.4l2.4 2.4 1.4-1.4L9.4 8l2.4-2.4-1.4-1.4L8 6.6z\"/></symbol>",
    "<symbol id=\"i-warning\" viewBox=\"0 0 16 16\"><path fill-rule=\"evenodd\" d=\"M8 .8 15.8 15H.2zM7 6v4.5h2V6zm0 5.7v1.8h2v-1.8z\"/></symbol>",
    "<symbol id=\"i-unknown\" viewBox=\"0 0 16 16\"><path fill-rule=\"evenodd\" d=\"M8 0 16 8 8 16 0 8zM5.6 6.5h1.8c0-.5.3-.8.7-.8s.7.3.7.7",
    "c0 .9-1.7 1-1.7 3h1.8c0-1.2 1.8-1.5 1.8-3.1 0-1.3-1-2.2-2.5-2.2S5.6 5 5.6 6.5zM7.1 10.4v1.7H9v-1.7z\"/></symbol>",
    "<symbol id=\"i-info\" viewBox=\"0 0 16 16\"><path fill-rule=\"evenodd\" d=\"M8 .5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM7 3.6h2v2H7zm0 3.2h2v5.6H7z\"/></symbol>",
    "<symbol id=\"i-holds\" viewBox=\"0 0 16 16\"><path d=\"M13.6 2.9 6.3 11.3 2.5 7.6 1 9.1l5.4 5.3 8.8-10.1z\"/></symbol>",
    "<symbol id=\"i-na\" viewBox=\"0 0 16 16\"><path d=\"M3 7h10v2H3z\"/></symbol>",
    "<symbol id=\"i-silent\" viewBox=\"0 0 16 16\"><circle cx=\"8\" cy=\"8\" r=\"1\"/></symbol>",
    "</svg>"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_becomes_markup() {
        let mut markup = Markup::default();
        markup.wrap("<td title=\"", "a\" onload='x' <script>&\u{1b}", "\">");
        assert_eq!(
            markup.finish(),
            "<td title=\"a&quot; onload=&#39;x&#39; &lt;script&gt;&amp;?\">"
        );
    }

    #[test]
    fn every_answer_has_its_sign() {
        for cell in Cell::ALL.into_iter().chain([Cell::Silent]) {
            assert!(
                SPRITE.contains(&format!("id=\"i-{}\"", name(cell))),
                "{cell:?}"
            );
        }
    }
}
