//! Calls of the authorization manager: privileges, roles, permissions, and methods disabled on an object.

use std::fmt;

use super::{Effect, Method};
use crate::soap::{Encode, Writer};
use crate::vim::{EntityPrivilege, ManagedObjectReference, Permission, UserPrivilegeResult};
use crate::{wire_method, wire_struct};

/// Asks which privileges a session holds (`AuthorizationManager.HasPrivilegeOnEntities`); vCenter only.
///
/// The session's key is a secret, so the call is [`SENSITIVE`](Method::SENSITIVE), and it dies with the session.
#[derive(Clone, PartialEq, Eq)]
pub struct HasPrivilegeOnEntities {
    /// The authorization manager.
    pub this: ManagedObjectReference,
    /// The objects.
    pub entity: Vec<ManagedObjectReference>,
    /// The key of the session ([`UserSession::key`](crate::vim::UserSession)).
    pub session_id: String,
    /// The privileges asked for; a name that the server does not know makes the call fail.
    pub priv_id: Vec<String>,
}

impl fmt::Debug for HasPrivilegeOnEntities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HasPrivilegeOnEntities")
            .field("this", &self.this)
            .field("entity", &self.entity)
            .field("priv_id", &self.priv_id)
            .finish_non_exhaustive()
    }
}

impl Method for HasPrivilegeOnEntities {
    const NAME: &'static str = "HasPrivilegeOnEntities";
    const EFFECT: Effect = Effect::Read;
    const SENSITIVE: bool = true;
    type Output = Vec<EntityPrivilege>;

    fn this(&self) -> &ManagedObjectReference {
        &self.this
    }

    fn params(&self, writer: &mut Writer) {
        self.entity.encode(writer, "entity");
        self.session_id.encode(writer, "sessionId");
        self.priv_id.encode(writer, "privId");
    }

    fn session_bound(&self) -> bool {
        true
    }
}

wire_method! {
    /// Lists all privileges of an account (`AuthorizationManager.FetchUserPrivilegeOnEntities`);
    /// vCenter 6.5 and later.
    pub struct FetchUserPrivilegeOnEntities = "FetchUserPrivilegeOnEntities": Effect::Read => Vec<UserPrivilegeResult> {
        /// The objects.
        entities: Vec<ManagedObjectReference> = "entities",
        /// The account.
        user_name: String = "userName",
    }
}

wire_struct! {
    /// A method to disable, and the reason that people will read.
    #[derive(Eq)]
    pub struct DisabledMethodRequest = "DisabledMethodRequest" {
        /// The method's name on the wire, such as `RelocateVM_Task`.
        method: String = "method",
        /// Why.
        reason_id: String = "reasonId",
    }
}

wire_method! {
    /// Forbids methods on objects to everybody (`AuthorizationManager.DisableMethods`).
    ///
    /// Internal to vCenter: absent from the published schema and from ESXi. Needs `Global.DisableMethods`.
    /// Read it back through the object's `disabledMethod`.
    pub struct DisableMethods = "DisableMethods" in "urn:internalvim25": Effect::Change => () {
        /// The objects.
        entity: Vec<ManagedObjectReference> = "entity",
        /// The methods.
        method: Vec<DisabledMethodRequest> = "method",
        /// Who disables; the same name is needed to enable again.
        source_id: String = "sourceId",
        /// Whether it ends with this session.
        session_scope: Option<bool> = "sessionScope",
    }
}

wire_method! {
    /// Takes back what [`DisableMethods`] of the same source forbade (`AuthorizationManager.EnableMethods`).
    ///
    /// Needs `Global.EnableMethods`.
    pub struct EnableMethods = "EnableMethods" in "urn:internalvim25": Effect::Change => () {
        /// The objects.
        entity: Vec<ManagedObjectReference> = "entity",
        /// The methods, by their plain names.
        method: Vec<String> = "method",
        /// Who disabled them.
        source_id: String = "sourceId",
    }
}

wire_method! {
    /// Makes a role and gives its number (`AuthorizationManager.AddAuthorizationRole`).
    ///
    /// Needs `Authorization.ModifyRoles`. The server adds `System.Anonymous`, `System.View` and
    /// `System.Read`, and refuses a privilege that it does not know.
    pub struct AddAuthorizationRole = "AddAuthorizationRole": Effect::Change => i32 {
        /// The role's name.
        name: String = "name",
        /// Its privileges.
        priv_ids: Vec<String> = "privIds",
    }
}

wire_method! {
    /// Gives a role another name and other privileges (`AuthorizationManager.UpdateAuthorizationRole`).
    ///
    /// Needs `Authorization.ModifyRoles`. What is not named is taken away.
    pub struct UpdateAuthorizationRole = "UpdateAuthorizationRole": Effect::Change => () {
        /// The role's number.
        role_id: i32 = "roleId",
        /// Its name from now on.
        new_name: String = "newName",
        /// All its privileges from now on.
        priv_ids: Vec<String> = "privIds",
    }
}

wire_method! {
    /// Gives accounts roles on an object (`AuthorizationManager.SetEntityPermissions`).
    ///
    /// Needs `Authorization.ModifyPermissions` on the object. It replaces the role that an account
    /// named has on that very object; other accounts keep theirs.
    pub struct SetEntityPermissions = "SetEntityPermissions": Effect::Change => () {
        /// The object.
        entity: ManagedObjectReference = "entity",
        /// Who gets which role.
        permission: Vec<Permission> = "permission",
    }
}

wire_method! {
    /// Lists who has which role on an object (`AuthorizationManager.RetrieveEntityPermissions`).
    pub struct RetrieveEntityPermissions = "RetrieveEntityPermissions": Effect::Read => Vec<Permission> {
        /// The object.
        entity: ManagedObjectReference = "entity",
        /// Whether to list also what comes down from above.
        inherited: bool = "inherited",
    }
}
