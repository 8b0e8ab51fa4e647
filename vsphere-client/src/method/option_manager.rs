//! Calls of the option manager.

use super::Effect;
use crate::vim::OptionValue;
use crate::wire_method;

wire_method! {
    /// Reads a setting of the server, or all below a prefix (`OptionManager.QueryOptions`).
    pub struct QueryOptions = "QueryOptions": Effect::Read => Vec<OptionValue> {
        /// The setting, such as `VirtualCenter.FQDN`; a prefix ends in a dot.
        name: Option<String> = "name",
    }
}
