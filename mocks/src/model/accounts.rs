//! The accounts and roles that every simulated server has.
//!
//! | user (vCenter) | role | password |
//! | --- | --- | --- |
//! | `administrator@vsphere.local` | Administrator | `Administrator!1` |
//! | `readonly@vsphere.local` | Read-only | `ReadOnly!1` |
//! | `asr@vsphere.local` | `Azure_Site_Recovery` | `Recovery!1` |
//! | `asr-hardening@vsphere.local` | the same and what hardening needs | `Hardening!1` |
//! | `noaccess@vsphere.local` | No access | `NoAccess!1` |
//! | `asr-gaps@vsphere.local` | `Azure_Site_Recovery` by the table of 2019, which lets it take and revert no snapshots, without three more privileges; `failback-lab` bars it from two objects | `Gaps!1` |
//! | `norole@vsphere.local` | none at all, so it is not let in | `NoRole!1` |
//! | `expired@vsphere.local` | as `asr`, but its password has run out | `Expired!1` |
//! | `locked@vsphere.local` | as `asr`, but it is locked | `Locked!1` |
//!
//! On a standalone host the names stand without domain, and `root` is the administrator.

use crate::accounts::{Bar, PermissionDef, Role, RoleDef};
use crate::model::{Builder, privileges};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The privileges of a role on a kind of server.
fn privileges_of(role: Role, vcenter: bool) -> Vec<String> {
    let of = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    match role {
        Role::Administrator => privileges::all(vcenter),
        Role::ReadOnly => of(READ),
        Role::NoAccess => Vec::new(),
        Role::AzureSiteRecovery => {
            let mut all = of(READ);
            all.extend(of(AZURE_SITE_RECOVERY));
            all.extend(privileges::of_group("VirtualMachine.Config"));
            all
        }
        Role::AzureSiteRecoveryHardening => {
            let mut all = privileges_of(Role::AzureSiteRecovery, vcenter);
            all.extend(of(HARDENING));
            all
        }
    }
}

const READ: &[&str] = &["System.Anonymous", "System.View", "System.Read"];

/// The role of the Azure documents; all of `VirtualMachine.Config` comes on top.
const AZURE_SITE_RECOVERY: &[&str] = &[
    "Datastore.AllocateSpace",
    "Datastore.Browse",
    "Datastore.FileManagement",
    "Datastore.DeleteFile",
    "Datastore.UpdateVirtualMachineFiles",
    "Network.Assign",
    "Resource.AssignVMToPool",
    "Resource.ColdMigrate",
    "Resource.HotMigrate",
    "Task.Create",
    "Task.Update",
    "VirtualMachine.Interact.AnswerQuestion",
    "VirtualMachine.Interact.DeviceConnection",
    "VirtualMachine.Interact.SetCDMedia",
    "VirtualMachine.Interact.SetFloppyMedia",
    "VirtualMachine.Interact.PowerOff",
    "VirtualMachine.Interact.PowerOn",
    "VirtualMachine.Interact.ToolsInstall",
    "VirtualMachine.Inventory.Create",
    "VirtualMachine.Inventory.Register",
    "VirtualMachine.Inventory.Unregister",
    "VirtualMachine.Provisioning.GetVmFiles",
    "VirtualMachine.Provisioning.PutVmFiles",
    "VirtualMachine.State.CreateSnapshot",
    "VirtualMachine.State.RemoveSnapshot",
    "VirtualMachine.State.RevertToSnapshot",
];

const HARDENING: &[&str] = &[
    "StoragePod.Config",
    "Host.Inventory.EditCluster",
    "Global.DisableMethods",
    "Global.EnableMethods",
    "Host.Config.Storage",
    "Global.Licenses",
];

/// The user name of an account; `vcenter` chooses between the two kinds of server.
pub fn user_of(role: Role, vcenter: bool) -> String {
    let name = match role {
        Role::Administrator if !vcenter => return "root".to_owned(),
        Role::Administrator => "administrator",
        Role::ReadOnly => "readonly",
        Role::AzureSiteRecovery => "asr",
        Role::AzureSiteRecoveryHardening => "asr-hardening",
        Role::NoAccess => "noaccess",
    };
    spelled(name, vcenter)
}

fn spelled(name: &str, vcenter: bool) -> String {
    if vcenter {
        format!("{name}@vsphere.local")
    } else {
        name.to_owned()
    }
}

/// The password of an account. It guards nothing but simulated VMs.
pub fn password_of(role: Role) -> &'static str {
    match role {
        Role::Administrator => "Administrator!1",
        Role::ReadOnly => "ReadOnly!1",
        Role::AzureSiteRecovery => "Recovery!1",
        Role::AzureSiteRecoveryHardening => "Hardening!1",
        Role::NoAccess => "NoAccess!1",
    }
}

