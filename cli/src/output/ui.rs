//! The two streams and what is known of them.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::MultiProgress;
use serde_json::Value;

use super::{Paint, clean, wrap, wrap_from};
use crate::args::{Colour, Format, OutputArgs};
use crate::failure::Failure;

/// Prose is not set wider than this, however wide the terminal is.
const PROSE: usize = 100;

/// Where everything is printed.
///
/// A closed pipe silences its stream and nothing else: work in hand goes on, and the exit code stays that of the work.
#[derive(Debug)]
pub(crate) struct Ui {
    pub(crate) format: Format,
    quiet: bool,
    /// Colours of stdout.
    pub(crate) paint: Paint,
    /// Colours of stderr.
    pub(crate) paint_err: Paint,
    colour_out: bool,
    width: Option<usize>,
    /// Width of stderr, for prose.
    width_err: usize,
    stderr_is_terminal: bool,
    stdout_is_terminal: bool,
    closed: AtomicBool,
    broken: Mutex<Option<io::Error>>,
    bars: MultiProgress,
}

impl Ui {
    /// Looks at the two streams and the environment.
    pub(crate) fn new(args: OutputArgs, env: &dyn Fn(&str) -> Option<String>) -> Self {
        let (stdout, stderr) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let no_colour = env("NO_COLOR").is_some_and(|value| !value.is_empty())
            || env("TERM").is_some_and(|value| value == "dumb");
        let colour = |terminal: bool| match args.color {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && !no_colour,
        };
        let columns = env("COLUMNS")
            .and_then(|value| value.parse().ok())
            .filter(|&n| n >= 20);
        let seen = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            format: args.output,
            quiet: args.quiet,
            paint: Paint::new(colour(stdout)),
            paint_err: Paint::new(colour(stderr)),
            colour_out: colour(stdout),
            // A pipe has no width: rows stay whole lines, fit for grep.
            width: columns.or(if stdout { seen.or(Some(80)) } else { None }),
            width_err: columns
                .or(if stderr { seen } else { None })
                .unwrap_or(PROSE),
            stderr_is_terminal: stderr,
            stdout_is_terminal: stdout,
            closed: AtomicBool::new(false),
            broken: Mutex::new(None),
            bars: MultiProgress::new(),
        }
    }

    /// Whether the result is JSON.
    pub(crate) fn json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether the result is for a program: nothing else may stand on stdout.
    pub(crate) fn for_program(&self) -> bool {
        !matches!(self.format, Format::Table | Format::Wide)
    }

    /// Whether only the result is asked for.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// The width for tables; `None` for a pipe.
    pub(crate) fn width(&self) -> Option<usize> {
        self.width
    }

    /// The width for prose.
    pub(crate) fn prose(&self) -> usize {
        self.width.unwrap_or(PROSE).min(PROSE)
    }

    /// The width for text on stderr.
    pub(crate) fn prose_err(&self) -> usize {
        self.width_err.min(PROSE)
    }

    /// Whether tables are coloured.
    pub(crate) fn colour(&self) -> bool {
        self.colour_out
    }

    /// Whether a question can be asked: someone reads stderr and can type.
    pub(crate) fn can_ask(&self) -> bool {
        self.stderr_is_terminal && io::stdin().is_terminal()
    }

    /// Whether someone sees what is written to stdout.
    pub(crate) fn stdout_is_terminal(&self) -> bool {
        self.stdout_is_terminal
    }

    /// Whether a moving bar makes sense.
    pub(crate) fn bars(&self) -> Option<&MultiProgress> {
        (self.stderr_is_terminal && !self.quiet).then_some(&self.bars)
    }

    /// Writes a part of the result.
    pub(crate) fn out(&self, text: &str) {
        if self.closed.load(Ordering::Relaxed) || text.is_empty() {
            return;
        }
        let result = self.bars.suspend(|| {
            let mut stdout = io::stdout().lock();
            stdout
                .write_all(text.as_bytes())
                .and_then(|()| stdout.flush())
        });
        if let Err(error) = result {
            self.closed.store(true, Ordering::Relaxed);
            if error.kind() != io::ErrorKind::BrokenPipe
                && let Ok(mut broken) = self.broken.lock()
            {
                *broken = Some(error);
            }
        }
    }

    /// Whether nobody reads stdout any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    /// Writes a JSON document: spread over lines for a person, on one line for a program.
    pub(crate) fn document(&self, document: &Value) {
        let text = if self.stdout_is_terminal {
            format!("{document:#}\n")
        } else {
            format!("{document}\n")
        };
        self.out(&text);
    }

    /// What went wrong with stdout, other than a reader who left.
    pub(crate) fn broken(&self) -> Option<io::Error> {
        self.broken.lock().ok().and_then(|mut broken| broken.take())
    }

    /// Tells a part of the story on stderr, unless it was asked to be quiet.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            self.err(&format!("{}\n", wrap(text, self.prose_err(), 2)));
        }
    }

    /// Warns on stderr, also when it was asked to be quiet.
    pub(crate) fn warn(&self, text: &str) {
        let body = wrap_from(&clean(text), "warning: ".len(), self.prose_err(), 4);
        self.err(&format!("{}: {body}\n", self.paint_err.careful("warning")));
    }

    /// Prints a failure on stderr.
    pub(crate) fn fail(&self, failure: &Failure) {
        self.err(&failure.render(self.paint_err, self.prose_err()));
    }

    /// Writes to stderr as it is. A stderr that is closed is no reason to stop.
    pub(crate) fn err(&self, text: &str) {
        self.bars.suspend(|| {
            let mut stderr = io::stderr().lock();
            let _ignored = stderr
                .write_all(text.as_bytes())
                .and_then(|()| stderr.flush());
        });
    }
}
