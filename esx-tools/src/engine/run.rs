//! The one executor: step by step, each change once, settled, and verified by reading back.

use jiff::Timestamp;
use vsphere_client::Client;

use super::{
    end::{Attempt, Changed, NotDone, Outcome, StepEnd, StepResult, StepStatus, Unknown},
    event::{Event, Observer},
    interrupt::Interrupt,
    operation::{ChangeReport, Narrowed, Operation, Prepared, Refusal, Remaining},
    patience::{self, OVERTAKEN_AT_MOST, SETTLE_LOOKS},
    send::{Sender, running_task},
};
use crate::{
    error::OpError,
    plan::{Step, StepKind},
    wording::error_text,
};

/// Carries out what was planned, and reads back what came of it.
///
/// A step that fails does not keep the others from being tried, unless they come after it or the server cannot be
/// reached any more. Running it where nothing is to do changes nothing.
///
/// # Errors
///
/// Only before anything was changed: [`OpError::Stale`] when the plan does not fit what is there now, or the client's.
/// What fails later is in the report.
pub async fn apply<O: Operation>(
    client: &Client,
    prepared: Prepared<O>,
    observer: &dyn Observer,
    interrupt: &Interrupt,
) -> Result<ChangeReport<O>, OpError> {
    if prepared.is_empty() {
        return Ok(prepared.without_a_change(false));
    }
    let Prepared { operation, seen } = prepared;
    let steps = operation.steps().to_vec();
    let mut run = PlanRun {
        client,
        fresh: patience::is_fresh(operation.seen_at(&seen), Timestamp::now()),
        operation,
        seen,
        observer,
        interrupt,
        interrupted: false,
        vm_changed: false,
        replanned: Vec::new(),
    };
    run.begin(&steps).await?;
    let mut results: Vec<StepResult> = Vec::with_capacity(steps.len());
    let mut stopped: Option<&'static str> = None;
    for (index, step) in steps.iter().enumerate() {
        if stopped.is_none() && interrupt.is_requested() {
            stopped = Some("stopped on request");
            run.interrupted = true;
        }
        // Whatever happens in between, a VM that this run switched off is powered on again.
        let owed = step.restores.as_ref().is_some_and(|id| {
            let mut done = results.iter();
            done.any(|done| &done.id == id && done.changed() != Changed::No)
        });
        let end = match stopped.or_else(|| obstacle(&results, step)) {
            Some(reason) if !owed => StepEnd::skipped(reason),
            _ => {
                observer.event(&Event::StepStarted {
                    id: step.id.clone(),
                    title: step.title.clone(),
                    number: index + 1,
                    total: steps.len(),
                });
                if step.restores.is_some() && !owed {
                    let detail = "this run did not switch the VM off".to_owned();
                    StepEnd::good(StepStatus::Already, Changed::No, Some(detail), None)
                } else {
                    run.step(step).await
                }
            }
        };
        if end.ends_the_work() {
            stopped = stopped.or(Some("a step before it ended the work"));
        }
        let result = StepResult::new(step, end);
        tell(observer, &result);
        results.push(result);
    }
    observer.event(&Event::Verifying);
    let looked = run.operation.look_after(client, &run.seen).await;
    if let Ok(now) = &looked {
        verify(&run.operation, &steps, &mut results, now, observer);
    }
    let outcome = outcome(
        &run.operation,
        &results,
        looked.as_ref().ok(),
        run.interrupted,
    );
    Ok(ChangeReport {
        plan: run.operation.plan().clone(),
        after: run.operation.after(looked.as_ref().ok(), &results),
        steps: results,
        verify_error: looked.err().map(|error| error_text(&error)),
        replanned: run.replanned,
        outcome,
    })
}

/// Why a step must not be tried: one that it comes after did not succeed.
fn obstacle(done: &[StepResult], step: &Step) -> Option<&'static str> {
    let failed = |result: &&StepResult| step.after.contains(&result.id);
    let mut before = done.iter().filter(failed);
    before
        .any(|result| !result.status().is_good())
        .then_some("a step that it comes after did not succeed")
}

