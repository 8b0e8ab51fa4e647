//! The document read back, as a pipeline would.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::sample::sheet;

/// A name with its attributes.
type Element = (String, Vec<(String, String)>);

/// The names of all elements with their attributes, and all text, unescaped.
fn parse(text: &str) -> (Vec<Element>, String) {
    let mut reader = Reader::from_str(text);
    let (mut elements, mut words) = (Vec::new(), String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) | Event::Empty(tag) => {
                let attributes = tag.attributes().map(|attribute| {
                    let attribute = attribute.unwrap();
                    let name = attribute.key.as_ref().to_string();
                    let raw = attribute.value.to_string();
                    (
                        name,
                        quick_xml::escape::unescape(&raw).unwrap().into_owned(),
                    )
                });
                let name = tag.name().as_ref().to_string();
                elements.push((name, attributes.collect()));
            }
            Event::Text(text) => words.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => {
                words.push_str(&format!("&{};", name.xml10_content()));
            }
            Event::Eof => return (elements, words),
            _ => {}
        }
    }
}

fn attribute<'a>(element: &'a Element, name: &str) -> &'a str {
    let found = element.1.iter().find(|(one, _)| one == name);
    found.map_or("", |(_, value)| value)
}

#[test]
fn each_verdict_has_its_own_end_and_the_numbers_agree() {
    let text = junit("check", Some(&sheet("mt", 2)), None).unwrap();
    let (elements, words) = parse(&text);
    let number = |name: &str| elements.iter().filter(|one| one.0 == name).count();
    assert_eq!(
        number("testcase"),
        6 + 2,
        "rules that are not about a VM give no case"
    );
    assert_eq!(
        (
            number("failure"),
            number("error"),
            number("skipped"),
            number("system-out")
        ),
        (2, 1, 1, 1)
    );
    for element in elements.iter().filter(|one| one.0.starts_with("testsuite")) {
        assert_eq!(attribute(element, "tests"), "8");
        assert_eq!(attribute(element, "failures"), "2");
        assert_eq!(attribute(element, "errors"), "1");
        assert_eq!(attribute(element, "skipped"), "1");
    }
    let failures: Vec<_> = elements.iter().filter(|one| one.0 == "failure").collect();
    assert_eq!(attribute(failures[0], "type"), "blocker");
    assert_eq!(attribute(failures[1], "type"), "warning");
    assert_eq!(
        attribute(failures[1], "message"),
        "other: anyone may move it (and 1 more)"
    );
    assert!(
        words.contains("esxtool can: Remove all snapshots."),
        "{words}"
    );
}

#[test]
fn a_name_with_markup_and_control_characters_comes_back_as_text() {
    let evil = "<script>\"a\" & 'b'\u{1}\u{fffe}</script>";
    let text = junit("check", Some(&sheet(evil, 0)), None).unwrap();
    let (elements, _) = parse(&text);
    let suite = elements.iter().find(|one| one.0 == "testsuite").unwrap();
    assert_eq!(attribute(suite, "name"), "<script>\"a\" & 'b'??</script>");
    let legal = |c: char| c == '\n' || c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}';
    assert!(text.chars().all(legal));
    assert!(elements.iter().all(|one| one.0 != "script"));
}

#[test]
fn a_run_that_failed_is_never_green() {
    let failure = Failure::new(Exit::Login, "the server refused <you>").hint("try again");
    let (elements, words) = parse(&junit("check", None, Some(&failure)).unwrap());
    let error = elements.iter().find(|one| one.0 == "error").unwrap();
    assert_eq!(attribute(error, "type"), "login-refused");
    assert_eq!(attribute(error, "message"), "the server refused <you>");
    assert!(words.contains("hint: try again"));
    let all = elements.iter().find(|one| one.0 == "testsuites").unwrap();
    assert_eq!(attribute(all, "errors"), "1");
}
