//! All cases of a command, spread over the cores.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use super::accident::Accident;
use super::case::{self, CaseOutcome, Request, UndisturbedRun};
use super::subject::Subject;

/// How many cases run at once for each core: they wait for tasks and time-outs most of the time.
const FOR_EACH_CORE: usize = 12;

/// How many failures are shown in full.
const SHOWN: usize = 6;

/// Runs every accident at every call of a command, and tells how many there were.
///
/// # Panics
/// When one of them left harm, or a run told what is not so.
pub(crate) fn run(subject: &Subject) {
    let started = Instant::now();
    // On a busy computer a run looks at the progress of a task once more, and a later run does not make that request:
    // of several runs the one with the fewest requests is what every run makes.
    let runs = (0..3).map(|_| UndisturbedRun::run(subject));
    let fewest = runs.min_by_key(|smooth| smooth.requests.len());
    let smooth = fewest.unwrap_or_else(|| UndisturbedRun::run(subject));
    let mut cases = VecDeque::new();
    let mut skipped = BTreeMap::<(Accident, &str), usize>::new();
    for request in &smooth.requests {
        for accident in Accident::ALL {
            match accident.impossible_at(&request.name) {
                None => cases.push_back((request, accident)),
                Some(why) => *skipped.entry((accident, why)).or_default() += 1,
            }
        }
    }
    let number = cases.len();
    let queue = Mutex::new(cases);
    let failures = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores * FOR_EACH_CORE {
            scope.spawn(|| {
                while let Some((request, accident)) = next(&queue) {
                    if let Some(failure) = attempt(subject, &smooth, request, accident) {
                        lock(&failures).push(failure);
                    }
                }
            });
        }
    });
    let failures = failures
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let left_out: usize = skipped.values().sum();
    let mut summary = format!(
        "accident matrix of {}: {} calls x {} accidents = {number} cases run and {left_out} that cannot happen; \
         {} failed; {:.0} s\n",
        subject.name,
        smooth.requests.len(),
        Accident::ALL.len(),
        failures.len(),
        started.elapsed().as_secs_f64(),
    );
    for ((accident, why), times) in skipped {
        summary.push_str(&format!(
            "  left out {times} times: {}, since {why}\n",
            accident.name()
        ));
    }
    tell(&summary);
    assert!(failures.is_empty(), "{summary}{}", shown(&failures));
}

/// A case that went wrong.
struct Failure {
    title: String,
    complaints: Vec<String>,
    shown: String,
}

fn attempt(
    subject: &Subject,
    smooth: &UndisturbedRun,
    request: &Request,
    accident: Accident,
) -> Option<Failure> {
    let run = || {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            case::run(subject, smooth, request, accident)
        }));
        outcome.unwrap_or_else(|panic| CaseOutcome::Wrong {
            complaints: vec![words(panic.as_ref())],
            shown: String::new(),
        })
    };
    let verdict = match run() {
        // A busy VM can turn a run's calls in another order; the accident has a second chance to happen.
        CaseOutcome::NotStruck => run(),
        verdict => verdict,
    };
    let title = format!(
        "{} #{} (request {}): {}",
        request.name,
        request.nth,
        request.position,
        accident.name()
    );
    match verdict {
        CaseOutcome::Sound => None,
        CaseOutcome::NotStruck => Some(Failure {
            title,
            complaints: vec!["the run did not make this request".to_owned()],
            shown: String::new(),
        }),
        CaseOutcome::Wrong { complaints, shown } => Some(Failure {
            title,
            complaints,
            shown,
        }),
    }
}

fn next<T>(queue: &Mutex<VecDeque<T>>) -> Option<T> {
    lock(queue).pop_front()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("the test panicked: {}", text.unwrap_or("without words"))
}

fn shown(failures: &[Failure]) -> String {
    let mut text = String::new();
    for (index, failure) in failures.iter().enumerate() {
        text.push_str(&format!("\n{}\n", failure.title));
        for complaint in &failure.complaints {
            text.push_str(&format!("  - {complaint}\n"));
        }
        if index < SHOWN {
            text.push_str(&failure.shown);
        }
    }
    text
}

/// Says it past the capture of the test harness: the size of the matrix is to be seen where tests pass.
fn tell(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
