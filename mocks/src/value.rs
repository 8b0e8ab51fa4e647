//! Values of the simulated world: what properties hold, what methods take and return.

mod check;
mod data;

use std::fmt;

use jiff::Timestamp;

pub use data::Data;

/// A reference to a managed object: its type and its identifier.
///
/// Shown as `VirtualMachine:vm-42`, the spelling of `govc` and of the server's own logs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MoRef {
    /// The wire name of the managed type, for example `VirtualMachine`.
    pub kind: String,
    /// The identifier, for example `vm-42`; opaque to clients.
    pub value: String,
}

impl MoRef {
    /// Makes a reference from a type name and an identifier.
    pub fn new(kind: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            value: value.into(),
        }
    }
}

impl fmt::Display for MoRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.value)
    }
}

/// Any value that the wire can carry.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
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
    /// `xsd:string`, and `xsd:base64Binary` in its encoded form.
    Str(String),
    /// `xsd:dateTime`, always written in UTC.
    Time(Timestamp),
    /// A value of an enumeration.
    Enum {
        /// The wire name of the enumeration, for example `VirtualMachinePowerState`.
        kind: String,
        /// The value, for example `poweredOn`.
        value: String,
    },
    /// A reference to a managed object.
    Ref(MoRef),
    /// A data object.
    Data(Data),
    /// An array.
    List {
        /// The wire type of the items, for example `VirtualDevice` or `string`.
        of: String,
        /// The items, in order.
        items: Vec<Value>,
    },
}

impl Value {
    /// An array of `of` with the items given.
    pub fn list<T: Into<Value>>(of: &str, items: impl IntoIterator<Item = T>) -> Self {
        Self::List {
            of: of.to_owned(),
            items: items.into_iter().map(Into::into).collect(),
        }
    }

    /// An array of managed object references.
    ///
    /// ```
    /// use mocks::{MoRef, Value};
    /// let hosts = Value::refs([MoRef::new("HostSystem", "host-9")]);
    /// assert_eq!(hosts.as_list().len(), 1);
    /// ```
    pub fn refs(items: impl IntoIterator<Item = MoRef>) -> Self {
        Self::list("ManagedObjectReference", items)
    }

    /// A value of the enumeration `kind`.
    pub fn of_enum(kind: &str, value: &str) -> Self {
        Self::Enum {
            kind: kind.to_owned(),
            value: value.to_owned(),
        }
    }

    /// The text of a string or of an enumeration value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            Self::Enum { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The number of any of the integer types.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Byte(n) => Some(i64::from(*n)),
            Self::Short(n) => Some(i64::from(*n)),
            Self::Int(n) => Some(i64::from(*n)),
            Self::Long(n) => Some(*n),
            _ => None,
        }
    }

    /// The boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The data object.
    pub fn as_data(&self) -> Option<&Data> {
        match self {
            Self::Data(data) => Some(data),
            _ => None,
        }
    }

    /// The data object, to be changed in place.
    pub fn as_data_mut(&mut self) -> Option<&mut Data> {
        match self {
            Self::Data(data) => Some(data),
            _ => None,
        }
    }

    /// The items of an array; nothing for any other value.
    pub fn as_list(&self) -> &[Value] {
        match self {
            Self::List { items, .. } => items,
            _ => &[],
        }
    }

    /// The items of an array, to be changed in place.
    pub fn as_list_mut(&mut self) -> Option<&mut Vec<Value>> {
        match self {
            Self::List { items, .. } => Some(items),
            _ => None,
        }
    }

    /// The managed object reference.
    pub fn as_ref(&self) -> Option<&MoRef> {
        match self {
            Self::Ref(reference) => Some(reference),
            _ => None,
        }
    }

    /// The point in time.
    pub fn as_time(&self) -> Option<Timestamp> {
        match self {
            Self::Time(time) => Some(*time),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($source:ty => $variant:ident),* $(,)?) => {
        $(impl From<$source> for Value {
            fn from(value: $source) -> Self {
                Self::$variant(value)
            }
        })*
    };
}

from! {
    bool => Bool, i8 => Byte, i16 => Short, i32 => Int, i64 => Long, f32 => Float, f64 => Double,
    String => Str, Timestamp => Time, MoRef => Ref, Data => Data,
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Str(value.to_owned())
    }
}

impl From<&MoRef> for Value {
    fn from(value: &MoRef) -> Self {
        Self::Ref(value.clone())
    }
}
