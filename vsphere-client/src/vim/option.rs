//! Options by key: `extraConfig` and the like.

use super::AnyValue;
use crate::wire_struct;

wire_struct! {
    /// A key and its value (`extraConfig[]`).
    pub struct OptionValue = "OptionValue" {
        /// The key.
        key: String = "key",
        /// The value; an empty string removes the key from a VM's options.
        value: Option<AnyValue> = "value",
    }
}

impl OptionValue {
    /// An option with a text, which is what a VM's options hold.
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<AnyValue>) -> Self {
        Self {
            key: key.into(),
            value: Some(value.into()),
        }
    }

    /// The value's text; empty when there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        self.value
            .as_ref()
            .and_then(AnyValue::as_str)
            .unwrap_or_default()
    }

    /// The value as a truth value; VMs spell it `TRUE`, `true` or `"1"`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        match &self.value {
            Some(value) => value.as_bool().unwrap_or_else(|| self.text() == "1"),
            None => false,
        }
    }
}

/// Looks keys up without regard to case, as vCenter does.
///
/// vCenter takes `disk.EnableUUID` and `disk.enableUUID` for the same key, other servers do not.
/// So the key found is the one to edit, exactly as it is spelled there.
///
/// ```
/// use vsphere_client::vim::{ExtraConfig, OptionValue};
///
/// let options = vec![OptionValue::new("disk.enableUUID", "TRUE")];
/// assert!(options.is_true("disk.EnableUUID"));
/// assert_eq!(options.key_for("disk.EnableUUID"), "disk.enableUUID");
/// assert_eq!(options.key_for("new.key"), "new.key");
/// ```
pub trait ExtraConfig {
    /// The option of that key.
    fn option(&self, key: &str) -> Option<&OptionValue>;

    /// The text of the option of that key.
    fn text(&self, key: &str) -> Option<&str> {
        self.option(key).map(OptionValue::text)
    }

    /// Whether the option is there and true.
    fn is_true(&self, key: &str) -> bool {
        self.option(key).is_some_and(OptionValue::is_true)
    }

    /// The key as the VM spells it, or as given when the VM does not have it.
    fn key_for<'a>(&'a self, key: &'a str) -> &'a str {
        self.option(key).map_or(key, |option| &option.key)
    }
}

impl ExtraConfig for [OptionValue] {
    fn option(&self, key: &str) -> Option<&OptionValue> {
        // The very spelling wins where a server keeps both.
        self.iter().find(|option| option.key == key).or_else(|| {
            self.iter()
                .find(|option| option.key.eq_ignore_ascii_case(key))
        })
    }
}
