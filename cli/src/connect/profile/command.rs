//! A command that prints a password, such as that of a password store.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;

use crate::args::PasswordCommand;
use crate::failure::Failure;

/// Time to unlock a store.
const LIMIT: Duration = Duration::from_secs(60);
/// More than any password.
const LONGEST: u64 = 128 * 1024;

impl PasswordCommand {
    /// Runs it, and gives what it prints. What it says on stderr goes to the user as it is.
    ///
    /// # Errors
    /// A usage failure that names the profile: it cannot be started, fails, or does not end.
    pub(crate) async fn output(&self, profile: &str) -> Result<Vec<u8>, Failure> {
        let what = format!("the password command of the profile {profile}");
        let mut child = self
            .command()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| Failure::usage(format!("cannot start {what}")).because(error))?;
        let work = async {
            let mut text = Vec::new();
            if let Some(stdout) = child.stdout.take() {
                stdout.take(LONGEST).read_to_end(&mut text).await?;
            }
            Ok::<_, std::io::Error>((text, child.wait().await?))
        };
        match tokio::time::timeout(LIMIT, work).await {
            Err(_) => Err(Failure::usage(format!(
                "{what} did not end within {} s",
                LIMIT.as_secs()
            ))),
            Ok(Err(error)) => Err(Failure::usage(format!("cannot read {what}")).because(error)),
            Ok(Ok((text, status))) if status.success() => Ok(text),
            Ok(Ok((_, status))) => Err(Failure::usage(format!("{what} failed: {status}"))
                .hint("run it by hand and see what it says")),
        }
    }

    fn command(&self) -> Command {
        match self {
            Self::Words(words) => {
                let mut words = words.iter();
                let mut command = Command::new(words.next().map_or("", String::as_str));
                command.args(words);
                command
            }
            Self::Line(line) => {
                let (shell, option) = if cfg!(windows) {
                    ("cmd", "/C")
                } else {
                    ("/bin/sh", "-c")
                };
                let mut command = Command::new(shell);
                command.arg(option).arg(line);
                command
            }
        }
    }
}
