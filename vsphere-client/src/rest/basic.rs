//! The `Authorization` header of a login.

use http::HeaderValue;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `Basic` with user and password in UTF-8, or nothing for a user that the scheme cannot carry.
///
/// The first colon ends the user, so a user cannot hold one. A password may hold anything.
pub(super) fn header(user: &str, password: &SecretString) -> Option<HeaderValue> {
    if user.contains(':') {
        return None;
    }
    let pair = Zeroizing::new(format!("{user}:{}", password.expose_secret()));
    let text = Zeroizing::new(format!("Basic {}", *encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Base64 with padding.
fn encode(bytes: &[u8]) -> Zeroizing<String> {
    // All of it at once: a string that grows leaves copies of its beginning in memory.
    let mut out = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(3) * 4));
    for three in bytes.chunks(3) {
        let at = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let six = (bits >> (18 - 6 * place)) & 0x3f;
            let letter = ALPHABET.get(six as usize).copied().unwrap_or(b'=');
            out.push(if place > three.len() {
                '='
            } else {
                char::from(letter)
            });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_the_standard() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(*encode(plain.as_bytes()), coded);
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
