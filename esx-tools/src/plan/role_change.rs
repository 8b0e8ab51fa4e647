//! Changes to roles and to who has them, as data.

use serde::{Deserialize, Serialize};
use vsphere_client::vim::ManagedObjectReference;

/// A change to a role of the server, or to an account's role on an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChange {
    /// The `AuthorizationManager`.
    pub manager: ManagedObjectReference,
    /// Name of the role.
    pub role: String,
    /// What is done.
    #[serde(flatten)]
    pub act: RoleAct,
}

/// What is done about a role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum RoleAct {
    /// Create it (`AddAuthorizationRole`).
    Create {
        /// Its privileges.
        privileges: Vec<String>,
    },
    /// Add to it what it lacks (`UpdateAuthorizationRole`).
    Complete {
        /// The role's number.
        role_id: i32,
        /// What is added.
        add: Vec<String>,
        /// What it holds from now on.
        privileges: Vec<String>,
    },
    /// Give it to an account (`SetEntityPermissions`), propagated.
    Assign {
        /// The account.
        user: String,
        /// The object, a datacenter.
        on: ManagedObjectReference,
        /// Its name.
        name: String,
        /// The role that this replaces, by name, and whether it was propagated.
        replaces: Option<(String, bool)>,
    },
}

impl RoleChange {
    /// The vSphere method that makes the change.
    pub fn method(&self) -> &'static str {
        match self.act {
            RoleAct::Create { .. } => "AddAuthorizationRole",
            RoleAct::Complete { .. } => "UpdateAuthorizationRole",
            RoleAct::Assign { .. } => "SetEntityPermissions",
        }
    }

    /// The change in words, in the imperative.
    pub fn title(&self) -> String {
        let role = &self.role;
        match &self.act {
            RoleAct::Create { privileges } => {
                format!(
                    "Create the role {role} with {} privileges",
                    privileges.len()
                )
            }
            RoleAct::Complete { add, .. } => {
                format!("Add {} privileges to the role {role}", add.len())
            }
            RoleAct::Assign { user, name, .. } => {
                format!("Give the role {role} to {user} on {name}, propagated")
            }
        }
    }
}
