//! The real `esxtool`: built once per process, run with a time limit, never with the caller's settings.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::running::Stream;
use crate::terminal::Terminal;
use crate::{Ended, Running};

/// A run that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// The path of the binary; built by cargo on the first call.
///
/// # Panics
/// When cargo cannot build it.
#[must_use]
#[expect(
    clippy::panic,
    reason = "test support: without the binary there is nothing to test"
)]
pub fn path() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| build().unwrap_or_else(|why| panic!("cannot build esxtool: {why}")))
}

fn build() -> Result<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or("no workspace")?;
    let mut cargo = Command::new(env!("CARGO"));
    // The whole workspace is named so that cargo unifies features as `cargo test --workspace` does and rebuilds
    // nothing; only the one binary is built.
    // What cargo told this test about its own crate would make build scripts run again that look at it (ring's does).
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&name);
        }
    }
    cargo
        .current_dir(root)
        .args(["build", "--workspace", "--bin", "esxtool"]);
    cargo.args(["--message-format", "json-render-diagnostics"]);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    let output = cargo
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("cargo ended with {}", output.status));
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact")
        .filter(|message| message["target"]["name"] == "esxtool")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .ok_or_else(|| "cargo named no executable".to_owned())
}

/// A command line of `esxtool` about to be run.
#[derive(Debug)]
pub struct Esxtool {
    command: Command,
    input: Vec<u8>,
    limit: Duration,
    secrets: Vec<String>,
    terminal: Option<Terminal>,
}

impl Esxtool {
    /// Prepares a run with these arguments, without any variable that esxtool or govc would heed.
    #[must_use]
    pub fn new<I, S>(arguments: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<OsString>,
    {
        let mut command = Command::new(path());
        command.args(arguments.into_iter().map(Into::into));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let foreign = text.starts_with("GOVC_") || text.starts_with("ESXTOOL_");
            if foreign || ["NO_COLOR", "COLUMNS", "CLICOLOR_FORCE"].contains(&text.as_ref()) {
                command.env_remove(&name);
            }
        }
        Self {
            command,
            input: Vec::new(),
            limit: LIMIT,
            secrets: Vec::new(),
            terminal: None,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.command.arg(argument.into());
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<'a>(mut self, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.command.env(name, value.into());
        self
    }

    /// Takes a variable away that was set for the run.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Sets a variable whose value must show up nowhere in the output.
    #[must_use]
    pub fn secret(mut self, name: &str, value: &str) -> Self {
        self.secrets.push(value.to_owned());
        self.env(name, value)
    }

    /// Gives it text on standard input; empty otherwise.
    #[must_use]
    pub fn input(mut self, text: &str) -> Self {
        self.input = text.as_bytes().to_vec();
        self
    }

    /// Gives it a terminal for standard input and stderr, on which it can ask; stdout stays a pipe.
    ///
    /// # Panics
    /// When the system has no terminal to give.
    #[must_use]
    pub fn on_terminal(mut self) -> Self {
        self.terminal = Some(Terminal::open());
        self.env("NO_COLOR", "1")
    }

    /// Allows it another time than a minute.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it cannot be started, or does not end in time.
    #[must_use]
    pub fn run(self) -> Ended {
        self.spawn().wait()
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn spawn(mut self) -> Running {
        let words = self.command.get_args().map(|word| word.to_string_lossy());
        let line = format!("esxtool {}", words.collect::<Vec<_>>().join(" "));
        let (stdin, stderr) = match &self.terminal {
            Some(terminal) => (terminal.stream(), terminal.stream()),
            None => (Stdio::piped(), Stdio::piped()),
        };
        self.command
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(stderr);
        let started = Instant::now();
        let mut child = self.command.spawn().expect("esxtool starts");
        // The child's side of a terminal ends only when nobody else holds it.
        drop(self.command);
        if let Some(mut stdin) = child.stdin.take() {
            // It may end without reading: that is its right.
            let _ = stdin.write_all(&self.input);
        }
        let stdout = Stream::read(child.stdout.take().expect("stdout is piped"));
        let stderr = match &self.terminal {
            Some(terminal) => Stream::read(terminal.output()),
            None => Stream::read(child.stderr.take().expect("stderr is piped")),
        };
        Running {
            child,
            stdout,
            stderr,
            started,
            limit: self.limit,
            line,
            secrets: self.secrets,
            terminal: self.terminal,
        }
    }
}
