//! Attaching a tag and detaching it, over REST.

use vsphere_client::rest::{Cardinality, CategoryId, NewCategory, TagId};

use crate::{
    engine::{Attempt, SendOutcome, Sender},
    plan::Change,
    tag::TagName,
};

const ABOUT_CATEGORY: &str = "What a VM does in failbacks with Azure Site Recovery";
const ABOUT_TAG: &str = "Master target of Azure Site Recovery: while VMs fail back, do not move it \
                         or its disks and take no snapshots of it";

/// Attaches a tag, or detaches it. The tag itself stays: other VMs may carry it.
pub(super) async fn carry_out(sender: &mut Sender<'_>, change: &Change) -> Attempt {
    match change {
        Change::DetachTag { tag_id: None, .. } => Attempt::Already {
            detail: Some("the server has no such tag".to_owned()),
        },
        Change::DetachTag {
            vm,
            tag_id: Some(id),
            ..
        } => {
            let (client, id) = (sender.client(), TagId(id.clone()));
            let call = async { client.rest().await?.tagging().detach(&id, vm).await };
            ended(sender.rest(call).await, sender, &[])
        }
        Change::AttachTag {
            vm,
            tag,
            category_id,
            tag_id,
        } => {
            let (client, mut made) = (sender.client(), Vec::new());
            let id = match tag_id {
                Some(id) => TagId(id.clone()),
                None => match make(sender, tag, category_id.as_deref(), &mut made).await {
                    Ok(id) => id,
                    Err(end) => return with_made(end, &made),
                },
            };
            let call = async { client.rest().await?.tagging().attach(&id, vm).await };
            ended(sender.rest(call).await, sender, &made)
        }
        _ => sender.decline("this change is about no tag"),
    }
}

/// Makes a tag, and its category where the plan found none.
async fn make(
    sender: &mut Sender<'_>,
    tag: &TagName,
    category: Option<&str>,
    made: &mut Vec<String>,
) -> Result<TagId, Attempt> {
    let client = sender.client();
    let category = match category {
        Some(id) => CategoryId(id.to_owned()),
        None => {
            let new = NewCategory {
                name: tag.category.clone(),
                description: ABOUT_CATEGORY.to_owned(),
                cardinality: Cardinality::Multiple,
                associable_types: vec!["VirtualMachine".to_owned()],
            };
            let call = async { client.rest().await?.tagging().create_category(&new).await };
            let id = answered(sender.rest(call).await, sender)?;
            made.push(format!("the category {:?}", tag.category));
            id
        }
    };
    let call = async {
        let rest = client.rest().await?;
        rest.tagging()
            .create_tag(&category, &tag.name, ABOUT_TAG)
            .await
    };
    let id = answered(sender.rest(call).await, sender)?;
    made.push(format!("the tag {:?}", tag.name));
    Ok(id)
}

fn answered<T>(sent: Result<SendOutcome<T>, Attempt>, sender: &Sender<'_>) -> Result<T, Attempt> {
    match sent? {
        SendOutcome::Answered(answer) => Ok(answer),
        SendOutcome::Lost(lost) => Err(sender.lost(lost, None)),
    }
}

fn ended(sent: Result<SendOutcome<()>, Attempt>, sender: &Sender<'_>, made: &[String]) -> Attempt {
    match answered(sent, sender) {
        Ok(()) => Attempt::Done {
            task: None,
            detail: (!made.is_empty()).then(|| format!("made {}", made.join(" and "))),
        },
        Err(end) => with_made(end, made),
    }
}

/// An end, with what was made before it: the next run goes on from there.
fn with_made(end: Attempt, made: &[String]) -> Attempt {
    if made.is_empty() {
        return end;
    }
    end.explained(|reason| format!("made {}, then: {reason}", made.join(" and ")))
}
