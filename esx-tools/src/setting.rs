//! One advanced setting of a VM.

use serde::{Deserialize, Serialize};

/// One advanced setting (`config.extraConfig`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Key as the server spells it.
    pub key: String,
    /// Value as text; empty removes the key when written.
    pub value: String,
}
