//! Where the password comes from. Never from an argument.

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use tokio::sync::oneshot;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupts;

/// A password longer than this is a wrong file.
const LONGEST: u64 = 4096;

/// Where the password is.
#[derive(Debug)]
pub(crate) enum PasswordSource {
    /// Already at hand, from the environment.
    Given(SecretString),
    /// In the first line of a file.
    File(PathBuf),
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
        PasswordSource::Stdin => first_line(io::stdin().lock())
            .map_err(|error| {
                Failure::usage("cannot read the password from standard input").because(error)
            })
            .and_then(|line| not_empty(line, "standard input")),
        PasswordSource::Prompt => prompt(who, interrupts).await,
    }
}

fn from_file(path: &Path) -> Result<SecretString, Failure> {
    let line = std::fs::File::open(path).and_then(|file| first_line(BufReader::new(file)));
    line.map_err(|error| {
        Failure::usage(format!("cannot read the password file {}", path.display())).because(error)
    })
    .and_then(|line| not_empty(line, &format!("the password file {}", path.display())))
}

/// The first line without its line break. Blanks belong to the password.
fn first_line(reader: impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    reader.take(LONGEST).read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
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
        assert_eq!(first_line(" p w \r\nrest\n".as_bytes()).unwrap(), " p w ");
        assert_eq!(first_line("no-break".as_bytes()).unwrap(), "no-break");
        assert_eq!(first_line("".as_bytes()).unwrap(), "");
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
