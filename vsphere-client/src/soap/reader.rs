//! The pull reader: the only file that reads XML.

use std::borrow::Cow;

use quick_xml::events::Event;

use super::error::DecodeError;
use super::limits::Limits;
use super::raw::RawElement;
use super::start::{Prefixes, Start};

/// Reads a document element by element, without building a tree.
///
/// The caller walks with [`next_child`](Reader::next_child) and takes each child by
/// [`text`](Reader::text), [`raw`](Reader::raw), a [`Decode`](super::Decode) type, or not at all:
/// what a caller leaves unread is skipped at the next call, without allocation.
///
/// Malformed XML is always an error and never looks like the end of an element.
/// No method recurses, and [`Limits::max_depth`] also holds for what is skipped.
///
/// ```
/// use vsphere_client::soap::Reader;
///
/// let mut reader = Reader::new(b"<vm><name>web &amp; mail</name><new><x/></new><cpus>4</cpus></vm>")?;
/// let vm = reader.root()?;
/// let mut seen = Vec::new();
/// while let Some(child) = reader.next_child(&vm)? {
///     match child.name() {
///         "name" | "cpus" => seen.push(reader.text(&child)?.into_owned()),
///         _ => {}
///     }
/// }
/// reader.finish()?;
/// assert_eq!(seen, ["web & mail", "4"]);
/// # Ok::<(), vsphere_client::soap::DecodeError>(())
/// ```
#[derive(Debug)]
pub struct Reader<'x> {
    xml: quick_xml::Reader<&'x [u8]>,
    source: &'x str,
    limits: Limits,
    /// Number of open elements.
    depth: usize,
    /// An empty-element tag was handed out, and its end is still to come.
    closing: bool,
    prefixes: Prefixes<'x>,
}

impl<'x> Reader<'x> {
    /// Starts to read with the default [`Limits`].
    ///
    /// # Errors
    /// [`DecodeError::NotUtf8`]. Servers of this family send nothing else than UTF-8.
    pub fn new(document: &'x [u8]) -> Result<Self, DecodeError> {
        Self::with_limits(document, Limits::default())
    }

