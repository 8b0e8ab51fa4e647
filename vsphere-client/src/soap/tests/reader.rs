use crate::soap::{DecodeError, Limits, RawElement, Reader};

/// One way to go through a document.
type Way = fn(&mut Reader<'_>) -> Result<(), DecodeError>;

fn texts(document: &str) -> Result<Vec<String>, DecodeError> {
    let mut reader = Reader::new(document.as_bytes())?;
    let root = reader.root()?;
    let mut found = Vec::new();
    while let Some(child) = reader.next_child(&root)? {
        found.push(reader.text(&child)?.into_owned());
    }
    reader.finish()?;
    Ok(found)
}

#[test]
fn text_joins_entities_cdata_and_pieces() {
    let found = texts(
        "<r><a>x &amp; y &#x41;&#66;</a><a><![CDATA[<b>&amp;]]> tail</a><a>1<!-- no -->2</a>\
         <a>u<inner>not this</inner>v</a><a/><a>l1\r\nl2</a></r>",
    );
    assert_eq!(
        found.unwrap(),
        ["x & y AB", "<b>&amp; tail", "12", "uv", "", "l1\nl2"]
    );
}

#[test]
fn unread_children_are_skipped_whatever_they_hold() {
    let mut reader =
        Reader::new(b"<r><a><r><a>1</a></r></a><b/><c>t<d/></c><e>last</e></r> ").unwrap();
    let root = reader.root().unwrap();
    let mut names = Vec::new();
    while let Some(child) = reader.next_child(&root).unwrap() {
        names.push(child.name());
    }
    assert_eq!(names, ["a", "b", "c", "e"]);
    assert_eq!(reader.next_child(&root).unwrap().map(|c| c.name()), None);
    reader.finish().unwrap();
}

#[test]
fn xsi_type_is_resolved_by_namespace_not_by_prefix() {
    let document = r#"<r xmlns:xsi="urn:other" xmlns:_XMLSchema-instance="http://www.w3.org/2001/XMLSchema-instance">
        <a type="VirtualMachine" _XMLSchema-instance:type="ManagedObjectReference">vm-1</a>
        <a _XMLSchema-instance:type='xsd:string' xsi:type="Wrong"/>
        <a xsi:type="Wrong"/>
        <b:a xmlns:b="urn:vim25" xmlns:_XMLSchema-instance="urn:rebound" _XMLSchema-instance:type="Wrong"/>
        <a xmlns:q="http://www.w3.org/2001/XMLSchema-instance" q:nil="true" q:type="b:VirtualDisk"/>
        <a q:type="Gone"/>
    </r>"#;
    let mut reader = Reader::new(document.as_bytes()).unwrap();
    let root = reader.root().unwrap();
    let mut found = Vec::new();
    while let Some(child) = reader.next_child(&root).unwrap() {
        assert_eq!(child.name(), "a");
        found.push((child.xsi_type(), child.ref_type(), child.is_nil()));
    }
    assert_eq!(
        found,
        [
            (
                Some("ManagedObjectReference"),
                Some("VirtualMachine"),
                false
            ),
            (Some("string"), None, false),
            (None, None, false),
            (None, None, false),
            (Some("VirtualDisk"), None, true),
            (None, None, false),
        ]
    );
}

#[test]
fn truncation_at_every_byte_is_an_error() {
    let whole = "<r a='1'><b>t&amp;</b><c><![CDATA[x]]></c><d/><!--x--></r>";
    assert!(texts(whole).is_ok());
    for cut in 0..whole.len() {
        assert!(texts(&whole[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn malformed_documents_are_errors() {
    for document in [
        "",
        "  ",
        "text",
        "<a></b>",
        "<a><b></a></b>",
        "<a/><b/>",
        "<a/>x",
        "<a b></a>",
        "<a b=c><x/></a>",
        "<a>&nope;</a>",
        "<a>&</a>",
        "</a>",
    ] {
        let outcome = (|| {
            let mut reader = Reader::new(document.as_bytes())?;
            let root = reader.root()?;
            reader.text(&root)?;
            reader.finish()
        })();
        assert!(outcome.is_err(), "{document:?}");
    }
    assert_eq!(
        Reader::new(b"<a>\xff</a>").unwrap_err(),
        DecodeError::NotUtf8 { offset: 3 }
    );
    let html = Reader::new(b"<!DOCTYPE html><html></html>")
        .unwrap()
        .root()
        .unwrap_err();
    assert_eq!(html, DecodeError::DocumentType);
}

#[test]
fn depth_bombs_are_refused_by_every_way_of_reading() {
    let bomb = "<a>".repeat(100_000);
    let ways: [Way; 4] = [
        |reader| {
            let root = reader.root()?;
            while reader.next_child(&root)?.is_some() {}
            Ok(())
        },
        |reader| {
            let root = reader.root()?;
            reader.text(&root).map(drop)
        },
        |reader| {
            let root = reader.root()?;
            reader.skip(&root)
        },
        |reader| {
            let root = reader.root()?;
            reader.raw(&root).map(drop)
        },
    ];
    for way in ways {
        let mut reader = Reader::new(bomb.as_bytes()).unwrap();
        let fault = way(&mut reader).unwrap_err();
        assert_eq!(
            fault,
            DecodeError::TooDeep {
                limit: 256,
                offset: 257 * 3
            }
        );
    }
}

#[test]
fn long_texts_are_refused() {
    let limits = Limits {
        max_text: 10,
        ..Limits::default()
    };
    let mut reader = Reader::with_limits(b"<a>12345&amp;67890</a>", limits).unwrap();
    let root = reader.root().unwrap();
    assert!(matches!(
        reader.text(&root),
        Err(DecodeError::TextTooLong { limit: 10, .. })
    ));
}

#[test]
fn an_unknown_element_is_kept_and_written_again() {
    let document = br#"<dev xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="VirtualFuture">
        <key>7</key><ref type="Datastore">ds-1</ref><val i:type="xsd:int">3</val><note>a &lt; b</note></dev>"#;
    let mut reader = Reader::new(document).unwrap();
    let root = reader.root().unwrap();
    let raw = reader.raw(&root).unwrap();
    assert_eq!(raw.type_name.as_deref(), Some("VirtualFuture"));
    assert_eq!(raw.child_text("note"), Some("a < b"));
    let again: RawElement = raw.decode_as().unwrap();
    assert_eq!(again, raw);
    let text = String::from_utf8(raw.to_document().unwrap()).unwrap();
    assert!(
        text.contains(r#"xsi:type="VirtualFuture"><key>7</key><ref type="Datastore">"#),
        "{text}"
    );
    assert!(
        text.contains(r#"<val xsi:type="xsd:int">3</val>"#),
        "{text}"
    );
}
