//! Percent-encoding of what this program writes into advanced settings: the ledger, the notes of tags and of power.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays as it is in a note.
pub(crate) const NOTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b':')
    .remove(b'.');

/// What stays as it is in an entry of the ledger, which is read by people too: a file path but for its blanks.
pub(crate) const LEDGER: &AsciiSet = &NOTE
    .remove(b'/')
    .remove(b'[')
    .remove(b']')
    .remove(b'(')
    .remove(b')')
    .remove(b'+')
    .remove(b'@');

/// Encodes what is in the set.
pub(crate) fn encode(text: &str, set: &'static AsciiSet) -> String {
    // In lower case, as it is written since the first version. A percent sign by itself is always encoded, so each part
    // that begins with one is a code.
    utf8_percent_encode(text, set)
        .map(|part| match part.starts_with('%') {
            true => part.to_ascii_lowercase(),
            false => part.to_owned(),
        })
        .collect()
}

/// Undoes [`encode`]; nothing for what it does not write.
pub(crate) fn decode(text: &str) -> Option<String> {
    let is_code = |code: &[u8]| code.iter().all(u8::is_ascii_hexdigit);
    let mut codes = text.split('%').skip(1);
    // The crate leaves what is no code as it is; here it is damage.
    if !codes.all(|after| after.as_bytes().get(..2).is_some_and(is_code)) {
        return None;
    }
    let decoded = percent_decode_str(text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_older_versions_wrote_is_what_is_written() {
        for (set, plain) in [(NOTE, "-_:."), (LEDGER, "-._/[]:()+@")] {
            for letter in '\0'..='\u{ff}' {
                let text = letter.to_string();
                let expected = if letter.is_ascii_alphanumeric() || plain.contains(letter) {
                    text.clone()
                } else {
                    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
                };
                assert_eq!(encode(&text, set), expected);
                assert_eq!(decode(&expected), Some(text));
            }
        }
    }

    #[test]
    fn damage_is_not_taken_for_text() {
        for damaged in ["%", "%2", "%2x", "100%", "%é", "%ff", "a%+1"] {
            assert_eq!(decode(damaged), None, "{damaged}");
        }
        assert_eq!(decode("%C3%A9").as_deref(), Some("é"), "in either case");
    }
}
