//! `anyType`: values that name their type on the wire.

use jiff::Timestamp;

use super::ManagedObjectReference;
use crate::soap::{Decode, DecodeError, Encode, RawElement, Reader, Start, Typed, Writer};

/// A value of a type that only its `xsi:type` tells.
///
/// It stands in option values, task results and untyped property reads.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AnyValue {
    /// `xsd:string`, also for an element without a type.
    String(String),
    /// `xsd:boolean`.
    Bool(bool),
    /// `xsd:byte`.
    Byte(i8),
    /// `xsd:short`.
    Short(i16),
    /// `xsd:int`.
    Int(i32),
    /// `xsd:long`.
    Long(i64),
    /// `xsd:float`.
    Float(f32),
    /// `xsd:double`.
    Double(f64),
    /// `xsd:dateTime`.
    Timestamp(Timestamp),
    /// A reference to a managed object.
    Ref(ManagedObjectReference),
    /// `ArrayOfString`.
    Strings(Vec<String>),
    /// `ArrayOfManagedObjectReference`.
    Refs(Vec<ManagedObjectReference>),
    /// Any other type, as it came. Enumerations arrive here too.
    Raw(Box<RawElement>),
}

impl AnyValue {
    /// The text of a string, or of an enumeration's value.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Raw(raw) if raw.children.is_empty() => Some(&raw.text),
            _ => None,
        }
    }

    /// The value of a boolean, or of the words `true` and `false` in any case,
    /// which is how VM options spell it.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// The value of any whole-number type.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Byte(value) => Some((*value).into()),
            Self::Short(value) => Some((*value).into()),
            Self::Int(value) => Some((*value).into()),
            Self::Long(value) => Some(*value),
            _ => None,
        }
    }

    /// The reference, if it is one.
    #[must_use]
    pub fn as_ref(&self) -> Option<&ManagedObjectReference> {
        match self {
            Self::Ref(reference) => Some(reference),
            _ => None,
        }
    }

    /// Reads the value as a known type, whatever it was kept as.
    ///
    /// This goes through text, which is fit for single values only.
    ///
    /// # Errors
    /// [`DecodeError`] when the value does not have that shape.
    pub fn decode_as<T: Decode>(&self) -> Result<T, DecodeError> {
        let mut writer = Writer::new();
        writer.declare_namespaces();
        self.encode(&mut writer, "val");
        let document = writer.finish().map_err(|fault| DecodeError::Syntax {
            offset: 0,
            detail: fault.to_string(),
        })?;
        let mut reader = Reader::new(&document)?;
        let start = reader.root()?;
        T::decode(&mut reader, &start)
    }
}

impl From<&str> for AnyValue {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for AnyValue {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl Decode for AnyValue {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        Ok(match start.xsi_type() {
            None if start.ref_type().is_some() => Self::Ref(Decode::decode(reader, start)?),
            None => {
                // Without a type, only the content tells whether this is a text.
                let raw = reader.raw(start)?;
                if raw.children.is_empty() {
                    Self::String(raw.text)
                } else {
                    Self::Raw(Box::new(raw))
                }
            }
            Some("string") => Self::String(Decode::decode(reader, start)?),
            Some("boolean") => Self::Bool(Decode::decode(reader, start)?),
            Some("byte") => Self::Byte(Decode::decode(reader, start)?),
            Some("short") => Self::Short(Decode::decode(reader, start)?),
            Some("int") => Self::Int(Decode::decode(reader, start)?),
            Some("long") => Self::Long(Decode::decode(reader, start)?),
            Some("float") => Self::Float(Decode::decode(reader, start)?),
            Some("double") => Self::Double(Decode::decode(reader, start)?),
            Some("dateTime") => Self::Timestamp(Decode::decode(reader, start)?),
            Some("ManagedObjectReference") => Self::Ref(Decode::decode(reader, start)?),
            Some("ArrayOfString") => Self::Strings(Decode::decode(reader, start)?),
            Some("ArrayOfManagedObjectReference") => Self::Refs(Decode::decode(reader, start)?),
            Some(_) => Self::Raw(Decode::decode(reader, start)?),
        })
    }
}

impl Encode for AnyValue {
    /// Writes the value with its `xsi:type`, which `anyType` always needs.
    fn encode(&self, writer: &mut Writer, name: &str) {
        match self {
            Self::String(value) => value.encode_typed(writer, name),
            Self::Bool(value) => value.encode_typed(writer, name),
            Self::Byte(value) => value.encode_typed(writer, name),
            Self::Short(value) => value.encode_typed(writer, name),
            Self::Int(value) => value.encode_typed(writer, name),
            Self::Long(value) => value.encode_typed(writer, name),
            Self::Float(value) => value.encode_typed(writer, name),
            Self::Double(value) => value.encode_typed(writer, name),
            Self::Timestamp(value) => value.encode_typed(writer, name),
            Self::Ref(value) => value.encode_typed(writer, name),
            Self::Strings(values) => array(writer, name, "ArrayOfString", "string", values),
            Self::Refs(values) => array(
                writer,
                name,
                "ArrayOfManagedObjectReference",
                "ManagedObjectReference",
                values,
            ),
            Self::Raw(raw) => raw.encode(writer, name),
        }
    }
}

/// Writes an `ArrayOf…`. Its items are named like their type, but built-in types in lower case.
fn array<T: Encode>(writer: &mut Writer, name: &str, kind: &str, item: &str, values: &[T]) {
    writer.set_type(kind);
    writer.open(name);
    values.encode(writer, item);
    writer.close();
}
