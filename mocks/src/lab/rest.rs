//! What the REST side of a server knows: its spellings, its sessions, and categories, tags and what carries them.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids;
use crate::session::SessionKey;
use crate::value::MoRef;

/// Which spellings a server knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ways {
    /// What a vCenter of this version knows; nothing on a standalone host.
    #[default]
    AsVersionSays,
    /// The older one only, whatever the version.
    OldOnly,
    /// Neither, as behind a proxy that passes SOAP on and nothing else.
    Neither,
}

/// What the REST side of a server knows.
#[derive(Debug, Default)]
pub struct RestState {
    /// Which spellings it knows.
    pub ways: Ways,
    /// Categories, tags and what carries them.
    pub tags: TagTable,
    /// Which of the world's sessions were made here.
    pub(crate) sessions: BTreeSet<SessionKey>,
}

/// How many tags of a category one object can carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cardinality {
    /// One at most.
    Single,
    /// Any number.
    Multiple,
}

/// A category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its identifier.
    pub id: String,
    /// Its name, unique on the server.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// How many of its tags one object can carry.
    pub cardinality: Cardinality,
    /// What its tags can be attached to; empty means everything.
    pub associable_types: Vec<String>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its identifier.
    pub id: String,
    /// Its category's identifier.
    pub category: String,
    /// Its name, unique in the category.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// Why something cannot be done with tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The name is taken.
    AlreadyExists,
    /// There is no such category or tag.
    NotFound,
    /// The category does not take such an object.
    WrongType,
    /// The category allows one tag, and the object carries another.
    OnlyOne,
}

/// All of it.
#[derive(Debug, Default)]
pub struct TagTable {
    categories: BTreeMap<String, Category>,
    tags: BTreeMap<String, Tag>,
    attached: BTreeSet<(MoRef, String)>,
    made: u64,
    version: u64,
}

impl TagTable {
    /// Rises with every change.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The categories.
    pub fn categories(&self) -> impl Iterator<Item = &Category> {
        self.categories.values()
    }

    /// The tags.
    pub fn tags(&self) -> impl Iterator<Item = &Tag> {
        self.tags.values()
    }

    /// The names of the tags that an object carries, each with its category's: `category/tag`.
    pub fn names_on(&self, object: &MoRef) -> Vec<String> {
        let carried = self.carried_by(object);
        let tags = carried.filter_map(|id| self.tags.get(id));
        tags.filter_map(|tag| {
            let category = self.categories.get(&tag.category)?;
            Some(format!("{}/{}", category.name, tag.name))
        })
        .collect()
    }

    pub(crate) fn category(&self, id: &str) -> Option<&Category> {
        self.categories.get(id)
    }

    pub(crate) fn tag(&self, id: &str) -> Option<&Tag> {
        self.tags.get(id)
    }

    /// The identifiers of the tags that an object carries.
    pub(crate) fn carried_by<'a>(&'a self, object: &'a MoRef) -> impl Iterator<Item = &'a str> {
        let pairs = self.attached.iter().filter(move |(one, _)| one == object);
        pairs.map(|(_, tag)| tag.as_str())
    }

    /// What carries a tag.
    pub(crate) fn carriers<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = &'a MoRef> {
        let pairs = self.attached.iter().filter(move |(_, one)| one == tag);
        pairs.map(|(object, _)| object)
    }

    /// Adds a category; its identifier is made here.
    pub(crate) fn add_category(&mut self, mut category: Category) -> Result<String, Refusal> {
        let same = |one: &Category| one.name.to_lowercase() == category.name.to_lowercase();
        if self.categories.values().any(same) {
            return Err(Refusal::AlreadyExists);
        }
        let id = self.identifier("Category");
        category.id.clone_from(&id);
        self.categories.insert(id.clone(), category);
        Ok(id)
    }

    /// Adds a tag; its identifier is made here.
    pub(crate) fn add_tag(&mut self, mut tag: Tag) -> Result<String, Refusal> {
        if !self.categories.contains_key(&tag.category) {
            return Err(Refusal::NotFound);
        }
        let same = |one: &Tag| {
            one.category == tag.category && one.name.to_lowercase() == tag.name.to_lowercase()
        };
        if self.tags.values().any(same) {
            return Err(Refusal::AlreadyExists);
        }
        let id = self.identifier("Tag");
        tag.id.clone_from(&id);
        self.tags.insert(id.clone(), tag);
        Ok(id)
    }

    /// Removes a category with its tags.
    pub(crate) fn remove_category(&mut self, id: &str) -> Result<(), Refusal> {
        self.categories.remove(id).ok_or(Refusal::NotFound)?;
        let gone: Vec<String> = self
            .tags
            .values()
            .filter(|tag| tag.category == id)
            .map(|tag| tag.id.clone())
            .collect();
        for tag in gone {
            self.remove_tag(&tag)?;
        }
        self.version += 1;
        Ok(())
    }

    /// Removes a tag from everything that carries it.
    pub(crate) fn remove_tag(&mut self, id: &str) -> Result<(), Refusal> {
        self.tags.remove(id).ok_or(Refusal::NotFound)?;
        self.attached.retain(|(_, tag)| tag != id);
        self.version += 1;
        Ok(())
    }

    /// Attaches a tag; one that is there already stays.
    pub(crate) fn attach(&mut self, object: &MoRef, id: &str) -> Result<(), Refusal> {
        let tag = self.tags.get(id).ok_or(Refusal::NotFound)?;
        let category = self
            .categories
            .get(&tag.category)
            .ok_or(Refusal::NotFound)?;
        let takes = |kind: &String| {
            kind == &object.kind || kind.strip_prefix("urn:vim25:") == Some(&object.kind)
        };
        if !category.associable_types.is_empty() && !category.associable_types.iter().any(takes) {
            return Err(Refusal::WrongType);
        }
        let another = |one: &str| {
            one != id
                && self
                    .tags
                    .get(one)
                    .is_some_and(|one| one.category == tag.category)
        };
        if category.cardinality == Cardinality::Single && self.carried_by(object).any(another) {
            return Err(Refusal::OnlyOne);
        }
        if self.attached.insert((object.clone(), id.to_owned())) {
            self.version += 1;
        }
        Ok(())
    }

    /// Takes a tag off; one that is not there is no error.
    pub(crate) fn detach(&mut self, object: &MoRef, id: &str) -> Result<(), Refusal> {
        if !self.tags.contains_key(id) {
            return Err(Refusal::NotFound);
        }
        if self.attached.remove(&(object.clone(), id.to_owned())) {
            self.version += 1;
        }
        Ok(())
    }

    fn identifier(&mut self, kind: &str) -> String {
        self.made += 1;
        self.version += 1;
        let uuid = ids::plain_uuid(&format!("{kind} {}", self.made));
        format!("urn:vmomi:InventoryService{kind}:{uuid}:GLOBAL")
    }
}
