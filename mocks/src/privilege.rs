//! Who may do what on which object.

use crate::accounts::Account;
use crate::fault::Fault;
use crate::schema::Schema;
use crate::value::MoRef;
use crate::world::World;

impl World {
    /// The inventory entity at which privileges on an object are looked up: itself, or for
    /// managers, snapshots and the like the entity they belong to, at last the root folder.
    pub fn entity_of(&self, object: &MoRef) -> Option<MoRef> {
        let mut at = object.clone();
        // Owners are few; the bound only guards against a circle.
        for _ in 0..8 {
            if Schema::get().is_subtype(&at.kind, "ManagedEntity") {
                return Some(at);
            }
            match self.store.object(&at).and_then(|o| o.owner.clone()) {
                Some(owner) => at = owner,
                None => break,
            }
        }
        self.root_folder()
    }

    /// The privileges that an account holds on an entity: those of the role of the permission
    /// nearest above it.
    pub fn privileges_on(&self, user: &str, entity: &MoRef) -> &[String] {
        self.role_on(user, entity)
            .and_then(|role| self.accounts.roles.get(&role))
            .map(|role| role.privileges.as_slice())
            .unwrap_or_default()
    }

    /// The number of the role that an account has on an entity.
    pub(crate) fn role_on(&self, user: &str, entity: &MoRef) -> Option<i32> {
        let mut at = Some(entity.clone());
        let mut direct = true;
        while let Some(object) = at {
            let permission = self.accounts.permissions.iter().find(|p| {
                p.entity == object && p.user.eq_ignore_ascii_case(user) && (direct || p.propagate)
            });
            if let Some(permission) = permission {
                return Some(permission.role);
            }
            at = self.parent(&object);
            direct = false;
        }
        None
    }

    /// Whether an account holds a privilege on an object.
    ///
    /// Everybody who is logged in may see the managers (`System.View`), and the way down to what
    /// they hold a role on.
    pub fn has_privilege(&self, user: &str, object: &MoRef, privilege: &str) -> bool {
        let entity_itself = Schema::get().is_subtype(&object.kind, "ManagedEntity");
        let owned = self.store.object(object).is_some_and(|o| o.owner.is_some());
        if privilege == "System.Anonymous" {
            return true;
        }
        if !entity_itself && !owned && privilege == "System.View" {
            return true;
        }
        if !entity_itself && !owned && privilege == "System.Read" {
            return self.reads_somewhere(user);
        }
        let Some(entity) = self.entity_of(object) else {
            return false;
        };
        let holds = self
            .privileges_on(user, &entity)
            .iter()
            .any(|p| p == privilege);
        holds || privilege == "System.View" && self.leads_to_own(user, &entity)
    }

    /// As [`World::has_privilege`], as a refusal.
    ///
    /// # Errors
    ///
    /// `NoPermission` with the object and the privilege.
    pub fn require(&self, account: &Account, object: &MoRef, privilege: &str) -> Result<(), Fault> {
        if self.has_privilege(&account.user, object, privilege) {
            return Ok(());
        }
        let entity = self.entity_of(object).unwrap_or_else(|| object.clone());
        Err(Fault::no_permission(&entity, privilege))
    }

    /// The entity above an entity.
    pub fn parent(&self, entity: &MoRef) -> Option<MoRef> {
        let data = self.store.get(entity)?;
        data.reference("parent")
            .or_else(|| data.reference("parentVApp"))
            .cloned()
    }

    fn reads_somewhere(&self, user: &str) -> bool {
        self.own_permissions(user).next().is_some()
    }

    /// The entities on which the account holds a role that lets it read.
    fn own_permissions<'a>(&'a self, user: &'a str) -> impl Iterator<Item = &'a MoRef> {
        let readable = |role: &i32| {
            let role = self.accounts.roles.get(role);
            role.is_some_and(|role| role.privileges.iter().any(|p| p == "System.Read"))
        };
        let own = self.accounts.permissions.iter();
        own.filter(move |p| p.user.eq_ignore_ascii_case(user) && readable(&p.role))
            .map(|p| &p.entity)
    }

    /// Whether one of the account's own entities is below `entity`.
    fn leads_to_own(&self, user: &str, entity: &MoRef) -> bool {
        self.own_permissions(user).any(|own| {
            let mut at = self.parent(own);
            while let Some(object) = at {
                if object == *entity {
                    return true;
                }
                at = self.parent(&object);
            }
            false
        })
    }
}
