//! Tables that fit the terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table as Grid,
    Width,
};

use super::clean;

/// A column: its heading and how it is set.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(super) heading: &'static str,
    pub(super) right: bool,
    pub(super) whole: bool,
    pub(super) extra: bool,
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

/// A table under construction.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
    width: Option<usize>,
    colour: bool,
}

/// Blanks between two columns.
const GAP: u16 = 2;

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
        self.rows
            .push(cells.into_iter().map(|text| clean(text.as_ref())).collect());
    }

    /// The finished table, without blanks at the ends of lines, with a line break at its end.
    pub(crate) fn render(self) -> String {
        let shown = self.shown();
        let mut grid = Grid::new();
        grid.load_preset(NOTHING);
        match self.width {
            Some(width) => {
                grid.set_content_arrangement(ContentArrangement::Dynamic);
                grid.set_width(u16::try_from(width).unwrap_or(u16::MAX));
            }
            None => {
                grid.set_content_arrangement(ContentArrangement::Disabled);
            }
        }
        if self.colour {
            grid.enforce_styling();
        } else {
            grid.force_no_tty();
        }
        grid.set_header(shown.iter().map(|(_, column)| {
            let cell = aligned(Cell::new(column.heading), *column);
            if self.colour {
                cell.add_attribute(Attribute::Bold)
            } else {
                cell
            }
        }));
        for row in &self.rows {
            grid.add_row(shown.iter().map(|(index, column)| {
                let text = row.get(*index).map_or("", String::as_str);
                let cell = match mood(text) {
                    Some(mood) if self.colour => Cell::new(text).fg(colour(mood)),
                    _ => Cell::new(text),
                };
                aligned(cell, *column)
            }));
        }
        for (place, (index, column)) in shown.iter().enumerate() {
            let Some(grid_column) = grid.column_mut(place) else {
                continue;
            };
            grid_column.set_padding((0, if place + 1 == shown.len() { 0 } else { GAP }));
            // The first column names the thing: it is broken last.
            let least = self.natural(*index).min(if place == 0 { 32 } else { 12 });
            let least = u16::try_from(least).unwrap_or(u16::MAX).saturating_add(GAP);
            grid_column.set_constraint(if column.whole {
                ColumnConstraint::ContentWidth
            } else {
                ColumnConstraint::LowerBoundary(Width::Fixed(least))
            });
        }
        grid.lines()
            .map(|line| format!("{}\n", line.trim_end()))
            .collect()
    }

    /// The columns that are shown, with their places in a row: all, unless the terminal is too narrow.
    fn shown(&self) -> Vec<(usize, Column)> {
        let mut shown: Vec<(usize, Column)> = self.columns.iter().copied().enumerate().collect();
        let Some(width) = self.width else {
            return shown;
        };
        while shown
            .iter()
            .map(|(index, _)| self.natural(*index) + usize::from(GAP))
            .sum::<usize>()
            > width + usize::from(GAP)
        {
            match shown.iter().rposition(|(_, column)| column.extra) {
                Some(place) => shown.remove(place),
                None => break,
            };
        }
        shown
    }

    /// How wide a column would like to be.
    fn natural(&self, index: usize) -> usize {
        let heading = self
            .columns
            .get(index)
            .map_or(0, |column| column.heading.len());
        let cells = self.rows.iter().filter_map(|row| row.get(index));
        cells
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
            .max(heading)
    }
}

fn aligned(cell: Cell, column: Column) -> Cell {
    if column.right {
        cell.set_alignment(CellAlignment::Right)
    } else {
        cell
    }
}

/// What a word that stands alone in a cell means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    Good,
    Careful,
    Bad,
}

/// What the few words mean that have a colour wherever they stand alone in a cell.
pub(super) fn mood(text: &str) -> Option<Mood> {
    match text {
        "BLOCKER" | "failed" | "did not take" | "unfinished" | "does not hold" | "disconnected"
        | "notResponding" => Some(Mood::Bad),
        "WARNING" | "UNKNOWN" | "unknown" | "not supported" | "not permitted" | "skipped" => {
            Some(Mood::Careful)
        }
        "OK" | "holds" | "done" | "nothing to do" => Some(Mood::Good),
        _ => None,
    }
}

fn colour(mood: Mood) -> Color {
    match mood {
        Mood::Good => Color::Green,
        Mood::Careful => Color::Yellow,
        Mood::Bad => Color::Red,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(width: Option<usize>) -> String {
        let columns = [
            Column::whole("ID"),
            Column::text("WHAT"),
            Column::number("SIZE"),
        ];
        let mut table = Table::new(&columns, width, false);
        table.row([
            "vm-42",
            "a rather long text that has to be broken somewhere in the middle",
            "40.0 GB",
        ]);
        table.row(["vm-7", "short", "1 B"]);
        table.render()
    }

    #[test]
    fn a_table_keeps_the_width() {
        for width in [40, 60, 80, 120] {
            for line in sample(Some(width)).lines() {
                assert!(line.chars().count() <= width, "{width}: {line:?}");
            }
        }
    }

    #[test]
    fn what_is_extra_is_left_out_where_it_does_not_fit() {
        let render = |width| {
            let columns = [
                Column::text("VM"),
                Column::text("HOST"),
                Column::extra("GUEST"),
            ];
            let mut table = Table::new(&columns, width, false);
            table.row([
                "mt-linux-ready",
                "esx-01.example.com",
                "windows2019srv_64Guest",
            ]);
            table.render()
        };
        assert!(render(None).contains("GUEST"));
        assert!(render(Some(58)).contains("GUEST"));
        let narrow = render(Some(57));
        assert!(
            !narrow.contains("GUEST") && narrow.contains("mt-linux-ready"),
            "{narrow}"
        );
    }

    #[test]
    fn without_a_terminal_each_row_is_one_line() {
        let text = sample(None);
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
}
