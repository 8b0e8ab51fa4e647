//! Accounts, roles and permissions.

use std::collections::BTreeMap;

use crate::model::accounts::Role;
use crate::value::MoRef;

/// Who can log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user name, for example `administrator@vsphere.local`; compared without regard to case.
    pub user: String,
    /// The password.
    pub password: String,
}

/// A named set of privileges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleDef {
    /// Its number: -1 is the administrator's, -2 read-only, -5 no access, 1000 and up are custom.
    pub id: i32,
    /// Its name, for example `Azure_Site_Recovery`.
    pub name: String,
    /// Whether it is built in.
    pub system: bool,
    /// The privileges it grants.
    pub privileges: Vec<String>,
}

/// That an account holds a role on an inventory object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermissionDef {
    /// The inventory object.
    pub entity: MoRef,
    /// The user name.
    pub user: String,
    /// The role's number.
    pub role: i32,
    /// Whether it counts for everything below the object too.
    pub propagate: bool,
}

/// Accounts, roles and permissions.
#[derive(Clone, Debug, Default)]
pub struct Accounts {
    /// The accounts by user name in lower case.
    pub users: BTreeMap<String, Account>,
    /// The roles by number.
    pub roles: BTreeMap<i32, RoleDef>,
    /// The permissions.
    pub permissions: Vec<PermissionDef>,
}

impl Accounts {
    /// Adds an account.
    pub fn add_user(&mut self, user: &str, password: &str) {
        let account = Account {
            user: user.to_owned(),
            password: password.to_owned(),
        };
        self.users.insert(user.to_lowercase(), account);
    }

    /// The account, if the password is right.
    pub fn login(&self, user: &str, password: &str) -> Option<&Account> {
        self.users
            .get(&user.to_lowercase())
            .filter(|account| account.password == password)
    }

    /// An account that holds a role somewhere.
    pub fn of_role(&self, role: Role) -> Option<&Account> {
        let permission = self.permissions.iter().find(|p| p.role == role.id())?;
        self.users.get(&permission.user.to_lowercase())
    }
}
