//! One accident at one request of one command: three runs, and what is demanded of them.

use std::collections::BTreeMap;
use std::time::Duration;

use integration_tests::{Ended, Lab};
use mocks::{Injection, Match};
use serde_json::Value;

use super::accident::Accident;
use super::state::State;
use super::subject::{ClaimedOutcome, Subject};

/// A request of the run without trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) name: String,
    /// Its position among all requests of the run, from 1.
    pub(crate) position: u64,
    /// Its position among those of its name, from 1.
    pub(crate) nth: u64,
}

/// The run without trouble.
#[derive(Debug)]
pub(crate) struct UndisturbedRun {
    pub(crate) requests: Vec<Request>,
    /// How often each method was called that changes something.
    pub(crate) changes: BTreeMap<String, usize>,
    pub(crate) goal: State,
}

/// What came of a case.
#[derive(Debug)]
pub(crate) enum CaseOutcome {
    Sound,
    /// The run did not make the request: the accident did not happen.
    NotStruck,
    Wrong {
        complaints: Vec<String>,
        shown: String,
    },
}

impl UndisturbedRun {
    /// Runs a command where nothing goes wrong, and then once more, which must change nothing.
    pub(crate) fn run(subject: &Subject) -> Self {
        let lab = Lab::start(subject.scenario);
        (subject.setting)(&lab);
        let before = lab.server().requests().len();
        lab.server().forget_calls();
        command(&lab, subject, None).run().expect(0);
        let goal = State::read(lab.server(), subject.master_target);
        let mut changes = BTreeMap::new();
        for method in lab.changes() {
            *changes.entry(method).or_default() += 1;
        }
        let mut seen = BTreeMap::<String, u64>::new();
        let names = lab.server().requests().split_off(before);
        let requests = names.into_iter().zip(1..).map(|(name, position)| {
            let nth = seen.entry(name.clone()).or_default();
            *nth += 1;
            Request {
                name,
                position,
                nth: *nth,
            }
        });
        let requests = requests.collect();
        lab.server().forget_calls();
        command(&lab, subject, None).run().expect(0);
        assert_eq!(
            lab.changes(),
            Vec::<String>::new(),
            "the second run changed something"
        );
        Self {
            requests,
            changes,
            goal,
        }
    }
}

/// Runs a command with an accident, then twice without.
pub(crate) fn run(
    subject: &Subject,
    smooth: &UndisturbedRun,
    request: &Request,
    accident: Accident,
) -> CaseOutcome {
    let mut lab = Lab::with(subject.scenario, |builder| {
        builder.unrecorded().tls(accident.needs_tls())
    });
    lab.may_leave_a_session();
    (subject.setting)(&lab);
    let server = lab.server();
    let read = || State::read(server, subject.master_target);
    let earlier = server.requests();
    let of_name = earlier.iter().filter(|name| **name == request.name).count();
    let staging = accident.stage(subject.somebody);
    let nth = count(of_name) + request.nth;
    let injection = if accident.needs_tls() {
        let on = Match::Nth(count(earlier.len()) + request.position);
        Injection::new(on, staging.act)
    } else if staging.lasts {
        Injection::from_nth(&request.name, nth, staging.act)
    } else {
        Injection::on_nth(&request.name, nth, staging.act)
    };
    let before = read();
    let sessions = server.open_sessions();
    server.forget_calls();
    server.inject(injection);
    let mut complaints = Complaints::default();

    let mut running = command(&lab, subject, staging.patience).spawn();
    let first = match &staging.gate {
        Some(gate) if lab.reached_before(gate, || running.has_ended()) => running.kill(),
        Some(_) => return CaseOutcome::NotStruck,
        None => running.wait(),
    };
    if server.pending_injections() > 0 {
        return CaseOutcome::NotStruck;
    }
    server.forget_injections();
    // What a run said is held against the server once nothing is at work there any more.
    let after = match accident.kills() {
        true => read(),
        false => State::read_in_the_end(server, subject.master_target),
    };
    let of_session = ["Login", "Logout"].contains(&request.name.as_str());
    if !accident.kills() && !of_session && server.open_sessions() > sessions {
        complaints.push(1, "a session was left open".to_owned());
    }
    complaints.all(1, after.harm(&before, subject.master_target));
    if !accident.kills() {
        complaints.all(1, truth(subject, smooth, &first, &before, &after));
    }
    if !accident.allows_a_repeat() {
        complaints.all(1, repeated(&lab, smooth));
    }

    server.forget_calls();
    let second = command(&lab, subject, None).run();
    let now = read();
    complaints.all(2, now.harm(&before, subject.master_target));
    if second.code != Some(0) {
        complaints.push(2, format!("it ended with {:?} instead of 0", second.code));
    }
    complaints.all(2, now.difference(&smooth.goal, |_| true));

    server.forget_calls();
    let third = command(&lab, subject, None).run();
    if third.code != Some(0) {
        complaints.push(3, format!("it ended with {:?} instead of 0", third.code));
    }
    let changes = lab.changes();
    if !changes.is_empty() {
        complaints.push(3, format!("it changed something: {changes:?}"));
    }
    complaints.all(3, read().difference(&smooth.goal, |_| true));
    complaints.verdict(&[first, second, third])
}

