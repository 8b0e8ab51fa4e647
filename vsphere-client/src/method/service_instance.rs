//! Calls of the service instance.

use jiff::Timestamp;

use super::Effect;
use crate::vim::ServiceContent;
use crate::wire_method;

wire_method! {
    /// Asks for the server's managers and product; needs no session (`RetrieveServiceContent`).
    pub struct RetrieveServiceContent = "RetrieveServiceContent": Effect::Read => ServiceContent {}
}

wire_method! {
    /// Asks for the server's time; keeps the session alive (`CurrentTime`).
    pub struct CurrentTime = "CurrentTime": Effect::Read => Timestamp {}
}

impl Default for RetrieveServiceContent {
    /// On the well-known service instance.
    fn default() -> Self {
        Self {
            this: ServiceContent::service_instance(),
        }
    }
}

impl Default for CurrentTime {
    /// On the well-known service instance.
    fn default() -> Self {
        Self {
            this: ServiceContent::service_instance(),
        }
    }
}
