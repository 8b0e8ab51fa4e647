//! The page and the test cases, written by the real binary.

use integration_tests::Esxtool;

fn check(vm: &str, more: &[&str]) -> Esxtool {
    let arguments = ["check", vm, "--simulator", "failback-lab"];
    Esxtool::new(arguments.iter().chain(more).map(|one| (*one).to_owned()))
}

#[test]
fn a_page_is_written_beside_every_form_and_replaces_only_pages() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.html");
    let file = path.to_str().unwrap();
    let run = check("mt-linux-01", &["--report", file, "--output", "json"])
        .run()
        .expect(1);
    assert_eq!(run.json()["report"], file);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("mt-linux-01 is not ready for failback"));
    check("mt-linux-ready", &["--report", file]).run().expect(0);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("mt-linux-ready is ready for failback"));

    std::fs::write(&path, "something else").unwrap();
    let run = check("mt-linux-ready", &["--report", file]).run().expect(2);
    run.says(["it exists, and is no report of esxtool"]);
    assert!(
        !run.stderr.contains("simulated vCenter"),
        "nothing was contacted: {run:?}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "something else");
}

#[test]
fn preparing_tells_on_the_page_what_was_done() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("report.html");
    let arguments = [
        "prepare-master-target",
        "mt-linux-01",
        "--power-cycle",
        "--simulator",
        "failback-lab",
    ];
    Esxtool::new(arguments)
        .args(["--yes", "--report", path.to_str().unwrap()])
        .run()
        .expect(0);
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(page.contains("What was done") && page.contains("mt-linux-01 is ready for failback"));
}

#[test]
fn junit_goes_alone_to_stdout_and_only_where_something_is_judged() {
    let run = check("mt-linux-01", &["--output", "junit"]).run().expect(1);
    assert!(
        run.stdout
            .starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ")
    );
    assert!(
        run.stdout
            .contains("<testcase name=\"no-snapshots\" classname=\"mt-linux-01\"")
    );
    let run = check("no-such-vm", &["--output", "junit"]).run().expect(6);
    assert!(
        run.stdout.contains("type=\"not-found-or-ambiguous\""),
        "{run:?}"
    );
    Esxtool::new(["rules", "--output", "junit"]).run().expect(2);
}
