//! What a command hands back: the result in both forms and how it ended.

use esx_tools::report::Sheet;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::fields;

/// The end of a command that got as far as having a result.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) exit: Exit,
    /// The result as text for people.
    pub(crate) text: String,
    /// The result as fields of the JSON document.
    pub(crate) fields: Map<String, Value>,
    /// The result laid out for a page and for test cases; of commands that judge.
    pub(crate) sheet: Option<Sheet>,
    /// What went wrong although there is a result: a step that failed, a stop on request.
    pub(crate) failure: Option<Failure>,
}

impl Report {
    /// A result.
    ///
    /// # Errors
    /// As [`fields`].
    pub(crate) fn new(exit: Exit, result: &impl Serialize, text: String) -> Result<Self, Failure> {
        Ok(Self {
            exit,
            text,
            fields: fields(result)?,
            sheet: None,
            failure: None,
        })
    }

    /// Adds the result as laid out for a page and for test cases.
    #[must_use]
    pub(crate) fn with_sheet(mut self, sheet: Option<Sheet>) -> Self {
        self.sheet = sheet;
        self
    }

    /// Adds what went wrong, and ends with its exit code.
    #[must_use]
    pub(crate) fn failed(mut self, failure: Failure) -> Self {
        self.exit = failure.exit;
        self.failure = Some(failure);
        self
    }
}
