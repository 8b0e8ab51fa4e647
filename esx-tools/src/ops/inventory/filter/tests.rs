use std::borrow::Cow;

use proptest::prelude::*;

use super::{super::ColumnKind, *};

const COLUMNS: &[Column] = &[
    column("name", ColumnKind::Text),
    column("free_bytes", ColumnKind::Bytes),
    column("memory_mb", ColumnKind::Megabytes),
    column("age_seconds", ColumnKind::Age),
    column("created", ColumnKind::Time),
    column("disks", ColumnKind::Number),
    column("template", ColumnKind::Truth),
    column("mounts", ColumnKind::List),
];

const fn column(name: &'static str, kind: ColumnKind) -> Column {
    Column {
        name,
        kind,
        about: "",
    }
}

const GB: i64 = 1 << 30;

fn row() -> Vec<Value<'static>> {
    vec![
        Value::Text(Cow::Borrowed("Web-01")),
        Value::Number(10 * GB),
        Value::Number(8192),
        Value::Number(31 * 86_400),
        Value::Time("2024-05-31T00:00:00Z".parse().unwrap()),
        Value::Number(3),
        Value::Truth(true),
        Value::List(vec![
            Cow::Borrowed("esx-01 read-write"),
            Cow::Borrowed("esx-02 read-only"),
        ]),
    ]
}

fn holds(text: &str) -> bool {
    Filter::parse(text, COLUMNS)
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .holds(&row())
}

#[test]
fn every_kind_is_compared_as_its_kind() {
    for text in [
        "name = web-01",
        "name == 'Web-01'",
        "name != web-02",
        "name ~ web-*",
        "name !~ app-*",
        "name ~ \"*-0[1-3]\"",
        "free = 10GB",
        "free_bytes = 10737418240",
        "free >= 10gib",
        "free < 1.5TB",
        "free>9GB",
        "memory = 8GB",
        "memory_mb = 8192",
        "memory-mb <= 8192MB",
        "age > 30d",
        "age < 5w",
        "age_seconds = 2678400",
        "created < 2024-06-01",
        "created >= 2024-05-31",
        "created = 2024-05-31T00:00:00Z",
        "created > 2024-05-30T23:59:59+00:00",
        "disks = 3",
        "disks != 4",
        "template",
        "template = yes",
        "template != false",
        "mounts = 'esx-02 READ-only'",
        "mounts ~ '* read-only'",
        "mounts !~ 'esx-03*'",
        "mounts",
        "name",
    ] {
        assert!(holds(text), "{text}");
        assert!(!holds(&format!("not ({text})")), "not ({text})");
    }
}

#[test]
fn and_binds_closer_than_or_and_parentheses_closer_still() {
    assert!(holds("disks = 3 or disks = 4 and name = nobody"));
    assert!(!holds("(disks = 3 or disks = 4) and name = nobody"));
    assert!(holds("not disks = 4 and NOT name = nobody"));
    assert!(holds("not not template && disks = 3 || name = x"));
}

#[test]
fn what_is_unset_equals_nothing_and_is_neither_less_nor_more() {
    let unset = vec![Value::Unset; COLUMNS.len()];
    let holds = |text: &str| Filter::parse(text, COLUMNS).unwrap().holds(&unset);
    for text in [
        "name = x",
        "name ~ *",
        "free < 1TB",
        "free >= 0",
        "template",
        "template = false",
        "mounts ~ *",
        "name",
        "age > 0s",
    ] {
        assert!(!holds(text), "{text}");
    }
    for text in ["name != x", "not name", "mounts !~ *", "not template"] {
        assert!(holds(text), "{text}");
    }
}

/// The error, with what of the expression it points at.
fn error(text: &str) -> (String, String) {
    let error = Filter::parse(text, COLUMNS).expect_err(text);
    (error.to_string(), text[error.span()].to_owned())
}

#[test]
fn an_error_points_at_its_span() {
    let cases = [
        ("fre > 10GB", "no column \"fre\"", "fre"),
        ("name = x and bogus", "no column \"bogus\"", "bogus"),
        ("free > lots", "`free > 10GB`", "free > lots"),
        ("age > 30", "", ""),
        ("age > 30x", "`age > 30d`", "age > 30x"),
        ("created < 30d", "2024-05-31", "created < 30d"),
        ("disks > many", "whole number", "disks > many"),
        ("disks > 1.5", "whole number", "disks > 1.5"),
        ("name > x", "no order", "name > x"),
        ("template = maybe", "yes or no", "template = maybe"),
        ("free ~ 1*", "no text", "free ~ 1*"),
        ("name ~ [a", "no pattern", "name ~ [a"),
        ("name = 'x", "no end", "'x"),
        ("name !", "write `not`", "!"),
        ("(name = x", "not closed", "("),
        ("name = x)", "closes nothing", ")"),
        ("name = x disks = 3", "`and`, `or` or the end", "disks"),
        ("name =", "value is expected at the end", ""),
        ("name = )", "value is expected here", ")"),
        ("", "column is expected at the end", ""),
        ("and", "no column \"and\"", "and"),
        ("'name' = x", "has no quotes", "'name'"),
    ];
    for (text, says, at) in cases {
        if says.is_empty() {
            assert!(Filter::parse(text, COLUMNS).is_ok(), "{text}");
            continue;
        }
        let (problem, span) = error(text);
        assert!(problem.contains(says), "{text}: {problem}");
        assert_eq!(span, at, "{text}");
    }
    let error = Filter::parse("fre > 10GB", COLUMNS).unwrap_err();
    assert_eq!(error.near()[0], "free_bytes");
    assert_eq!(error.columns().len(), COLUMNS.len());
    let deep = "(".repeat(100_000);
    assert!(Filter::parse(&deep, COLUMNS).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_makes_it_fall(text in "(name|free|age|not|and|or|[a-z0-9é]{1,3}|[()=!<>~'\" *]){0,12}") {
        match Filter::parse(&text, COLUMNS) {
            Ok(filter) => {
                let _ = filter.holds(&row());
            }
            Err(error) => prop_assert!(text.get(error.span()).is_some(), "{text:?} {:?}", error.span()),
        }
    }

    #[test]
    fn numbers_are_ordered_as_numbers(left in 0_i32..1000, right in 0_i32..1000) {
        let mut values = row();
        values[5] = Value::Number(i64::from(left));
        for (sign, expected) in [
            ("<", left < right),
            ("<=", left <= right),
            (">", left > right),
            (">=", left >= right),
            ("=", left == right),
            ("!=", left != right),
        ] {
            let filter = Filter::parse(&format!("disks {sign} {right}"), COLUMNS).unwrap();
            prop_assert_eq!(filter.holds(&values), expected);
        }
    }
}
