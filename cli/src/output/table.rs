//! Tables that fit the terminal, whole or row by row.
//!
//! The rows of an inventory come page by page, and are printed as they come: the first page decides how wide the columns
//! are. No table crate does that, so this one is the engine of every table, and textwrap measures and breaks its cells.

use anstyle::{AnsiColor, Color, Style};
use textwrap::core::{Word, break_words, display_width};
use textwrap::wrap_algorithms::wrap_first_fit;

use super::{Paint, clean};

/// Blanks between two columns.
const GAP: usize = 2;
/// No column is made narrower than this, the first one, which names the thing, than [`FIRST`].
const NARROWEST: usize = 12;
const FIRST: usize = 32;

/// A column: its heading and how it is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    heading: &'static str,
    right: bool,
    whole: bool,
    extra: bool,
}

impl Column {
    /// Text, broken where the terminal is too narrow.
    pub(crate) const fn text(heading: &'static str) -> Self {
        Self {
            heading,
            right: false,
            whole: false,
            extra: false,
        }
    }

    /// Text that is never broken: a reference, a state word.
    pub(crate) const fn whole(heading: &'static str) -> Self {
        Self {
            heading,
            right: false,
            whole: true,
            extra: false,
        }
    }

    /// A number or a size, set to the right and never broken.
    pub(crate) const fn number(heading: &'static str) -> Self {
        Self {
            heading,
            right: true,
            whole: true,
            extra: false,
        }
    }

    /// Text that is left out where the terminal is too narrow.
    pub(crate) const fn extra(heading: &'static str) -> Self {
        Self {
            heading,
            right: false,
            whole: false,
            extra: true,
        }
    }
}

/// A table that is printed when all its rows are known.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    width: Option<usize>,
    colour: bool,
}

impl Table {
    /// A table of these columns, no wider than `width` when one is given.
    pub(crate) fn new(columns: &[Column], width: Option<usize>, colour: bool) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
            width,
            colour,
        }
    }

    /// Adds a row of plain text.
    pub(crate) fn row<I, S>(&mut self, cells: I)
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let cells = cells.into_iter().map(|text| text.as_ref().to_owned());
        self.rows.push(cells.collect());
    }

    /// The finished table, without blanks at the ends of lines, with a line break at its end.
    pub(crate) fn render(self) -> String {
        let layout = Layout::fit(&self.columns, &self.rows, self.width, self.colour);
        let rows = self.rows.iter().map(|row| layout.row(row));
        std::iter::once(layout.head()).chain(rows).collect()
    }
}

/// The layout of a table, for rows that come one by one.
#[derive(Debug)]
pub(crate) struct Layout {
    columns: Vec<Laid>,
    width: Option<usize>,
    paint: Paint,
}

/// A column that is shown.
#[derive(Clone, Copy, Debug)]
struct Laid {
    column: Column,
    /// Which cell of a row it shows.
    index: usize,
    width: usize,
}

