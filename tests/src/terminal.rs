//! A terminal for a child: what it asks is seen, what it is told is typed.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// Our side of a pseudo-terminal of 80 columns.
#[derive(Debug)]
pub struct Terminal {
    master: File,
    path: String,
}

impl Terminal {
    /// Opens one.
    ///
    /// # Panics
    /// When the system has none to give.
    #[must_use]
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn open() -> Self {
        // No other child may hold it open.
        #[cfg(target_os = "linux")]
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        #[cfg(not(target_os = "linux"))]
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let master = openpt(flags).expect("a terminal can be opened");
        grantpt(&master).expect("the terminal is ours");
        unlockpt(&master).expect("the terminal can be used");
        let size = Winsize {
            ws_row: 40,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&master, size).expect("the terminal takes a size");
        let name = ptsname(&master, Vec::new()).expect("the terminal has a name");
        Self {
            master: File::from(master),
            path: name.to_string_lossy().into_owned(),
        }
    }

    /// The child's side, for one of its streams.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn stream(&self) -> Stdio {
        let file = File::options().read(true).write(true).open(&self.path);
        Stdio::from(file.expect("the child's side can be opened"))
    }

    /// What the child writes.
    ///
    /// # Panics
    /// When the system refuses.
    #[must_use]
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn output(&self) -> File {
        self.master.try_clone().expect("the terminal can be read")
    }

    /// Types a line.
    ///
    /// # Panics
    /// When nobody is there to read it.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn type_line(&mut self, line: &str) {
        writeln!(self.master, "{line}").expect("the terminal takes what is typed");
    }
}
