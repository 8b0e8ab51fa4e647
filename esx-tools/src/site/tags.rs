//! Tags on the master target: read only where one is asked for, since that takes a REST session.

use serde::{Deserialize, Serialize};
use vsphere_client::{
    Client,
    rest::{RestError, Tag, TagCategory, TagId},
    vim::ManagedObjectReference,
};

use super::{Fact, PrivilegeFact, granted::ask_granted};
use crate::privilege::ATTACH_TAG;
use crate::role::TAGGING;
use crate::tag::TagName;
use crate::wording::error_text;

/// The type that a category has to take.
const VM_TYPE: &str = "VirtualMachine";

/// One tag that is asked for, and what the server knows of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagFacts {
    /// The tag.
    pub tag: TagName,
    /// What there is of it.
    pub state: Fact<TagState>,
}

/// What there is of a tag on the server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagState {
    /// Identifier of the category; unset when there is none of this name.
    pub category_id: Option<String>,
    /// Whether the category takes VMs.
    pub takes_vms: bool,
    /// Identifier of the tag; unset when the category has none of this name.
    pub tag_id: Option<String>,
    /// Whether the VM carries it.
    pub attached: bool,
}

/// Reads what there is of tags. What goes wrong becomes the reason of unknown facts.
pub(crate) async fn read_tags(
    client: &Client,
    vm: &ManagedObjectReference,
    wanted: &[TagName],
) -> Vec<TagFacts> {
    if wanted.is_empty() {
        return Vec::new();
    }
    let states = read(client, vm, wanted).await;
    let state_of = |at: usize| match &states {
        Ok(states) => Fact::Known(states.get(at).cloned().unwrap_or_default()),
        Err(error) => Fact::unknown(error_text(error)),
    };
    wanted
        .iter()
        .enumerate()
        .map(|(at, tag)| TagFacts {
            tag: tag.clone(),
            state: state_of(at),
        })
        .collect()
}

/// Asks what the account may do about tags: attach them to the VM, and make them, which counts on the server as a
/// whole. Two calls. Nothing when the server does not tell: then it can still be told by trying.
pub(crate) async fn tag_privileges(
    client: &Client,
    vm: &ManagedObjectReference,
) -> Vec<PrivilegeFact> {
    let root = &client.content().root_folder;
    let answers = ask_granted(client, vec![vm.clone(), root.clone()], TAGGING).await;
    // Each is asked on both objects, and counts on one of them.
    let counts = |entry: &PrivilegeFact| (entry.privilege == ATTACH_TAG) == (&entry.on == vm);
    answers
        .unwrap_or_default()
        .into_iter()
        .filter(counts)
        .collect()
}

async fn read(
    client: &Client,
    vm: &ManagedObjectReference,
    wanted: &[TagName],
) -> Result<Vec<TagState>, RestError> {
    let rest = client.rest().await?;
    let tagging = rest.tagging();
    let carried = tagging.attached(vm).await?;
    let mut states = Vec::with_capacity(wanted.len());
    for name in wanted {
        let category = tagging.find_category(&name.category).await?;
        let tag = match &category {
            Some(category) => tagging.find_tag(&category.id, &name.name).await?,
            None => None,
        };
        states.push(state(category, tag, &carried));
    }
    Ok(states)
}

fn state(category: Option<TagCategory>, tag: Option<Tag>, carried: &[TagId]) -> TagState {
    TagState {
        takes_vms: category.as_ref().is_some_and(|one| one.takes(VM_TYPE)),
        category_id: category.map(|one| one.id.0),
        attached: tag.as_ref().is_some_and(|one| carried.contains(&one.id)),
        tag_id: tag.map(|one| one.id.0),
    }
}
