//! The two spellings of the REST API.

use std::fmt;

/// How a vCenter speaks REST.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// `/api`: vCenter 7.0 U2 and later.
    Api,
    /// `/rest`: every vCenter since 6.5, on its way out.
    Rest,
}

impl Way {
    /// The path of the session, to create it, look at it and end it.
    pub fn session_path(self) -> &'static str {
        match self {
            Self::Api => "/api/session",
            Self::Rest => "/rest/com/vmware/cis/session",
        }
    }

    /// Whether answers under `path` come wrapped as `{"value": …}`.
    pub(super) fn wraps(path: &str) -> bool {
        path.starts_with("/rest/")
    }
}

impl fmt::Display for Way {
    /// The path of the session, which is what people search for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.session_path())
    }
}

/// `text` as one part of a path or query.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        // A colon is allowed in both parts, and identifiers are full of them.
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_name_changes_the_path_or_the_query() {
        assert_eq!(escape("urn:vmomi:Tag:1:GLOBAL"), "urn:vmomi:Tag:1:GLOBAL");
        assert_eq!(escape("../a?b&c=d#e+f g"), "..%2Fa%3Fb%26c%3Dd%23e%2Bf%20g");
        assert_eq!(escape("ä"), "%C3%A4");
    }
}
