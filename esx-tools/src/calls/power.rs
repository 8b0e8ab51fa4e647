//! Shutting a VM down and powering it on again.
//!
//! A guest that is asked to shut down does so in its own time and there is no task, so the power state is looked at
//! until it is there or the time is up. Nothing is asked twice: when an answer is lost, the state decides.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use vsphere_client::{
    Client, Error as ClientError,
    method::{PowerOffVmTask, PowerOnVmTask, ShutdownGuest},
    property_set,
    task::WaitOptions,
    vim::{ManagedObjectReference, VirtualMachinePowerState},
};

use super::{
    act::{Act, refused, told, wait},
    event::{Event, Observer},
    report::StepStatus,
    settle,
};
use crate::plan::{Change, Step};

/// The first pause between two looks; each is longer than the one before, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

property_set! {
    struct Power: "VirtualMachine" {
        state: Option<VirtualMachinePowerState> = "runtime.powerState",
        tools: Option<String> = "guest.toolsRunningStatus",
    }
}

impl Power {
    fn is(&self, state: VirtualMachinePowerState) -> bool {
        self.state.as_ref() == Some(&state)
    }

    fn tools_run(&self) -> bool {
        self.tools.as_deref() == Some("guestToolsRunning")
    }
}

/// Makes a change of power.
pub(super) async fn act(client: &Client, step: &Step, observer: &dyn Observer) -> Act {
    let mut work = Work {
        client,
        step,
        vm: step.change.target().clone(),
        observer,
        lost: None,
    };
    match &step.change {
        Change::ShutDown {
            force,
            limit_seconds,
            ..
        } => work.shut_down(*force, *limit_seconds).await,
        Change::PowerOn {
            wait_for_tools,
            limit_seconds,
            ..
        } => work.power_on(*wait_for_tools, *limit_seconds).await,
        _ => Act::Nothing { detail: None },
    }
}

struct Work<'a> {
    client: &'a Client,
    step: &'a Step,
    vm: ManagedObjectReference,
    observer: &'a dyn Observer,
    /// The error that took an answer with it.
    lost: Option<String>,
}