impl Layout {
    /// Lays the columns out so that these rows fit, no wider than `width` when one is given.
    pub(crate) fn fit(
        columns: &[Column],
        rows: &[Vec<String>],
        width: Option<usize>,
        colour: bool,
    ) -> Self {
        let mut laid: Vec<Laid> = columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let cells = rows.iter().filter_map(|row| row.get(index));
                let widest = cells
                    .map(|text| display_width(&clean(text)))
                    .max()
                    .unwrap_or(0);
                Laid {
                    column: *column,
                    index,
                    width: widest.max(display_width(column.heading)),
                }
            })
            .collect();
        if let Some(width) = width {
            while total(&laid) > width {
                match laid.iter().rposition(|one| one.column.extra) {
                    Some(index) => laid.remove(index),
                    None => break,
                };
            }
            squeeze(&mut laid, width);
        }
        Self {
            columns: laid,
            width,
            paint: Paint::new(colour),
        }
    }

    /// The headings.
    pub(crate) fn head(&self) -> String {
        let cells = self
            .columns
            .iter()
            .map(|one| self.cell(one, one.column.heading, Some(Style::new().bold())));
        line(cells)
    }

    /// A row. A cell that is wider than its column is broken, unless the line has room for it.
    pub(crate) fn row(&self, cells: &[String]) -> String {
        let texts: Vec<String> = self
            .columns
            .iter()
            .map(|one| clean(cells.get(one.index).map_or("", String::as_str)))
            .collect();
        let whole: usize = self
            .columns
            .iter()
            .zip(&texts)
            .map(|(one, text)| display_width(text).max(one.width) + GAP)
            .sum();
        if self.width.is_none_or(|width| whole <= width + GAP) {
            let pairs = self.columns.iter().zip(&texts);
            return line(pairs.map(|(one, text)| self.cell(one, text, colour_of(text))));
        }
        let broken: Vec<Vec<String>> = self
            .columns
            .iter()
            .zip(&texts)
            .map(|(one, text)| {
                if one.column.whole {
                    vec![text.clone()]
                } else {
                    lines(text, one.width)
                }
            })
            .collect();
        let height = broken.iter().map(Vec::len).max().unwrap_or(1);
        (0..height)
            .map(|number| {
                let pairs = self.columns.iter().zip(&broken).zip(&texts);
                line(pairs.map(|((one, parts), text)| {
                    let part = parts.get(number).map_or("", String::as_str);
                    self.cell(one, part, colour_of(text))
                }))
            })
            .collect()
    }

    fn cell(&self, one: &Laid, text: &str, style: Option<Style>) -> String {
        let blanks = " ".repeat(one.width.saturating_sub(display_width(text)));
        let text = match style {
            Some(style) => self.paint.with(style, text),
            None => text.to_owned(),
        };
        if one.column.right {
            blanks + &text
        } else {
            text + &blanks
        }
    }
}

fn line(cells: impl Iterator<Item = String>) -> String {
    let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
    format!("{}\n", line.trim_end())
}

fn total(columns: &[Laid]) -> usize {
    let widths: usize = columns.iter().map(|one| one.width + GAP).sum();
    widths.saturating_sub(GAP)
}

/// Takes from the widest of the columns that can be broken until all fit.
fn squeeze(columns: &mut [Laid], width: usize) {
    while total(columns) > width {
        let least = |index: usize| if index == 0 { FIRST } else { NARROWEST };
        let widest = columns
            .iter_mut()
            .enumerate()
            .filter(|(index, one)| !one.column.whole && one.width > least(*index))
            .max_by_key(|(_, one)| one.width);
        match widest {
            Some((_, one)) => one.width -= 1,
            None => return,
        }
    }
}

/// Breaks a text at blanks; a word that is too wide for a line behind a slash, or else where it has to be.
fn lines(text: &str, width: usize) -> Vec<String> {
    let words = text.split_inclusive(' ').flat_map(|word| {
        let fits = display_width(word.trim_end()) <= width;
        word.split_inclusive(move |letter| letter == '/' && !fits)
    });
    let words = break_words(words.map(Word::from), width);
    wrap_first_fit(&words, &[width as f64])
        .iter()
        .map(|line| {
            let line = line.iter().flat_map(|word| [word.word, word.whitespace]);
            line.collect::<String>().trim_end().to_owned()
        })
        .collect()
}

