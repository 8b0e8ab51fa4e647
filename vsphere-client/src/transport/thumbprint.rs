//! The SHA-256 thumbprint that pins a certificate.

use std::fmt;
use std::str::FromStr;

/// The SHA-256 digest of a certificate, as people compare it.
///
/// Parses `AA:BB:…` and plain hexadecimal, with an optional `sha256:` before it, in either case.
/// Displays as upper-case pairs joined by colons.
///
/// ```
/// use vsphere_client::transport::Thumbprint;
///
/// let plain = "0f".repeat(32);
/// let pinned: Thumbprint = plain.parse()?;
/// assert!(pinned.to_string().starts_with("0F:0F:0F"));
/// # Ok::<(), vsphere_client::transport::ThumbprintError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// The thumbprint with these 32 bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The thumbprint of a certificate in DER form.
    pub fn of_der(certificate: &[u8]) -> Self {
        let mut bytes = [0; 32];
        let digest = ring::digest::digest(&ring::digest::SHA256, certificate);
        for (to, from) in bytes.iter_mut().zip(digest.as_ref()) {
            *to = *from;
        }
        Self(bytes)
    }

    /// The 32 bytes of the digest.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let colon = if index == 0 { "" } else { ":" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({self})")
    }
}

/// A text is no SHA-256 thumbprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ThumbprintError {
    /// It has the length of a SHA-1 thumbprint, as `govc` and older dialogs show it.
    #[error("this is a SHA-1 thumbprint (20 bytes); the SHA-256 thumbprint (32 bytes) is needed")]
    Sha1,
    /// It has another length.
    #[error("a SHA-256 thumbprint has 64 hexadecimal digits, this has {0}")]
    Length(usize),
    /// It holds something that is no hexadecimal digit and no separator.
    #[error("{0:?} is no hexadecimal digit")]
    Digit(char),
}

impl FromStr for Thumbprint {
    type Err = ThumbprintError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let text = match text.split_at_checked(7) {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("sha256:") => rest,
            _ => text,
        };
        let mut digits = Vec::with_capacity(64);
        for c in text
            .chars()
            .filter(|c| !matches!(c, ':' | '-') && !c.is_whitespace())
        {
            let digit = c.to_digit(16).ok_or(ThumbprintError::Digit(c))?;
            // A hexadecimal digit always fits.
            digits.push(u8::try_from(digit).map_err(|_| ThumbprintError::Digit(c))?);
        }
        match digits.len() {
            64 => {}
            40 => return Err(ThumbprintError::Sha1),
            other => return Err(ThumbprintError::Length(other)),
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().fold(0, |value, digit| value << 4 | digit);
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sha1_gets_its_own_message() {
        let error = "AA:"
            .repeat(20)
            .trim_end_matches(':')
            .parse::<Thumbprint>()
            .unwrap_err();
        assert_eq!(error, ThumbprintError::Sha1);
        assert_eq!(
            "zz".parse::<Thumbprint>().unwrap_err(),
            ThumbprintError::Digit('z')
        );
        assert_eq!(
            "abcd".parse::<Thumbprint>().unwrap_err(),
            ThumbprintError::Length(4)
        );
        assert_eq!(
            "".parse::<Thumbprint>().unwrap_err(),
            ThumbprintError::Length(0)
        );
    }

    #[test]
    fn the_digest_is_sha_256() {
        // The digest of the empty text, from FIPS 180-2.
        let known = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Thumbprint::of_der(b""), known.parse().unwrap());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn what_is_shown_parses_back(bytes: [u8; 32], lower: bool) {
            let pinned = Thumbprint::from_bytes(bytes);
            let shown = pinned.to_string();
            let shown = if lower { format!("SHA256:{}", shown.to_lowercase()) } else { shown };
            prop_assert_eq!(shown.parse::<Thumbprint>().unwrap(), pinned);
            prop_assert_eq!(shown.replace(':', "").trim_start_matches("SHA256").parse::<Thumbprint>().unwrap(), pinned);
        }
    }
}