impl Work<'_> {
    async fn shut_down(&mut self, force: bool, limit: u64) -> Act {
        let now = match self.look().await {
            Ok(now) => now,
            Err(error) => return cut_off(StepStatus::Failed, &error),
        };
        if now.is(VirtualMachinePowerState::PoweredOff) {
            let detail = Some("the VM was off already".to_owned());
            return Act::Nothing { detail };
        }
        if !now.tools_run() && !force {
            return not(
                StepStatus::Failed,
                "VMware Tools do not run any more, so that the guest cannot be asked to shut down"
                    .into(),
            );
        }
        if now.tools_run() {
            match self.ask_guest(limit).await {
                Some(Act::Not { .. }) | None if force => {}
                Some(ended) => return ended,
                None => {
                    let lost = self
                        .lost
                        .take()
                        .map(|lost| format!("; the answer was lost ({lost})"));
                    let reason = format!(
                        "the guest did not shut down within {limit} s, and may still do so{}",
                        lost.unwrap_or_default()
                    );
                    return not(StepStatus::Unfinished, reason);
                }
            }
        }
        self.switch_off(limit).await
    }

    /// Asks the guest; none when it does not obey in time.
    async fn ask_guest(&mut self, limit: u64) -> Option<Act> {
        let call = ShutdownGuest {
            this: self.vm.clone(),
        };
        match self.client.call(&call).await {
            Ok(()) => {}
            Err(error) if error.may_have_acted() => self.lost = Some(told(&error)),
            Err(ClientError::Fault { fault, .. }) => return Some(refused(&fault, None)),
            Err(error) => return Some(cut_off(StepStatus::Failed, &error)),
        }
        self.tell("the guest to shut down", limit);
        let off = |now: &Power| now.is(VirtualMachinePowerState::PoweredOff);
        match self.wait_until(limit, off).await {
            Ok(true) => Some(done(None)),
            Ok(false) => None,
            Err(error) => Some(cut_off(StepStatus::Unfinished, &error)),
        }
    }

    async fn switch_off(&mut self, limit: u64) -> Act {
        let call = PowerOffVmTask {
            this: self.vm.clone(),
        };
        let ended = self.task(self.client.call(&call).await, limit).await;
        // The guest may have gone by itself right before.
        match self.look().await {
            Ok(now) if now.is(VirtualMachinePowerState::PoweredOff) => {
                done(Some("switched off without the guest".into()))
            }
            _ => ended,
        }
    }

    async fn power_on(&mut self, wait_for_tools: bool, limit: u64) -> Act {
        let now = match self.look().await {
            Ok(now) => now,
            Err(error) => {
                let reason = format!(
                    "the VM was shut down and may still be off: {}",
                    told(&error)
                );
                return not(StepStatus::Unfinished, reason);
            }
        };
        if now.is(VirtualMachinePowerState::PoweredOn) {
            let detail = Some("the VM runs".to_owned());
            return Act::Nothing { detail };
        }
        let call = PowerOnVmTask {
            this: self.vm.clone(),
            host: None,
        };
        let ended = self.task(self.client.call(&call).await, limit).await;
        let on = |now: &Power| now.is(VirtualMachinePowerState::PoweredOn);
        let runs = self.look().await.is_ok_and(|now| on(&now));
        if !runs {
            return still_off(ended);
        }
        if !wait_for_tools {
            return done(None);
        }
        self.tell("VMware Tools to answer", limit);
        match self.wait_until(limit, Power::tools_run).await {
            Ok(true) => done(None),
            Ok(false) => done(Some(format!(
                "the VM runs, and VMware Tools do not answer after {limit} s"
            ))),
            Err(error) => done(Some(format!(
                "the VM runs; whether VMware Tools answer is not known: {}",
                told(&error)
            ))),
        }
    }

    /// Waits for what a call started, be its answer lost or not.
    async fn task(
        &mut self,
        started: Result<ManagedObjectReference, ClientError>,
        limit: u64,
    ) -> Act {
        let options = WaitOptions::timeout(Duration::from_secs(limit));
        match started {
            Ok(task) => wait(self.client, self.step, &task, options, self.observer).await,
            Err(error) if error.may_have_acted() => {
                let lost = format!("the answer was lost ({})", told(&error));
                match settle::running_task(self.client, &self.step.change).await {
                    Ok(Some(task)) => {
                        wait(self.client, self.step, &task, options, self.observer).await
                    }
                    Ok(None) => not(StepStatus::Unfinished, lost),
                    Err(again) => cut_off(StepStatus::Unfinished, &again),
                }
            }
            Err(ClientError::Fault { fault, .. }) => refused(&fault, None),
            Err(error) => cut_off(StepStatus::Failed, &error),
        }
    }

    async fn look(&self) -> Result<Power, ClientError> {
        Ok(self
            .client
            .retrieve_one::<Power>(&self.vm)
            .await?
            .properties)
    }

    /// Looks until it is so or the time is up.
    async fn wait_until(
        &self,
        limit: u64,
        is_so: impl Fn(&Power) -> bool,
    ) -> Result<bool, ClientError> {
        let end = Instant::now() + Duration::from_secs(limit);
        let mut pause = FIRST_PAUSE;
        loop {
            if is_so(&self.look().await?) {
                return Ok(true);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            sleep(pause.min(left)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    fn tell(&self, what: &str, limit_seconds: u64) {
        self.observer.event(&Event::StepWaiting {
            id: self.step.id.clone(),
            what: what.to_owned(),
            limit_seconds,
        });
    }
}

fn done(detail: Option<String>) -> Act {
    Act::Done { task: None, detail }
}

fn not(status: StepStatus, reason: String) -> Act {
    Act::Not {
        status,
        reason,
        task: None,
        fault: None,
    }
}

fn cut_off(status: StepStatus, error: &ClientError) -> Act {
    Act::CutOff {
        status,
        reason: told(error),
        task: None,
    }
}

/// The VM was on before this run, and is not: says so before anything else.
fn still_off(ended: Act) -> Act {
    let say = |reason: String| {
        format!("THE VM IS OFF, power it on by hand as soon as this is fixed: {reason}")
    };
    match ended {
        Act::Not {
            status,
            reason,
            task,
            fault,
        } => Act::Not {
            status,
            reason: say(reason),
            task,
            fault,
        },
        Act::CutOff {
            status,
            reason,
            task,
        } => Act::CutOff {
            status,
            reason: say(reason),
            task,
        },
        _ => not(
            StepStatus::Unfinished,
            say("the server said that it was powered on, and it is not".into()),
        ),
    }
}