struct PlanRun<'a, O: Operation> {
    client: &'a Client,
    operation: O,
    seen: O::Seen,
    /// Whether what was seen needs no second look before the next change.
    fresh: bool,
    /// Whether a step changed the VM since. What is made elsewhere does not care.
    vm_changed: bool,
    observer: &'a dyn Observer,
    interrupt: &'a Interrupt,
    interrupted: bool,
    replanned: Vec<String>,
}

impl<O: Operation> PlanRun<'_, O> {
    /// Holds the plan against what is there now, before anything is changed.
    async fn begin(&mut self, steps: &[Step]) -> Result<(), OpError> {
        if self.fresh {
            return Ok(());
        }
        self.look().await?;
        let overtaken = self.operation.has_changed(&self.seen);
        if let Some(change) = self.operation.misfit(&self.seen) {
            let of = steps.first().map(|step| step.object.clone());
            return Err(OpError::Stale {
                vm: of.unwrap_or_default(),
                change,
            });
        }
        if overtaken {
            self.note("it was changed since the plan was made, and the plan still fits".into());
        }
        Ok(())
    }

    async fn look(&mut self) -> Result<(), OpError> {
        self.seen = self.operation.look(self.client, &self.seen).await?;
        self.fresh = true;
        self.vm_changed = false;
        Ok(())
    }

    fn note(&mut self, reason: String) {
        self.observer.event(&Event::Replanned {
            reason: reason.clone(),
        });
        self.replanned.push(reason);
    }

    /// Carries out one step, or the parts of it that the server takes.
    async fn step(&mut self, step: &Step) -> StepEnd {
        let mut parts = vec![step.clone()];
        let mut done: Vec<Step> = Vec::new();
        let mut refused: Option<StepEnd> = None;
        let mut last = None;
        while let Some(part) = parts.pop() {
            if !done.is_empty() && self.interrupt.is_requested() {
                self.interrupted = true;
                refused = Some(StepEnd::skipped("stopped on request"));
                break;
            }
            let (part, attempt) = self.attempt(part).await;
            let proof = match attempt {
                Attempt::Done { task, detail } => {
                    last = Some(StepEnd::good(StepStatus::Done, Changed::Yes, detail, task));
                    done.push(part);
                    continue;
                }
                Attempt::Already { detail } => {
                    let end = StepEnd::good(StepStatus::Already, Changed::No, detail, None);
                    last = last.or(Some(end));
                    continue;
                }
                Attempt::NotDone(proof) | Attempt::Overtaken(proof) => proof,
                Attempt::Unknown(unknown) => return StepEnd::unknown(unknown),
            };
            let narrowed = match proof.fault() {
                None => Narrowed::default(),
                Some(fault) => {
                    let reason = proof.reason();
                    let refusal = Refusal { fault, reason };
                    self.operation.narrow(&part, refusal, &self.seen)
                }
            };
            let over = narrowed.parts.is_empty();
            if !over {
                self.note(format!(
                    "the server refused ({}); trying what is left in parts",
                    proof.reason()
                ));
            }
            parts.extend(narrowed.parts);
            if over || narrowed.leaves_out {
                let advice = proof.fault().and_then(|fault| self.operation.advice(fault));
                let end = StepEnd::not_done(proof);
                refused.get_or_insert(match advice {
                    Some(advice) => end.and(&advice),
                    None => end,
                });
            }
        }
        let Some(refused) = refused else {
            // Parts that were tried one by one after a refusal were all there was.
            return last
                .unwrap_or_else(|| StepEnd::good(StepStatus::Already, Changed::No, None, None));
        };
        if done.is_empty() {
            return refused;
        }
        match self.operation.take_back(&done) {
            None => refused.with_changed(Changed::Yes),
            Some(back) => self.take_back(back, refused).await,
        }
    }

    /// Undoes what was done on the way to a refusal.
    async fn take_back(&mut self, back: Step, refused: StepEnd) -> StepEnd {
        self.note(format!("{}, since not all of it could be done", back.title));
        match self.attempt(back).await.1 {
            Attempt::Done { .. } | Attempt::Already { .. } => refused,
            Attempt::NotDone(proof) | Attempt::Overtaken(proof) => refused
                .and(&format!(
                    "what was done before could not be undone: {}",
                    proof.reason()
                ))
                .with_changed(Changed::Yes),
            Attempt::Unknown(unknown) => StepEnd::unknown(unknown),
        }
    }

    /// Tries to make one change. When somebody else was faster, everything is looked at again, and it goes on as long
    /// as the same is to be done.
    async fn attempt(&mut self, step: Step) -> (Step, Attempt) {
        let mut round = 0;
        loop {
            let stale = !self.fresh || self.vm_changed && step.change.touches_vm();
            // A change of power looks at the power state itself.
            if stale
                && !step.change.is_of_power()
                && let Err(error) = self.look().await
            {
                let reason = format!(
                    "the state before the step cannot be read: {}",
                    error_text(&error)
                );
                return (
                    step,
                    Attempt::NotDone(NotDone::cut_off(reason, Changed::No)),
                );
            }
            let now = match self.operation.remaining(&step, &self.seen) {
                Remaining::Do(now) => *now,
                Remaining::Nothing => return (step, Attempt::already()),
                Remaining::Differs(change) => {
                    let reason = format!("somebody else changed something meanwhile: {change}");
                    return (
                        step,
                        Attempt::NotDone(NotDone::not_sent(reason, Changed::No)),
                    );
                }
            };
            let mut sender = Sender::new(self.client, &now, self.observer);
            let attempt = self
                .operation
                .carry_out(&mut sender, &now, &self.seen)
                .await;
            self.vm_changed |= now.change.touches_vm();
            match attempt {
                Attempt::Overtaken(proof) => {
                    self.fresh = false;
                    round += 1;
                    if round >= OVERTAKEN_AT_MOST {
                        let proof = proof.with_reason(|reason| {
                            format!("somebody keeps changing {}: {reason}", now.object)
                        });
                        return (now, Attempt::NotDone(proof));
                    }
                    self.note(format!("{}: {}", now.title, proof.reason()));
                    patience::pause(round - 1).await;
                }
                Attempt::Unknown(unknown) => {
                    let attempt = self.settle(&now, unknown).await;
                    return (now, attempt);
                }
                attempt => return (now, attempt),
            }
        }
    }

    /// Finds out what became of a change that may have been made. It is not made again.
    async fn settle(&mut self, step: &Step, unknown: Unknown) -> Attempt {
        // A change of power has looked at the power state itself, which is all that tells.
        if step.change.is_of_power() {
            return Attempt::Unknown(unknown);
        }
        let (mut unread, mut awaited) = (None, unknown.task.clone());
        for look in 0..SETTLE_LOOKS {
            if awaited.is_none()
                && let Ok(Some(task)) =
                    running_task(self.client, step.change.target(), step.change.method()).await
            {
                let mut sender = Sender::new(self.client, step, self.observer);
                // Whose task it is cannot be told for sure, so its end proves nothing: the state does.
                let _ = sender.wait(&task, Default::default()).await;
                awaited = Some(task.to_string());
            }
            match self.look().await {
                Ok(()) => unread = None,
                Err(error) => unread = Some(error_text(&error)),
            }
            if unread.is_none()
                && let Remaining::Nothing = self.operation.remaining(step, &self.seen)
            {
                let detail = format!(
                    "{}; reading back shows that it was carried out",
                    unknown.reason
                );
                return Attempt::Done {
                    task: awaited,
                    detail: Some(detail),
                };
            }
            if look + 1 < SETTLE_LOOKS {
                patience::settle_pause(look).await;
            }
        }
        let last = unread.is_some();
        let seen = match unread {
            None => "reading back does not show it so far, and it was not sent again".to_owned(),
            Some(error) => format!("the state cannot be read: {error}"),
        };
        let tasks = match &awaited {
            Some(task) => format!("look at {task}"),
            None => format!("look at the recent tasks of {}", step.object),
        };
        Attempt::Unknown(Unknown {
            reason: format!("{}; {seen}; {tasks} before anything else", unknown.reason),
            task: awaited,
            last,
        })
    }
}

