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
                format!("Add to the role {role} what it lacks: {}", add.join(", "))
            }
            RoleAct::Assign {
                user,
                name,
                replaces,
                ..
            } => {
                let before = match replaces {
                    None => String::new(),
                    Some((before, true)) => format!(", instead of {before}, propagated"),
                    Some((before, false)) => format!(", instead of {before}, not propagated"),
                };
                format!("Give the role {role} to {user} on {name}, propagated{before}")
            }
        }
    }

    /// How a person takes it back: esxtool does not.
    pub fn undo(&self) -> String {
        let role = &self.role;
        match &self.act {
            RoleAct::Create { .. } => {
                format!("remove the role {role} in the vSphere Client, under Administration")
            }
            RoleAct::Complete { .. } => "take these privileges out of the role again".to_owned(),
            RoleAct::Assign {
                user,
                name,
                replaces,
                ..
            } => match replaces {
                None => format!("take the permission of {user} on {name} away"),
                Some((before, propagated)) => {
                    let how = if *propagated {
                        "propagated"
                    } else {
                        "not propagated"
                    };
                    format!("give {before} back to {user} on {name}, {how}")
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_what_is_replaced_and_how_it_is_undone() {
        let change = RoleChange {
            manager: ManagedObjectReference::new("AuthorizationManager", "am"),
            role: "ASR".into(),
            act: RoleAct::Assign {
                user: "asr@vsphere.local".into(),
                on: ManagedObjectReference::new("Datacenter", "dc-1"),
                name: "London".into(),
                replaces: Some(("ReadOnly".into(), true)),
            },
        };
        assert!(change.title().contains("instead of ReadOnly"));
        assert_eq!(
            change.undo(),
            "give ReadOnly back to asr@vsphere.local on London, propagated"
        );
    }
}
