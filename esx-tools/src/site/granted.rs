//! Asking which privileges the account holds on which objects.

use vsphere_client::{
    Client, Error as ClientError,
    method::HasPrivilegeOnEntities,
    vim::{EntityPrivilege, ManagedObjectReference},
};

use super::{PrivilegeFact, parts::SessionProperties};

/// Asks for each of these privileges on each of these objects: two calls. Nothing on a host without vCenter, and where
/// the server does not tell the session.
///
/// # Errors
///
/// The client's; an account may be refused even the question.
pub(super) async fn ask_granted(
    client: &Client,
    entity: Vec<ManagedObjectReference>,
    privileges: &[&str],
) -> Result<Vec<PrivilegeFact>, ClientError> {
    let content = client.content();
    let managers = (&content.authorization_manager, &content.session_manager);
    let ((Some(this), Some(sessions)), true) = (managers, client.is_vcenter()) else {
        return Ok(Vec::new());
    };
    let session = client.retrieve_one::<SessionProperties>(sessions).await?;
    let Some(session) = session.properties.current else {
        return Ok(Vec::new());
    };
    let call = HasPrivilegeOnEntities {
        this: this.clone(),
        entity,
        session_id: session.key,
        priv_id: privileges.iter().map(|one| (*one).to_owned()).collect(),
    };
    Ok(granted(&client.call(&call).await?).collect())
}

/// The answers one by one.
pub(super) fn granted(answers: &[EntityPrivilege]) -> impl Iterator<Item = PrivilegeFact> {
    answers.iter().flat_map(|answer| {
        let entries = answer.priv_availability.iter();
        entries.map(|entry| PrivilegeFact {
            on: answer.entity.clone(),
            privilege: entry.priv_id.clone(),
            granted: entry.is_granted,
        })
    })
}