/// Holds how each step ended against what is there now.
fn verify<O: Operation>(
    operation: &O,
    steps: &[Step],
    results: &mut [StepResult],
    now: &O::Seen,
    observer: &dyn Observer,
) {
    for (step, result) in steps.iter().zip(results) {
        // A VM that runs again would have to be shut down again for what failed in between.
        if matches!(step.id.kind, StepKind::ShutDown | StepKind::PowerOn) {
            continue;
        }
        let end = result.end().clone();
        let end = match (result.status(), operation.remaining(step, now)) {
            (StepStatus::Done, Remaining::Do(left)) => {
                let reason = format!(
                    "the server said that it was done, and reading back shows that it is still to do: {}",
                    left.title
                );
                observer.event(&Event::StepUnverified {
                    id: step.id.clone(),
                    reason: reason.clone(),
                });
                end.read_back_as(StepStatus::NotTaken).saying(reason)
            }
            (StepStatus::Unknown, Remaining::Nothing) => end
                .read_back_as(StepStatus::Done)
                .and("reading back at the end shows that it was carried out"),
            (
                StepStatus::Refused | StepStatus::NotSent | StepStatus::NotSupported,
                Remaining::Nothing,
            ) => end
                .read_back_as(StepStatus::Already)
                .and("reading back shows that it is so all the same"),
            _ => continue,
        };
        result.set_end(end);
    }
}

