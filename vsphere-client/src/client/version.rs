//! Picks the API version that both sides know.

use crate::soap::{DecodeError, Reader};

/// Where servers list their versions.
pub(super) const VERSIONS_PATH: &str = "/sdk/vimServiceVersions.xml";

/// The version to speak before anything is known: the oldest one of the list below.
pub(super) const OLDEST: &str = "6.5";

/// The API versions that this client knows, oldest first.
///
/// 6.8.7 and 6.9.1 were hosted releases; servers of 7.0 and later list them.
const KNOWN: &[&str] = &[
    OLDEST, "6.7", "6.7.1", "6.7.2", "6.7.3", "6.8.7", "6.9.1", "7.0.0.0", "7.0.0.2", "7.0.1.0",
    "7.0.1.1", "7.0.2.0", "7.0.2.1", "7.0.3.0", "7.0.3.1", "7.0.3.2", "8.0.0.0", "8.0.0.1",
    "8.0.0.2", "8.0.1.0", "8.0.2.0", "8.0.3.0", "8.0.3.1", "9.0.0.0", "9.1.0.0", "9.1.1.0",
];

/// The versions that `vimServiceVersions.xml` lists for `urn:vim25`, or `None` where the document
/// is another one.
pub(super) fn listed(document: &[u8]) -> Result<Option<Vec<String>>, DecodeError> {
    let mut reader = Reader::new(document)?;
    let root = reader.root()?;
    if root.name() != "namespaces" {
        return Ok(None);
    }
    let mut found = None;
    while let Some(namespace) = reader.next_child(&root)? {
        let mut is_vim = false;
        let mut versions = Vec::new();
        while let Some(child) = reader.next_child(&namespace)? {
            match child.name() {
                "name" => is_vim = reader.text(&child)?.trim() == "urn:vim25",
                "version" => versions.push(reader.text(&child)?.trim().to_owned()),
                "priorVersions" => {
                    while let Some(prior) = reader.next_child(&child)? {
                        versions.push(reader.text(&prior)?.trim().to_owned());
                    }
                }
                _ => {}
            }
        }
        if is_vim {
            found = Some(versions);
        }
    }
    Ok(found)
}

/// The newest version that stands in the server's list and in ours.
///
/// The list may hold names that nobody here knows, also names that are no numbers.
pub(super) fn newest_common(listed: &[String]) -> Option<&'static str> {
    KNOWN
        .iter()
        .rev()
        .find(|known| listed.iter().any(|version| version == *known))
        .copied()
}

/// The newest version we know that is not newer than the server's `apiVersion`.
///
/// For servers that keep no list. A server older than all we know is spoken to in its own version.
pub(super) fn not_newer(api_version: &str) -> String {
    let server = numbers(api_version);
    let fitting = KNOWN.iter().rev().find(|known| numbers(known) <= server);
    fitting.map_or_else(|| api_version.to_owned(), |known| (*known).to_owned())
}

/// The parts of a version as numbers; `8.0.1` and `8.0.1.0` compare as the same.
fn numbers(version: &str) -> [u32; 4] {
    let mut parts = [0; 4];
    for (to, from) in parts.iter_mut().zip(version.split('.')) {
        *to = from.parse().unwrap_or(0);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_versions_are_in_order() {
        assert!(
            KNOWN
                .windows(2)
                .all(|pair| numbers(pair[0]) < numbers(pair[1]))
        );
    }

    #[test]
    fn the_list_of_a_server_is_read() {
        let document = br#"<?xml version="1.0" encoding="UTF-8"?>
            <namespaces version="1.0">
              <namespace><name>urn:vim2</name><version>2.0</version></namespace>
              <namespace><name>urn:vim25</name><version>m5CA1EF4D</version>
                <priorVersions><version>9.2.0.0</version><version>8.0.3.1</version>
                <version>8.0.2.0</version></priorVersions></namespace>
            </namespaces>"#;
        let versions = listed(document).unwrap().unwrap();
        assert_eq!(versions.len(), 4);
        assert_eq!(newest_common(&versions), Some("8.0.3.1"));
    }

    #[test]
    fn another_document_is_no_list() {
        assert_eq!(listed(b"<feed><entry/></feed>").unwrap(), None);
        assert_eq!(listed(b"<namespaces/>").unwrap(), None);
        assert!(listed(b"<namespaces><namespace></namespaces>").is_err());
    }

    #[test]
    fn without_a_list_nothing_newer_than_the_server_is_spoken() {
        assert_eq!(not_newer("6.7.3"), "6.7.3");
        assert_eq!(not_newer("7.0.3.5"), "7.0.3.2");
        assert_eq!(not_newer("8.0.1"), "8.0.1.0");
        assert_eq!(not_newer("10.0.0.0"), "9.1.1.0");
        assert_eq!(not_newer("5.5"), "5.5");
        assert_eq!(newest_common(&["5.5".to_owned()]), None);
    }
}
