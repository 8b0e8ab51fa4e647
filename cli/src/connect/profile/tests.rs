use std::collections::BTreeMap;

use super::*;
use crate::args::PasswordCommand;
use crate::exit::Exit;

const FILE: &str = r#"
# The vCenters of the company.
[profiles.london]
url = "https://vc.london.example.com/sdk"
username = "asr@vsphere.local"
password-command = ["pass", "show", "london"]
thumbprint = "AA:BB"

[profiles.paris]
url = "vc.paris.example.com"
username = "asr@vsphere.local"
password-file = "paris.pw"
ca-file = "~/ca.pem"

[profiles.lab]
url = "root@esx.lab"
insecure = true
password-command = "echo hunter2"
"#;

/// Chooses with a configuration file of this content.
fn with(text: &str, args: &ConnectionArgs) -> Result<Chosen, Failure> {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("esxtool");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
    let vars = BTreeMap::from([
        ("XDG_CONFIG_HOME", home.path().to_str().unwrap().to_owned()),
        ("HOME", "/home/me".to_owned()),
    ]);
    choose(args, &|name| vars.get(name).cloned())
}

fn named(name: &str) -> ConnectionArgs {
    ConnectionArgs {
        profile: Some(name.to_owned()),
        ..ConnectionArgs::default()
    }
}

fn one(args: &ConnectionArgs) -> ConnectionArgs {
    match with(FILE, args).unwrap() {
        Chosen::One(args) => *args,
        Chosen::All(_) => panic!("one was asked for"),
    }
}

#[test]
fn a_profile_says_what_the_options_do_not() {
    let london = one(&named("london"));
    assert_eq!(
        london.url.as_deref(),
        Some("https://vc.london.example.com/sdk")
    );
    assert_eq!(london.thumbprint.as_deref(), Some("AA:BB"));
    assert!(london.from_profile.unwrap().password_command.is_some());
    let paris = one(&named("paris"));
    assert_eq!(paris.ca_file, Some(PathBuf::from("/home/me/ca.pem")));
    assert!(paris.password_file.unwrap().ends_with("esxtool/paris.pw"));
    let lab = one(&named("lab"));
    assert!(lab.insecure && lab.from_profile.as_ref().unwrap().insecure);
    assert!(!format!("{lab:?}").contains("hunter2"));
}

#[test]
fn options_beat_the_profile() {
    let args = ConnectionArgs {
        insecure: true,
        password_stdin: true,
        ..named("london")
    };
    let own = one(&args);
    assert_eq!(own.thumbprint, None);
    let from = own.from_profile.unwrap();
    assert!(!from.insecure && from.password_command.is_none());
}

/// The password of one account never goes out for another.
#[test]
fn another_user_name_leaves_the_password_of_the_profile_alone() {
    let args = ConnectionArgs {
        username: Some("other@vsphere.local".to_owned()),
        ..named("london")
    };
    let own = one(&args);
    assert_eq!(own.username.as_deref(), Some("other@vsphere.local"));
    assert_eq!(own.from_profile.unwrap().password_command, None);
}

#[test]
fn all_profiles_come_in_the_order_of_the_file() {
    let args = ConnectionArgs {
        all_profiles: true,
        trace_wire: Some(PathBuf::from("trace")),
        ..ConnectionArgs::default()
    };
    let Chosen::All(all) = with(FILE, &args).unwrap() else {
        panic!("all were asked for");
    };
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["london", "paris", "lab"]);
    assert_eq!(all[1].args.trace_wire, Some(PathBuf::from("trace/paris")));
}

#[test]
fn without_profiles_no_file_is_read() {
    let chosen = choose(&ConnectionArgs::default(), &|_| None).unwrap();
    assert!(matches!(chosen, Chosen::One(_)));
    let failure = choose(&named("x"), &|_| None).unwrap_err();
    assert!(failure.message.contains("no home directory"), "{failure:?}");
}

