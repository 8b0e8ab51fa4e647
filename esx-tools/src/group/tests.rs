use super::*;

const TOML: &str = r#"
configuration-server = "cs.example.com"
process-servers = ["ps.example.com:9443"]
failback-vcenter = "vc.example.com"
master-targets = ["mt-linux-01", "/London/vm/Disaster Recovery/mt-windows-01"]

[[groups]]
name = "web"
vms = ["/London/vm/Protected/app-*", "5012c7b2-1d2b-8a4f-3d2e-000000000001"]
recreate = ["old-01"]
master-target = "mt-linux-01"

[[groups]]
name = "sql"
vms = ["sql-01"]
"#;

const YAML: &str = r#"
configuration-server: cs.example.com
process-servers: ["ps.example.com:9443"]
failback-vcenter: vc.example.com
master-targets:
  - mt-linux-01
  - /London/vm/Disaster Recovery/mt-windows-01
groups:
  - name: web
    vms:
      - /London/vm/Protected/app-*
      - 5012c7b2-1d2b-8a4f-3d2e-000000000001
    recreate: [old-01]
    master-target: mt-linux-01
  - name: sql
    vms: ['sql-01']
"#;

/// Everything but the positions.
fn meaning(file: &GroupFile) -> String {
    fn blank(value: &mut serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                map.remove("at");
                map.values_mut().for_each(blank);
            }
            serde_json::Value::Array(items) => items.iter_mut().for_each(blank),
            _ => {}
        }
    }
    let mut value = serde_json::to_value(file).unwrap();
    blank(&mut value);
    value.to_string()
}

fn error(text: &str, format: Format) -> String {
    GroupFile::parse("f", text, format).unwrap_err().to_string()
}

#[test]
fn both_syntaxes_say_the_same() {
    let toml = GroupFile::parse("f", TOML, Format::Toml).unwrap();
    let yaml = GroupFile::parse("f", YAML, Format::Yaml).unwrap();
    assert_eq!(meaning(&toml), meaning(&yaml));
    assert_eq!(toml.groups.len(), 2);
    assert_eq!(toml.groups[0].vms[1].key, "groups[0].vms[1]");
    assert_eq!(toml.groups[0].vms[1].at.line, 9);
    let at = yaml.groups[0].vms[0].at;
    assert_eq!((at.line, at.column), (11, 9));
}

#[test]
fn mistakes_in_toml_point_at_line_and_key() {
    for (text, expected) in [
        ("", "f, line 1, groups: the file names no groups"),
        ("groups = []", "f, line 1, groups: the file names no groups"),
        (
            "grups = []",
            "f, line 1, grups: unknown key; did you mean groups?",
        ),
        (
            "\ngroups = 3",
            "f, line 2, groups: expected a list, this is a number",
        ),
        (
            "[[groups]]\nname = \"a\"",
            "f, line 1, groups[0]: the group is empty: name what it holds in vms or recreate",
        ),
        (
            "[[groups]]\nvms = [\"a\"]",
            "f, line 1, groups[0]: the group has no name",
        ),
        (
            "[[groups]]\nname = \"a\"\nvms = [\"a\"]\nvm = 1",
            "f, line 4, groups[0].vm: unknown key; did you mean vms?",
        ),
        (
            "[[groups]]\nname = \"a\"\nvms = [\n \"a\",\n 7]",
            "f, line 5, groups[0].vms[1]: expected text, this is a number; put it in quotes if it is a name",
        ),
        (
            "[[groups]]\nname = \"a\"\nvms = [\"[a\"]",
            "f, line 3, groups[0].vms[0]: \"[a\" is no pattern: unclosed character class; missing ']'",
        ),
        (
            "[[groups]]\nname = \"a\"\nvms = [\"x\"]\n[[groups]]\nname = \"b\"\nvms = [\"x\"]",
            "f, line 6, groups[1].vms[0]: \"x\": this VM stands in line 3 already",
        ),
        (
            "[[groups]]\nname = \"a\"\nvms = [\"x\"]\n[[groups]]\nname = \"a\"\nvms = [\"y\"]",
            "f, line 5, groups[1].name: \"a\": a group of this name stands in line 2 already",
        ),
        (
            "master-targets = [\"mt\"]\n[[groups]]\nname = \"a\"\nvms = [\"mt\"]",
            "f, line 4, groups[0].vms[0]: a master target cannot be protected by itself",
        ),
        (
            "master-targets = [\"mt\"]\n[[groups]]\nname = \"a\"\nvms = [\"x\"]\nmaster-target = \"mu\"",
            "f, line 5, groups[0].master-target: this master target is not among master-targets",
        ),
        (
            "configuration-server = \"https://cs\"\n[[groups]]\nname = \"a\"\nvms = [\"x\"]",
            "f, line 1, configuration-server: \"https://cs\" is no host name or address, with or without :port",
        ),
        (
            "[[groups]]\nname = \" \"\nvms = [\"x\"]",
            "f, line 2, groups[0].name: expected text that can be seen",
        ),
    ] {
        assert_eq!(error(text, Format::Toml), expected, "{text}");
    }
    let told = error("a = [\n1,\n}", Format::Toml);
    assert!(told.starts_with("f, line 3: not TOML:"), "{told}");
    let twice = error("groups = []\ngroups = []", Format::Toml);
    assert!(twice.starts_with("f, line 2: not TOML:"), "{twice}");
}