    /// Starts to read with own limits.
    ///
    /// # Errors
    /// [`DecodeError::NotUtf8`].
    pub fn with_limits(document: &'x [u8], limits: Limits) -> Result<Self, DecodeError> {
        let document = document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document);
        let source = std::str::from_utf8(document).map_err(|fault| DecodeError::NotUtf8 {
            offset: fault.valid_up_to(),
        })?;
        Ok(Self {
            xml: quick_xml::Reader::from_str(source),
            source,
            limits,
            depth: 0,
            closing: false,
            prefixes: Prefixes::default(),
        })
    }

    /// Bytes read so far.
    #[must_use]
    pub fn offset(&self) -> usize {
        usize::try_from(self.xml.buffer_position()).unwrap_or(usize::MAX)
    }

    /// Reads up to the document's root element.
    ///
    /// # Errors
    /// [`DecodeError::Empty`] when there is none, [`DecodeError::Syntax`] when other text stands
    /// before it (as in a plain-text error page).
    pub fn root(&mut self) -> Result<Start<'x>, DecodeError> {
        loop {
            match self.event()? {
                Event::Start(tag) => return self.open(tag.len(), tag.name().0.len(), 1),
                Event::Empty(tag) => {
                    let start = self.open(tag.len(), tag.name().0.len(), 2)?;
                    self.closing = true;
                    return Ok(start);
                }
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                    return Err(self.syntax("text outside of the root element"));
                }
                Event::Eof => return Err(DecodeError::Empty),
                _ => {}
            }
        }
    }

    /// The next child element of `parent`, or `None` when `parent` has ended.
    ///
    /// Text between children is passed over. So is everything that the caller did not read
    /// of the child before.
    ///
    /// # Errors
    /// [`DecodeError`] for malformed, truncated or too deeply nested XML.
    #[inline]
    pub fn next_child(&mut self, parent: &Start<'x>) -> Result<Option<Start<'x>>, DecodeError> {
        loop {
            if self.closing {
                self.closing = false;
                self.leave();
            }
            if self.depth < parent.depth {
                return Ok(None);
            }
            match self.event()? {
                Event::Start(tag) => {
                    if self.depth == parent.depth {
                        return self.open(tag.len(), tag.name().0.len(), 1).map(Some);
                    }
                    self.enter()?;
                }
                Event::Empty(tag) if self.depth == parent.depth => {
                    let start = self.open(tag.len(), tag.name().0.len(), 2)?;
                    self.closing = true;
                    return Ok(Some(start));
                }
                Event::End(_) => self.leave(),
                Event::Eof => return Err(self.early_end(parent)),
                _ => {}
            }
        }
    }

    /// The whole text of the element, up to its end; child elements are skipped.
    ///
    /// Entities and character references are resolved, CDATA sections and split texts joined,
    /// line ends normalised. The text is borrowed from the document when it stands there in one piece.
    ///
    /// # Errors
    /// [`DecodeError`] for malformed XML, an entity that XML does not define, or a text beyond
    /// [`Limits::max_text`].
    #[inline]
    pub fn text(&mut self, start: &Start<'x>) -> Result<Cow<'x, str>, DecodeError> {
        let mut whole = Cow::Borrowed("");
        loop {
            if self.closing {
                self.closing = false;
                self.leave();
            }
            if self.depth < start.depth {
                return Ok(whole);
            }
            match self.event()? {
                Event::Text(text) if self.depth == start.depth => {
                    self.append(start, &mut whole, text.xml10_content())?;
                }
                Event::CData(text) if self.depth == start.depth => {
                    self.append(start, &mut whole, text.xml10_content())?;
                }
                Event::GeneralRef(entity) if self.depth == start.depth => {
                    let character = self.entity(&entity)?;
                    whole.to_mut().push(character);
                }
                Event::Start(_) => self.enter()?,
                Event::End(_) => self.leave(),
                Event::Eof => return Err(self.early_end(start)),
                _ => {}
            }
        }
    }

    /// Passes over the rest of the element, up to its end.
    ///
    /// # Errors
    /// [`DecodeError`] for malformed, truncated or too deeply nested XML.
    pub fn skip(&mut self, start: &Start<'x>) -> Result<(), DecodeError> {
        while self.next_child(start)?.is_some() {}
        Ok(())
    }

    /// Keeps the element as a small tree, for types that nobody here knows.
    ///
    /// # Errors
    /// [`DecodeError`] for malformed XML.
    pub fn raw(&mut self, start: &Start<'x>) -> Result<RawElement, DecodeError> {
        RawElement::read(self, start)
    }

    /// As [`next_child`](Self::next_child), with the text before the child added to `text`.
    pub(super) fn next_child_or_text(
        &mut self,
        parent: &Start<'x>,
        text: &mut String,
    ) -> Result<Option<Start<'x>>, DecodeError> {
        loop {
            if self.closing {
                self.closing = false;
                self.leave();
            }
            if self.depth < parent.depth {
                return Ok(None);
            }
            let here = self.depth == parent.depth;
            match self.event()? {
                Event::Start(tag) if here => {
                    return self.open(tag.len(), tag.name().0.len(), 1).map(Some);
                }
                Event::Empty(tag) if here => {
                    let start = self.open(tag.len(), tag.name().0.len(), 2)?;
                    self.closing = true;
                    return Ok(Some(start));
                }
                Event::Start(_) => self.enter()?,
                Event::Text(piece) if here => text.push_str(&piece.xml10_content()),
                Event::CData(piece) if here => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(entity) if here => text.push(self.entity(&entity)?),
                Event::End(_) => self.leave(),
                Event::Eof => return Err(self.early_end(parent)),
                _ => {}
            }
            if text.len() > self.limits.max_text {
                return Err(DecodeError::TextTooLong {
                    limit: self.limits.max_text,
                    element: parent.name.to_owned(),
                    offset: self.offset(),
                });
            }
        }
    }

    /// Whether this attribute is `type` in the XSI namespace.
    pub(super) fn is_xsi_type(&self, name: &str) -> bool {
        name.split_once(':')
            .is_some_and(|(prefix, local)| local == "type" && self.prefixes.is_xsi(prefix))
    }

    /// Checks that nothing but white space follows the root element.
    ///
    /// # Errors
    /// [`DecodeError::Syntax`] when something does.
    pub fn finish(mut self) -> Result<(), DecodeError> {
        if self.depth > usize::from(self.closing) {
            return Err(self.syntax("the root element is still open"));
        }
        loop {
            match self.event()? {
                Event::Eof => return Ok(()),
                Event::Text(text) if text.trim().is_empty() => {}
                Event::Comment(_) | Event::PI(_) => {}
                _ => return Err(self.syntax("content behind the root element")),
            }
        }
    }

    #[inline]
    fn event(&mut self) -> Result<Event<'x>, DecodeError> {
        match self.xml.read_event() {
            Ok(Event::DocType(_)) => Err(DecodeError::DocumentType),
            Ok(event) => Ok(event),
            Err(fault) => Err(self.broken(&fault)),
        }
    }

    #[inline]
    fn enter(&mut self) -> Result<(), DecodeError> {
        if self.depth >= self.limits.max_depth {
            return Err(DecodeError::TooDeep {
                limit: self.limits.max_depth,
                offset: self.offset(),
            });
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.prefixes.leave(self.depth);
    }

    /// Makes the start tag that ends at the present offset; `tail` is the length of `>` or `/>`.
    #[inline]
    fn open(&mut self, len: usize, name: usize, tail: usize) -> Result<Start<'x>, DecodeError> {
        self.enter()?;
        let end = self.offset().saturating_sub(tail);
        // The event's text borrows from the event; the same bytes of the document live longer.
        let tag = self
            .source
            .get(end.saturating_sub(len)..end)
            .unwrap_or_default();
        let (name, attributes) = tag.split_at_checked(name).unwrap_or((tag, ""));
        let mut start = Start {
            name: name.split_once(':').map_or(name, |(_, local)| local),
            attributes,
            xsi_type: None,
            ref_type: None,
            nil: false,
            depth: self.depth,
        };
        if !attributes.is_empty()
            && let Err(fault) = self.prefixes.resolve(&mut start)
        {
            return Err(self.syntax(fault));
        }
        Ok(start)
    }

    #[inline]
    fn append(
        &self,
        start: &Start<'x>,
        whole: &mut Cow<'x, str>,
        piece: Cow<'x, str>,
    ) -> Result<(), DecodeError> {
        if whole.len() + piece.len() > self.limits.max_text {
            return Err(DecodeError::TextTooLong {
                limit: self.limits.max_text,
                element: start.name.to_owned(),
                offset: self.offset(),
            });
        }
        if whole.is_empty() {
            *whole = piece;
        } else {
            whole.to_mut().push_str(&piece);
        }
        Ok(())
    }

    fn entity(&self, entity: &quick_xml::events::BytesRef<'x>) -> Result<char, DecodeError> {
        match &**entity {
            "amp" => Ok('&'),
            "lt" => Ok('<'),
            "gt" => Ok('>'),
            "quot" => Ok('"'),
            "apos" => Ok('\''),
            name => match entity.resolve_char_ref() {
                Ok(Some(character)) => Ok(character),
                Ok(None) => Err(self.syntax(&format!("unknown entity &{name};"))),
                Err(fault) => Err(self.broken(&fault)),
            },
        }
    }

    fn early_end(&self, open: &Start<'x>) -> DecodeError {
        DecodeError::UnexpectedEnd {
            offset: self.source.len(),
            element: open.name.to_owned(),
        }
    }

    pub(super) fn syntax(&self, detail: &str) -> DecodeError {
        DecodeError::Syntax {
            offset: self.offset(),
            detail: detail.to_owned(),
        }
    }

    fn broken(&self, fault: &quick_xml::Error) -> DecodeError {
        let offset = usize::try_from(self.xml.error_position()).unwrap_or(usize::MAX);
        if self.offset() >= self.source.len() && matches!(fault, quick_xml::Error::Syntax(_)) {
            // A tag or section that never closes: the document was cut off inside it.
            return DecodeError::UnexpectedEnd {
                offset: self.source.len(),
                element: fault.to_string(),
            };
        }
        DecodeError::Syntax {
            offset,
            detail: fault.to_string(),
        }
    }
}