#[test]
fn a_mistake_in_the_file_is_told_with_its_line_and_without_any_value() {
    let cases = [
        (
            "[profiles.a]\nurl = \"vc\"\npassword = \"s3cret\"",
            "line 3",
            "must not stand",
        ),
        (
            "[profiles.a]\nurl = \"vc\"\nuser = \"s3cret\"",
            "line 3",
            "no \"user\"",
        ),
        ("[profiles.a]\nusername = \"u\"", "line 1", "no url"),
        (
            "[profiles.a]\nurl = \"https://u:s3cret@vc\"",
            "line 1",
            "holds a password",
        ),
        (
            "[profiles.a]\nurl = \"vc\"\ninsecure = \"s3cret\"",
            "line 3",
            "true or false",
        ),
        ("[profiles.a]\nurl = 3", "line 2", "url is a text"),
        ("[profiles.a]\nurl = \"\"", "line 2", "url is empty"),
        (
            "[profiles.a]\nurl = \"vc\"\npassword-command = [3]",
            "line 3",
            "list of texts",
        ),
        (
            "[profiles.a]\nurl = \"vc\"\ninsecure = true\nthumbprint = \"a\"",
            "line 1",
            "exclude",
        ),
        (
            "[profiles.a]\nurl = \"vc\"\nsimulator = \"a\"",
            "line 1",
            "exclude",
        ),
        ("[profiles.\"a/b\"]\nurl = \"vc\"", "line 1", "letters"),
        ("[profile.a]\nurl = \"vc\"", "line 1", "means nothing"),
        ("profiles = 3", "line 1", "[profiles.NAME]"),
        ("[profiles.a]\nurl = s3cret", "line 2", "no TOML"),
    ];
    for (text, line, says) in cases {
        let failure = with(text, &named("a")).expect_err(text);
        assert_eq!(failure.exit, Exit::Usage, "{text}");
        assert!(failure.message.contains(line), "{text}: {failure:?}");
        assert!(failure.message.contains(says), "{text}: {failure:?}");
        assert!(!format!("{failure:?}").contains("s3cret"), "{failure:?}");
    }
}

#[test]
fn contradictions_are_usage_errors() {
    let url = |args: ConnectionArgs| ConnectionArgs {
        url: Some("vc".to_owned()),
        ..args
    };
    let all = ConnectionArgs {
        all_profiles: true,
        ..ConnectionArgs::default()
    };
    for args in [
        url(named("london")),
        url(all.clone()),
        ConnectionArgs {
            insecure: true,
            ..all.clone()
        },
        ConnectionArgs {
            all_profiles: true,
            ..named("london")
        },
        named("nobody"),
    ] {
        assert_eq!(with(FILE, &args).unwrap_err().exit, Exit::Usage, "{args:?}");
    }
    let failure = with(FILE, &named("nobody")).unwrap_err();
    assert!(failure.hint.unwrap().contains("london, paris, lab"));
    assert_eq!(with("", &all).unwrap_err().exit, Exit::Usage);
}

#[cfg(unix)]
#[test]
fn a_file_that_everybody_may_write_runs_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("esxtool");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("config.toml");
    std::fs::write(&path, FILE).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o646)).unwrap();
    let base = home.path().to_str().unwrap().to_owned();
    let env = |name: &str| (name == "XDG_CONFIG_HOME").then(|| base.clone());
    let failure = choose(&named("london"), &env).unwrap_err();
    assert!(failure.message.contains("may write"), "{failure:?}");
}

#[tokio::test]
async fn a_password_command_gives_its_output_or_says_why_not() {
    let line = |text: &str| PasswordCommand::Line(text.to_owned());
    let words = PasswordCommand::Words(vec!["printf".to_owned(), "a b".to_owned()]);
    assert_eq!(words.output("p").await.unwrap(), b"a b");
    assert_eq!(line("echo x; echo y").output("p").await.unwrap(), b"x\ny\n");
    let failed = line("echo s3cret; exit 3").output("p").await.unwrap_err();
    assert_eq!(failed.exit, Exit::Usage);
    assert!(failed.message.contains("profile p failed"), "{failed:?}");
    assert!(!format!("{failed:?}").contains("s3cret"));
    let absent = PasswordCommand::Words(vec!["/no/such/program".to_owned()]);
    let absent = absent.output("p").await.unwrap_err();
    assert!(absent.message.starts_with("cannot start"), "{absent:?}");
}
