//! What can go wrong between bytes and types.

/// Why an answer could not be decoded.
///
/// The answer was complete as far as HTTP is concerned; its content is at fault.
/// Offsets count bytes from the start of the XML document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes are no UTF-8 text.
    #[error("answer is not UTF-8 (first bad byte at offset {offset})")]
    NotUtf8 {
        /// Where the first bad byte stands.
        offset: usize,
    },
    /// The document breaks the rules of XML.
    #[error("malformed XML at offset {offset}: {detail}")]
    Syntax {
        /// Where reading stopped.
        offset: usize,
        /// What the XML reader said.
        detail: String,
    },
    /// The document ends while elements are still open.
    #[error("answer ends early, at offset {offset}, inside <{element}>")]
    UnexpectedEnd {
        /// The length of what was there.
        offset: usize,
        /// The element whose end is missing, as far as it is known.
        element: String,
    },
    /// The document holds no element at all.
    #[error("answer is empty")]
    Empty,
    /// The document has a document type declaration, which SOAP forbids.
    #[error("answer has a document type declaration, so it is no SOAP message")]
    DocumentType,
    /// Elements are nested deeper than [`Limits::max_depth`](super::Limits::max_depth).
    #[error("elements nested deeper than {limit} at offset {offset}")]
    TooDeep {
        /// The limit in force.
        limit: usize,
        /// Where it was passed.
        offset: usize,
    },
    /// One text is longer than [`Limits::max_text`](super::Limits::max_text).
    #[error("text longer than {limit} bytes in <{element}> at offset {offset}")]
    TextTooLong {
        /// The limit in force.
        limit: usize,
        /// The element that holds the text.
        element: String,
        /// Where it was passed.
        offset: usize,
    },
    /// A well-formed document that is no SOAP envelope, or not the expected answer.
    #[error("expected <{expected}>, found <{found}>")]
    UnexpectedElement {
        /// The local name that should stand there.
        expected: String,
        /// The local name that stands there.
        found: String,
    },
    /// A required element is absent.
    #[error("<{field}> is missing in {owner}")]
    MissingField {
        /// The wire type that needs it.
        owner: &'static str,
        /// The element's name.
        field: &'static str,
    },
    /// A text does not fit its type.
    #[error("{value:?} in <{element}> is no {expected}")]
    BadValue {
        /// The type that was wanted, as XML Schema calls it.
        expected: &'static str,
        /// The element's name.
        element: String,
        /// The text, cut to 64 characters.
        value: String,
    },
}

impl DecodeError {
    /// Whether the document itself is broken, so that nothing after this point can be trusted.
    ///
    /// The others concern one value: the reader can go on with the next sibling.
    #[must_use]
    pub fn is_fatal(&self) -> bool {
        !matches!(
            self,
            Self::MissingField { .. } | Self::BadValue { .. } | Self::UnexpectedElement { .. }
        )
    }

    /// A [`DecodeError::BadValue`] with the text cut to a readable length.
    #[must_use]
    pub fn bad_value(expected: &'static str, element: &str, value: &str) -> Self {
        Self::BadValue {
            expected,
            element: element.to_owned(),
            value: value.chars().take(64).collect(),
        }
    }
}

/// Why a request could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A text holds a character that XML 1.0 cannot carry, not even escaped.
    ///
    /// The text itself is left out, since it may be a password.
    #[error("<{element}> holds U+{code_point:04X}, which XML cannot carry")]
    ForbiddenCharacter {
        /// The element that was being written.
        element: String,
        /// The character's number.
        code_point: u32,
    },
    /// A name is no XML name, so writing it would break the document.
    #[error("{name:?} cannot be an element or attribute name")]
    BadName {
        /// The name as given.
        name: String,
    },
}
