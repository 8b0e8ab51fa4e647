//! Bounds on what a document may ask of its reader.

/// Bounds that a document must keep.
///
/// The size of the whole document is the transport's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How deep elements may be nested; 256 by default, real answers stay below 40.
    pub max_depth: usize,
    /// How long one text may be, in bytes; 16 MiB by default.
    pub max_text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_depth: 256,
            max_text: 16 << 20,
        }
    }
}
