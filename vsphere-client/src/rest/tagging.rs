//! Tags: what they are, and what can be done with them.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use super::client::RestClient;
use super::error::RestError;
use super::operation::{Operation, Service};
use super::refusal::RestErrorKind;
use super::summary::rest_enum;
use crate::method::Effect;
use crate::vim::ManagedObjectReference;

const CATEGORY: Service = Service::Tagging("category");
const TAG: Service = Service::Tagging("tag");
const ASSOCIATION: Service = Service::Tagging("tag-association");

/// The identifier of a tag, such as `urn:vmomi:InventoryServiceTag:…:GLOBAL`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TagId(pub String);

/// The identifier of a category, such as `urn:vmomi:InventoryServiceCategory:…:GLOBAL`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CategoryId(pub String);

impl fmt::Display for TagId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for CategoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

rest_enum! {
    /// How many tags of a category one object can carry.
    pub enum Cardinality {
        /// One at most.
        Single = "SINGLE",
        /// Any number.
        Multiple = "MULTIPLE",
    }
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Tag {
    /// Its identifier.
    pub id: TagId,
    /// The category that it belongs to.
    pub category_id: CategoryId,
    /// Its name, unique within the category.
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
}

/// A category of tags.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct TagCategory {
    /// Its identifier.
    pub id: CategoryId,
    /// Its name, unique on the server.
    pub name: String,
    /// What it is for.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
    /// How many of its tags one object can carry.
    pub cardinality: Cardinality,
    /// The types of objects that its tags can be attached to; empty means all.
    #[serde(default, deserialize_with = "or_default")]
    pub associable_types: Vec<String>,
}

impl TagCategory {
    /// Whether its tags can be attached to objects of this type, such as `VirtualMachine`.
    pub fn takes(&self, kind: &str) -> bool {
        self.associable_types.is_empty()
            || self.associable_types.iter().any(|one| {
                // vCenter adds the namespace to the types that it knows itself.
                one == kind || one.strip_prefix("urn:vim25:") == Some(kind)
            })
    }
}

/// A category to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCategory {
    /// Its name, unique on the server.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How many of its tags one object can carry.
    pub cardinality: Cardinality,
    /// The types of objects that its tags can be attached to; empty means all.
    pub associable_types: Vec<String>,
}

/// Tags and their categories on one vCenter, from [`RestClient::tagging`].
///
/// ```no_run
/// # use vsphere_client::rest::{CategoryId, RestClient, RestError, TagId};
/// # use vsphere_client::vim::ManagedObjectReference;
/// # async fn run(rest: RestClient) -> Result<(), RestError> {
/// let tagging = rest.tagging();
/// let vm = ManagedObjectReference::new("VirtualMachine", "vm-42");
/// for id in tagging.attached(&vm).await? {
///     println!("{}", tagging.tag(&id).await?.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Tagging<'a> {
    client: &'a RestClient,
}

impl<'a> Tagging<'a> {
    pub(super) fn new(client: &'a RestClient) -> Self {
        Self { client }
    }

