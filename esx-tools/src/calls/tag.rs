//! Attaching a tag and taking it off, over REST.

use vsphere_client::rest::{
    Cardinality, CategoryId, NewCategory, RestError, RestErrorKind, TagId, Tagging,
};
use vsphere_client::{Client, vim::ManagedObjectReference};

use super::{
    act::{Act, told},
    report::StepStatus,
};
use crate::tag::TagName;

const ABOUT_CATEGORY: &str = "What a VM does in failbacks with Azure Site Recovery";
const ABOUT_TAG: &str = "Master target of Azure Site Recovery: while VMs fail back, do not \
                         move it or its disks and take no snapshots of it";

/// Attaches a tag; makes it, and its category, where the plan found none.
pub(super) async fn attach(
    client: &Client,
    vm: &ManagedObjectReference,
    tag: &TagName,
    category: Option<&str>,
    id: Option<&str>,
) -> Act {
    let mut made = Vec::new();
    match try_attach(client, &vm.clone(), tag, category, id, &mut made).await {
        Ok(()) => Act::Done {
            task: None,
            detail: (!made.is_empty()).then(|| format!("made {}", made.join(" and "))),
        },
        Err(error) => ended(&error, &made),
    }
}

async fn try_attach(
    client: &Client,
    vm: &ManagedObjectReference,
    tag: &TagName,
    category: Option<&str>,
    id: Option<&str>,
    made: &mut Vec<String>,
) -> Result<(), RestError> {
    let rest = client.rest().await?;
    let tagging = rest.tagging();
    let id = match id {
        Some(id) => TagId(id.to_owned()),
        None => make(&tagging, tag, category, made).await?,
    };
    tagging.attach(&id, vm).await
}

async fn make(
    tagging: &Tagging<'_>,
    tag: &TagName,
    category: Option<&str>,
    made: &mut Vec<String>,
) -> Result<TagId, RestError> {
    let category = match category {
        Some(id) => CategoryId(id.to_owned()),
        None => {
            let new = NewCategory {
                name: tag.category.clone(),
                description: ABOUT_CATEGORY.to_owned(),
                cardinality: Cardinality::Multiple,
                associable_types: vec!["VirtualMachine".to_owned()],
            };
            let id = tagging.create_category(&new).await?;
            made.push(format!("the category {:?}", tag.category));
            id
        }
    };
    let id = tagging.create_tag(&category, &tag.name, ABOUT_TAG).await?;
    made.push(format!("the tag {:?}", tag.name));
    Ok(id)
}

/// Takes a tag off. The tag itself stays: other VMs may carry it.
pub(super) async fn detach(client: &Client, vm: &ManagedObjectReference, id: Option<&str>) -> Act {
    let Some(id) = id else {
        return Act::Nothing {
            detail: Some("the server has no such tag".to_owned()),
        };
    };
    match try_detach(client, &vm.clone(), id).await {
        Ok(()) => Act::Done {
            task: None,
            detail: None,
        },
        Err(error) => ended(&error, &[]),
    }
}

async fn try_detach(
    client: &Client,
    vm: &ManagedObjectReference,
    id: &str,
) -> Result<(), RestError> {
    let rest = client.rest().await?;
    rest.tagging().detach(&TagId(id.to_owned()), vm).await
}

/// What an error comes to, given what was made before it.
fn ended(error: &RestError, made: &[String]) -> Act {
    let words = told(error);
    if error.may_have_acted() {
        let reason = format!("the answer was lost ({words})");
        return Act::Unclear { reason };
    }
    if made.is_empty() && error.is(&RestErrorKind::AlreadyExists) {
        return Act::Overtaken { reason: words };
    }
    let status = match error {
        // A part of it stands: the next run goes on from there.
        _ if !made.is_empty() => StepStatus::Unfinished,
        RestError::NotOffered => StepStatus::NotSupported,
        error if error.is(&RestErrorKind::Unauthorized) => StepStatus::NotPermitted,
        _ => StepStatus::Failed,
    };
    let reason = if made.is_empty() {
        words
    } else {
        format!("made {}, then: {words}", made.join(" and "))
    };
    Act::Not {
        status,
        reason,
        task: None,
        fault: None,
    }
}
