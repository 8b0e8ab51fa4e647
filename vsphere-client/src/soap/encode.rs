//! From values to elements.

use jiff::Timestamp;

use super::error::EncodeError;
use super::start::XSI;

/// A type that writes itself as an element.
///
/// Fields are written in the order of the schema, base type first: a real vCenter refuses
/// any other. `Option` writes nothing when empty, `Vec` writes one element per item.
pub trait Encode {
    /// Writes the value as an element of that name.
    fn encode(&self, writer: &mut Writer, name: &str);
}

/// A type that can stand where the schema declares a base type or `anyType`.
pub trait Typed: Encode {
    /// The name for `xsi:type`: a vim25 type, or a built-in one such as `string`.
    fn type_name(&self) -> &str;

    /// Writes the value with its `xsi:type`.
    fn encode_typed(&self, writer: &mut Writer, name: &str) {
        writer.set_type(self.type_name());
        self.encode(writer, name);
    }
}

/// Writes XML, escaped, into memory.
///
/// A character that XML cannot carry, or a bad name, makes [`finish`](Writer::finish) fail;
/// writing goes on, so that encoders need no error handling of their own.
///
/// ```
/// use vsphere_client::soap::{Encode, Writer};
///
/// let mut writer = Writer::new();
/// writer.open("spec");
/// "a < b".encode(&mut writer, "name");
/// writer.close();
/// assert_eq!(writer.finish()?, b"<spec><name>a &lt; b</name></spec>");
/// # Ok::<(), vsphere_client::soap::EncodeError>(())
/// ```
#[derive(Debug, Default)]
pub struct Writer {
    out: String,
    /// Names of the open elements, one behind the other, and where each begins.
    names: String,
    starts: Vec<usize>,
    /// The start tag still lacks its `>`.
    in_tag: bool,
    pending_type: Option<String>,
    pending_namespaces: bool,
    fault: Option<EncodeError>,
}

impl Writer {
    /// An empty document.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The next opened element declares the prefixes `xsi` and `xsd`.
    pub fn declare_namespaces(&mut self) {
        self.pending_namespaces = true;
    }

    /// The next opened element carries this `xsi:type`.
    ///
    /// Names that begin with a lower-case letter are XML Schema's own and get the prefix `xsd`;
    /// every vim25 type begins with a capital.
    pub fn set_type(&mut self, type_name: &str) {
        self.pending_type = Some(type_name.to_owned());
    }

    /// Opens an element.
    pub fn open(&mut self, name: &str) {
        self.check_name(name);
        self.end_tag();
        self.out.push('<');
        self.out.push_str(name);
        self.in_tag = true;
        self.starts.push(self.names.len());
        self.names.push_str(name);
        if std::mem::take(&mut self.pending_namespaces) {
            self.attribute("xmlns:xsi", XSI);
            self.attribute("xmlns:xsd", "http://www.w3.org/2001/XMLSchema");
        }
        if let Some(type_name) = self.pending_type.take() {
            if type_name.starts_with(|c: char| c.is_ascii_lowercase()) {
                self.attribute("xsi:type", &format!("xsd:{type_name}"));
            } else {
                self.attribute("xsi:type", &type_name);
            }
        }
    }

    /// Adds an attribute to the element just opened; call it before any content.
    pub fn attribute(&mut self, name: &str, value: &str) {
        debug_assert!(self.in_tag, "attributes come before content");
        self.check_name(name);
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        self.escaped(value);
        self.out.push('"');
    }

    /// Adds text to the open element.
    pub fn text(&mut self, text: &str) {
        self.end_tag();
        self.escaped(text);
    }

    /// Closes the element opened last.
    pub fn close(&mut self) {
        let Some(start) = self.starts.pop() else {
            debug_assert!(false, "more elements closed than opened");
            return;
        };
        if std::mem::take(&mut self.in_tag) {
            self.out.push_str("/>");
        } else {
            self.out.push_str("</");
            self.out.push_str(&self.names[start..]);
            self.out.push('>');
        }
        self.names.truncate(start);
    }

