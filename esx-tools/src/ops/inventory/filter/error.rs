//! Why an expression cannot be read.

use std::{fmt, ops::Range};

/// Why an expression cannot be read, and where it goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    pub(super) text: String,
    pub(super) at: Range<usize>,
    pub(super) problem: String,
    pub(super) near: Vec<String>,
    pub(super) columns: Vec<&'static str>,
}

impl FilterError {
    pub(super) fn new(text: &str, at: Range<usize>, problem: impl Into<String>) -> Self {
        Self {
            text: text.to_owned(),
            at,
            problem: problem.into(),
            near: Vec::new(),
            columns: Vec::new(),
        }
    }

    /// The expression.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes of the expression that are meant.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.at.clone()
    }

    /// Columns whose names are near to one that does not exist, the nearest first.
    #[must_use]
    pub fn near(&self) -> &[String] {
        &self.near
    }

    /// All columns, where one was named that does not exist.
    #[must_use]
    pub fn columns(&self) -> &[&'static str] {
        &self.columns
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}

impl std::error::Error for FilterError {}
