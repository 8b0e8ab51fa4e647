//! What the command line prints, word for word, at 80 columns.
//!
//! A snapshot that differs, is missing or belongs to no case fails, and no run of the tests writes any (`.insta.yaml`).
//! When the words were changed on purpose: `INSTA_UPDATE=always cargo test -p integration-tests golden`, then read the
//! difference as part of the change.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use insta::{Settings, assert_snapshot};
use integration_tests::{Ended, Esxtool};

/// Name and command line.
const CASES: &[(&str, &str)] = &[
    ("rules", "rules"),
    ("rules-one", "rules no-snapshots"),
    ("scenarios", "simulate --list"),
    ("check-linux", "check mt-linux-01 --simulator failback-lab"),
    (
        "check-windows",
        "check mt-windows-01 --simulator failback-lab",
    ),
    ("check-ready", "check mt-linux-01 --simulator ready"),
    (
        "check-protect",
        "check mt-linux-01 --simulator disks --protect app-01 --protect app-02",
    ),
    (
        "check-unknown-vm",
        "check mt-linx-01 --simulator failback-lab",
    ),
    (
        "prepare-dry-run",
        "prepare-master-target mt-linux-01 --dry-run --simulator failback-lab",
    ),
    (
        "disks-list",
        "disks list mt-linux-01 --simulator sixty-disks",
    ),
    (
        "disks-attach-dry-run",
        "disks attach mt-linux-01 --vm app-02 --dry-run --simulator disks",
    ),
    (
        "disks-attach-refused",
        "disks attach mt-linux-01 --vm snapshot-01 --dry-run --simulator disks",
    ),
    (
        "datastores-list",
        "datastores list --like mt-linux-01 --simulator datastores",
    ),
    (
        "credentials-validate",
        "credentials validate --simulator failback-lab",
    ),
    ("inventory-vms", "inventory vms --simulator failback-lab"),
    ("inventory-disks", "inventory disks --simulator disks"),
    ("duplicates", "duplicates --simulator failback-lab"),
    ("usage", "disks attach"),
];

/// What differs from run to run.
const VARYING: &[(&str, &str)] = &[
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "YYYY-MM-DD HH:MM UTC"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "TIME"),
    (r"([0-9A-F]{2}:){31}[0-9A-F]{2}", "THUMBPRINT"),
    (
        r"(the same as|\d+ s (ahead of|behind)) this machine's",
        "near this machine's",
    ),
];

#[test]
fn every_output_is_as_it_was_accepted() {
    let mut outputs: Vec<(String, Ended)> = Vec::new();
    help(&[], &mut outputs);
    fold(&mut outputs);
    for (name, line) in CASES {
        outputs.push(((*name).to_owned(), esxtool(line.split(' '))));
    }
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (pattern, replacement) in VARYING {
        settings.add_filter(pattern, *replacement);
    }
    let mut differ: Vec<&str> = Vec::new();
    for (name, ended) in &outputs {
        settings.set_description(&ended.line);
        let compare = || settings.bind(|| assert_snapshot!(name.as_str(), shown(ended)));
        if catch_unwind(AssertUnwindSafe(compare)).is_err() {
            differ.push(name);
        }
    }
    assert!(differ.is_empty(), "these differ or are missing: {differ:?}");
    let files = |(name, _): &(String, Ended)| format!("{name}.snap");
    let known: BTreeSet<String> = outputs.iter().map(files).collect();
    let stored = stored().unwrap();
    let orphans: Vec<&String> = stored.difference(&known).collect();
    assert!(orphans.is_empty(), "no case has these: {orphans:?}");
}

/// Leaves the options that every command has with the first help only: nobody reads them thirty times.
fn fold(outputs: &mut [(String, Ended)]) {
    let Some(((_, first), rest)) = outputs.split_first_mut() else {
        return;
    };
    for heading in ["Connection:", "Output:"] {
        let mut lines = first.stdout.lines().skip_while(|line| *line != heading);
        let section: Vec<&str> = lines
            .next()
            .into_iter()
            .chain(lines.take_while(|line| line.is_empty() || line.starts_with(' ')))
            .collect();
        let section = section.join("\n");
        let folded = format!("{heading} as in esxtool --help");
        for (_, ended) in &mut *rest {
            ended.stdout = ended.stdout.replace(section.trim_end(), &folded);
        }
    }
}

/// The help of a command and of all below it.
fn help(path: &[&str], outputs: &mut Vec<(String, Ended)>) {
    let ended = esxtool(path.iter().copied().chain(["--help"])).expect(0);
    let below: Vec<String> = ended
        .stdout
        .split_once("\nCommands:\n")
        .map_or("", |(_, rest)| rest)
        .lines()
        .take_while(|line| !line.is_empty())
        // Further lines of a description stand further to the right.
        .filter_map(|line| {
            line.strip_prefix("  ")
                .filter(|line| !line.starts_with(' '))
        })
        .filter_map(|line| line.split(' ').next().map(str::to_owned))
        .filter(|name| name != "help")
        .collect();
    outputs.push(([&["help"], path].concat().join("-"), ended));
    for name in &below {
        help(&[path, &[name]].concat(), outputs);
    }
}

fn esxtool<'a>(arguments: impl Iterator<Item = &'a str>) -> Ended {
    Esxtool::new(arguments).env("COLUMNS", "80").run()
}

fn shown(ended: &Ended) -> String {
    let Ended {
        code,
        stdout,
        stderr,
        ..
    } = ended;
    format!(
        "{stdout}\n--- stderr\n{stderr}\n--- exit {}",
        code.unwrap_or(-1)
    )
}

/// The files of the snapshots that are there.
fn stored() -> std::io::Result<BTreeSet<String>> {
    std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("integration/snapshots"))?
        .map(|file| Ok(file?.file_name().to_string_lossy().into_owned()))
        .collect()
}
