//! Writes rows as their pages come.

use std::marker::PhantomData;

use esx_tools::ops::inventory::{InventoryRow, Value};
use serde::Serialize;

use super::listed::Listed;
use crate::args::Format;
use crate::cmd::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Column, Layout, count, record};
use crate::view::{Look, hang};

/// So many notes are printed; the rest is counted.
const NOTES: usize = 20;

/// What writes the rows of a list.
#[derive(Debug)]
pub(super) struct Writer<'c, R> {
    context: &'c Context,
    look: Look,
    layout: Option<Layout>,
    headed: bool,
    rows: usize,
    notes: Vec<String>,
    further_notes: usize,
    section: String,
    kind: PhantomData<fn(R)>,
}

impl<'c, R: Listed> Writer<'c, R> {
    pub(super) fn new(context: &'c Context) -> Self {
        Self {
            context,
            look: Look::of(&context.ui),
            layout: None,
            // Where several profiles write, the line of headings stands already.
            headed: context.profile().is_some(),
            rows: 0,
            notes: Vec::new(),
            further_notes: 0,
            section: String::new(),
            kind: PhantomData,
        }
    }

    /// Writes a page.
    ///
    /// # Errors
    /// A row that serde cannot write, which is a mistake in this program.
    pub(super) fn page(&mut self, page: &[R]) -> Result<(), Failure> {
        self.rows += page.len();
        let text = match self.context.ui.format {
            Format::Ndjson => json_lines(self.context.profile(), page)?,
            Format::Csv => self.records(page)?,
            _ => {
                self.remember(page);
                let text = self.table(page);
                if self.context.profile().is_some() {
                    // The rows of one profile stay together.
                    self.section.push_str(&text);
                    return Ok(());
                }
                text
            }
        };
        self.context.ui.out(&text);
        Ok(())
    }

    /// What stands below a table.
    ///
    /// # Errors
    /// As [`record`].
    pub(super) fn end(mut self) -> Result<String, Failure> {
        if self.context.ui.for_program() {
            let headings = match self.context.ui.format {
                Format::Csv => self.records(&[])?,
                _ => String::new(),
            };
            self.context.ui.out(&headings);
            return Ok(String::new());
        }
        let look = self.look;
        let mut text = self.section;
        if self.rows > 0 {
            text.push('\n');
        }
        text.push_str(&format!("{}\n", count(self.rows, R::NOUN)));
        for note in &self.notes {
            text.push_str(&hang(look, &look.paint.careful("note: "), 6, note));
        }
        if self.further_notes > 0 {
            let more = count(self.further_notes, "further note");
            text.push_str(&hang(look, &look.paint.careful("note: "), 6, &more));
        }
        Ok(text)
    }

    fn table(&mut self, page: &[R]) -> String {
        if page.is_empty() {
            return String::new();
        }
        let wide = self.context.ui.format == Format::Wide;
        let rows: Vec<Vec<String>> = page.iter().map(|row| row.cells(wide)).collect();
        let mut text = String::new();
        let layout = self.layout.get_or_insert_with(|| {
            let mut columns: Vec<Column> = <R as Listed>::COLUMNS.to_vec();
            let mut width = self.look.width;
            if wide {
                columns.extend(R::WIDE);
                // All of it was asked for, whatever the terminal makes of long lines.
                width = None;
            }
            let layout = Layout::fit(&columns, &rows, width, self.look.colour);
            text.push_str(&layout.head());
            layout
        });
        for row in &rows {
            text.push_str(&layout.row(row));
        }
        text
    }

    fn records(&mut self, page: &[R]) -> Result<String, Failure> {
        let mut text = String::new();
        if !std::mem::replace(&mut self.headed, true) {
            text.push_str(&headings::<R>(None)?);
        }
        for row in page {
            let profile = self.context.profile().map(ToOwned::to_owned);
            text.push_str(&record(
                profile.into_iter().chain(row.values().iter().map(cell)),
            )?);
        }
        Ok(text)
    }

    fn remember(&mut self, page: &[R]) {
        for row in page {
            let Some(note) = row.note() else { continue };
            let note = format!("{}: {note}", row.name());
            if self.notes.last() == Some(&note) {
                continue;
            }
            if self.notes.len() < NOTES {
                self.notes.push(note);
            } else {
                self.further_notes += 1;
            }
        }
    }
}

/// The line of headings; `first` stands before the columns.
///
/// # Errors
/// As [`record`].
pub(super) fn headings<R: InventoryRow>(first: Option<&str>) -> Result<String, Failure> {
    record(
        first
            .into_iter()
            .chain(R::COLUMNS.iter().map(|column| column.name)),
    )
}

fn json_lines<R: Listed>(profile: Option<&str>, page: &[R]) -> Result<String, Failure> {
    #[derive(Serialize)]
    struct Line<'r, R> {
        #[serde(skip_serializing_if = "Option::is_none")]
        profile: Option<&'r str>,
        #[serde(flatten)]
        row: &'r R,
    }
    let mut text = String::new();
    for row in page {
        let line = serde_json::to_string(&Line { profile, row }).map_err(|error| {
            Failure::new(Exit::Operation, "cannot write the result as JSON").because(error)
        })?;
        text.push_str(&line);
        text.push('\n');
    }
    Ok(text)
}

fn cell(value: &Value<'_>) -> String {
    match value {
        Value::Unset => String::new(),
        Value::Text(text) => text.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Time(time) => time.to_string(),
        Value::Truth(truth) => truth.to_string(),
        Value::List(list) => list.join("; "),
    }
}