    /// Every category that the account may see. One call lists them, one more reads each.
    ///
    /// # Errors
    ///
    /// Those of every call.
    pub async fn categories(&self) -> Result<Vec<TagCategory>, RestError> {
        let list = Operation::get("tagging.category.list", CATEGORY);
        let ids: Vec<CategoryId> = self.client.perform_list(&list).await?;
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            all.extend(present(self.category(&id).await)?);
        }
        Ok(all)
    }

    /// The category of this identifier.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::NotFound`] when there is none.
    pub async fn category(&self, id: &CategoryId) -> Result<TagCategory, RestError> {
        self.read("tagging.category.get", CATEGORY, &id.0).await
    }

    /// The category of this name, with or without regard to case: vCenter has no two that
    /// differ in case only.
    ///
    /// # Errors
    ///
    /// Those of every call.
    pub async fn find_category(&self, name: &str) -> Result<Option<TagCategory>, RestError> {
        Ok(named(self.categories().await?, name, |one| &one.name))
    }

    /// Makes a category. It needs `InventoryService.Tagging.CreateCategory`.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::AlreadyExists`] when the name is taken.
    pub async fn create_category(&self, new: &NewCategory) -> Result<CategoryId, RestError> {
        let body = json!({
            "name": new.name,
            "description": new.description,
            "cardinality": new.cardinality.as_str(),
            "associable_types": new.associable_types,
        });
        self.create("tagging.category.create", CATEGORY, body).await
    }

    /// Deletes a category with all its tags.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::NotFound`] when there is none.
    pub async fn delete_category(&self, id: &CategoryId) -> Result<(), RestError> {
        let delete = Operation::delete("tagging.category.delete", CATEGORY, &id.0);
        self.client.perform(&delete).await
    }

    /// The tags of a category that the account may see. One call lists them, one more reads each.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::NotFound`] when there is no such category.
    pub async fn tags_of(&self, category: &CategoryId) -> Result<Vec<Tag>, RestError> {
        let operation = "tagging.tag.list_tags_for_category";
        let body = json!({"category_id": category});
        let list = Operation::post(operation, Effect::Read, TAG, body)
            .in_category(&category.0)
            .action("list-tags-for-category");
        let ids: Vec<TagId> = self.client.perform_list(&list).await?;
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            all.extend(present(self.tag(&id).await)?);
        }
        Ok(all)
    }

    /// The tag of this identifier.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::NotFound`] when there is none.
    pub async fn tag(&self, id: &TagId) -> Result<Tag, RestError> {
        self.read("tagging.tag.get", TAG, &id.0).await
    }

    /// The tag of this name in a category, with or without regard to case.
    ///
    /// # Errors
    ///
    /// As [`Tagging::tags_of`].
    pub async fn find_tag(
        &self,
        category: &CategoryId,
        name: &str,
    ) -> Result<Option<Tag>, RestError> {
        Ok(named(self.tags_of(category).await?, name, |one| &one.name))
    }

    /// Makes a tag in a category. It needs `InventoryService.Tagging.CreateTag`.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::AlreadyExists`] when the category has one of this name.
    pub async fn create_tag(
        &self,
        category: &CategoryId,
        name: &str,
        description: &str,
    ) -> Result<TagId, RestError> {
        let body = json!({"name": name, "description": description, "category_id": category});
        self.create("tagging.tag.create", TAG, body).await
    }

    /// Deletes a tag; it comes off every object that carries it.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::NotFound`] when there is none.
    pub async fn delete_tag(&self, id: &TagId) -> Result<(), RestError> {
        let delete = Operation::delete("tagging.tag.delete", TAG, &id.0);
        self.client.perform(&delete).await
    }

    /// Attaches a tag to an object. One that is attached already stays so.
    ///
    /// It needs `InventoryService.Tagging.AttachTag`, and reading the object.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::InvalidArgument`] when the category does not take such an object, or
    /// takes one tag only and the object carries another.
    pub async fn attach(
        &self,
        tag: &TagId,
        object: &ManagedObjectReference,
    ) -> Result<(), RestError> {
        let operation = "tagging.tag_association.attach";
        self.associate(operation, "attach", tag, object).await
    }

    /// Takes a tag off an object. One that is not attached is no error.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::NotFound`] when there is no such tag.
    pub async fn detach(
        &self,
        tag: &TagId,
        object: &ManagedObjectReference,
    ) -> Result<(), RestError> {
        let operation = "tagging.tag_association.detach";
        self.associate(operation, "detach", tag, object).await
    }

    /// The tags that an object carries, as far as the account may see them.
    ///
    /// # Errors
    ///
    /// Those of every call.
    pub async fn attached(&self, object: &ManagedObjectReference) -> Result<Vec<TagId>, RestError> {
        let operation = "tagging.tag_association.list_attached_tags";
        let list = Operation::post(operation, Effect::Read, ASSOCIATION, object_id(object))
            .action("list-attached-tags");
        self.client.perform_list(&list).await
    }

    /// The objects that carry a tag, as far as the account may see them.
    ///
    /// # Errors
    ///
    /// [`RestErrorKind::NotFound`] when there is no such tag.
    pub async fn objects(&self, tag: &TagId) -> Result<Vec<ManagedObjectReference>, RestError> {
        #[derive(Deserialize)]
        struct Wire {
            id: String,
            #[serde(rename = "type")]
            kind: String,
        }

        let operation = "tagging.tag_association.list_attached_objects";
        let list = Operation::post(operation, Effect::Read, ASSOCIATION, json!({}))
            .on(&tag.0)
            .action("list-attached-objects");
        let objects: Vec<Wire> = self.client.perform_list(&list).await?;
        let objects = objects.into_iter();
        Ok(objects
            .map(|one| ManagedObjectReference::new(&one.kind, one.id))
            .collect())
    }

    async fn associate(
        &self,
        operation: &'static str,
        action: &'static str,
        tag: &TagId,
        object: &ManagedObjectReference,
    ) -> Result<(), RestError> {
        let body = object_id(object);
        let call = Operation::post(operation, Effect::Change, ASSOCIATION, body)
            .on(&tag.0)
            .action(action);
        self.client.perform(&call).await
    }

    async fn read<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        service: Service,
        id: &str,
    ) -> Result<T, RestError> {
        let get = Operation::get(operation, service).on(id);
        self.client.perform(&get).await
    }

    async fn create<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        service: Service,
        body: Value,
    ) -> Result<T, RestError> {
        let create = Operation::post(operation, Effect::Change, service, body);
        self.client.perform(&create.wrapped("create_spec")).await
    }
}

/// Takes `null` for what is not set.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    from: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

fn object_id(object: &ManagedObjectReference) -> Value {
    json!({"object_id": {"id": object.value, "type": object.kind}})
}

/// Drops what went away between the list and the look at it.
fn present<T>(read: Result<T, RestError>) -> Result<Option<T>, RestError> {
    match read {
        Err(error) if error.is(&RestErrorKind::NotFound) => Ok(None),
        read => read.map(Some),
    }
}

/// The one of exactly this name, else the one whose name differs in case only.
fn named<T>(mut all: Vec<T>, name: &str, of: impl Fn(&T) -> &str) -> Option<T> {
    let same = all.iter().position(|one| of(one) == name);
    let at = same.or_else(|| {
        let wanted = name.to_lowercase();
        all.iter().position(|one| of(one).to_lowercase() == wanted)
    })?;
    Some(all.swap_remove(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_exactly_first_and_then_without_case() {
        let names = || vec!["ASR".to_owned(), "asr".to_owned(), "Other".to_owned()];
        assert_eq!(named(names(), "asr", String::as_str).unwrap(), "asr");
        assert_eq!(named(names(), "OTHER", String::as_str).unwrap(), "Other");
        assert_eq!(named(names(), "none", String::as_str), None);
    }

    #[test]
    fn a_category_tells_what_it_takes() {
        let category = |types: &[&str]| TagCategory {
            id: CategoryId("c".into()),
            name: "c".into(),
            description: String::new(),
            cardinality: Cardinality::Multiple,
            associable_types: types.iter().map(|one| (*one).to_owned()).collect(),
        };
        assert!(category(&[]).takes("VirtualMachine"));
        assert!(category(&["urn:vim25:VirtualMachine"]).takes("VirtualMachine"));
        assert!(!category(&["HostSystem"]).takes("VirtualMachine"));
    }
}
