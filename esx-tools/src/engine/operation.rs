//! What an operation brings, so that the engine can carry it out.

use jiff::Timestamp;
use serde::Serialize;
use vsphere_client::{Client, vim::MethodFault};

use super::{
    end::{Attempt, Outcome, StepResult},
    send::Sender,
};
use crate::{error::OpError, plan::Step};

/// What is still to do of a step, by what is seen now.
#[derive(Clone, Debug)]
pub enum Remaining {
    /// This: the step that was agreed to, or what is left of it.
    Do(Box<Step>),
    /// Nothing: the state is as the step would make it.
    Nothing,
    /// Something else than what was agreed to, or what cannot be done any more, in words.
    Differs(String),
}

/// What the server refused of a step, and how it looked then.
#[derive(Clone, Copy, Debug)]
pub struct Refusal<'a> {
    /// The fault.
    pub fault: &'a MethodFault,
    /// The fault in words.
    pub reason: &'a str,
}

/// What is tried instead of a step that was refused.
#[derive(Clone, Debug, Default)]
pub struct Narrowed {
    /// Smaller parts of the step; the last is tried first. None when it is over.
    pub parts: Vec<Step>,
    /// Whether the parts leave something out, so that the step as a whole stays refused.
    pub leaves_out: bool,
}

/// One operation that changes a server: what it looks at, what it plans, what came of it.
///
/// The engine does everything else: it sends each change once, keeps to the one patience, settles lost answers, and
/// reads back. Only this crate implements it.
pub trait Operation: Send + Sync {
    /// What is seen on the server.
    type Seen: Clone + Send + Sync;
    /// What is to be done. What is printed is what is carried out.
    type Plan: Clone + Serialize + Send + Sync;
    /// What is there afterwards.
    type After: Serialize + Send;

    /// The plan.
    fn plan(&self) -> &Self::Plan;

    /// The plan's steps, in order.
    fn steps(&self) -> &[Step];

    /// How it ends when nothing is carried out, because there is nothing to do or only a dry run was asked for.
    fn without_a_change(&self) -> Outcome;

    /// When it was seen.
    fn seen_at(&self, seen: &Self::Seen) -> Timestamp;

    /// Makes the change of a step, once, by what is seen now.
    #[doc(hidden)]
    fn carry_out(
        &self,
        sender: &mut Sender<'_>,
        step: &Step,
        seen: &Self::Seen,
    ) -> impl Future<Output = Attempt> + Send;

    /// Looks at everything again.
    fn look(
        &self,
        client: &Client,
        before: &Self::Seen,
    ) -> impl Future<Output = Result<Self::Seen, OpError>> + Send;

    /// Looks at what came of it: as [`look`](Self::look), and at what is of interest only afterwards.
    fn look_after(
        &self,
        client: &Client,
        before: &Self::Seen,
    ) -> impl Future<Output = Result<Self::Seen, OpError>> + Send {
        self.look(client, before)
    }

    /// What is still to do of a step. Pure.
    fn remaining(&self, step: &Step, seen: &Self::Seen) -> Remaining;

    /// Why the plan does not fit what is seen now, before anything was changed. Pure.
    fn misfit(&self, seen: &Self::Seen) -> Option<String> {
        self.steps()
            .iter()
            .find_map(|step| match self.remaining(step, seen) {
                Remaining::Differs(change) => Some(change),
                Remaining::Do(_) | Remaining::Nothing => None,
            })
    }

    /// Whether what the plan rests on was changed since it was made. Pure.
    fn has_changed(&self, _seen: &Self::Seen) -> bool {
        false
    }

    /// What to try instead of a step that was refused.
    fn narrow(&mut self, _step: &Step, _refusal: Refusal<'_>, _seen: &Self::Seen) -> Narrowed {
        Narrowed::default()
    }

    /// The step that undoes the parts that were done, when all or nothing was asked for.
    fn take_back(&self, _done: &[Step]) -> Option<Step> {
        None
    }

    /// What else is to be said about a refusal: the usual reason, and the way out.
    fn advice(&self, _fault: &MethodFault) -> Option<String> {
        None
    }

    /// Whether a step that did not succeed leaves the whole a success.
    fn excuses(&self, _step: &StepResult) -> bool {
        false
    }

    /// What is there now, as far as it could be read.
    fn after(&self, seen: Option<&Self::Seen>, steps: &[StepResult]) -> Self::After;

    /// How it ends when no step failed, by what is there now. Pure.
    fn verdict(&self, seen: &Self::Seen, steps: &[StepResult]) -> Outcome;
}

/// An operation that is planned and waits for consent.
///
/// It holds what was seen, so it cannot be read back from JSON: what is carried out is what was planned here and now.
#[derive(Clone, Debug)]
pub struct Prepared<O: Operation> {
    pub(crate) operation: O,
    pub(crate) seen: O::Seen,
}

impl<O: Operation> Prepared<O> {
    /// The operation.
    pub fn operation(&self) -> &O {
        &self.operation
    }

    /// What is to be done.
    pub fn plan(&self) -> &O::Plan {
        self.operation.plan()
    }

    /// The plan's steps, in order.
    pub fn steps(&self) -> &[Step] {
        self.operation.steps()
    }

    /// What was seen.
    pub fn seen(&self) -> &O::Seen {
        &self.seen
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps().is_empty()
    }

    /// The report when nothing is carried out; a dry run does not claim to know what is there afterwards.
    pub fn without_a_change(&self, dry_run: bool) -> ChangeReport<O> {
        let seen = (!dry_run).then_some(&self.seen);
        ChangeReport {
            plan: self.plan().clone(),
            steps: Vec::new(),
            after: self.operation.after(seen, &[]),
            verify_error: None,
            replanned: Vec::new(),
            outcome: self.operation.without_a_change(),
        }
    }
}

/// What became of an operation.
#[derive(Clone, Debug, Serialize)]
#[serde(bound = "")]
pub struct ChangeReport<O: Operation> {
    /// What was to be done.
    pub plan: O::Plan,
    /// What became of each step, in order.
    pub steps: Vec<StepResult>,
    /// What is there now.
    #[serde(flatten)]
    pub after: O::After,
    /// Why what is there now could not be read.
    pub verify_error: Option<String>,
    /// Times that somebody else changed something, and the rest of the plan still fitted.
    pub replanned: Vec<String>,
    /// The end in one word.
    pub outcome: Outcome,
}