/// The colour of the few words that have one wherever they stand alone in a cell.
fn colour_of(text: &str) -> Option<Style> {
    let colour = match text {
        "BLOCKER" | "failed" | "did not take" | "unfinished" | "does not hold" | "disconnected"
        | "notResponding" => AnsiColor::Red,
        "WARNING" | "UNKNOWN" | "unknown" | "not supported" | "not permitted" | "skipped" => {
            AnsiColor::Yellow
        }
        "OK" | "holds" | "done" | "nothing to do" => AnsiColor::Green,
        _ => return None,
    };
    Some(Style::new().fg_color(Some(Color::Ansi(colour))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_each_row_is_one_line() {
        let mut table = Table::new(COLUMNS, None, false);
        first().iter().for_each(|row| table.row(row));
        let text = table.render();
        assert_eq!(text.lines().count(), 3, "{text}");
        assert!(text.lines().all(|line| line == line.trim_end()));
    }

    #[test]
    fn colour_is_used_only_when_on() {
        let columns = [Column::whole("LEVEL")];
        let render = |colour| {
            let mut table = Table::new(&columns, Some(80), colour);
            table.row(["BLOCKER"]);
            table.render()
        };
        assert_eq!(render(false), "LEVEL\nBLOCKER\n");
        assert!(render(true).contains('\u{1b}'));
    }

    const COLUMNS: &[Column] = &[
        Column::text("VM"),
        Column::number("SIZE"),
        Column::text("FILE"),
        Column::extra("GUEST"),
    ];

    fn row(cells: [&str; 4]) -> Vec<String> {
        cells.map(str::to_owned).to_vec()
    }

    fn first() -> Vec<Vec<String>> {
        vec![
            row([
                "web-01",
                "40.0 GB",
                "[vmfs-01] web-01/web-01.vmdk",
                "ubuntu64Guest",
            ]),
            row(["東京", "1 B", "-", "-"]),
        ]
    }

    #[test]
    fn the_first_rows_decide_and_later_ones_keep_to_it() {
        let grid = Layout::fit(COLUMNS, &first(), Some(80), false);
        let start = grid.head().find("FILE").unwrap();
        assert_eq!(grid.row(&first()[0]).find('['), Some(start));
        let late = row(["x", "2 B", "[vmfs-01] a.vmdk", "-"]);
        assert_eq!(grid.row(&late).find('['), Some(start));
    }

    #[test]
    fn a_longer_cell_that_comes_later_pushes_the_rest_where_there_is_room() {
        let late = row(["a-VM-with-a-long-name", "2 B", "-", "-"]);
        let grid = Layout::fit(COLUMNS, &first(), Some(80), false);
        assert_eq!(grid.row(&late).lines().count(), 1, "{}", grid.row(&late));
        let pipe = Layout::fit(COLUMNS, &first(), None, false);
        let long = row([&"n".repeat(500), "2 B", "-", "-"]);
        assert_eq!(pipe.row(&long).lines().count(), 1);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let long = row([
            &"very-long-name-".repeat(5),
            "40.0 GB",
            "[a datastore] with blanks/in its path/disk.vmdk",
            "g",
        ]);
        for width in [60, 72, 80, 120] {
            let grid = Layout::fit(COLUMNS, &first(), Some(width), false);
            for text in [grid.head(), grid.row(&first()[0]), grid.row(&long)] {
                for line in text.lines() {
                    assert!(display_width(line) <= width, "{width}: {line:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_extra_is_left_out_where_it_does_not_fit() {
        let head = |width| Layout::fit(COLUMNS, &first(), width, false).head();
        assert!(head(None).contains("GUEST"));
        assert!(head(Some(80)).contains("GUEST"));
        assert!(!head(Some(50)).contains("GUEST"));
    }

    #[test]
    fn a_path_is_broken_behind_a_slash() {
        assert_eq!(
            lines("[gold-01] app-02/app-02_1-000001.vmdk", 24),
            ["[gold-01] app-02/", "app-02_1-000001.vmdk"]
        );
        assert_eq!(lines("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(lines("東京都", 4), ["東京", "都"]);
        assert_eq!(lines("東京", 1), ["東", "京"]);
        assert_eq!(lines("", 3), [""]);
    }

    #[test]
    fn wide_letters_count_twice_and_colour_not_at_all() {
        let columns = [Column::text("NAME"), Column::whole("STATE")];
        let rows = [vec!["東京".to_owned(), "disconnected".to_owned()]];
        let plain = Layout::fit(&columns, &rows, Some(80), false);
        assert_eq!(plain.row(&rows[0]), "東京  disconnected\n");
        let painted = Layout::fit(&columns, &rows, Some(80), true);
        assert!(painted.row(&rows[0]).contains("\u{1b}[31mdisconnected"));
    }

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        let columns = [Column::text("NAME")];
        let rows = [vec!["a\u{1b}[2Jb".to_owned()]];
        let grid = Layout::fit(&columns, &rows, None, false);
        assert_eq!(grid.row(&rows[0]), "a?[2Jb\n");
    }
}
