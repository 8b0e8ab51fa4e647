//! The name of a tag, and the note that says which tags esxtool attached to a VM.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::{decode, encode};
use crate::percent::{self, NOTE};
use crate::vm::Vm;

/// The category of a tag that is named without one.
pub const TAG_CATEGORY: &str = "Azure Site Recovery";

/// Key of the advanced setting that notes which tags esxtool attached.
pub const TAG_NOTE_KEY: &str = "esxtool.tags";

const FORMAT: &str = "1";
/// The longest name that vCenter takes.
const LONGEST: usize = 256;

/// A tag by its category and name, written `CATEGORY/NAME`, or `NAME` within [`TAG_CATEGORY`].
///
/// A slash within a name is written `%2f`.
///
/// ```
/// use esx_tools::tag::TagName;
///
/// let tag: TagName = "asr-master-target".parse().unwrap();
/// assert_eq!(tag.to_string(), "Azure Site Recovery/asr-master-target");
/// let own: TagName = "Roles/master target".parse().unwrap();
/// assert_eq!((own.category.as_str(), own.name.as_str()), ("Roles", "master target"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct TagName {
    /// The category's name.
    pub category: String,
    /// The tag's name.
    pub name: String,
}

/// Text that names no tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TagNameError {
    /// Nothing stands where a name has to be.
    #[error("a name is missing: write NAME or CATEGORY/NAME")]
    Empty,
    /// There are more than two parts.
    #[error("there are too many slashes: write CATEGORY/NAME, a slash within a name as %2f")]
    TooManyParts,
    /// vCenter takes no such name.
    #[error("a name is longer than 256 characters, or holds control characters")]
    Unfit,
}

impl FromStr for TagName {
    type Err = TagNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (category, name) = match text.split_once('/') {
            Some((_, name)) if name.contains('/') => return Err(TagNameError::TooManyParts),
            Some((category, name)) => (decode(category.trim()), name),
            None => (TAG_CATEGORY.to_owned(), text),
        };
        let name = decode(name.trim());
        for one in [&category, &name] {
            if one.trim().is_empty() {
                return Err(TagNameError::Empty);
            }
            if one.chars().count() > LONGEST || one.chars().any(char::is_control) {
                return Err(TagNameError::Unfit);
            }
        }
        Ok(Self { category, name })
    }
}

impl fmt::Display for TagName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", encode(&self.category), encode(&self.name))
    }
}

impl From<TagName> for String {
    fn from(tag: TagName) -> Self {
        tag.to_string()
    }
}

impl TryFrom<String> for TagName {
    type Error = TagNameError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// The tags that esxtool attached to a VM, by the note on it.
///
/// A note of a format that is not known here names none.
pub fn noted(vm: &Vm) -> Vec<TagName> {
    let value = vm.setting(TAG_NOTE_KEY).map(|setting| &setting.value);
    value.and_then(|text| read_note(text)).unwrap_or_default()
}

fn read_note(text: &str) -> Option<Vec<TagName>> {
    let mut parts = text.split(';');
    if parts.next() != Some(FORMAT) {
        return None;
    }
    parts
        .map(|part| {
            let (category, name) = part.split_once('/')?;
            Some(TagName {
                category: percent::decode(category)?,
                name: percent::decode(name)?,
            })
        })
        .collect()
}

/// The note for these tags: one line of printable ASCII without quotes.
pub(crate) fn note(tags: &[TagName]) -> String {
    let mut text = FORMAT.to_owned();
    for tag in tags {
        text.push(';');
        text.push_str(&percent::encode(&tag.category, NOTE));
        text.push('/');
        text.push_str(&percent::encode(&tag.name, NOTE));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_name_is_told() {
        for text in ["", " ", "/x", "x/", "x/ "] {
            assert_eq!(text.parse::<TagName>(), Err(TagNameError::Empty), "{text}");
        }
        let parts = "a/b/c".parse::<TagName>();
        assert_eq!(parts, Err(TagNameError::TooManyParts));
        for text in ["a\u{1b}b".to_owned(), "x".repeat(257)] {
            assert_eq!(text.parse::<TagName>(), Err(TagNameError::Unfit));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn names_and_notes_are_read_back(names in proptest::collection::vec(("\\PC{1,20}", "\\PC{1,20}"), 0..3)) {
            let fits = |text: &str| text.trim() == text && !text.is_empty();
            prop_assume!(names.iter().all(|(category, name)| fits(category) && fits(name)));
            let tags: Vec<TagName> = names
                .into_iter()
                .map(|(category, name)| TagName { category, name })
                .collect();
            let text = note(&tags);
            prop_assert!(text.bytes().all(|b| b.is_ascii_graphic() && b != b'"'), "{text}");
            prop_assert_eq!(read_note(&text), Some(tags.clone()));
            for tag in tags {
                prop_assert_eq!(tag.to_string().parse(), Ok(tag));
            }
        }
    }
}
