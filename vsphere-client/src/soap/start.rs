//! A start tag, and the attributes that mean something in vim25 messages.

use super::error::DecodeError;

/// The namespace of `type` and `nil` in `xsi:type` and `xsi:nil`.
pub(super) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The start tag that the [`Reader`](super::Reader) has just read.
///
/// It borrows from the document and is cheap to copy. All names are local names:
/// vim25 uses one namespace, and servers choose prefixes as they like.
#[derive(Debug, Clone, Copy)]
pub struct Start<'x> {
    pub(super) name: &'x str,
    pub(super) attributes: &'x str,
    pub(super) xsi_type: Option<&'x str>,
    pub(super) ref_type: Option<&'x str>,
    pub(super) nil: bool,
    /// Number of open elements with this one counted.
    pub(super) depth: usize,
}

impl<'x> Start<'x> {
    /// The element's name without its prefix.
    #[must_use]
    pub fn name(&self) -> &'x str {
        self.name
    }

    /// The local part of `xsi:type`, whatever prefix is bound to the XSI namespace.
    ///
    /// `VirtualDisk` for `xsi:type="VirtualDisk"`, `string` for `xsi:type="xsd:string"`.
    #[must_use]
    pub fn xsi_type(&self) -> Option<&'x str> {
        self.xsi_type
    }

    /// The plain `type` attribute, which names the kind of a managed object reference.
    #[must_use]
    pub fn ref_type(&self) -> Option<&'x str> {
        self.ref_type
    }

    /// Whether the element carries `xsi:nil="true"`.
    #[must_use]
    pub fn is_nil(&self) -> bool {
        self.nil
    }

    /// The attributes in document order: name as written, value as written (still escaped).
    pub(super) fn attributes(&self) -> Attributes<'x> {
        Attributes {
            rest: self.attributes,
        }
    }
}

/// Walks over the raw text of the attributes.
pub(super) struct Attributes<'x> {
    rest: &'x str,
}

/// A fault in the attributes: what is wrong.
pub(super) type AttributeFault = &'static str;

impl<'x> Iterator for Attributes<'x> {
    type Item = Result<(&'x str, &'x str), AttributeFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let text = self.rest.trim_start_matches(is_space);
        if text.is_empty() {
            return None;
        }
        // Whatever goes wrong, the walk ends there.
        self.rest = "";
        let Some(equals) = text.find('=') else {
            return Some(Err("attribute without a value"));
        };
        let name = text[..equals].trim_end_matches(is_space);
        if name.is_empty() || name.contains(is_space) {
            return Some(Err("attribute without a value"));
        }
        let value = text[equals + 1..].trim_start_matches(is_space);
        let quote = match value.as_bytes().first() {
            Some(b'"') => '"',
            Some(b'\'') => '\'',
            _ => return Some(Err("attribute value without quotes")),
        };
        let value = &value[1..];
        let Some(end) = value.find(quote) else {
            return Some(Err("attribute value without its closing quote"));
        };
        self.rest = &value[end + 1..];
        Some(Ok((name, &value[..end])))
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

/// Namespace prefixes that are, or hide, the XSI namespace.
///
/// Other namespaces do not matter to this reader, so they are not kept,
/// except where they rebind a prefix that meant XSI further out.
#[derive(Debug, Default)]
pub(super) struct Prefixes<'x> {
    /// Depth of the binding element, prefix, whether it means XSI.
    bound: Vec<(usize, &'x str, bool)>,
}

impl<'x> Prefixes<'x> {
    /// Forgets the bindings of elements that have ended.
    #[inline]
    pub(super) fn leave(&mut self, depth: usize) {
        while self.bound.last().is_some_and(|(at, _, _)| *at > depth) {
            self.bound.pop();
        }
    }

    /// Takes in the tag's own bindings, then resolves the attributes that matter.
    pub(super) fn resolve(&mut self, start: &mut Start<'x>) -> Result<(), AttributeFault> {
        if start.attributes.contains("xmlns") {
            for attribute in start.attributes() {
                let (name, value) = attribute?;
                if let Some(prefix) = name.strip_prefix("xmlns:") {
                    self.bind(start.depth, prefix, value == XSI);
                }
            }
        }
        for attribute in start.attributes() {
            let (name, value) = attribute?;
            match name.split_once(':') {
                None if name == "type" => start.ref_type = Some(value),
                Some((prefix, "type")) if self.is_xsi(prefix) => {
                    start.xsi_type = Some(local(value.trim_matches(is_space)));
                }
                Some((prefix, "nil")) if self.is_xsi(prefix) => {
                    start.nil = matches!(value, "true" | "1");
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn bind(&mut self, depth: usize, prefix: &'x str, is_xsi: bool) {
        if is_xsi || self.is_xsi(prefix) {
            self.bound.push((depth, prefix, is_xsi));
        }
    }

    /// Whether the prefix means XSI here.
    pub(super) fn is_xsi(&self, prefix: &str) -> bool {
        self.bound
            .iter()
            .rev()
            .find(|(_, bound, _)| *bound == prefix)
            .is_some_and(|b| b.2)
    }
}

/// The part of a qualified name behind the colon.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Resolves the entities of an attribute value.
pub(super) fn unescape(value: &str, offset: usize) -> Result<String, DecodeError> {
    match quick_xml::escape::unescape(value) {
        Ok(text) => Ok(text.into_owned()),
        Err(fault) => Err(DecodeError::Syntax {
            offset,
            detail: fault.to_string(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<Result<(&str, &str), AttributeFault>> {
        Attributes { rest: text }.collect()
    }

    #[test]
    fn attributes_take_both_quotes_and_spaces() {
        assert_eq!(
            list(" a=\"1\"\n b = '2\"' c=\"x=y\""),
            [Ok(("a", "1")), Ok(("b", "2\"")), Ok(("c", "x=y"))]
        );
    }

    #[test]
    fn broken_attributes_are_faults() {
        for text in [" a", " a=1", " a=\"1", " =\"1\"", " a b=\"1\""] {
            assert!(list(text).last().is_some_and(Result::is_err), "{text:?}");
        }
    }
}