fn command(
    lab: &Lab,
    subject: &Subject,
    patience: Option<&'static str>,
) -> integration_tests::Esxtool {
    let run = lab
        .esxtool(subject.arguments.iter().copied())
        .args(["--output", "json"]);
    // Nothing here may hang on how busy the VM is.
    let run = run.limit(Duration::from_secs(300));
    match patience {
        Some(seconds) => run.args(["--timeout", seconds]),
        None => run,
    }
}

/// Calls that change something and were made more often than needed, though the first may have got through.
fn repeated(lab: &Lab, smooth: &UndisturbedRun) -> Vec<String> {
    let calls = lab.server().calls();
    let tries = |method: &str| calls.iter().filter(|call| call.method == method).count();
    smooth
        .changes
        .iter()
        .filter(|(method, needed)| tries(method) > **needed)
        .map(|(method, needed)| {
            format!(
                "{method} was called {} times instead of {needed}",
                tries(method)
            )
        })
        .collect()
}

/// Whether what a run said of itself is so.
fn truth(
    subject: &Subject,
    smooth: &UndisturbedRun,
    run: &Ended,
    before: &State,
    after: &State,
) -> Vec<String> {
    let mut lies = Vec::new();
    let open = after.difference(&smooth.goal, |_| true);
    let changed = after.difference(before, |_| true);
    let Ok(document) = serde_json::from_str::<Value>(&run.stdout) else {
        return vec!["it printed no JSON".to_owned()];
    };
    let parts = (subject.parts)(&document);
    let unfinished = parts.iter().any(|(_, said)| *said == ClaimedOutcome::Open);
    match run.code {
        Some(0) if !open.is_empty() => lies.push(format!("it ended with 0, and {open:#?}")),
        Some(0 | 8) => {}
        Some(3 | 7) if changed.is_empty() || unfinished => {}
        Some(3 | 7) => lies.push(format!("it ended with {:?} after {changed:#?}", run.code)),
        code => lies.push(format!(
            "it ended with {code:?}, which is none of its ends here"
        )),
    }
    if document["exit_code"].as_i64() != run.code.map(i64::from) {
        lies.push("the document tells another exit code".to_owned());
    }
    if run.code != Some(0) && run.stderr.trim().is_empty() {
        lies.push("it failed without a word on stderr".to_owned());
    }
    let flat = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let denies = ["nothing was changed", "not done", "was not carried out"];
    if denies.iter().any(|words| flat.contains(words)) && !changed.is_empty() {
        lies.push(format!(
            "it said that nothing was changed, and {changed:#?}"
        ));
    }
    let steps = document["steps"].as_array();
    for step in steps.into_iter().flatten() {
        let id = step["id"].as_str().unwrap_or_default();
        let concerned = after.difference(before, |fact| (subject.concerns)(id, fact));
        if step["changed"] == "no" && step["status"] != "already" && !concerned.is_empty() {
            lies.push(format!(
                "{id} is said to have changed nothing, and {concerned:#?}"
            ));
        }
    }
    for (part, said) in &parts {
        let left = after.difference(&smooth.goal, |fact| (subject.concerns)(part, fact));
        match said {
            ClaimedOutcome::Done if !left.is_empty() => {
                lies.push(format!("{part} is called done, and {left:#?}"));
            }
            ClaimedOutcome::NotDone if left.is_empty() => {
                lies.push(format!("{part} is called not done, and it is done"));
            }
            _ => {}
        }
    }
    lies
}

/// A run without the long document.
fn brief(run: &Ended) -> String {
    let document = serde_json::from_str::<Value>(&run.stdout).unwrap_or_default();
    let parts: Vec<&Value> = ["steps", "disks"]
        .iter()
        .filter_map(|array| document[array].as_array())
        .flatten()
        .collect();
    let steps: String = parts
        .iter()
        .map(|part| {
            format!(
                "  {} {} {} {}\n",
                part["id"], part["disk"], part["status"], part["detail"]
            )
        })
        .collect();
    format!("ended with {:?}\n{steps}{}", run.code, run.stderr)
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// How many complaints of a kind are shown.
const SHOWN: usize = 3;

/// What is wrong, by run.
#[derive(Debug, Default)]
struct Complaints(Vec<String>);

impl Complaints {
    fn push(&mut self, run: u8, complaint: String) {
        self.0.push(format!("run {run}: {complaint}"));
    }

    fn all(&mut self, run: u8, complaints: Vec<String>) {
        let more = complaints.len().saturating_sub(SHOWN);
        for complaint in complaints.into_iter().take(SHOWN) {
            self.push(run, complaint);
        }
        if more > 0 {
            self.push(run, format!("and {more} like that"));
        }
    }

    fn verdict(self, runs: &[Ended]) -> CaseOutcome {
        if self.0.is_empty() {
            return CaseOutcome::Sound;
        }
        let shown: Vec<String> = runs.iter().map(brief).collect();
        CaseOutcome::Wrong {
            complaints: self.0,
            shown: shown.join("\n"),
        }
    }
}
