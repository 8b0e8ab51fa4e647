//! What a column is compared with, read as the column's kind wants it.

use globset::{GlobBuilder, GlobMatcher};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::{
    super::{Column, ColumnKind},
    lex::Op,
};

/// A value to compare with.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    /// Text in lower case.
    Text(String),
    /// A pattern.
    Glob(GlobMatcher),
    /// A number, in the unit of the column.
    Number(f64),
    Time(Timestamp),
    Truth(bool),
}

const SIZES: &[(&str, f64)] = &[
    ("b", 1.0),
    ("kb", 1024.0),
    ("mb", 1_048_576.0),
    ("gb", 1_073_741_824.0),
    ("tb", 1_099_511_627_776.0),
    ("pb", 1_125_899_906_842_624.0),
];

const AGES: &[(&str, f64)] = &[
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3_600.0),
    ("d", 86_400.0),
    ("w", 604_800.0),
    ("y", 31_536_000.0),
];

/// Reads a value for a column, or says what it should be.
pub(super) fn read(column: &Column, op: Op, text: &str) -> Result<Operand, String> {
    if matches!(op, Op::Like | Op::Unlike) {
        return match column.kind {
            ColumnKind::Text | ColumnKind::List => glob(text),
            _ => Err(format!(
                "`{}` is no text, so `{}` cannot be used; {}",
                column.name,
                op.sign(),
                example(column)
            )),
        };
    }
    let ordered = !matches!(op, Op::Equal | Op::NotEqual);
    match column.kind {
        ColumnKind::Text | ColumnKind::List | ColumnKind::Truth if ordered => Err(format!(
            "`{}` has no order, so `{}` cannot be used; {}",
            column.name,
            op.sign(),
            example(column)
        )),
        ColumnKind::Text | ColumnKind::List => Ok(Operand::Text(text.to_lowercase())),
        ColumnKind::Truth => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Ok(Operand::Truth(true)),
            "false" | "no" => Ok(Operand::Truth(false)),
            _ => Err(wrong(column, text)),
        },
        ColumnKind::Number => text
            .parse::<i32>()
            .map(|number| Operand::Number(f64::from(number)))
            .map_err(|_| wrong(column, text)),
        ColumnKind::Bytes => quantity(text, SIZES, 1.0).ok_or_else(|| wrong(column, text)),
        ColumnKind::Megabytes => {
            quantity(text, SIZES, 1_048_576.0).ok_or_else(|| wrong(column, text))
        }
        ColumnKind::Age => quantity(text, AGES, 1.0).ok_or_else(|| wrong(column, text)),
        ColumnKind::Time => time(text)
            .map(Operand::Time)
            .ok_or_else(|| wrong(column, text)),
    }
}

fn wrong(column: &Column, text: &str) -> String {
    format!(
        "{text:?} does not fit `{}`; {}",
        column.name,
        example(column)
    )
}

/// How a comparison with such a column looks.
fn example(column: &Column) -> String {
    let name = column.short_name();
    match column.kind {
        ColumnKind::Text => format!("it is text: `{name} = word` or `{name} ~ pat*`"),
        ColumnKind::List => {
            format!("it is a list of texts, of which one has to fit: `{name} ~ \"pat*\"`")
        }
        ColumnKind::Number => format!("it is a whole number: `{name} >= 2`"),
        ColumnKind::Bytes | ColumnKind::Megabytes => format!("it is a size: `{name} > 10GB`"),
        ColumnKind::Age => format!("it is a span of time: `{name} > 30d` (s, m, h, d, w, y)"),
        ColumnKind::Time => {
            format!("it is a moment: `{name} < 2024-05-31` or `{name} < 2024-05-31T12:00:00Z`")
        }
        ColumnKind::Truth => format!("it is yes or no: `{name}`, `not {name}` or `{name} = true`"),
    }
}

fn glob(text: &str) -> Result<Operand, String> {
    GlobBuilder::new(text)
        .case_insensitive(true)
        .backslash_escape(true)
        .build()
        .map(|glob| Operand::Glob(glob.compile_matcher()))
        .map_err(|error| format!("{text:?} is no pattern: {}", error.kind()))
}

/// `10GB`, `1.5tb`, `30d`; a number without a unit is in that of the column, given as `own`.
fn quantity(text: &str, units: &[(&str, f64)], own: f64) -> Option<Operand> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let unit = unit.trim().to_ascii_lowercase();
    // GiB is what vSphere means by GB; both are taken.
    let unit = unit
        .strip_suffix("ib")
        .map_or(unit.clone(), |big| format!("{big}b"));
    let factor = match unit.as_str() {
        "" => own,
        unit => units.iter().find(|(name, _)| *name == unit)?.1,
    };
    Some(Operand::Number(number * factor / own))
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let date: Date = text.parse().ok()?;
        Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
    })
}
