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
    Told(Told<T>),
    /// It went.
    Left(ManagedObjectReference),
    /// It is of a type that was not asked for.
    Foreign,
}

/// What was told of an object: `object` holds the new values, and `paths` says which they are.
#[derive(Debug)]
pub(crate) struct Told<T> {
    pub(crate) object: Object<T>,
    pub(crate) paths: Vec<String>,
    /// Everything about the object is told, not only what changed.
    whole: bool,
}

impl<T: ObjectSet> Told<T> {
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
        let mut told: Option<Told<T>> = None;
        while let Some(child) = reader.next_child(start)? {
            match (child.name(), &mut told) {
                ("kind", _) => kind = reader.text(&child)?,
                ("obj", _) => {
                    let obj = ManagedObjectReference::decode(reader, &child)?;
                    told = T::empty(&obj.kind).map(|properties| Told {
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
                ("changeSet", Some(told)) => read_change(told, reader, &child)?,
                ("missingSet", Some(told)) => {
                    let missing = MissingProperty::decode(reader, &child)?;
                    told.paths.push(missing.path.clone());
                    told.object.missing.push(missing);
                }
                _ => {}
            }
        }
        let reference = reference.ok_or(DecodeError::MissingField {
            owner: "ObjectUpdate",
            field: "obj",
        })?;
        Ok(match told {
            _ if kind.trim() == "leave" => Self::Left(reference),
            Some(told) => Self::Told(told),
            None => Self::Foreign,
        })
    }
}

/// Reads one `changeSet`. Whatever the operation, a value that comes is the property's new value,
/// and a change without one leaves the property unset.
fn read_change<'x, T: ObjectSet>(
    told: &mut Told<T>,
    reader: &mut Reader<'x>,
    start: &Start<'x>,
) -> Result<(), DecodeError> {
    let mut path = Cow::Borrowed("");
    while let Some(part) = reader.next_child(start)? {
        match part.name() {
            "name" => {
                path = reader.text(&part)?;
                told.paths.push(path.clone().into_owned());
            }
            "val" => {
                let read = told.object.properties.read(&path, reader, &part);
                keep_unreadable(&mut told.object.unreadable, &path, read)?;
            }
            _ => {}
        }
    }
    Ok(())
}
