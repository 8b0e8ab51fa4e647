//! Writes values as XML, in schema order, in the dialect of the server.

use super::dialect::Dialect;
use super::{XSD, XSI};
use crate::schema::{ApiVersion, Family, Schema, TypeRef};
use crate::value::{Data, MoRef, Value};

/// The name in `xsi:type`.
#[derive(Clone, Copy, Debug)]
enum TypeName<'a> {
    Vim(&'a str),
    Xsd(&'a str),
    ArrayOf(&'a str),
}

/// Writes one answer.
#[derive(Debug)]
pub(crate) struct Encoder {
    pub(super) out: String,
    dialect: Dialect,
    version: ApiVersion,
    /// What did not fit the schema: the mock's own mistakes, to be told loudly.
    pub(crate) problems: Vec<String>,
}

impl Encoder {
    /// A writer for a client that speaks `version`.
    pub(crate) fn new(dialect: Dialect, version: ApiVersion) -> Self {
        Self {
            out: String::with_capacity(1024),
            dialect,
            version,
            problems: Vec::new(),
        }
    }

    /// Writes `value` as the element `name` (an array: as so many elements), declared as `of`.
    pub(crate) fn value(&mut self, name: &str, value: &Value, of: &TypeRef) {
        if of.array {
            for item in value.as_list() {
                self.single(name, item, &of.kind, false);
            }
            if !matches!(value, Value::List { .. }) {
                self.problems
                    .push(format!("{name}: {}[] expected", of.kind));
            }
        } else {
            self.single(name, value, &of.kind, false);
        }
    }

    /// Writes a fault's detail element, which always names its type.
    pub(super) fn detail(&mut self, name: &str, fault: &Data) {
        let kind = self.speakable(&fault.kind);
        let xmlns = format!(" xmlns={0}{1}{0}", self.dialect.quote(), super::VIM);
        self.open(name, &xmlns, Some(TypeName::Vim(&kind)), None);
        self.properties(fault, &kind);
        self.close(name);
    }

    fn single(&mut self, name: &str, value: &Value, declared: &str, always_typed: bool) {
        let any = declared == "anyType" || always_typed;
        match value {
            Value::Data(data) => {
                let kind = self.speakable(&data.kind);
                let typed = any || kind != declared;
                if declared != "anyType" && !Schema::get().is_subtype(&kind, declared) {
                    self.problems
                        .push(format!("{name}: {kind} is no {declared}"));
                }
                self.open(name, "", typed.then_some(TypeName::Vim(&kind)), None);
                self.properties(data, &kind);
                self.close(name);
            }
            Value::Ref(MoRef { kind, value }) => {
                let typed = any.then_some(TypeName::Vim("ManagedObjectReference"));
                self.open(name, "", typed, Some(kind));
                self.text(value);
                self.close(name);
            }
            Value::Enum { kind, value } => {
                let typed = (declared == "anyType").then_some(TypeName::Vim(kind));
                self.open(name, "", typed, None);
                self.text(value);
                self.close(name);
            }
            Value::List { of, items } => self.array(name, of, items),
            simple => {
                let (kind, text) = plain(simple);
                let typed = (declared == "anyType").then_some(TypeName::Xsd(kind));
                self.open(name, "", typed, None);
                self.text(&text);
                self.close(name);
            }
        }
    }

    /// An array where `anyType` is declared: `ArrayOfX` with an element per item.
    fn array(&mut self, name: &str, of: &str, items: &[Value]) {
        let (array, item) = array_names(of);
        if items.is_empty() {
            self.empty(name, Some(TypeName::ArrayOf(&array)));
            return;
        }
        self.open(name, "", Some(TypeName::ArrayOf(&array)), None);
        let complex = Schema::get().family(of) != Family::Simple;
        for value in items {
            let declared = if complex { item.as_str() } else { of };
            self.single(
                &item,
                value,
                declared,
                complex && !matches!(value, Value::Enum { .. }),
            );
        }
        self.close(name);
    }

    /// The properties of a data object that the client's version knows, in schema order.
    fn properties(&mut self, data: &Data, kind: &str) {
        let schema = Schema::get();
        let Some(def) = schema.data(kind) else {
            self.problems
                .push(format!("the type {kind} is not in the schema"));
            return;
        };
        for property in &def.properties {
            if property.since > self.version {
                continue;
            }
            match data.get(&property.name) {
                Some(value) => self.value(&property.name, value, &property.of),
                None => self.absent(kind, property),
            }
        }
        for (name, _) in data.fields() {
            if schema.property(&data.kind, name).is_none() {
                self.problems
                    .push(format!("{} has no property {name}", data.kind));
            }
        }
    }

    fn absent(&mut self, kind: &str, property: &crate::schema::Property) {
        let family = Schema::get().family(&property.of.kind);
        if self.dialect == Dialect::Vcsim && family == Family::Enum && !property.of.array {
            self.empty(&property.name, None);
        } else if !property.optional && !property.of.array {
            self.problems
                .push(format!("{kind} lacks {}", property.name));
        }
    }

    /// The type, or its nearest base that the client's version knows.
    fn speakable(&self, kind: &str) -> String {
        let schema = Schema::get();
        let mut kind = kind;
        while let Some(def) = schema.data(kind) {
            if def.since <= self.version {
                break;
            }
            kind = &def.base;
        }
        kind.to_owned()
    }

    pub(super) fn open_plain(&mut self, name: &str) {
        self.open(name, "", None, None);
    }

    fn open(&mut self, name: &str, extra: &str, typed: Option<TypeName<'_>>, moref: Option<&str>) {
        if self.dialect == Dialect::AttributesReversed {
            self.out.push_str("\n  ");
        }
        self.out.push('<');
        self.out.push_str(name);
        self.out.push_str(extra);
        self.attributes(typed, moref);
        self.out.push('>');
    }

    fn empty(&mut self, name: &str, typed: Option<TypeName<'_>>) {
        if self.dialect == Dialect::EmptyArrays {
            self.out.push('<');
            self.out.push_str(name);
            self.attributes(typed, None);
            self.out.push_str("/>");
        } else {
            self.open(name, "", typed, None);
            self.close(name);
        }
    }

    fn attributes(&mut self, typed: Option<TypeName<'_>>, moref: Option<&str>) {
        let q = self.dialect.quote();
        let moref = moref.map(|kind| format!(" type={q}{kind}{q}"));
        let typed = typed.map(|name| {
            let name = match name {
                TypeName::Vim(name) | TypeName::ArrayOf(name) => name.to_owned(),
                TypeName::Xsd(name) => format!("{}:{name}", self.dialect.xsd_prefix()),
            };
            match self.dialect {
                Dialect::Vcsim => format!(
                    " xmlns:_XMLSchema-instance=\"{XSI}\" _XMLSchema-instance:type=\"{name}\""
                ),
                Dialect::AttributesReversed => format!(" i:type='{name}'"),
                _ => format!(" xsi:type=\"{name}\""),
            }
        });
        let parts = match self.dialect {
            Dialect::AttributesReversed => [typed, moref],
            _ => [moref, typed],
        };
        for part in parts.into_iter().flatten() {
            self.out.push_str(&part);
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    pub(super) fn text(&mut self, text: &str) {
        let cdata = self.dialect == Dialect::AttributesReversed
            && text.contains(['&', '<'])
            && !text.contains("]]>")
            && text.chars().all(legal);
        if cdata {
            self.out.push_str("<![CDATA[");
            self.out.push_str(text);
            self.out.push_str("]]>");
            return;
        }
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '\r' => self.out.push_str("&#xD;"),
                c if legal(c) => self.out.push(c),
                // XML cannot carry other control characters at all.
                _ => self.out.push('\u{fffd}'),
            }
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The attributes of the envelope that declare this dialect's prefixes.
    pub(super) fn envelope_namespaces(&self) -> String {
        let q = self.dialect.quote();
        let xsi = match self.dialect {
            Dialect::Vcsim => String::new(),
            Dialect::AttributesReversed => format!(" xmlns:i={q}{XSI}{q}"),
            _ => format!(" xmlns:xsi={q}{XSI}{q}"),
        };
        format!(" xmlns:{}={q}{XSD}{q}{xsi}", self.dialect.xsd_prefix())
    }
}

fn legal(c: char) -> bool {
    c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}') || matches!(c, '\t' | '\n' | '\r')
}

/// The `xsd` type and the text of a simple value.
fn plain(value: &Value) -> (&'static str, String) {
    match value {
        Value::Bool(b) => ("boolean", b.to_string()),
        Value::Byte(n) => ("byte", n.to_string()),
        Value::Short(n) => ("short", n.to_string()),
        Value::Int(n) => ("int", n.to_string()),
        Value::Long(n) => ("long", n.to_string()),
        Value::Float(n) => ("float", n.to_string()),
        Value::Double(n) => ("double", n.to_string()),
        Value::Time(t) => ("dateTime", format!("{t:.6}")),
        Value::Str(text) => ("string", text.clone()),
        Value::Enum { .. } | Value::Ref(_) | Value::Data(_) | Value::List { .. } => {
            ("string", String::new())
        }
    }
}

/// `ArrayOfX` and the name of its items, for items declared as `of`.
fn array_names(of: &str) -> (String, String) {
    let item = match Schema::get().family(of) {
        Family::Managed => "ManagedObjectReference",
        Family::Data | Family::Enum => of,
        Family::Simple => match of {
            "TypeName" | "MethodName" | "PropertyPath" | "anyURI" => "string",
            other => other,
        },
    };
    let mut chars = item.chars();
    let capital: String = match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    };
    (format!("ArrayOf{capital}"), item.to_owned())
}

#[cfg(test)]
mod tests;
