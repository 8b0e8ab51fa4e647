//! Paths on datastores.

use std::fmt;

/// A file on a datastore: `[datastore1] vm/vm.vmdk`.
///
/// ```
/// use vsphere_client::vim::DatastorePath;
///
/// let path = DatastorePath::parse("[datastore1] web/web.vmdk").unwrap();
/// assert_eq!((path.datastore.as_str(), path.path.as_str()), ("datastore1", "web/web.vmdk"));
/// assert_eq!(path.to_string(), "[datastore1] web/web.vmdk");
/// assert_eq!(DatastorePath::parse("web.vmdk"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatastorePath {
    /// The datastore's name, unique within its datacenter.
    pub datastore: String,
    /// The path below the datastore's root, with slashes.
    pub path: String,
}

impl DatastorePath {
    /// Takes the text apart; `None` when it has no datastore in brackets.
    ///
    /// A datastore's name may itself hold brackets: it ends where all brackets are closed and a space
    /// follows, or where that never is, at the first closing one that a space follows.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.trim().strip_prefix('[')?;
        let name_part = &rest[..rest.find('/').unwrap_or(rest.len())];
        let end = closing(name_part)
            .or_else(|| name_part.find("] "))
            .or_else(|| name_part.rfind(']'))?;
        let datastore = &rest[..end];
        if datastore.is_empty() {
            return None;
        }
        Some(Self {
            datastore: datastore.to_owned(),
            path: rest[end + 1..].trim_start().to_owned(),
        })
    }
}

/// Where all brackets are closed, the one before the text included, and a space follows.
fn closing(text: &str) -> Option<usize> {
    let mut open = 1;
    for (at, mark) in text.char_indices() {
        match mark {
            '[' => open += 1,
            ']' => open -= 1,
            _ => continue,
        }
        if open <= 0 && text[at + 1..].starts_with(' ') {
            return Some(at);
        }
    }
    None
}

impl fmt::Display for DatastorePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.datastore, self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::DatastorePath;

    #[test]
    fn paths_come_apart_and_together() {
        for (text, datastore, path) in [
            ("[ds] a/b.vmdk", "ds", "a/b.vmdk"),
            (
                "[ds one] dir with space/b ] c.vmdk",
                "ds one",
                "dir with space/b ] c.vmdk",
            ),
            ("[a]b] x.vmdk", "a]b", "x.vmdk"),
            (
                "[bronze [alt] 01] B\u{fc}ro [neu] 1/a.vmdk",
                "bronze [alt] 01",
                "B\u{fc}ro [neu] 1/a.vmdk",
            ),
            ("[ds] app [1] x/a.vmdk", "ds", "app [1] x/a.vmdk"),
            ("[a [b] x/a.vmdk", "a [b", "x/a.vmdk"),
            ("[ds]", "ds", ""),
            ("[ds] ", "ds", ""),
        ] {
            let parsed = DatastorePath::parse(text).unwrap();
            assert_eq!(
                (parsed.datastore.as_str(), parsed.path.as_str()),
                (datastore, path)
            );
        }
        for text in ["", "[] x", "x", "[ds x"] {
            assert_eq!(DatastorePath::parse(text), None, "{text:?}");
        }
    }
}
