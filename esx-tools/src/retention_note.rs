//! The note on a master target that says which disk was added for retention.

use std::{fmt, str::FromStr};

use crate::{slots::Slot, vm::Vm};

/// Key of the advanced setting that holds the note.
pub(crate) const RETENTION_NOTE_KEY: &str = "esxtool.retention-disk";
const FORMAT: &str = "1";

/// The disk that an earlier run added for retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RetentionNote {
    /// The slot that it was put on.
    pub(crate) slot: Slot,
    /// Its capacity in bytes.
    pub(crate) bytes: i64,
}

impl RetentionNote {
    /// The note of a VM; `None` when it has none, or one of a format that is not known here.
    pub(crate) fn of(vm: &Vm) -> Option<Self> {
        vm.setting(RETENTION_NOTE_KEY)?.value.parse().ok()
    }
}

impl fmt::Display for RetentionNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{FORMAT};slot={};bytes={}", self.slot, self.bytes)
    }
}

/// The text is no note.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotANote;

impl FromStr for RetentionNote {
    type Err = NotANote;

    fn from_str(text: &str) -> Result<Self, NotANote> {
        let mut parts = text.split(';');
        if parts.next() != Some(FORMAT) {
            return Err(NotANote);
        }
        let mut value = |key| parts.next().and_then(|part| part.strip_prefix(key));
        let slot = value("slot=").and_then(|slot| slot.parse().ok());
        let bytes = value("bytes=").and_then(|bytes| bytes.parse().ok());
        match (slot, bytes) {
            (Some(slot), Some(bytes)) => Ok(Self { slot, bytes }),
            _ => Err(NotANote),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_and_another_format_is_none() {
        let text = "1;slot=0:1;bytes=1099511627776";
        assert_eq!(text.parse::<RetentionNote>().unwrap().to_string(), text);
        for text in ["", "2;slot=0:1;bytes=1", "1;slot=0:7;bytes=1", "1;slot=0:1"] {
            assert_eq!(text.parse::<RetentionNote>(), Err(NotANote), "{text}");
        }
    }
}
