//! Reading properties: what is asked for, and the pages that answer.

use super::{AnyValue, ManagedObjectReference, MethodFault};
use crate::soap::{Decode, DecodeError, Encode, Reader, Start, Typed, Writer};
use crate::wire_struct;

wire_struct! {
    /// Which properties of which objects.
    #[derive(Default)]
    pub struct PropertyFilterSpec = "PropertyFilterSpec" {
        /// The properties per managed type.
        prop_set: Vec<PropertySpec> = "propSet",
        /// Where the objects are found.
        object_set: Vec<ObjectSpec> = "objectSet",
        /// Whether objects that vanish meanwhile are reported instead of failing the call.
        report_missing_objects_in_results: Option<bool> = "reportMissingObjectsInResults",
    }
}

wire_struct! {
    /// The properties wanted of one managed type.
    #[derive(Default, Eq)]
    pub struct PropertySpec = "PropertySpec" {
        /// The managed type; subtypes count.
        kind: String = "type",
        /// Everything; leave it out and name paths.
        all: Option<bool> = "all",
        /// Paths such as `config.hardware.device`.
        path_set: Vec<String> = "pathSet",
    }
}

wire_struct! {
    /// A starting object, and how to go on from it.
    pub struct ObjectSpec = "ObjectSpec" {
        /// The object.
        obj: ManagedObjectReference = "obj",
        /// Whether the object itself is left out of the results.
        skip: Option<bool> = "skip",
        /// Which references to follow.
        select_set: Vec<SelectionSpec> = "selectSet",
    }
}

impl ObjectSpec {
    /// Just this object.
    #[must_use]
    pub fn object(obj: ManagedObjectReference) -> Self {
        Self {
            obj,
            skip: None,
            select_set: Vec::new(),
        }
    }

    /// All objects of a view, without the view itself.
    #[must_use]
    pub fn view(view: ManagedObjectReference) -> Self {
        let kind = view.kind.clone().into_owned();
        Self {
            obj: view,
            skip: Some(true),
            select_set: vec![SelectionSpec::Traversal(TraversalSpec {
                name: Some("view".to_owned()),
                kind,
                path: "view".to_owned(),
                skip: Some(false),
                select_set: Vec::new(),
            })],
        }
    }
}

/// How to go from one object to others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SelectionSpec {
    /// A traversal declared elsewhere in the same filter, by its name.
    Named(String),
    /// A traversal.
    Traversal(TraversalSpec),
}

impl Decode for SelectionSpec {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        if start.xsi_type() == Some("TraversalSpec") {
            return TraversalSpec::decode(reader, start).map(Self::Traversal);
        }
        let mut name = String::new();
        while let Some(child) = reader.next_child(start)? {
            if child.name() == "name" {
                name = Decode::decode(reader, &child)?;
            }
        }
        Ok(Self::Named(name))
    }
}

impl Encode for SelectionSpec {
    fn encode(&self, writer: &mut Writer, name: &str) {
        match self {
            Self::Traversal(traversal) => traversal.encode_typed(writer, name),
            Self::Named(value) => {
                writer.open(name);
                value.encode(writer, "name");
                writer.close();
            }
        }
    }
}

wire_struct! {
    /// Follow a property that holds references.
    #[derive(Eq)]
    pub struct TraversalSpec = "TraversalSpec" {
        /// A name to refer to it by.
        name: Option<String> = "name",
        /// The managed type to start from.
        kind: String = "type",
        /// The property to follow.
        path: String = "path",
        /// Whether the objects reached are left out of the results.
        skip: Option<bool> = "skip",
        /// Where to go from there.
        select_set: Vec<SelectionSpec> = "selectSet",
    }
}

wire_struct! {
    /// One object's properties, each with its type decided by the server.
    ///
    /// Typed reading goes through [`visit_object`] instead.
    pub struct ObjectContent = "ObjectContent" {
        /// The object.
        obj: ManagedObjectReference = "obj",
        /// What was read.
        prop_set: Vec<DynamicProperty> = "propSet",
        /// What could not be read, and why.
        missing_set: Vec<MissingProperty> = "missingSet",
    }
}

