//! The page as a reader and a browser meet it.

use std::collections::{BTreeMap, BTreeSet};
use vsphere_client::vim::ManagedObjectReference;

use esx_tools::ops::Pairing;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{RunFacts, page};
use crate::sample::sheet;

const EVIL: &str = "<script>alert(1)</script>\"' onload='x\u{202e}\u{1b}";

fn run() -> RunFacts {
    RunFacts {
        command: "check",
        url: Some("https://vc.example.com/sdk".to_owned()),
        calls: Some(6),
    }
}

/// Every element with its attributes, in order; fails when one is not closed where it should be.
fn elements(html: &str) -> Vec<(String, BTreeMap<String, String>)> {
    const VOID: [&str; 2] = ["meta", "link"];
    let read = |tag: &BytesStart<'_>| {
        let attributes = tag.attributes().map(|attribute| {
            let attribute = attribute.unwrap();
            let name = attribute.key.as_ref().to_string();
            (name, attribute.value.to_string())
        });
        let name = tag.name().as_ref().to_string();
        (name, attributes.collect())
    };
    let mut reader = Reader::from_str(html);
    reader.config_mut().check_end_names = false;
    let (mut open, mut all): (Vec<String>, Vec<_>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let element: (String, BTreeMap<String, String>) = read(&tag);
                if !VOID.contains(&element.0.as_str()) {
                    open.push(element.0.clone());
                }
                all.push(element);
            }
            Event::Empty(tag) => all.push(read(&tag)),
            Event::End(tag) => {
                let name = tag.name().as_ref().to_string();
                assert_eq!(open.pop().as_deref(), Some(name.as_str()));
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    all
}

#[test]
fn a_name_stays_text_wherever_it_stands() {
    let mut sheet = sheet(EVIL, 1);
    let target = &mut sheet.targets[0];
    target.matrix.columns[1].name = EVIL.to_owned();
    target.hosts = vec![EVIL.to_owned()];
    for task in &mut target.tasks {
        task.reason = Some(EVIL.to_owned());
        for finding in &mut task.findings {
            finding.summary = EVIL.to_owned();
            finding.remedy = EVIL.to_owned();
        }
    }
    let html = page(&sheet, &run());
    let elements = elements(&html);
    assert!(elements.iter().all(|(name, _)| name != "script"));
    assert!(!html.contains("<script") && !html.contains("<b>admin"));
    assert!(
        elements
            .iter()
            .all(|(_, attributes)| attributes.keys().all(|name| !name.starts_with("on")))
    );
    let escaped = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;' onload='x??";
    assert!(html.matches(escaped).count() > 10);
    // A name that the shell would read otherwise is not offered as an argument.
    assert!(html.contains("prepare-master-target vm-0 --dry-run"));
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let html = page(&sheet("mt", 3), &run());
    assert!(html.contains("default-src 'none'"));
    assert!(html.get(..2048).unwrap().contains(super::file::MARK));
    for (name, attributes) in elements(&html) {
        assert_ne!(name, "script");
        for (attribute, value) in attributes {
            let refers = ["src", "href", "srcset", "action", "data"].contains(&attribute.as_str());
            assert!(
                !refers || value.starts_with('#') || value == "data:,",
                "{name} {attribute}={value}"
            );
        }
    }
    let style = include_str!("style.css");
    assert!(!style.contains("url(") && !style.contains("@import") && !style.contains('<'));
}

#[test]
fn headings_tables_and_anchors_are_sound() {
    let mut two = sheet("mt-a", 2);
    two.targets.push(sheet("mt-b", 2).targets.remove(0));
    for sheet in [sheet("mt", 0), two] {
        let html = page(&sheet, &run());
        let elements = elements(&html);
        let mut depth = 0;
        for (name, _) in &elements {
            if let Some(level) = name.strip_prefix('h').and_then(|n| n.parse::<u8>().ok()) {
                assert!(level <= depth + 1, "h{level} after h{depth}");
                depth = level;
            }
        }
        let number = |wanted: &str| elements.iter().filter(|(name, _)| name == wanted).count();
        assert_eq!((number("h1"), number("main"), number("title")), (1, 1, 1));
        for (name, attributes) in &elements {
            if name == "th" {
                assert!(attributes.contains_key("scope"), "{attributes:?}");
            }
        }
        let ids: Vec<&String> = elements
            .iter()
            .filter_map(|(_, all)| all.get("id"))
            .collect();
        assert_eq!(
            ids.iter().collect::<BTreeSet<_>>().len(),
            ids.len(),
            "{ids:?}"
        );
        for (_, attributes) in &elements {
            if let Some(to) = attributes.get("href").and_then(|to| to.strip_prefix('#')) {
                assert!(ids.iter().any(|id| *id == to), "nothing is at #{to}");
            }
        }
    }
}

