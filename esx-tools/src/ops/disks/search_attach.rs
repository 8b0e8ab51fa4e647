//! Finding the disk that the server refuses and does not name, and taking back what was done on the way.

use super::attach::read_again;
use super::{
    run_attach::{Run, Sent},
    work::{OVERTAKEN_AT_MOST, attempt, pause},
};
use crate::{
    apply::{Act, StepStatus, told},
    disks::{Blame, DETACH, blame},
    ledger::Entry,
    plan::{Change, PlacedDisk, Step, Undo},
};

impl Run<'_> {
    /// Finds the disks that are refused by trying halves. What is attached on the way stays with `partial`,
    /// and when no disk turns out to be at fault; else it is taken off again.
    pub(super) async fn search(
        &mut self,
        disks: Vec<PlacedDisk>,
        record: Vec<Entry>,
        reason: &str,
    ) {
        self.note(format!(
            "the server refused and did not say which disk it means ({reason}); trying halves"
        ));
        let mut record = record;
        let mut attached: Vec<PlacedDisk> = Vec::new();
        let middle = disks.len() / 2;
        let mut halves = vec![disks[middle..].to_vec(), disks[..middle].to_vec()];
        while let Some(mut half) = halves.pop() {
            if self.interrupt.is_requested() {
                self.ended.interrupted = true;
                self.ended.failure = Some((StepStatus::Skipped, "stopped on request".into()));
                break;
            }
            match self.send(&mut half, &mut record).await {
                Sent::Done => {
                    attached.extend(half);
                    record.clear();
                }
                Sent::Over => break,
                Sent::Refused(fault, status, reason) => {
                    match blame(&fault, &half, &self.seen.facts) {
                        Blame::Named(found) => {
                            self.take_out(&mut half, &found, &reason);
                            halves.push(half);
                            halves.retain(|half| !half.is_empty());
                        }
                        Blame::Unnamed if half.len() > 1 => {
                            let middle = half.len() / 2;
                            halves.push(half[middle..].to_vec());
                            halves.push(half[..middle].to_vec());
                        }
                        Blame::Unnamed if half.len() == 1 => {
                            self.take_out(&mut half, &[0], &reason)
                        }
                        Blame::Unnamed | Blame::NotADisk => {
                            self.ended.failure = Some((status, reason));
                            break;
                        }
                    }
                }
            }
        }
        let whole = self.blamed.is_empty() && self.ended.failure.is_none();
        if !whole && !self.asked.partial && !attached.is_empty() {
            self.take_back(attached).await;
        }
    }

    /// Takes off what was attached while the disk at fault was looked for.
    async fn take_back(&mut self, attached: Vec<PlacedDisk>) {
        self.note(format!(
            "taking off again the {} that were attached on the way",
            match attached.len() {
                1 => "1 disk".to_owned(),
                n => format!("{n} disks"),
            }
        ));
        let change = Change::DetachDisks {
            vm: self.step.change.target().clone(),
            disks: attached.iter().map(PlacedDisk::attached).collect(),
            forget: Vec::new(),
        };
        let step = Step {
            id: DETACH.into(),
            change,
            undo: Undo::None {
                why: "it takes back what was done on the way".into(),
            },
            ..self.step.clone()
        };
        for round in 0..OVERTAKEN_AT_MOST {
            match read_again(self.client, &self.seen.facts).await {
                Ok(facts) => self.seen.facts = facts,
                Err(error) => {
                    let reason = format!(
                        "what was attached could not be taken off again: {}",
                        told(&error)
                    );
                    self.ended.failure = Some((StepStatus::Unfinished, reason));
                    return;
                }
            }
            let reason = match attempt(self.client, &step, &self.seen.facts, self.observer).await {
                Act::Done { .. } | Act::Nothing { .. } => return,
                Act::Overtaken { .. } if round + 1 < OVERTAKEN_AT_MOST => {
                    pause(round).await;
                    continue;
                }
                Act::Overtaken { reason }
                | Act::Unclear { reason }
                | Act::Not { reason, .. }
                | Act::CutOff { reason, .. } => reason,
            };
            // What is there now is read in any case; this only says why.
            let reason = format!("taking off again what was attached on the way: {reason}");
            self.ended.failure = Some((StepStatus::Failed, reason));
            return;
        }
    }
}