wire_struct! {
    /// A path and its value.
    pub struct DynamicProperty = "DynamicProperty" {
        /// The path.
        name: String = "name",
        /// The value. Some servers leave it out on continued pages.
        val: Option<AnyValue> = "val",
    }
}

wire_struct! {
    /// A property that could not be read.
    pub struct MissingProperty = "MissingProperty" {
        /// The path.
        path: String = "path",
        /// Why: `NoPermission`, `InvalidProperty`, `NotAuthenticated`.
        fault: MethodFault = "fault",
    }
}

/// One page of objects; the generic parameter decides how an object is read.
#[derive(Debug, Clone, PartialEq)]
pub struct RetrieveResult<P = ObjectContent> {
    /// Present when there are more pages.
    pub token: Option<String>,
    /// The objects of this page.
    pub objects: Vec<P>,
}

impl<P: Decode> Decode for RetrieveResult<P> {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut page = Self {
            token: None,
            objects: Vec::new(),
        };
        while let Some(child) = reader.next_child(start)? {
            match child.name() {
                "token" => {
                    page.token =
                        Some(String::decode(reader, &child)?).filter(|token| !token.is_empty());
                }
                "objects" => page.objects.push(P::decode(reader, &child)?),
                _ => {}
            }
        }
        Ok(page)
    }
}

/// Walks over an `ObjectContent`, handing each property to `property` as it stands on the wire.
///
/// `property` gets the path, the reader and the `val` element, and decodes it as the type that
/// it knows for that path; what it leaves unread is skipped. A property without `val` is not handed over.
///
/// ```
/// use vsphere_client::soap::{Decode, Reader};
/// use vsphere_client::vim::visit_object;
///
/// let xml = br#"<objects xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
///   <obj type="VirtualMachine">vm-1</obj>
///   <propSet><name>name</name><val i:type="xsd:string">web</val></propSet></objects>"#;
/// let mut reader = Reader::new(xml)?;
/// let start = reader.root()?;
/// let mut name = None;
/// let (obj, missing) = visit_object(&mut reader, &start, |path, reader, val| {
///     if path == "name" {
///         name = Some(String::decode(reader, val)?);
///     }
///     Ok(())
/// })?;
/// assert_eq!((obj.value.as_str(), name.as_deref(), missing.len()), ("vm-1", Some("web"), 0));
/// # Ok::<(), vsphere_client::soap::DecodeError>(())
/// ```
///
/// # Errors
/// [`DecodeError`] from the document or from `property`.
pub fn visit_object<'x>(
    reader: &mut Reader<'x>,
    start: &Start<'x>,
    mut property: impl FnMut(&str, &mut Reader<'x>, &Start<'x>) -> Result<(), DecodeError>,
) -> Result<(ManagedObjectReference, Vec<MissingProperty>), DecodeError> {
    let mut object = None;
    let mut missing = Vec::new();
    while let Some(child) = reader.next_child(start)? {
        match child.name() {
            "obj" => object = Some(Decode::decode(reader, &child)?),
            "propSet" => {
                let mut path = std::borrow::Cow::Borrowed("");
                while let Some(part) = reader.next_child(&child)? {
                    match part.name() {
                        "name" => path = reader.text(&part)?,
                        "val" => property(&path, reader, &part)?,
                        _ => {}
                    }
                }
            }
            "missingSet" => missing.push(MissingProperty::decode(reader, &child)?),
            _ => {}
        }
    }
    let object = object.ok_or(DecodeError::MissingField {
        owner: "ObjectContent",
        field: "obj",
    })?;
    Ok((object, missing))
}

wire_struct! {
    /// Bounds on one page.
    #[derive(Default, Eq)]
    pub struct RetrieveOptions = "RetrieveOptions" {
        /// Objects per page; the server may send fewer.
        max_objects: Option<i32> = "maxObjects",
    }
}