#[test]
fn the_answer_comes_first() {
    let mut good = sheet("mt", 0);
    let html = page(&good, &run());
    assert!(html.contains("<h1>mt is not ready for failback</h1>"));
    assert!(
        html.contains("<b>2 rules stand in the way.</b> esxtool can fix 1, 1 could not be judged.")
    );
    good.targets[0].ready = true;
    good.targets[0].tasks.clear();
    let html = page(&good, &run());
    assert!(html.contains("<h1>mt is ready for failback</h1>"));
    assert!(html.contains("Every rule that applies is met."));
    good.targets.push(sheet("mt-b", 0).targets.remove(0));
    let html = page(&good, &run());
    assert!(html.contains("<h1>1 of 2 master targets is ready for failback</h1>"));
}

#[test]
fn every_slot_is_drawn() {
    let html = page(&sheet("mt", 0), &run());
    assert_eq!(html.matches("<td><span class=\"slot ").count(), 60);
    assert_eq!(html.matches("<td class=\"own\">").count(), 4);
    assert!(html.contains("58 of 60 slots are free; 2 disks are there now."));
    assert!(html.contains("title=\"0:1: Hard disk 2, 40.0 GB\""));
}

#[test]
fn many_vms_are_spread_over_tables() {
    let html = page(&sheet("mt", 50), &run());
    assert_eq!(html.matches("<table class=\"matrix").count(), 5);
    assert!(html.contains("VMs 49 to 51 of 51"));
    assert_eq!(
        html.matches("<span class=\"mark\"").count(),
        12 * 6 + 39,
        "rules about the master target have no line where it has no column"
    );
}

/// The colours of one block of the style sheet.
fn colours(block: &str) -> BTreeMap<&str, [f64; 3]> {
    let mut colours = BTreeMap::new();
    for declaration in block.split(';') {
        let Some((name, value)) = declaration.rsplit_once(": #") else {
            continue;
        };
        let name = name.trim().trim_start_matches("--");
        let channel = |at: usize| {
            let byte = u8::from_str_radix(&value[at..at + 2], 16).unwrap();
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        colours.insert(name, [channel(0), channel(2), channel(4)]);
    }
    colours
}

#[test]
fn text_stands_out_in_light_in_dark_and_on_paper() {
    let style = include_str!("style.css");
    let blocks: Vec<&str> = style.split(":root {").skip(1).collect();
    assert_eq!(blocks.len(), 3, "light, dark and paper");
    for block in blocks {
        let colours = colours(block.split('}').next().unwrap());
        let light = |name: &str| {
            let [red, green, blue] = colours[name];
            0.2126 * red + 0.7152 * green + 0.0722 * blue
        };
        let mut pairs = vec![("on-disk", "disk".to_owned())];
        for tone in ["blocker", "unknown", "warning", "info", "holds"] {
            pairs.push((tone, "sheet".to_owned()));
            pairs.push((tone, format!("{tone}-well")));
        }
        for text in ["ink", "soft"] {
            pairs.extend(["ground", "sheet", "well"].map(|ground| (text, ground.to_owned())));
        }
        for (text, ground) in pairs {
            let (a, b) = (light(text), light(&ground));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 4.5, "{text} on {ground}: {contrast:.2}");
        }
    }
}

#[test]
fn with_groups_the_answer_is_about_groups() {
    let mut sheet = sheet("mt", 2);
    let pairing = |group: &str, ready: bool| Pairing {
        group: group.to_owned(),
        master_target: "mt".to_owned(),
        moref: ManagedObjectReference::new("VirtualMachine", "vm-0"),
        fits: ready,
        ready,
        meant_for: (!ready).then(|| "mt-<b>other".to_owned()),
        meant_for_kind: None,
        judgements: Vec::new(),
    };
    sheet.pairings = vec![pairing("web", true), pairing("db", false)];
    let html = page(&sheet, &run());
    elements(&html);
    assert!(html.contains("<h1>1 of 2 replication groups can be reprotected</h1>"));
    assert!(html.contains("One replication group can go to no master target now."));
    assert!(html.contains("meant for mt-&lt;b&gt;other"));
}
