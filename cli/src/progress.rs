//! Tells on stderr how the work goes: a bar on a terminal, plain lines elsewhere.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use esx_tools::engine::{Event, Observer};
use esx_tools::plan::{Step, StepId, StepKind};
use indicatif::{ProgressBar, ProgressStyle};

use crate::context::Context;
use crate::output::clean;

/// Without a terminal, progress is printed in steps of this many per cent.
const COARSE: u8 = 25;

/// Listens to the work and tells of it.
#[derive(Debug)]
pub(crate) struct Progress<'a> {
    context: &'a Context,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    titles: BTreeMap<StepId, String>,
    bar: Option<ProgressBar>,
    /// The percentage that was printed last.
    printed: u8,
    /// Whether this run has shut the VM down, or is about to.
    off: bool,
}

impl State {
    /// A step as it is called here; one that nobody announced has its id only.
    fn title(&self, id: &StepId) -> String {
        let title = self.titles.get(id);
        title.map_or_else(|| id.to_string(), Clone::clone)
    }
}

impl<'a> Progress<'a> {
    /// Knows the steps, so that one that is never begun has its name too.
    pub(crate) fn new(context: &'a Context, steps: &[Step]) -> Self {
        let total = steps.len();
        let label = |(index, step): (usize, &Step)| {
            let label = format!("[{}/{total}] {}", index + 1, clean(&step.title));
            (step.id.clone(), label)
        };
        let titles = steps.iter().enumerate().map(label).collect();
        let state = State {
            titles,
            ..State::default()
        };
        Self {
            context,
            state: Mutex::new(state),
        }
    }

    fn begin(&self, state: &mut State, id: &StepId, title: &str, number: usize, total: usize) {
        let label = format!("[{number}/{total}] {}", clean(title));
        self.at(state, &label);
        state.titles.insert(id.clone(), label.clone());
        state.printed = 0;
        match self.context.ui.bars() {
            Some(bars) => {
                let bar = bars.add(ProgressBar::new(100));
                // Both templates are constants that the tests render; the default is good enough otherwise.
                if let Ok(style) =
                    ProgressStyle::with_template("{spinner} {wide_msg} [{bar:20}] {pos:>3} %")
                {
                    bar.set_style(style.progress_chars("=> ").tick_chars("|/-\\ "));
                }
                bar.set_message(label);
                bar.enable_steady_tick(Duration::from_millis(120));
                state.bar = Some(bar);
            }
            None => self.context.ui.say(&label),
        }
    }

    /// Remembers what is in hand, for those who leave at once: a VM that is off must not be forgotten.
    fn at(&self, state: &State, what: &str) {
        if state.off {
            self.context.now_at(&format!(
                "{what} (this run has shut the VM down or is about to: power it on by hand)"
            ));
        } else {
            self.context.now_at(what);
        }
    }

    fn advance(&self, state: &mut State, id: &StepId, percent: u8) {
        match &state.bar {
            Some(bar) => bar.set_position(u64::from(percent)),
            None if percent >= state.printed.saturating_add(COARSE) && percent < 100 => {
                state.printed = percent;
                let label = state.title(id);
                self.context.ui.say(&format!("{label}: {percent} %"));
            }
            None => {}
        }
    }

    fn end(&self, state: &mut State, id: &StepId, word: &str, reason: Option<&str>) {
        if let Some(bar) = state.bar.take() {
            bar.finish_and_clear();
        }
        let label = state.title(id);
        let line = match reason {
            Some(reason) => format!("{label}: {word} ({})", clean(reason)),
            None => format!("{label}: {word}"),
        };
        self.context.ui.say(&line);
    }
}

impl Observer for Progress<'_> {
    fn event(&self, event: &Event) {
        let paint = self.context.ui.paint_err;
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let state = &mut *state;
        match event {
            Event::StepStarted {
                id,
                title,
                number,
                total,
            } => {
                state.off |= id.kind == StepKind::ShutDown;
                self.begin(state, id, title, *number, *total);
            }
            Event::TaskStarted { id, task } => {
                let label = state.title(id);
                self.at(state, &format!("{label} ({task})"));
            }
            Event::StepProgress { id, percent } => self.advance(state, id, *percent),
            Event::StepWaiting {
                id,
                what,
                limit_seconds,
            } => {
                let label = state.title(id);
                self.at(state, &format!("{label}, waiting for {what}"));
                self.context.ui.say(&format!(
                    "{label}: waiting for {what} ({limit_seconds} s at most)"
                ));
            }
            Event::StepAlready { id } => self.end(state, id, &paint.good("nothing to do"), None),
            Event::StepDone { id } => {
                if id.kind == StepKind::PowerOn {
                    state.off = false;
                }
                self.end(state, id, &paint.good("done"), None);
            }
            Event::StepFailed { id, reason } => {
                self.end(state, id, &paint.bad("failed"), Some(reason))
            }
            Event::StepUnknown { id, reason } => {
                self.end(state, id, &paint.bad("unknown"), Some(reason))
            }
            Event::StepSkipped { id, reason } => {
                self.end(state, id, &paint.careful("skipped"), Some(reason))
            }
            Event::StepUnverified { id, reason } => {
                self.end(state, id, &paint.bad("did not take"), Some(reason))
            }
            Event::Replanned { reason } => self
                .context
                .ui
                .say(&format!("planned again: {}", clean(reason))),
            Event::Verifying => {
                self.at(state, "verification");
                self.context.ui.say("reading back what is there now");
            }
            _ => {}
        }
    }
}
