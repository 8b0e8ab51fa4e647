//! Calls two methods that the crate does not know: one with types of its own, one without any.
//!
//! See `shared/connect.rs` for the settings.
//!
//! ```text
//! cargo run -p vsphere-client --example raw_call
//! ```

#[path = "shared/connect.rs"]
mod connect;

use std::error::Error;
use std::io::{Write, stdout};

use vsphere_client::method::Effect;
use vsphere_client::soap::RawElement;
use vsphere_client::vim::ManagedObjectReference;
use vsphere_client::{Client, wire_method};

wire_method! {
    /// Finds a child of an inventory object by name (`SearchIndex.FindChild`).
    struct FindChild = "FindChild": Effect::Read => Option<ManagedObjectReference> {
        /// The object above it.
        entity: ManagedObjectReference = "entity",
        /// The child's name.
        name: String = "name",
    }
}

wire_method! {
    /// The permissions that a role has (`AuthorizationManager.RetrieveRolePermissions`).
    ///
    /// Its result has a type that this program does not declare: each comes as a small tree.
    struct RetrieveRolePermissions = "RetrieveRolePermissions": Effect::Read => Vec<RawElement> {
        /// The role's number; -1 is the administrator's.
        role_id: i32 = "roleId",
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    Client::scope(connect::from_environment()?, call).await
}

async fn call(client: Client) -> Result<(), Box<dyn Error>> {
    let mut out = stdout();
    let content = client.content();

    let missing = "a name that nothing has";
    let found = client
        .call(&FindChild {
            this: content.search_index.clone().ok_or("no SearchIndex")?,
            entity: content.root_folder.clone(),
            name: missing.into(),
        })
        .await?;
    writeln!(out, "FindChild({missing:?}): {found:?}")?;

    let manager = content.authorization_manager.clone();
    let permissions = client
        .call(&RetrieveRolePermissions {
            this: manager.ok_or("no AuthorizationManager")?,
            role_id: -1,
        })
        .await?;
    for permission in &permissions {
        writeln!(
            out,
            "administrator: {}, on {}, propagated: {}",
            permission.child_text("principal").unwrap_or("?"),
            permission.child_text("entity").unwrap_or("everything"),
            permission.child_text("propagate").unwrap_or("?"),
        )?;
    }
    Ok(())
}
