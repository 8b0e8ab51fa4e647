//! The ways in which servers spell the same answer.

/// How the server writes its XML. All of them are right; a client must read every one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// As vCenter: prefixes declared on the envelope, `type` before `xsi:type`.
    #[default]
    VCenter,
    /// As govmomi's vcsim: the `xsi` namespace declared again on each element under an odd prefix,
    /// empty elements for absent enumerations, empty fault strings, `missingSet` at status 200
    /// where a session lacks, a cookie without a path.
    Vcsim,
    /// Attributes in the other order and in single quotes, other prefixes, comments and line
    /// breaks between elements, text as CDATA where that is legal.
    AttributesReversed,
    /// Absent arrays come as empty ones, and empty elements close themselves.
    EmptyArrays,
}

impl Dialect {
    /// Every dialect, for tests that run through them all.
    pub const ALL: [Self; 4] = [
        Self::VCenter,
        Self::Vcsim,
        Self::AttributesReversed,
        Self::EmptyArrays,
    ];

    /// Whether every answer in this dialect keeps to the schema to the letter (vcsim's does not).
    pub fn keeps_to_schema(self) -> bool {
        self != Self::Vcsim
    }

    pub(super) fn soap_prefix(self) -> &'static str {
        match self {
            Self::AttributesReversed => "S",
            _ => "soapenv",
        }
    }

    pub(super) fn xsd_prefix(self) -> &'static str {
        match self {
            Self::AttributesReversed => "x",
            _ => "xsd",
        }
    }

    pub(super) fn quote(self) -> char {
        match self {
            Self::AttributesReversed => '\'',
            _ => '"',
        }
    }
}
