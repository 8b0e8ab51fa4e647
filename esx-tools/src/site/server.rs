//! The server, and what it and the account allow.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

use crate::fact::Fact;

/// The server that answered, from `ServiceContent.about` and the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerFacts {
    /// Product with version and build, as the server writes it (`about.fullName`).
    pub product: String,
    /// Product version, for example `8.0.3`.
    pub version: String,
    /// Build number.
    pub build: String,
    /// Version of the API, for example `8.0.3.0`.
    pub api_version: String,
    /// Whether it is a vCenter (`apiType` is `VirtualCenter`) and not one ESXi host.
    pub is_vcenter: bool,
    /// Host name or address under which it was reached.
    pub address: Option<String>,
    /// Identity of this vCenter; unset on ESXi.
    pub instance_uuid: Option<String>,
    /// The account of the session.
    pub user: Option<String>,
}

/// Which privileges that a fix needs the account holds.
///
/// Asked with one `HasPrivilegeOnEntities`, on vCenter only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Abilities {
    /// One entry per object and privilege that was asked for.
    pub privileges: Fact<Vec<PrivilegeFact>>,
}

/// Whether the account holds one privilege on one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrivilegeFact {
    /// The object.
    pub on: ManagedObjectReference,
    /// The privilege's identifier, for example `Global.DisableMethods`.
    pub privilege: String,
    /// Whether the account holds it there.
    pub granted: bool,
}

impl Abilities {
    /// Adds what was asked later; nothing where the server told nothing before.
    pub(crate) fn add(&mut self, more: Vec<PrivilegeFact>) {
        if let Fact::Known(known) = &mut self.privileges {
            known.extend(more);
        }
    }

    /// Where the account holds this privilege or lacks it, of those that were asked on one object only.
    pub(crate) fn asked(&self, privilege: &str) -> Option<&PrivilegeFact> {
        let known = self.privileges.known()?;
        known.iter().find(|entry| entry.privilege == privilege)
    }

    /// Whether the account holds `privilege` on `object`; `None` when nobody could say.
    pub fn grants(&self, object: &ManagedObjectReference, privilege: &str) -> Option<bool> {
        let known = self.privileges.known()?;
        known
            .iter()
            .find(|entry| &entry.on == object && entry.privilege == privilege)
            .map(|entry| entry.granted)
    }
}