impl Builder<'_> {
    /// Adds the accounts, with their roles on the root folder, propagated.
    pub(super) fn install_accounts(&mut self) {
        let vcenter = self.personality.is_vcenter();
        let Some(root) = self.world.root_folder() else {
            return;
        };
        for role in Role::ALL {
            let user = user_of(role, vcenter);
            self.world.accounts.add_user(&user, password_of(role));
            self.world.accounts.roles.insert(
                role.id(),
                RoleDef {
                    id: role.id(),
                    name: role.name().to_owned(),
                    system: role.id() < 0,
                    privileges: privileges_of(role, vcenter),
                },
            );
            self.world.accounts.permissions.push(PermissionDef {
                entity: root.clone(),
                user,
                role: role.id(),
                propagate: true,
            });
        }
        self.install_troubled_accounts(&root);
        show_roles(self.world);
    }

    /// Adds the accounts with one trouble each.
    fn install_troubled_accounts(&mut self, root: &MoRef) {
        let vcenter = self.personality.is_vcenter();
        let accounts = &mut self.world.accounts;
        let mut privileges = privileges_of(Role::AzureSiteRecovery, vcenter);
        privileges.retain(|name| !FORGOTTEN.contains(&name.as_str()));
        accounts.roles.insert(
            GAPS,
            RoleDef {
                id: GAPS,
                name: "Azure_Site_Recovery_2019".to_owned(),
                system: false,
                privileges,
            },
        );
        let asr = Some(Role::AzureSiteRecovery.id());
        for (name, password, role, bar) in [
            ("asr-gaps", "Gaps!1", Some(GAPS), None),
            ("norole", "NoRole!1", None, None),
            ("expired", "Expired!1", asr, Some(Bar::PasswordExpired)),
            ("locked", "Locked!1", asr, Some(Bar::Locked)),
        ] {
            let user = spelled(name, vcenter);
            accounts.add_user(&user, password);
            if let Some(role) = role {
                accounts.grant(root, &user, role, true);
            }
            if let Some(bar) = bar {
                accounts.bar(&user, bar);
            }
        }
    }

    /// Bars the account `asr-gaps` from an object and all below it.
    pub fn gap(&mut self, entity: &MoRef) {
        let user = spelled("asr-gaps", self.personality.is_vcenter());
        self.world
            .accounts
            .grant(entity, &user, Role::NoAccess.id(), true);
    }
}

/// The number of the role that lacks some privileges.
const GAPS: i32 = 1003;

/// What that role lacks.
const FORGOTTEN: &[&str] = &[
    "Datastore.Browse",
    "VirtualMachine.Config.AddExistingDisk",
    "VirtualMachine.Inventory.Unregister",
    "VirtualMachine.State.CreateSnapshot",
    "VirtualMachine.State.RevertToSnapshot",
];

/// Writes the roles to `AuthorizationManager.roleList`.
pub(crate) fn show_roles(world: &mut World) {
    let roles: Vec<Data> = world.accounts.roles.values().map(shown).collect();
    let manager = world
        .store
        .exactly("AuthorizationManager")
        .next()
        .map(|o| o.reference.clone());
    if let Some(manager) = manager {
        let list = Value::list("AuthorizationRole", roles);
        world
            .store
            .update(&manager, |data| data.set("roleList", list));
    }
}

fn shown(role: &RoleDef) -> Data {
    let info = Data::new("Description")
        .with("label", role.name.as_str())
        .with("summary", role.name.as_str());
    Data::new("AuthorizationRole")
        .with("roleId", role.id)
        .with("system", role.system)
        .with("name", role.name.as_str())
        .with("info", info)
        .with(
            "privilege",
            Value::list("string", role.privileges.iter().map(String::as_str)),
        )
}

/// A permission as `AuthorizationManager` and `ManagedEntity.permission` show it.
pub(crate) fn permission(def: &PermissionDef) -> Data {
    Data::new("Permission")
        .with("entity", &def.entity)
        .with("principal", principal(&def.user))
        .with("group", false)
        .with("roleId", def.role)
        .with("propagate", def.propagate)
}

/// As vCenter spells it: `VSPHERE.LOCAL\\asr` for `asr@vsphere.local`.
fn principal(user: &str) -> String {
    match user.split_once('@') {
        Some((name, domain)) => format!("{}\\{name}", domain.to_uppercase()),
        None => user.to_owned(),
    }
}

/// The entity and everything above it, nearest first.
pub(crate) fn ancestors(world: &World, entity: &MoRef) -> Vec<MoRef> {
    let mut chain = vec![entity.clone()];
    while let Some(parent) = chain
        .last()
        .and_then(|e| world.store.get(e)?.reference("parent"))
    {
        if chain.contains(parent) {
            break;
        }
        chain.push(parent.clone());
    }
    chain
}
