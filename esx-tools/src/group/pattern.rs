//! Naming VMs one by one, or by a pattern over their inventory paths.

use std::fmt;

use globset::{GlobBuilder, GlobMatcher};
use serde::Serialize;

use crate::selector::VmSelector;

/// What names VMs: a VM as [`VmSelector`] reads it, or a pattern.
///
/// A text with `*`, `?`, `[` or `{` is a pattern. One with a slash is held against inventory paths,
/// one without against names. `*` stays within one name, `**` goes over folders.
///
/// ```
/// use esx_tools::group::VmPattern;
///
/// let pattern = VmPattern::parse("/London/vm/Protected/app-*")?;
/// assert!(pattern.matches("app-01", Some("/London/vm/Protected/app-01")));
/// assert!(!pattern.matches("app-01", Some("/London/vm/Protected/old/app-01")));
/// assert!(VmPattern::parse("app-?1")?.matches("app-01", None));
/// # Ok::<(), esx_tools::group::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub enum VmPattern {
    /// One VM.
    One(VmSelector),
    /// Every VM that fits.
    Many(Glob),
}

/// A pattern over names or inventory paths.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    matcher: GlobMatcher,
    over_paths: bool,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// Nothing stands there.
    #[error("an empty text names no VM")]
    Empty,
    /// The pattern is broken.
    #[error("{text:?} is no pattern: {problem}")]
    Glob {
        /// The pattern.
        text: String,
        /// What is wrong with it.
        problem: String,
    },
}

const MARKS: &[char] = &['*', '?', '[', '{'];

impl VmPattern {
    /// Reads what a person wrote.
    ///
    /// # Errors
    ///
    /// [`PatternError`] when it is empty or a broken pattern.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        if text.trim_matches('/').is_empty() {
            return Err(PatternError::Empty);
        }
        if !text.contains(MARKS) {
            return Ok(Self::One(VmSelector::parse(text)));
        }
        let over_paths = text.contains('/');
        let whole = if over_paths && !text.starts_with('/') {
            format!("/{text}")
        } else {
            text.to_owned()
        };
        let glob = GlobBuilder::new(&whole)
            .literal_separator(over_paths)
            .backslash_escape(true)
            .build()
            .map_err(|error| PatternError::Glob {
                text: text.to_owned(),
                problem: error.kind().to_string(),
            })?;
        Ok(Self::Many(Glob {
            text: whole,
            matcher: glob.compile_matcher(),
            over_paths,
        }))
    }

    /// Whether a VM with this name and inventory path fits a pattern. A single VM is looked
    /// up and not matched, so it never fits here.
    pub fn matches(&self, name: &str, path: Option<&str>) -> bool {
        match self {
            Self::One(_) => false,
            // A VM whose name looks like a pattern can still be named.
            Self::Many(glob) if glob.over_paths => {
                path.is_some_and(|path| path == glob.text || glob.matcher.is_match(path))
            }
            Self::Many(glob) => name == glob.text || glob.matcher.is_match(name),
        }
    }

    /// The folder below which every match of a pattern stands, as far as the pattern tells:
    /// `/London/vm/Protected` for `/London/vm/Protected/app-*`.
    pub fn folder(&self) -> Option<&str> {
        let Self::Many(glob) = self else { return None };
        if !glob.over_paths {
            return None;
        }
        // What is escaped is not literal here.
        let end = glob.text.find(|c| MARKS.contains(&c) || c == '\\')?;
        let (folder, _) = glob.text[..end].rsplit_once('/')?;
        (!folder.is_empty()).then_some(folder)
    }
}

impl fmt::Display for VmPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(selector) => selector.fmt(f),
            Self::Many(glob) => f.write_str(&glob.text),
        }
    }
}

impl PartialEq for VmPattern {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::One(a), Self::One(b)) => a == b,
            (Self::Many(a), Self::Many(b)) => a.text == b.text,
            _ => false,
        }
    }
}

impl Eq for VmPattern {}

impl Serialize for VmPattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fits(pattern: &str, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        VmPattern::parse(pattern).unwrap().matches(name, Some(path))
    }

    #[test]
    fn a_star_stays_within_a_folder_and_two_do_not() {
        assert!(fits("/DC/vm/*/app-*", "/DC/vm/x/app-1"));
        assert!(!fits("/DC/vm/*", "/DC/vm/x/app-1"));
        assert!(fits("/DC/vm/**", "/DC/vm/x/app-1"));
        assert!(fits("DC/vm/**/app-{1,2}", "/DC/vm/x/y/app-2"));
        assert!(fits("app-[0-9]", "/DC/vm/x/app-1"));
        assert!(!fits("/DC/vm/APP-*", "/DC/vm/app-1"));
    }

    #[test]
    fn a_name_with_marks_can_be_named() {
        assert!(fits("web [old]", "/DC/vm/web [old]"));
        assert!(fits("/DC/vm/web [old]", "/DC/vm/web [old]"));
    }

    #[test]
    fn the_folder_of_a_pattern_narrows_the_search() {
        let folder = |text: &str| {
            VmPattern::parse(text)
                .unwrap()
                .folder()
                .map(ToOwned::to_owned)
        };
        assert_eq!(folder("/DC/vm/x/app-*").as_deref(), Some("/DC/vm/x"));
        assert_eq!(folder("/DC/vm/x*/app").as_deref(), Some("/DC/vm"));
        assert_eq!(folder("/*/vm/app"), None);
        assert_eq!(folder("app-*"), None);
    }

    #[test]
    fn what_is_no_pattern_is_told() {
        for text in ["", "  ", "/"] {
            assert_eq!(VmPattern::parse(text), Err(PatternError::Empty), "{text:?}");
        }
        let error = VmPattern::parse("/DC/vm/[a").unwrap_err().to_string();
        assert!(
            error.contains("/DC/vm/[a") && error.contains("unclosed"),
            "{error}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_text_makes_it_fall(text in "[a-c*?\\[\\]{}!\\\\/,]{0,12}", path in "/[a-c/]{0,12}") {
            if let Ok(pattern) = VmPattern::parse(&text) {
                let _ = pattern.matches("a", Some(&path));
                let _ = pattern.folder();
            }
        }
    }
}
