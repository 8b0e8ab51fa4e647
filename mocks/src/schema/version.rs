//! Versions of the API, such as 6.7 or 8.0.2.0.

use std::fmt;

/// A dotted version with up to four numbers; missing ones count as zero.
///
/// ```
/// use mocks::ApiVersion;
/// assert!(ApiVersion::parse("7.0.2.0") > ApiVersion::parse("6.7.3"));
/// assert_eq!(ApiVersion::parse("7.0"), ApiVersion::parse("7.0.0.0"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApiVersion([u32; 4]);

impl ApiVersion {
    /// Reads a dotted version; parts that are no numbers count as zero.
    pub fn parse(text: &str) -> Self {
        let mut parts = [0; 4];
        for (number, part) in parts.iter_mut().zip(text.split('.')) {
            *number = part.trim().parse().unwrap_or_default();
        }
        Self(parts)
    }

    /// Reads the version out of a `SOAPAction` such as `"urn:vim25/7.0.2.0"`.
    pub fn from_soap_action(action: &str) -> Option<Self> {
        let (_, version) = action.trim().trim_matches('"').split_once('/')?;
        Some(Self::parse(version))
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        match (c, d) {
            (0, 0) => write!(f, "{a}.{b}"),
            (_, 0) => write!(f, "{a}.{b}.{c}"),
            _ => write!(f, "{a}.{b}.{c}.{d}"),
        }
    }
}
