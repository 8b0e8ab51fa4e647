//! Where the password comes from. Never from an argument.

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use tokio::sync::oneshot;

use crate::args::PasswordCommand;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;

/// A first line longer than this is no password but a wrong file. Real ones have been seen with a few kilobytes.
const LONGEST: usize = 64 * 1024;

/// Where the password is.
#[derive(Debug)]
pub(crate) enum PasswordSource {
    /// Already at hand, from the environment.
    Given(SecretString),
    /// In the first line of a file.
    File(PathBuf),
    /// In the first line that the command of a profile prints.
    Command {
        command: PasswordCommand,
        profile: String,
    },
    /// In the first line of standard input.
    Stdin,
    /// In the head of the person at the terminal.
    Prompt,
}

/// Fetches the password.
///
/// # Errors
/// A file that cannot be read, an empty password, an interrupted prompt.
pub(crate) async fn read_password(
    source: PasswordSource,
    who: &str,
    interrupts: &Interrupts,
) -> Result<SecretString, Failure> {
    match source {
        PasswordSource::Given(secret) => Ok(secret),
        PasswordSource::File(path) => from_file(&path),
        PasswordSource::Command { command, profile } => {
            let origin = format!("the password command of the profile {profile}");
            tokio::select! {
                output = command.output(&profile) => read(output?.as_slice(), &origin),
                () = interrupts.first() => Err(interrupted()),
            }
        }
        PasswordSource::Stdin => read(io::stdin().lock(), "standard input"),
        PasswordSource::Prompt => prompt(who, interrupts).await,
    }
}

fn from_file(path: &Path) -> Result<SecretString, Failure> {
    let origin = format!("the password file {}", path.display());
    match std::fs::File::open(path) {
        Ok(file) => read(BufReader::new(file), &origin),
        Err(error) => Err(Failure::usage(format!("cannot read {origin}")).because(error)),
    }
}

/// The first line as the password.
fn read(reader: impl BufRead, origin: &str) -> Result<SecretString, Failure> {
    let line = first_line(reader)
        .map_err(|error| Failure::usage(format!("cannot read {origin}")).because(error))?;
    if line.len() > LONGEST {
        return Err(Failure::usage(format!(
            "{origin} holds no password: its first line is longer than {LONGEST} bytes"
        )));
    }
    // The text is left out of the message: it may be most of a password.
    let text = String::from_utf8(line).map_err(|_| {
        Failure::usage(format!("{origin} is no text in UTF-8"))
            .hint("save it as UTF-8; some editors write UTF-16")
    })?;
    // What some editors put in front is no part of the password.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    not_empty(text.to_owned(), origin)
}

/// The first line without its line break, and one byte more than is allowed where it is longer.
/// Blanks belong to the password.
fn first_line(reader: impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    let limit = u64::try_from(LONGEST + 3).unwrap_or(u64::MAX);
    reader.take(limit).read_until(b'\n', &mut line)?;
    while line.last().is_some_and(|end| matches!(end, b'\r' | b'\n')) {
        line.pop();
    }
    Ok(line)
}

fn not_empty(line: String, origin: &str) -> Result<SecretString, Failure> {
    if line.is_empty() {
        return Err(Failure::usage(format!(
            "{origin} holds no password: its first line is empty"
        )));
    }
    Ok(SecretString::from(line))
}

/// Asks without echo. The answer is awaited on a thread of its own, so that Ctrl-C is heard.
async fn prompt(who: &str, interrupts: &Interrupts) -> Result<SecretString, Failure> {
    let terminal = Terminal::remember();
    let (sender, receiver) = oneshot::channel();
    let question = format!("Password for {who}: ");
    std::thread::spawn(move || {
        // Nobody listens any more after Ctrl-C.
        let _ = sender.send(rpassword::prompt_password(question));
    });
    tokio::select! {
        answer = receiver => match answer {
            Ok(Ok(line)) => not_empty(line, "the answer"),
            // The prompt reads keys itself, so that Ctrl-C arrives as an error and not as a signal.
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => Err(interrupted()),
            Ok(Err(error)) => Err(Failure::usage("cannot ask for the password").because(error)
                .hint("give --password-file or --password-stdin, or set ESXTOOL_PASSWORD")),
            Err(_) => Err(Failure::usage("cannot ask for the password")),
        },
        () = interrupts.first() => {
            terminal.restore();
            Err(interrupted())
        }
    }
}

fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, "interrupted before anything was sent")
}

/// The settings of the terminal before the prompt switched its echo off.
#[derive(Debug)]
struct Terminal {
    #[cfg(unix)]
    saved: Option<(std::fs::File, rustix::termios::Termios)>,
}

impl Terminal {
    #[cfg(unix)]
    fn remember() -> Self {
        let saved = std::fs::File::open("/dev/tty").ok().and_then(|tty| {
            rustix::termios::tcgetattr(&tty)
                .ok()
                .map(|state| (tty, state))
        });
        Self { saved }
    }

    #[cfg(not(unix))]
    fn remember() -> Self {
        Self {}
    }

    fn restore(&self) {
        #[cfg(unix)]
        if let Some((tty, state)) = &self.saved {
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(tty, now, state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn only_the_line_break_is_cut_off() {
        let first = |text: &str| read(text.as_bytes(), "it").unwrap();
        assert_eq!(first(" p w \r\nrest\n").expose_secret(), " p w ");
        assert_eq!(first("no-break").expose_secret(), "no-break");
        assert_eq!(first("\u{feff}pä55\n").expose_secret(), "pä55");
    }

    #[test]
    fn a_long_password_is_taken_whole_and_never_cut() {
        let long = "x".repeat(LONGEST);
        let taken = read(format!("{long}\r\n").as_bytes(), "it").unwrap();
        assert_eq!(taken.expose_secret(), long);
        let failure = read(format!("{long}y").as_bytes(), "it").unwrap_err();
        assert!(failure.message.contains("longer than"), "{failure:?}");
    }

    #[test]
    fn what_is_no_utf_8_is_refused_without_showing_it() {
        let failure = read(&b"s3cr\xff\xfe3t\n"[..], "the file").unwrap_err();
        assert_eq!(failure.message, "the file is no text in UTF-8");
        assert!(!format!("{failure:?}").contains("s3cr"), "{failure:?}");
    }

    #[test]
    fn a_file_gives_its_first_line_and_an_empty_one_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pw");
        std::fs::write(&path, "s3cret\nmore\n").unwrap();
        assert_eq!(from_file(&path).unwrap().expose_secret(), "s3cret");
        std::fs::write(&path, "\nmore\n").unwrap();
        assert_eq!(from_file(&path).unwrap_err().exit, Exit::Usage);
        let failure = from_file(&directory.path().join("absent")).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(failure.message.contains("absent"));
    }
}
