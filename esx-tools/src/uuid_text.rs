//! When the text of a UUID tells one thing from another.

/// The UUID in one spelling: lower case, without dashes and spaces; `None` when it tells nothing, which is empty or
/// all zeros.
///
/// Servers leave a UUID out, write it empty, or write zeros for one that was never set. Everything that holds UUIDs
/// against each other asks here, so that `check`, `disks attach` and `duplicates` agree.
pub(crate) fn telling_uuid(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    plain.bytes().any(|byte| byte != b'0').then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_and_nothing_for_what_tells_nothing() {
        for text in [
            "6000C293-5a1e-4c07-8d52-0f7b3c9e6a41",
            "60 00 c2 93 5a 1e 4c 07-8d 52 0f 7b 3c 9e 6a 41",
        ] {
            assert_eq!(
                telling_uuid(text).as_deref(),
                Some("6000c2935a1e4c078d520f7b3c9e6a41")
            );
        }
        for text in [
            "",
            " - ",
            "00000000000000000000000000000000",
            "00000000-0000-0000-0000-000000000000",
            "00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00",
        ] {
            assert_eq!(telling_uuid(text), None, "{text}");
        }
    }
}
