//! A finished run, and what a test demands of it.

use std::time::Duration;

use serde_json::Value;

/// A finished run.
#[derive(Debug)]
pub struct Ended {
    /// The command line, for messages.
    pub line: String,
    /// The exit code; `None` when a signal killed it.
    pub code: Option<i32>,
    /// How long it took.
    pub elapsed: Duration,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Ended {
    /// Demands an exit code, and shows everything when it is another.
    ///
    /// # Panics
    /// When the code is another.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// Demands that stdout is exactly one JSON document, and gives it.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    #[track_caller]
    #[expect(clippy::panic, reason = "test support: a test ends here")]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON: {error}\n{self}"))
    }

    /// Demands that stderr holds each of these texts; line breaks count as blanks.
    ///
    /// # Panics
    /// When one is missing.
    #[track_caller]
    pub fn says<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> &Self {
        let flat = flatten(&self.stderr);
        for text in texts {
            assert!(flat.contains(text), "stderr does not say {text:?}\n{self}");
        }
        self
    }

    /// Demands that stdout holds each of these texts; line breaks count as blanks.
    ///
    /// # Panics
    /// When one is missing.
    #[track_caller]
    pub fn prints<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> &Self {
        let flat = flatten(&self.stdout);
        for text in texts {
            assert!(
                flat.contains(text),
                "stdout does not print {text:?}\n{self}"
            );
        }
        self
    }

    /// Demands that this secret is nowhere.
    ///
    /// # Panics
    /// When it is.
    #[track_caller]
    pub fn hides(&self, secret: &str) -> &Self {
        assert!(!secret.is_empty());
        assert!(
            !self.stdout.contains(secret),
            "the secret is on stdout\n{self}"
        );
        assert!(
            !self.stderr.contains(secret),
            "the secret is on stderr\n{self}"
        );
        self
    }
}

fn flatten(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}\nended with {:?} after {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.line, self.code, self.elapsed, self.stdout, self.stderr
        )
    }
}
