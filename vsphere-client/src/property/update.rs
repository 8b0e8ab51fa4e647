//! One object's changes, straight from the wire into a property set.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::property::object::keep_unreadable;
use crate::property::{Change, ChangeKind, Object, ObjectSet};
use crate::soap::{Decode, DecodeError, Reader, Start};
use crate::vim::{ManagedObjectReference, MissingProperty};

/// An `ObjectUpdate`, decoded as the set that was asked for.
#[derive(Debug)]
pub(crate) enum Update<T> {
    /// It came or changed.
    Changed(ObjectChanges<T>),
    /// It went.
    Left(ManagedObjectReference),
    /// It is of a type that was not asked for.
    Foreign,
}

/// What was told of an object: `object` holds the new values, and `paths` says which they are.
#[derive(Debug)]
pub(crate) struct ObjectChanges<T> {
    pub(crate) object: Object<T>,
    pub(crate) paths: Vec<String>,
    /// Everything about the object is told, not only what changed.
    whole: bool,
}

impl<T: ObjectSet> ObjectChanges<T> {
    /// Takes the news over into the picture.
    pub(super) fn apply(self, objects: &mut BTreeMap<ManagedObjectReference, Object<T>>) -> Change {
        let Self {
            mut object,
            paths,
            whole,
        } = self;
        let reference = object.reference.clone();
        let kind = match objects.get_mut(&reference) {
            Some(known) if !whole => {
                for path in &paths {
                    known.properties.adopt(path, &mut object.properties);
                    known.missing.retain(|missing| missing.path != *path);
                    known
                        .unreadable
                        .retain(|unreadable| unreadable.path != *path);
                }
                known.missing.append(&mut object.missing);
                known.unreadable.append(&mut object.unreadable);
                ChangeKind::Modified
            }
            Some(known) => {
                *known = object;
                ChangeKind::Modified
            }
            None => {
                objects.insert(reference.clone(), object);
                ChangeKind::Entered
            }
        };
        Change {
            object: reference,
            kind,
            paths,
        }
    }
}

impl<T: ObjectSet> Decode for Update<T> {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut kind = Cow::Borrowed("");
        let mut reference = None;
        let mut changes: Option<ObjectChanges<T>> = None;
        while let Some(child) = reader.next_child(start)? {
            match (child.name(), &mut changes) {
                ("kind", _) => kind = reader.text(&child)?,
                ("obj", _) => {
                    let obj = ManagedObjectReference::decode(reader, &child)?;
                    changes = T::empty(&obj.kind).map(|properties| ObjectChanges {
                        object: Object {
                            reference: obj.clone(),
                            properties,
                            missing: Vec::new(),
                            unreadable: Vec::new(),
                        },
                        paths: Vec::new(),
                        whole: kind.trim() == "enter",
                    });
                    reference = Some(obj);
                }
                ("changeSet", Some(changes)) => read_change(changes, reader, &child)?,
                ("missingSet", Some(changes)) => {
                    let missing = MissingProperty::decode(reader, &child)?;
                    changes.paths.push(missing.path.clone());
                    changes.object.missing.push(missing);
                }
                _ => {}
            }
        }
        let reference = reference.ok_or(DecodeError::MissingField {
            owner: "ObjectUpdate",
            field: "obj",
        })?;
        Ok(match changes {
            _ if kind.trim() == "leave" => Self::Left(reference),
            Some(changes) => Self::Changed(changes),
            None => Self::Foreign,
        })
    }
}

/// Reads one `changeSet`. Whatever the operation, a value that comes is the property's new value,
/// and a change without one leaves the property unset.
fn read_change<'x, T: ObjectSet>(
    changes: &mut ObjectChanges<T>,
    reader: &mut Reader<'x>,
    start: &Start<'x>,
) -> Result<(), DecodeError> {
    let mut path = Cow::Borrowed("");
    while let Some(part) = reader.next_child(start)? {
        match part.name() {
            "name" => {
                path = reader.text(&part)?;
                changes.paths.push(path.clone().into_owned());
            }
            "val" => {
                let read = changes.object.properties.read(&path, reader, &part);
                keep_unreadable(&mut changes.object.unreadable, &path, read)?;
            }
            _ => {}
        }
    }
    Ok(())
}
