//! The `Authorization` header of a login.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

const SCHEME: &[u8] = b"Basic ";

/// `Basic` with user and password in UTF-8, or nothing for a user that the scheme cannot carry.
///
/// The first colon ends the user, so a user cannot hold one. A password may hold anything.
pub(super) fn header(user: &str, password: &SecretString) -> Option<HeaderValue> {
    if user.contains(':') {
        return None;
    }
    let pair = Zeroizing::new(format!("{user}:{}", password.expose_secret()));
    let text = encode(pair.as_bytes())?;
    let mut value = HeaderValue::from_bytes(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The scheme, and the bytes in Base64.
fn encode(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    // Into a buffer that is there at once and is wiped: one that grows leaves copies of its beginning in memory.
    let mut text = Zeroizing::new(vec![
        0;
        SCHEME.len() + base64::encoded_len(bytes.len(), true)?
    ]);
    let (scheme, coded) = text.split_at_mut(SCHEME.len());
    scheme.copy_from_slice(SCHEME);
    STANDARD.encode_slice(bytes, coded).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_of_any_length_is_padded() {
        for (password, expected) in [
            ("", "Basic dTo="),
            ("a", "Basic dTph"),
            ("ab", "Basic dTphYg=="),
        ] {
            assert_eq!(
                header("u", &SecretString::from(password)).unwrap(),
                expected
            );
        }
    }

    #[test]
    fn any_password_is_carried_and_none_is_shown() {
        let password = SecretString::from("p:ä<&\"'>🔑".to_owned() + &"x".repeat(10_240));
        let value = header("operator@vsphere.local", &password).unwrap();
        assert!(value.to_str().unwrap().starts_with("Basic b3BlcmF0b3JA"));
        assert_eq!(format!("{value:?}"), "Sensitive");
        assert!(header("domain:user", &password).is_none());
    }
}
