//! A login that the server refused: why, and what to do about it.

use vsphere_client::vim::{FaultKind, MethodFault};

use crate::exit::Exit;
use crate::failure::Failure;

/// The failure for an account that is not let in.
///
/// No fault tells an account that is locked or disabled from a wrong password; some servers say it in words, which
/// are shown.
pub(super) fn refused(user: &str, fault: &MethodFault, server: &str) -> Failure {
    let words = fault.to_string();
    let failure = |message: String| Failure::new(Exit::Login, message).because(Said(&words));
    match &fault.kind {
        FaultKind::PasswordExpired => failure(format!("the password of {user} has expired"))
            .hint("set a new one (the vSphere Client asks for it when that account logs in), and use that"),
        FaultKind::NoPermission { .. } => failure(format!(
            "{user} and its password are right, but the account has no role on {server}"
        ))
        .hint(format!(
            "let an administrator give it one: esxtool credentials role --create --assign {user} --datacenter NAME"
        )),
        _ if !user.contains(['@', '\\']) => failure(format!("{server} refused the user name or the password"))
            .hint(format!(
                "{user} has no domain: vCenter wants one, such as {user}@vsphere.local; a host by itself wants none. Otherwise check the password; too many attempts lock the account"
            )),
        _ => failure(format!("{server} refused the user name or the password of {user}")).hint(
            "check the user name, its domain and the password; a locked or disabled account is refused in the same way, and too many attempts lock it (for 5 minutes on vCenter, 15 on ESXi, as installed)",
        ),
    }
}

/// The server's words as a cause.
#[derive(Debug)]
struct Said<'a>(&'a str);

impl std::fmt::Display for Said<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the server says {}", self.0)
    }
}

impl std::error::Error for Said<'_> {}
