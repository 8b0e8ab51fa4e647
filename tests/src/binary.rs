//! The real `esxtool`: built once per process, run with a time limit, never with the caller's settings.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::terminal::Terminal;

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

/// What a child has written so far.
#[derive(Debug)]
struct Stream {
    text: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Stream {
    fn read(mut source: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = source.read(&mut piece) {
                sink.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend_from_slice(&piece[..length]);
            }
        });
        Self { text, reader }
    }

    fn so_far(&self) -> String {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn finish(self) -> String {
        let _ = self.reader.join();
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&text).into_owned()
    }
}

/// A run under way.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: Stream,
    stderr: Stream,
    started: Instant,
    limit: Duration,
    line: String,
    secrets: Vec<String>,
    terminal: Option<Terminal>,
}

impl Running {
    /// Waits until it has written `text` to stderr.
    ///
    /// # Panics
    /// When it does not, or ends before.
    pub fn until_stderr(&mut self, text: &str) {
        self.until(text, |running| running.stderr.so_far());
    }

    /// Waits until it has written `text` to stdout, and gives what it wrote.
    ///
    /// # Panics
    /// When it does not, or ends before.
    pub fn until_stdout(&mut self, text: &str) -> String {
        self.until(text, |running| running.stdout.so_far())
    }

    #[expect(clippy::panic, reason = "test support: a test ends here")]
    fn until(&mut self, text: &str, look: impl Fn(&Self) -> String) -> String {
        loop {
            let seen = look(self);
            if seen.contains(text) {
                return seen;
            }
            let ended = !matches!(self.child.try_wait(), Ok(None));
            if ended && look(self).contains(text) {
                return look(self);
            }
            if ended || self.started.elapsed() > self.limit {
                let _ = self.child.kill();
                panic!(
                    "{}\nnever wrote {text:?} (ended: {ended})\n--- stdout\n{}\n--- stderr\n{}",
                    self.line,
                    self.stdout.so_far(),
                    self.stderr.so_far()
                );
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Types a line on its terminal.
    ///
    /// # Panics
    /// When it has none.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn type_line(&mut self, line: &str) {
        self.terminal
            .as_mut()
            .expect("it runs on a terminal")
            .type_line(line);
    }

    /// Presses Ctrl-C.
    ///
    /// # Panics
    /// When the signal cannot be sent.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn interrupt(&self) {
        let pid = self.child.id().to_string();
        let status = Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .expect("kill starts");
        assert!(status.success(), "kill -INT {pid} failed");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it does not end in time.
    #[must_use]
    #[expect(clippy::panic, reason = "test support: a test ends here")]
    pub fn wait(mut self) -> Ended {
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if self.started.elapsed() < self.limit => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                other => {
                    let _ = self.child.kill();
                    panic!(
                        "{}\ndid not end in {:?} ({other:?})\n--- stdout\n{}\n--- stderr\n{}",
                        self.line,
                        self.limit,
                        self.stdout.so_far(),
                        self.stderr.so_far()
                    );
                }
            }
        };
        let ended = Ended {
            line: self.line,
            code: status.code(),
            elapsed: self.started.elapsed(),
            stdout: self.stdout.finish(),
            stderr: self.stderr.finish(),
        };
        for secret in &self.secrets {
            ended.hides(secret);
        }
        ended
    }
}

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
