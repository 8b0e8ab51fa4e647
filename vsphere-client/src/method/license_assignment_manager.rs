//! Calls of the manager that knows which licence each object has.

use super::Effect;
use crate::vim::LicenseAssignmentManagerLicenseAssignment;
use crate::wire_method;

wire_method! {
    /// Tells the licences of one object or of all (`LicenseAssignmentManager.QueryAssignedLicenses`); vCenter only.
    pub struct QueryAssignedLicenses = "QueryAssignedLicenses": Effect::Read => Vec<LicenseAssignmentManagerLicenseAssignment> {
        /// The value of the object's reference, such as `host-10`; all objects without it.
        entity_id: Option<String> = "entityId",
    }
}
