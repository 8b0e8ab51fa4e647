//! Licences, roles and privileges.

use super::{AnyValue, Description, ManagedObjectReference};
use crate::wire_struct;

wire_struct! {
    /// A licence (`LicenseManager.licenses[]`).
    pub struct LicenseManagerLicenseInfo = "LicenseManagerLicenseInfo" {
        /// The key, a secret of sorts; `00000-00000-00000-00000-00000` while evaluating.
        license_key: String = "licenseKey",
        /// The edition, `esx.hypervisor.cpuPackage` for the free one, `eval`.
        edition_key: String = "editionKey",
        /// For people.
        name: String = "name",
        /// Units it covers.
        total: i32 = "total",
        /// Units in use.
        used: Option<i32> = "used",
        /// What a unit is, `cpuPackage`.
        cost_unit: String = "costUnit",
        /// Further properties: expiry, features.
        properties: Vec<KeyAnyValue> = "properties",
    }
}

wire_struct! {
    /// The licence that one object has (`LicenseAssignmentManager.QueryAssignedLicenses`).
    pub struct LicenseAssignmentManagerLicenseAssignment = "LicenseAssignmentManagerLicenseAssignment" {
        /// The value of the object's reference.
        entity_id: String = "entityId",
        /// Which vCenter it belongs to.
        scope: Option<String> = "scope",
        /// The object's name.
        entity_display_name: Option<String> = "entityDisplayName",
        /// The licence.
        assigned_license: LicenseManagerLicenseInfo = "assignedLicense",
        /// Further properties.
        properties: Vec<KeyAnyValue> = "properties",
    }
}

wire_struct! {
    /// A key and a value of any type.
    pub struct KeyAnyValue = "KeyAnyValue" {
        /// The key.
        key: String = "key",
        /// The value.
        value: AnyValue = "value",
    }
}

wire_struct! {
    /// A role: a named set of privileges (`AuthorizationManager.roleList[]`).
    #[derive(Eq)]
    pub struct AuthorizationRole = "AuthorizationRole" {
        /// Its number.
        role_id: i32 = "roleId",
        /// Whether it is built in.
        system: bool = "system",
        /// Its name.
        name: String = "name",
        /// Label and summary.
        info: Option<Description> = "info",
        /// Its privileges.
        privilege: Vec<String> = "privilege",
    }
}

wire_struct! {
    /// A privilege that the server knows (`AuthorizationManager.privilegeList[]`).
    #[derive(Eq)]
    pub struct AuthorizationPrivilege = "AuthorizationPrivilege" {
        /// Its id, `VirtualMachine.Config.AddExistingDisk`.
        priv_id: String = "privId",
        /// Whether it must be held on the parent.
        on_parent: bool = "onParent",
        /// The last part of the id.
        name: String = "name",
        /// The first part of the id.
        priv_group_name: String = "privGroupName",
    }
}

wire_struct! {
    /// The privileges held on one object (`HasPrivilegeOnEntities`).
    #[derive(Eq)]
    pub struct EntityPrivilege = "EntityPrivilege" {
        /// The object.
        entity: ManagedObjectReference = "entity",
        /// Each privilege asked for.
        priv_availability: Vec<PrivilegeAvailability> = "privAvailability",
    }
}

wire_struct! {
    /// Whether a privilege is held.
    #[derive(Eq)]
    pub struct PrivilegeAvailability = "PrivilegeAvailability" {
        /// The privilege.
        priv_id: String = "privId",
        /// Whether it is held.
        is_granted: bool = "isGranted",
    }
}

wire_struct! {
    /// All privileges held on one object (`FetchUserPrivilegeOnEntities`).
    #[derive(Eq)]
    pub struct UserPrivilegeResult = "UserPrivilegeResult" {
        /// The object.
        entity: ManagedObjectReference = "entity",
        /// The privileges.
        privileges: Vec<String> = "privileges",
    }
}

wire_struct! {
    /// That an account or a group holds a role on an object (`ManagedEntity.permission[]`).
    #[derive(Eq)]
    pub struct Permission = "Permission" {
        /// The object; set in answers.
        entity: Option<ManagedObjectReference> = "entity",
        /// The account or group; vCenter answers `DOMAIN\\name`, and takes `name@domain` as well.
        principal: String = "principal",
        /// Whether it is a group.
        group: bool = "group",
        /// The role's number.
        role_id: i32 = "roleId",
        /// Whether it counts for what is below the object too.
        propagate: bool = "propagate",
    }
}
