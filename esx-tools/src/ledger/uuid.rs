//! The UUID of a virtual disk in one spelling.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The UUID of a disk (`backing.uuid`): 32 hexadecimal digits in lower case.
///
/// Servers write it with and without dashes, in upper and lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DiskUuid(String);

/// Text that is no UUID of a disk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no UUID of a disk: expected 32 hexadecimal digits")]
pub struct NotADiskUuid(pub String);

impl DiskUuid {
    /// The 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DiskUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DiskUuid {
    type Err = NotADiskUuid;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // VMX files write spaces between the bytes.
        let digits: String = text
            .chars()
            .filter(|c| !matches!(c, '-' | ' '))
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(Self(digits))
        } else {
            Err(NotADiskUuid(text.to_owned()))
        }
    }
}

impl From<DiskUuid> for String {
    fn from(uuid: DiskUuid) -> Self {
        uuid.0
    }
}

impl TryFrom<String> for DiskUuid {
    type Error = NotADiskUuid;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_the_same() {
        let plain: DiskUuid = "6000c2935a1e4c078d520f7b3c9e6a41".parse().unwrap();
        for text in [
            "6000C293-5a1e-4c07-8d52-0f7b3c9e6a41",
            "60 00 c2 93 5a 1e 4c 07-8d 52 0f 7b 3c 9e 6a 41",
        ] {
            assert_eq!(text.parse(), Ok(plain.clone()), "{text}");
        }
        for text in ["", "6000c293", "6000c2935a1e4c078d520f7b3c9e6a4g"] {
            assert!(text.parse::<DiskUuid>().is_err(), "{text}");
        }
    }
}