#[test]
fn mistakes_in_yaml_point_at_line_and_key() {
    for (text, expected) in [
        ("", "f, line 1, groups: the file names no groups"),
        ("- a", "f, line 1: expected a table, this is a list"),
        (
            "groups:\n  - name: a\n    vms: [x]\ngroups: []\n",
            "f, line 4, groups: stands here twice, first in line 1",
        ),
        (
            "groups:\n  - name: 7\n    vms: [x]\n",
            "f, line 2, groups[0].name: expected text, this is a number; put it in quotes if it is a name",
        ),
        ("? [a]\n: b\n", "f, line 1: a key is text, this is a list"),
        (
            "a: &x 1\n",
            "f, line 1: YAML anchors are not accepted here: write it out",
        ),
        (
            "groups: !!set []\n",
            "f, line 1: YAML tags are not accepted here",
        ),
        (
            "groups: []\n---\ngroups: []\n",
            "f, line 2: a group file is one YAML document",
        ),
    ] {
        assert_eq!(error(text, Format::Yaml), expected, "{text}");
    }
    let nothing = error("groups:\n", Format::Yaml);
    assert!(
        nothing.ends_with("groups: expected a list, this is nothing"),
        "{nothing}"
    );
    let told = error("groups: [\n  {a: b\n", Format::Yaml);
    assert!(told.contains("not YAML:"), "{told}");
}

#[test]
fn a_bomb_does_not_go_off() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let below = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{below}]\n"));
    }
    assert_eq!(
        error(&bomb, Format::Yaml),
        "f, line 1: YAML anchors are not accepted here: write it out"
    );
    let deep = format!("groups: {}", "[".repeat(5000));
    let told = error(&deep, Format::Yaml);
    assert!(
        told.contains("nested too deep") || told.contains("not YAML"),
        "{told}"
    );
    let deep = format!("groups = {}", "[".repeat(5000));
    assert!(error(&deep, Format::Toml).contains("not TOML"));
}

#[test]
fn a_file_is_known_by_its_extension() {
    let wrong = GroupFile::load(std::path::Path::new("groups.json")).unwrap_err();
    assert!(wrong.problem.contains(".toml, .yaml or .yml"), "{wrong}");
    let absent = GroupFile::load(std::path::Path::new("no/such/file.yml")).unwrap_err();
    assert!(absent.problem.starts_with("cannot open:"), "{absent}");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_makes_it_fall(text in "(groups|name|vms|[\\[\\]{}:=\"',\\n \\-&*#|>~x1]){0,40}") {
        let _ = GroupFile::parse("f", &text, Format::Toml);
        let _ = GroupFile::parse("f", &text, Format::Yaml);
    }
}