    /// Writes an element that holds only text.
    pub fn leaf(&mut self, name: &str, text: &str) {
        self.open(name);
        self.text(text);
        self.close();
    }

    /// Writes one field: the value's own way to be an element of that name.
    pub fn field<T: Encode + ?Sized>(&mut self, name: &str, value: &T) {
        value.encode(self, name);
    }

    /// The document's bytes.
    ///
    /// # Errors
    /// The first [`EncodeError`] met while writing.
    pub fn finish(self) -> Result<Vec<u8>, EncodeError> {
        debug_assert!(
            self.starts.is_empty() || self.fault.is_some(),
            "an element is still open"
        );
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.out.into_bytes()),
        }
    }

    /// Writes text that is XML already.
    pub(super) fn verbatim(&mut self, xml: &str) {
        self.end_tag();
        self.out.push_str(xml);
    }

    fn end_tag(&mut self) {
        if std::mem::take(&mut self.in_tag) {
            self.out.push('>');
        }
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                // As themselves, a reader would turn these into a line feed or a space.
                '\r' => self.out.push_str("&#xD;"),
                '\n' => self.out.push_str("&#xA;"),
                '\t' => self.out.push_str("&#x9;"),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                    let start = self.starts.last().copied().unwrap_or_default();
                    let element = self.names[start..].to_owned();
                    self.fault.get_or_insert(EncodeError::ForbiddenCharacter {
                        element,
                        code_point: c.into(),
                    });
                }
                c => self.out.push(c),
            }
        }
    }

    fn check_name(&mut self, name: &str) {
        let good = name.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
        if !good {
            self.fault.get_or_insert(EncodeError::BadName {
                name: name.to_owned(),
            });
        }
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, writer: &mut Writer, name: &str) {
        T::encode(self, writer, name);
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, writer: &mut Writer, name: &str) {
        if let Some(value) = self {
            value.encode(writer, name);
        }
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, writer: &mut Writer, name: &str) {
        self.as_slice().encode(writer, name);
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, writer: &mut Writer, name: &str) {
        for value in self {
            value.encode(writer, name);
        }
    }
}

impl<T: Encode + ?Sized> Encode for Box<T> {
    fn encode(&self, writer: &mut Writer, name: &str) {
        T::encode(self, writer, name);
    }
}

impl Encode for str {
    fn encode(&self, writer: &mut Writer, name: &str) {
        writer.leaf(name, self);
    }
}

impl Encode for String {
    fn encode(&self, writer: &mut Writer, name: &str) {
        writer.leaf(name, self);
    }
}

macro_rules! encode_display {
    ($($type:ty = $name:literal),* $(,)?) => {$(
        impl Encode for $type {
            fn encode(&self, writer: &mut Writer, name: &str) {
                writer.leaf(name, &self.to_string());
            }
        }

        impl Typed for $type {
            fn type_name(&self) -> &str {
                $name
            }
        }
    )*};
}

encode_display! {
    bool = "boolean",
    i8 = "byte",
    i16 = "short",
    i32 = "int",
    i64 = "long",
    Timestamp = "dateTime",
}

macro_rules! encode_float {
    ($($type:ty = $name:literal),* $(,)?) => {$(
        impl Encode for $type {
            fn encode(&self, writer: &mut Writer, name: &str) {
                if self.is_infinite() {
                    writer.leaf(name, if self.is_sign_positive() { "INF" } else { "-INF" });
                } else {
                    writer.leaf(name, &self.to_string());
                }
            }
        }

        impl Typed for $type {
            fn type_name(&self) -> &str {
                $name
            }
        }
    )*};
}

encode_float! {
    f32 = "float",
    f64 = "double",
}

impl Typed for str {
    fn type_name(&self) -> &str {
        "string"
    }
}

impl Typed for String {
    fn type_name(&self) -> &str {
        "string"
    }
}
