//! A table whose rows come one by one: the first of them decide how wide its columns are.

use anstyle::{AnsiColor, Color, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{Column, Paint, clean};
use crate::output::table::{Mood, mood};

/// Blanks between two columns.
const GAP: usize = 2;
/// No column is made narrower than this, the first one than [`FIRST`].
const NARROWEST: usize = 12;
const FIRST: usize = 32;

/// The layout of a table.
#[derive(Debug)]
pub(crate) struct Grid {
    columns: Vec<Laid>,
    width: Option<usize>,
    paint: Paint,
}

/// A column that is shown.
#[derive(Clone, Copy, Debug)]
struct Laid {
    column: Column,
    /// Its place in a row.
    index: usize,
    width: usize,
}

impl Grid {
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
                let widest = cells.map(|text| text.width()).max().unwrap_or(0);
                Laid {
                    column: *column,
                    index,
                    width: widest.max(column.heading.width()),
                }
            })
            .collect();
        if let Some(width) = width {
            while total(&laid) > width {
                match laid.iter().rposition(|one| one.column.extra) {
                    Some(place) => laid.remove(place),
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
            .map(|(one, text)| text.width().max(one.width) + GAP)
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
        let blanks = " ".repeat(one.width.saturating_sub(text.width()));
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
        let least = |place: usize| if place == 0 { FIRST } else { NARROWEST };
        let widest = columns
            .iter_mut()
            .enumerate()
            .filter(|(place, one)| !one.column.whole && one.width > least(*place))
            .max_by_key(|(_, one)| one.width);
        match widest {
            Some((_, one)) => one.width -= 1,
            None => return,
        }
    }
}

/// Breaks a text at blanks; a word that is too wide for a line behind a slash, or else where it has to be.
fn lines(text: &str, width: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && line.width() + 1 + word.width() > width {
            found.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        let mut rest = word;
        while line.width() + rest.width() > width && fitting(rest, width) < rest.len() {
            let room = width.saturating_sub(line.width()).max(1);
            let end = fitting(rest, room);
            let end = rest[..end].rfind('/').map_or(end, |slash| slash + 1);
            line.push_str(&rest[..end]);
            rest = &rest[end..];
            found.push(std::mem::take(&mut line));
        }
        line.push_str(rest);
    }
    found.push(line);
    found
}

/// How many bytes of a word fit, at least one letter.
fn fitting(word: &str, room: usize) -> usize {
    let mut taken = 0;
    for (at, letter) in word.char_indices() {
        taken += letter.width().unwrap_or(0);
        if taken > room && at > 0 {
            return at;
        }
    }
    word.len()
}

fn colour_of(text: &str) -> Option<Style> {
    let colour = match mood(text)? {
        Mood::Bad => AnsiColor::Red,
        Mood::Careful => AnsiColor::Yellow,
        Mood::Good => AnsiColor::Green,
    };
    Some(Style::new().fg_color(Some(Color::Ansi(colour))))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let grid = Grid::fit(COLUMNS, &first(), Some(80), false);
        let place = grid.head().find("FILE").unwrap();
        assert_eq!(grid.row(&first()[0]).find('['), Some(place));
        let late = row(["x", "2 B", "[vmfs-01] a.vmdk", "-"]);
        assert_eq!(grid.row(&late).find('['), Some(place));
    }

    #[test]
    fn a_longer_cell_that_comes_later_pushes_the_rest_where_there_is_room() {
        let late = row(["a-VM-with-a-long-name", "2 B", "-", "-"]);
        let grid = Grid::fit(COLUMNS, &first(), Some(80), false);
        assert_eq!(grid.row(&late).lines().count(), 1, "{}", grid.row(&late));
        let pipe = Grid::fit(COLUMNS, &first(), None, false);
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
            let grid = Grid::fit(COLUMNS, &first(), Some(width), false);
            for text in [grid.head(), grid.row(&first()[0]), grid.row(&long)] {
                for line in text.lines() {
                    assert!(line.width() <= width, "{width}: {line:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_extra_is_left_out_where_it_does_not_fit() {
        let head = |width| Grid::fit(COLUMNS, &first(), width, false).head();
        assert!(head(None).contains("GUEST"));
        assert!(head(Some(80)).contains("GUEST"));
        assert!(!head(Some(50)).contains("GUEST"));
    }

    #[test]
    fn a_path_is_broken_behind_a_slash() {
        assert_eq!(
            lines("[gold-01] app-02/app-02_1-000001.vmdk", 24),
            ["[gold-01]", "app-02/", "app-02_1-000001.vmdk"]
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
        let plain = Grid::fit(&columns, &rows, Some(80), false);
        assert_eq!(plain.row(&rows[0]), "東京  disconnected\n");
        let painted = Grid::fit(&columns, &rows, Some(80), true);
        assert!(painted.row(&rows[0]).contains("\u{1b}[31mdisconnected"));
    }

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        let columns = [Column::text("NAME")];
        let rows = [vec!["a\u{1b}[2Jb".to_owned()]];
        let grid = Grid::fit(&columns, &rows, None, false);
        assert_eq!(grid.row(&rows[0]), "a?[2Jb\n");
    }
}
