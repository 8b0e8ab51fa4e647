//! Watching properties: what changed since a version.

use super::{AnyValue, ManagedObjectReference, MethodFault, MissingProperty};
use crate::soap::{Decode, DecodeError, Reader, Start};
use crate::{wire_enum, wire_struct};

wire_struct! {
    /// Bounds on one wait.
    #[derive(Default, Eq)]
    pub struct WaitOptions = "WaitOptions" {
        /// How long the server may hold the call; keep it below the HTTP time-out.
        max_wait_seconds: Option<i32> = "maxWaitSeconds",
        /// Object updates per answer; more make it `truncated`.
        max_object_updates: Option<i32> = "maxObjectUpdates",
    }
}

/// What changed since a version; the generic parameter decides how an object's changes are read.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateSet<O = ObjectUpdate> {
    /// To be given to the next wait.
    pub version: String,
    /// The changes per filter.
    pub filter_set: Vec<PropertyFilterUpdate<O>>,
    /// Whether more changes are waiting: ask again at once.
    pub truncated: Option<bool>,
}

impl<O: Decode> Decode for UpdateSet<O> {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let (mut version, mut truncated, mut filter_set) = (None, None, Vec::new());
        while let Some(child) = reader.next_child(start)? {
            match child.name() {
                "version" => version = Some(String::decode(reader, &child)?),
                "filterSet" => filter_set.push(Decode::decode(reader, &child)?),
                "truncated" => truncated = Some(bool::decode(reader, &child)?),
                _ => {}
            }
        }
        let version = version.ok_or(DecodeError::MissingField {
            owner: "UpdateSet",
            field: "version",
        })?;
        Ok(Self {
            version,
            filter_set,
            truncated,
        })
    }
}

/// What changed in one filter.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyFilterUpdate<O = ObjectUpdate> {
    /// The filter.
    pub filter: ManagedObjectReference,
    /// The changed objects.
    pub object_set: Vec<O>,
    /// Objects that are gone or cannot be read.
    pub missing_set: Vec<MissingObject>,
}

impl<O: Decode> Decode for PropertyFilterUpdate<O> {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let (mut filter, mut object_set, mut missing_set) = (None, Vec::new(), Vec::new());
        while let Some(child) = reader.next_child(start)? {
            match child.name() {
                "filter" => filter = Some(Decode::decode(reader, &child)?),
                "objectSet" => object_set.push(O::decode(reader, &child)?),
                "missingSet" => missing_set.push(Decode::decode(reader, &child)?),
                _ => {}
            }
        }
        let filter = filter.ok_or(DecodeError::MissingField {
            owner: "PropertyFilterUpdate",
            field: "filter",
        })?;
        Ok(Self {
            filter,
            object_set,
            missing_set,
        })
    }
}

wire_struct! {
    /// What changed in one object.
    pub struct ObjectUpdate = "ObjectUpdate" {
        /// Whether it came, changed or went.
        kind: ObjectUpdateKind = "kind",
        /// The object.
        obj: ManagedObjectReference = "obj",
        /// The changed properties.
        change_set: Vec<PropertyChange> = "changeSet",
        /// Properties that cannot be read.
        missing_set: Vec<MissingProperty> = "missingSet",
    }
}

wire_struct! {
    /// One changed property.
    pub struct PropertyChange = "PropertyChange" {
        /// The path.
        name: String = "name",
        /// What happened to it.
        op: PropertyChangeOp = "op",
        /// The new value; [`AnyValue::decode_as`] reads it as a known type.
        val: Option<AnyValue> = "val",
    }
}

wire_struct! {
    /// An object that cannot be watched.
    pub struct MissingObject = "MissingObject" {
        /// The object.
        obj: ManagedObjectReference = "obj",
        /// Why.
        fault: MethodFault = "fault",
    }
}

wire_enum! {
    /// Whether an object came, changed or went.
    pub enum ObjectUpdateKind = "ObjectUpdateKind" {
        /// Some properties changed.
        Modify = "modify",
        /// It now belongs to the filter.
        Enter = "enter",
        /// It no longer belongs to the filter.
        Leave = "leave",
    }
}

wire_enum! {
    /// What happened to a property.
    pub enum PropertyChangeOp = "PropertyChangeOp" {
        /// An element was added to an array.
        Add = "add",
        /// An element was removed from an array, and may come back.
        Remove = "remove",
        /// It has a new value.
        Assign = "assign",
        /// An element was removed from an array for good.
        IndirectRemove = "indirectRemove",
    }
}