/// The end in one word.
fn outcome<O: Operation>(
    operation: &O,
    steps: &[StepResult],
    seen: Option<&O::Seen>,
    interrupted: bool,
) -> Outcome {
    let changed = steps.iter().any(|step| step.changed() != Changed::No);
    let unknown = |step: &StepResult| step.status() == StepStatus::Unknown;
    if steps.iter().any(unknown) {
        return Outcome::Unknown;
    }
    if interrupted {
        return Outcome::Interrupted;
    }
    let bad = |step: &&StepResult| !step.status().is_good() && !operation.excuses(step);
    let mut failed = steps.iter().filter(bad).peekable();
    if failed.peek().is_some() {
        let for_want_of_privilege = failed.all(|step| {
            matches!(
                step.status(),
                StepStatus::NotPermitted | StepStatus::Skipped
            )
        });
        return match (changed, for_want_of_privilege) {
            (true, _) => Outcome::Partial,
            (false, true) => Outcome::NotPermitted,
            (false, false) => Outcome::Failed,
        };
    }
    match seen {
        Some(seen) => operation.verdict(seen, steps),
        // The server says that it is done, and nothing shows it.
        None if changed => Outcome::Unknown,
        None => Outcome::Failed,
    }
}

fn tell(observer: &dyn Observer, result: &StepResult) {
    let id = result.id.clone();
    let reason = || result.detail().unwrap_or_default().to_owned();
    observer.event(&match result.status() {
        StepStatus::Done => Event::StepDone { id },
        StepStatus::Already => Event::StepAlready { id },
        StepStatus::Skipped => Event::StepSkipped {
            id,
            reason: reason(),
        },
        StepStatus::NotTaken => Event::StepUnverified {
            id,
            reason: reason(),
        },
        StepStatus::Unknown => Event::StepUnknown {
            id,
            reason: reason(),
        },
        StepStatus::Refused
        | StepStatus::NotSupported
        | StepStatus::NotPermitted
        | StepStatus::NotSent => Event::StepFailed {
            id,
            reason: reason(),
        },
    });
}
