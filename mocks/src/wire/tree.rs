//! A request's XML as a small tree with resolved namespaces.
//!
//! Requests are small; a tree keeps the strict reading of them simple.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesStart, Event};

/// Deeper requests are refused before anything is built from them.
const MAX_DEPTH: usize = 200;

/// An element with its namespace resolved.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Element {
    /// The namespace, empty when there is none.
    pub(crate) ns: String,
    /// The local name.
    pub(crate) name: String,
    /// Attributes: namespace, local name, value. Namespace declarations are not among them.
    pub(crate) attrs: Vec<(String, String, String)>,
    /// Child elements in order.
    pub(crate) children: Vec<Element>,
    /// The text between the child elements, joined.
    pub(crate) text: String,
    /// Prefixes in scope, for values that are qualified names.
    scope: HashMap<String, String>,
}

impl Element {
    /// An attribute's value.
    pub(crate) fn attr(&self, ns: &str, name: &str) -> Option<&str> {
        self.attrs
            .iter()
            .find(|(n, local, _)| n == ns && local == name)
            .map(|(_, _, v)| v.as_str())
    }

    /// Resolves a value such as `xsd:string` into its namespace and local name.
    pub(crate) fn qualified<'a>(&'a self, value: &'a str) -> Option<(&'a str, &'a str)> {
        match value.split_once(':') {
            Some((prefix, local)) => Some((self.scope.get(prefix)?, local)),
            None => Some((self.scope.get("").map_or("", String::as_str), value)),
        }
    }
}

/// Reads a document and gives back its root element, or what is wrong with it.
pub(crate) fn parse(bytes: &[u8]) -> Result<Element, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the request is not UTF-8".to_owned())?;
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return Err("the request is nested too deeply".to_owned());
                }
                let element = element(&start, open.last())?;
                open.push(element);
            }
            Event::Empty(start) => {
                let element = element(&start, open.last())?;
                match open.last_mut() {
                    Some(parent) => parent.children.push(element),
                    None => return Ok(element),
                }
            }
            Event::End(_) => {
                let Some(done) = open.pop() else {
                    return Err("unexpected end tag".to_owned());
                };
                match open.last_mut() {
                    Some(parent) => parent.children.push(done),
                    None => return Ok(done),
                }
            }
            Event::Text(raw) => push_text(&mut open, &raw.xml10_content()),
            Event::CData(raw) => push_text(&mut open, &raw.xml10_content()),
            Event::GeneralRef(raw) => match raw.resolve_char_ref().map_err(text_error)? {
                Some(c) => push_text(&mut open, c.encode_utf8(&mut [0; 4])),
                None => match resolve_predefined_entity(&raw) {
                    Some(text) => push_text(&mut open, text),
                    None => return Err(format!("unknown entity {}", &*raw)),
                },
            },
            Event::DocType(_) => return Err("a document type is not allowed".to_owned()),
            Event::Eof => return Err("the request ends too early".to_owned()),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
}

fn text_error(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn push_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn element(start: &BytesStart<'_>, parent: Option<&Element>) -> Result<Element, String> {
    let mut scope = parent.map(|p| p.scope.clone()).unwrap_or_default();
    let mut raw = Vec::new();
    for attr in start.attributes() {
        let attr = attr.map_err(text_error)?;
        let key = attr.key.as_ref().to_owned();
        let value = quick_xml::escape::unescape(&attr.value)
            .map_err(text_error)?
            .into_owned();
        if key == "xmlns" {
            scope.insert(String::new(), value);
        } else if let Some(prefix) = key.strip_prefix("xmlns:") {
            scope.insert(prefix.to_owned(), value);
        } else {
            raw.push((key, value));
        }
    }
    let name = start.name();
    let (ns, name) = resolve(&scope, name.as_ref(), true)?;
    let mut attrs = Vec::with_capacity(raw.len());
    for (key, value) in raw {
        let (ns, local) = resolve(&scope, &key, false)?;
        attrs.push((ns, local, value));
    }
    Ok(Element {
        ns,
        name,
        attrs,
        scope,
        ..Element::default()
    })
}

/// Resolves a prefixed name; the default namespace counts for elements only.
fn resolve(
    scope: &HashMap<String, String>,
    name: &str,
    element: bool,
) -> Result<(String, String), String> {
    match name.split_once(':') {
        Some((prefix, local)) => match scope.get(prefix) {
            Some(ns) => Ok((ns.clone(), local.to_owned())),
            None => Err(format!("undeclared prefix {prefix}")),
        },
        None => {
            let ns = if element {
                scope.get("").cloned()
            } else {
                None
            };
            Ok((ns.unwrap_or_default(), name.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_entities_and_cdata_are_resolved() {
        let root = parse(
            b"<?xml version='1.0'?><s:a xmlns:s='urn:s' xmlns='urn:d' xmlns:i='urn:i'>\
              <b i:type=\"x:y\" type='q'>a&amp;b&#65;<![CDATA[<c>]]></b><e/></s:a>",
        )
        .unwrap();
        assert_eq!((root.ns.as_str(), root.name.as_str()), ("urn:s", "a"));
        let b = &root.children[0];
        assert_eq!((b.ns.as_str(), b.text.as_str()), ("urn:d", "a&bA<c>"));
        assert_eq!(b.attr("urn:i", "type"), Some("x:y"));
        assert_eq!(b.attr("", "type"), Some("q"));
        assert_eq!(b.qualified("s:t"), Some(("urn:s", "t")));
        assert_eq!(b.qualified("t"), Some(("urn:d", "t")));
        assert_eq!(b.qualified("none:t"), None);
    }

    #[test]
    fn broken_documents_are_refused() {
        let deep = "<a>".repeat(500);
        for text in ["", "<a>", "<a></b>", "<p:a/>", "<a>&nope;</a>", &deep] {
            assert!(parse(text.as_bytes()).is_err(), "{text:.20}");
        }
        assert!(parse(b"<!DOCTYPE a><a/>").is_err());
        assert!(parse(b"<a>\xff</a>").is_err());
    }
}
