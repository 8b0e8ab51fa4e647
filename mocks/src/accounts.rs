//! Accounts, roles and permissions.

use std::collections::BTreeMap;

use crate::value::MoRef;

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything.
    Administrator,
    /// Look, but not touch.
    ReadOnly,
    /// What Azure Site Recovery asks for its failback.
    AzureSiteRecovery,
    /// That, and what keeping a VM from Storage vMotion needs.
    AzureSiteRecoveryHardening,
    /// Log in and see nothing.
    NoAccess,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [
        Self::Administrator,
        Self::ReadOnly,
        Self::AzureSiteRecovery,
        Self::AzureSiteRecoveryHardening,
        Self::NoAccess,
    ];

    /// The role's number on the server.
    pub fn id(self) -> i32 {
        match self {
            Self::Administrator => -1,
            Self::ReadOnly => -2,
            Self::NoAccess => -5,
            Self::AzureSiteRecovery => 1001,
            Self::AzureSiteRecoveryHardening => 1002,
        }
    }

    /// The role's name on the server.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "Admin",
            Self::ReadOnly => "ReadOnly",
            Self::NoAccess => "NoAccess",
            Self::AzureSiteRecovery => "Azure_Site_Recovery",
            Self::AzureSiteRecoveryHardening => "Azure_Site_Recovery_Hardening",
        }
    }
}

/// Who can log in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The user name, for example `administrator@vsphere.local`; compared without regard to case.
    pub user: String,
    /// The password.
    pub password: String,
}

/// Why an account is not let in although its password is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// Its password has run out.
    PasswordExpired,
    /// Too many wrong passwords have locked it.
    Locked,
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
    /// Who is not let in, by user name in lower case.
    pub barred: BTreeMap<String, Bar>,
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

    /// Lets an account in no longer.
    pub fn bar(&mut self, user: &str, why: Bar) {
        self.barred.insert(user.to_lowercase(), why);
    }

    /// The account that a principal means: `user@domain`, `DOMAIN\\user`, or a name without domain.
    pub fn principal(&self, text: &str) -> Option<&Account> {
        let lower = text.to_lowercase();
        let name = match lower.split_once('\\') {
            Some((domain, user)) => format!("{user}@{domain}"),
            None => lower,
        };
        self.users.get(&name)
    }

    /// Gives an account a role on an object, instead of the one that it has there.
    pub fn grant(&mut self, entity: &MoRef, user: &str, role: i32, propagate: bool) {
        let same =
            |def: &PermissionDef| def.entity == *entity && def.user.eq_ignore_ascii_case(user);
        self.permissions.retain(|def| !same(def));
        self.permissions.push(PermissionDef {
            entity: entity.clone(),
            user: user.to_owned(),
            role,
            propagate,
        });
    }

    /// Takes all permissions from an account.
    pub fn revoke(&mut self, user: &str) {
        self.permissions
            .retain(|def| !def.user.eq_ignore_ascii_case(user));
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
