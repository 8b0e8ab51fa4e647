//! The exit codes: a contract with scripts, written down in `docs/exit-codes.md`.

use std::process::ExitCode;

/// How a run of `esxtool` ended.
///
/// The numbers never change their meaning. A new kind of end gets a new number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Exit {
    /// The work is done, or the master target is ready.
    Done,
    /// The command ran, and blockers remain.
    Blockers,
    /// The arguments contradict each other, or something needed was not given.
    Usage,
    /// No connection, a certificate that is not trusted, or a server that is no vSphere.
    Connect,
    /// The server refused the user name and password.
    Login,
    /// The account lacks a privilege.
    Privilege,
    /// Nothing has the name, or several things do.
    NotFound,
    /// The server refused or failed the work; nothing was changed by it.
    Operation,
    /// A part of the work is done, the output says which.
    Partial,
    /// Left on Ctrl-C with nothing in hand, or at once on the second Ctrl-C.
    Interrupted,
}

impl Exit {
    /// Every exit, in the order of the numbers.
    pub(crate) const ALL: [Self; 10] = [
        Self::Done,
        Self::Blockers,
        Self::Usage,
        Self::Connect,
        Self::Login,
        Self::Privilege,
        Self::NotFound,
        Self::Operation,
        Self::Partial,
        Self::Interrupted,
    ];

    /// The number that the process ends with.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Blockers => 1,
            Self::Usage => 2,
            Self::Connect => 3,
            Self::Login => 4,
            Self::Privilege => 5,
            Self::NotFound => 6,
            Self::Operation => 7,
            Self::Partial => 8,
            Self::Interrupted => 130,
        }
    }

    /// The word for it in JSON.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Blockers => "blockers-remain",
            Self::Usage => "usage",
            Self::Connect => "cannot-connect",
            Self::Login => "login-refused",
            Self::Privilege => "privilege-missing",
            Self::NotFound => "not-found-or-ambiguous",
            Self::Operation => "operation-failed",
            Self::Partial => "partly-done",
            Self::Interrupted => "interrupted",
        }
    }

    /// One line for the help and the document.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done, or ready",
            Self::Blockers => {
                "the command ran, and blockers remain, or what it promises is not known"
            }
            Self::Usage => "usage: arguments wrong, contradictory or missing",
            Self::Connect => {
                "no connection or it broke, certificate not trusted, or no vSphere there"
            }
            Self::Login => "the server refused the user name or password",
            Self::Privilege => "the account lacks a privilege",
            Self::NotFound => "not found, or several match",
            Self::Operation => "the operation failed",
            Self::Partial => {
                "a part of it is done, or it is not known whether it is; the output says which"
            }
            Self::Interrupted => "interrupted with nothing in hand, or by the second Ctrl-C",
        }
    }

    /// The table at the end of `esxtool --help`.
    pub(crate) fn help() -> String {
        let mut text = String::from("Exit codes:");
        for exit in Self::ALL {
            text.push_str(&format!("\n  {:>3}  {}", exit.code(), exit.meaning()));
        }
        text
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_words_are_unique_and_ascending() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
        let words: BTreeSet<&str> = Exit::ALL.iter().map(|exit| exit.word()).collect();
        assert_eq!(words.len(), Exit::ALL.len());
    }

    #[test]
    fn the_document_lists_every_code_with_its_meaning() {
        let document = include_str!("../docs/exit-codes.md");
        for exit in Exit::ALL {
            let row = format!(
                "| {} | `{}` | {} |",
                exit.code(),
                exit.word(),
                exit.meaning()
            );
            assert!(
                document.contains(&row),
                "docs/exit-codes.md lacks the row\n{row}"
            );
        }
    }

    #[test]
    fn the_help_lists_every_code() {
        let help = Exit::help();
        for exit in Exit::ALL {
            assert!(help.contains(&format!("{:>3}  {}", exit.code(), exit.meaning())));
        }
    }
}
