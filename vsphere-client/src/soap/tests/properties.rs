//! What holds for every value and every document.

use proptest::prelude::*;

use crate::soap::{Decode, DecodeError, Encode, EncodeError, RawElement, Reader, Writer};
use crate::vim::{AnyValue, ManagedObjectReference, OptionValue};
use crate::{wire_enum, wire_struct};

wire_enum! {
    enum Colour = "Colour" {
        Red = "red",
        Green = "green",
    }
}

wire_struct! {
    struct Everything = "Everything" {
        flag: bool = "flag",
        small: i16 = "small",
        number: i32 = "number",
        big: Option<i64> = "big",
        ratio: f64 = "ratio",
        text: String = "text",
        texts: Vec<String> = "texts",
        colour: Option<Colour> = "colour",
        target: ManagedObjectReference = "target",
        options: Vec<OptionValue> = "options",
        inner: Option<Box<Everything>> = "inner",
    }
}

/// Any text that XML can carry.
fn text() -> impl Strategy<Value = String> {
    let c = prop_oneof![
        4 => proptest::char::range(' ', '~'),
        1 => prop_oneof![Just('\t'), Just('\n'), Just('\r'), Just('\u{85}'), Just('\u{2028}')],
        1 => any::<char>().prop_filter("XML cannot carry it", |c| {
            !matches!(c, '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
        }),
    ];
    proptest::collection::vec(c, 0..20).prop_map(|chars| chars.into_iter().collect())
}

fn colour() -> impl Strategy<Value = Colour> {
    prop_oneof![
        Just(Colour::Red),
        Just(Colour::Green),
        "[a-z]{6,9}".prop_map(Colour::Unknown)
    ]
}

fn value() -> impl Strategy<Value = AnyValue> {
    prop_oneof![
        text().prop_map(AnyValue::String),
        any::<bool>().prop_map(AnyValue::Bool),
        any::<i32>().prop_map(AnyValue::Int),
        any::<i64>().prop_map(AnyValue::Long),
        proptest::collection::vec(text(), 0..3).prop_map(AnyValue::Strings),
    ]
}

fn everything() -> impl Strategy<Value = Everything> {
    let leaf = (
        (
            any::<bool>(),
            any::<i16>(),
            any::<i32>(),
            any::<Option<i64>>(),
            -1e9..1e9,
        ),
        text(),
        proptest::collection::vec(text(), 0..4),
        proptest::option::of(colour()),
        ("[A-Z][a-zA-Z]{0,8}", text()),
        proptest::collection::vec((text(), proptest::option::of(value())), 0..3),
    )
        .prop_map(
            |((flag, small, number, big, ratio), text, texts, colour, target, options)| {
                Everything {
                    flag,
                    small,
                    number,
                    big,
                    ratio,
                    text,
                    texts,
                    colour,
                    target: ManagedObjectReference::new(&target.0, target.1),
                    options: options
                        .into_iter()
                        .map(|(key, value)| OptionValue { key, value })
                        .collect(),
                    inner: None,
                }
            },
        );
    leaf.prop_recursive(3, 4, 1, |inner| {
        (inner.clone(), inner).prop_map(|(outer, inner)| Everything {
            inner: Some(Box::new(inner)),
            ..outer
        })
    })
}

fn document<T: Encode>(value: &T) -> Result<Vec<u8>, EncodeError> {
    let mut writer = Writer::new();
    writer.declare_namespaces();
    value.encode(&mut writer, "value");
    writer.finish()
}

fn read<T: Decode>(document: &[u8]) -> Result<T, DecodeError> {
    let mut reader = Reader::new(document)?;
    let start = reader.root()?;
    let value = T::decode(&mut reader, &start)?;
    reader.finish()?;
    Ok(value)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_reads_the_same(value in everything()) {
        let document = document(&value).unwrap();
        prop_assert_eq!(&read::<Everything>(&document).unwrap(), &value);
        // The same by way of the tree that keeps unknown elements.
        let raw: RawElement = read(&document).unwrap();
        prop_assert_eq!(&raw.decode_as::<Everything>().unwrap(), &value);
    }

    #[test]
    fn a_cut_document_is_never_taken_for_whole(value in everything(), at in any::<prop::sample::Index>()) {
        let document = document(&value).unwrap();
        prop_assert!(read::<Everything>(&document[..at.index(document.len())]).is_err());
    }

    #[test]
    fn arbitrary_bytes_end_in_a_value_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read::<Everything>(&bytes);
        let _ = read::<RawElement>(&bytes);
    }

    #[test]
    fn arbitrary_markup_is_read_alike_by_tree_and_by_skipping(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("<a>"), Just("</a>"), Just("<b x='1'>"), Just("</b>"), Just("<c/>"), Just("t"), Just("&amp;"),
                Just("&#x41;"), Just("<![CDATA[<]]>"), Just("<!--c-->"), Just("<?p?>"), Just("&bad;"), Just("<"), Just(" "),
            ],
            0..24,
        ),
    ) {
        let document = format!("<r>{}</r>", pieces.concat());
        let skipped = read::<()>(document.as_bytes());
        let kept = read::<RawElement>(document.as_bytes());
        // Skipping does not look at entities; else both must agree on what is well-formed.
        if !document.contains("&bad;") {
            prop_assert_eq!(skipped.is_ok(), kept.is_ok());
        }
        prop_assert!(skipped.is_ok() || kept.is_err());
    }

    #[test]
    fn a_forbidden_character_is_an_error_and_no_broken_document(
        before in text(), bad in prop_oneof![Just('\0'), Just('\u{1}'), Just('\u{b}'), Just('\u{1f}'), Just('\u{ffff}')],
    ) {
        let refused = document(&format!("{before}{bad}")).unwrap_err();
        let element = "value".to_owned();
        prop_assert_eq!(refused, EncodeError::ForbiddenCharacter { element, code_point: bad.into() });
    }
}
