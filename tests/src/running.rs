//! A run under way: what it has written so far, what is typed, Ctrl-C, its end.

use std::io::Read;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::Ended;
use crate::terminal::Terminal;

/// What a child has written so far.
#[derive(Debug)]
pub(crate) struct Stream {
    text: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Stream {
    pub(crate) fn read(mut source: impl Read + Send + 'static) -> Self {
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
    pub(crate) child: Child,
    pub(crate) stdout: Stream,
    pub(crate) stderr: Stream,
    pub(crate) started: Instant,
    pub(crate) limit: Duration,
    pub(crate) line: String,
    pub(crate) secrets: Vec<String>,
    pub(crate) terminal: Option<Terminal>,
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

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it on the spot, as `kill -9` does.
    ///
    /// # Panics
    /// When it cannot be killed.
    #[must_use]
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn kill(mut self) -> Ended {
        self.child.kill().expect("SIGKILL is sent");
        self.wait()
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
