//! A small tree, for elements whose type nobody here knows.

use super::decode::Decode;
use super::encode::{Encode, Writer};
use super::error::{DecodeError, EncodeError};
use super::reader::Reader;
use super::start::{self, Start};

/// An element kept as it came: type, attributes, text and children.
///
/// It serves unknown subtypes and values, so that they can be looked at and sent back.
/// Every node allocates, so what is read of thousands of objects has typed structs instead.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawElement {
    /// Local name of the element.
    pub name: String,
    /// Local part of `xsi:type`.
    pub type_name: Option<String>,
    /// The other attributes, without namespace declarations.
    pub attributes: Vec<(String, String)>,
    /// The text, entities resolved. White space between child elements is dropped.
    pub text: String,
    /// The child elements in order.
    pub children: Vec<RawElement>,
}

impl RawElement {
    /// A childless element without type, for building one by hand.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            ..Self::default()
        }
    }

    /// The first child of that name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of that name.
    #[must_use]
    pub fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// Reads the kept element as a known type after all.
    ///
    /// This writes the element out and decodes it again, which is fit for single values only.
    ///
    /// # Errors
    /// [`DecodeError`] when it does not have that shape.
    pub fn decode_as<T: Decode>(&self) -> Result<T, DecodeError> {
        let document = self.to_document().map_err(|fault| DecodeError::Syntax {
            offset: 0,
            detail: fault.to_string(),
        })?;
        let mut reader = Reader::new(&document)?;
        let start = reader.root()?;
        T::decode(&mut reader, &start)
    }

    /// The element as a document of its own, with the namespaces that its types need.
    ///
    /// # Errors
    /// [`EncodeError`] when a text holds what XML cannot carry.
    pub fn to_document(&self) -> Result<Vec<u8>, EncodeError> {
        let mut writer = Writer::new();
        writer.declare_namespaces();
        self.encode(&mut writer, &self.name);
        writer.finish()
    }

    /// Reads the element that has just been opened. A stack instead of recursion:
    /// the reader bounds the depth, and the program's stack is not the document's to fill.
    pub(super) fn read<'x>(
        reader: &mut Reader<'x>,
        start: &Start<'x>,
    ) -> Result<Self, DecodeError> {
        let mut open: Vec<(Start<'x>, Self)> = vec![(*start, Self::opened(reader, start)?)];
        loop {
            let Some((parent, element)) = open.last_mut() else {
                return Err(reader.syntax("an element ended twice"));
            };
            if let Some(child) = reader.next_child_or_text(parent, &mut element.text)? {
                let opened = Self::opened(reader, &child)?;
                open.push((child, opened));
                continue;
            }
            let Some((_, mut done)) = open.pop() else {
                return Err(reader.syntax("an element ended twice"));
            };
            if !done.children.is_empty() && done.text.trim().is_empty() {
                done.text = String::new();
            }
            match open.last_mut() {
                Some((_, parent)) => parent.children.push(done),
                None => return Ok(done),
            }
        }
    }

    fn opened<'x>(reader: &Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let (name, value) = attribute.map_err(|fault| reader.syntax(fault))?;
            if name == "xmlns" || name.starts_with("xmlns:") || reader.is_xsi_type(name) {
                continue;
            }
            let value = start::unescape(value, reader.offset())?;
            attributes.push((start::local(name).to_owned(), value));
        }
        Ok(Self {
            name: start.name().to_owned(),
            type_name: start.xsi_type().map(str::to_owned),
            attributes,
            ..Self::default()
        })
    }
}

impl Decode for RawElement {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        reader.raw(start)
    }
}

impl Encode for RawElement {
    /// Writes the element under `name`, with its type.
    fn encode(&self, writer: &mut Writer, name: &str) {
        if let Some(type_name) = &self.type_name {
            writer.set_type(type_name);
        }
        writer.open(name);
        for (attribute, value) in &self.attributes {
            writer.attribute(attribute, value);
        }
        if !self.text.is_empty() {
            writer.text(&self.text);
        }
        for child in &self.children {
            child.encode(writer, &child.name);
        }
        writer.close();
    }
}
