//! Finding objects by what people know of them.

use crate::client::Client;
use crate::error::Error;
use crate::method::{FindAllByUuid, FindByInventoryPath};
use crate::vim::ManagedObjectReference;

/// Which UUID of a VM is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UuidKind {
    /// `config.instanceUuid`, which vCenter keeps unique.
    Instance,
    /// `config.uuid`, which the guest sees, and which clones may share.
    Bios,
}

impl Client {
    /// Finds the object at an inventory path such as `DC0/vm/folder/web`.
    ///
    /// A slash within a name is written `%2f`. `None` when there is nothing, or nothing that this
    /// account may see.
    ///
    /// # Errors
    ///
    /// Those of [`Client::call`].
    pub async fn find_by_path(&self, path: &str) -> Result<Option<ManagedObjectReference>, Error> {
        let inventory_path = path.trim_matches('/').to_owned();
        self.call(&FindByInventoryPath {
            this: self.search_index()?,
            inventory_path,
        })
        .await
    }

    /// Finds all VMs with this UUID, written with dashes.
    ///
    /// # Errors
    ///
    /// Those of [`Client::call`].
    pub async fn find_vms_by_uuid(
        &self,
        uuid: &str,
        kind: UuidKind,
    ) -> Result<Vec<ManagedObjectReference>, Error> {
        let find = FindAllByUuid {
            this: self.search_index()?,
            datacenter: None,
            uuid: uuid.to_owned(),
            vm_search: true,
            instance_uuid: Some(kind == UuidKind::Instance),
        };
        self.call(&find).await
    }

    fn search_index(&self) -> Result<ManagedObjectReference, Error> {
        self.content()
            .search_index
            .clone()
            .ok_or(Error::Missing("a SearchIndex"))
    }
}
