//! Shutting a VM down and powering it on again.
//!
//! A guest that is asked to shut down does so in its own time and there is no task, so the power state is looked at
//! until it is there or the time is up. Nothing is asked twice: when an answer is lost, the state decides.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use vsphere_client::{
    Error as ClientError,
    method::{PowerOffVmTask, PowerOnVmTask, ShutdownGuest},
    property_set,
    task::WaitOptions,
    vim::{ManagedObjectReference, VirtualMachinePowerState},
};

use crate::{
    engine::{Attempt, SETTLE_LOOKS, SendOutcome, Sender, settle_pause},
    plan::Change,
    wording::error_text,
};

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
pub(super) async fn carry_out(sender: &mut Sender<'_>, change: &Change) -> Attempt {
    let mut power = PowerChange {
        vm: change.target().clone(),
        sender,
    };
    match change {
        Change::ShutDown {
            force,
            limit_seconds,
            ..
        } => {
            power
                .shut_down(*force, Duration::from_secs(*limit_seconds))
                .await
        }
        Change::PowerOn {
            wait_for_tools,
            limit_seconds,
            ..
        } => {
            let limit = Duration::from_secs(*limit_seconds);
            let ended = power.power_on(*wait_for_tools, limit).await;
            match ended {
                good @ (Attempt::Done { .. } | Attempt::Already { .. }) => good,
                // The VM was on before this run: that is said before anything else.
                bad => {
                    let off = |now: Power| now.is(VirtualMachinePowerState::PoweredOff);
                    let is = match power.look().await.is_ok_and(off) {
                        true => "IS",
                        false => "MAY BE",
                    };
                    bad.explained(|reason| {
                        format!("THE VM {is} OFF, power it on by hand as soon as this is fixed: {reason}")
                    })
                }
            }
        }
        _ => power.sender.decline("this is no change of power"),
    }
}

/// How the guest took it that it was asked to shut down.
enum Guest {
    /// It is off.
    Off,
    /// It was asked, and is not off in time.
    Slow,
    /// It was not asked, or that is not known.
    NotAsked(Attempt),
}

struct PowerChange<'s, 'a> {
    vm: ManagedObjectReference,
    sender: &'s mut Sender<'a>,
}

impl PowerChange<'_, '_> {
    async fn shut_down(&mut self, force: bool, limit: Duration) -> Attempt {
        let now = match self.look().await {
            Ok(now) => now,
            Err(error) => return self.sender.unread(&error),
        };
        if now.is(VirtualMachinePowerState::PoweredOff) {
            let detail = Some("the VM was off already".to_owned());
            return Attempt::Already { detail };
        }
        if !now.tools_run() && !force {
            return self.sender.decline(
                "VMware Tools do not run any more, so that the guest cannot be asked to shut down",
            );
        }
        if now.tools_run() {
            match self.ask_guest(limit).await {
                Guest::Off => return Attempt::done(),
                Guest::Slow | Guest::NotAsked(Attempt::NotDone(_)) if force => {}
                Guest::NotAsked(end) => return end,
                Guest::Slow => {
                    let seconds = limit.as_secs();
                    return self.sender.still_at_work(format!(
                        "the guest did not shut down within {seconds} s, and may still do so"
                    ));
                }
            }
        }
        self.switch_off(limit).await
    }

    async fn ask_guest(&mut self, limit: Duration) -> Guest {
        let call = ShutdownGuest {
            this: self.vm.clone(),
        };
        // When the answer is lost, the power state tells as well as it does otherwise.
        let lost = match self.sender.call(&call).await {
            Ok(SendOutcome::Answered(())) => None,
            Ok(SendOutcome::Lost(lost)) => Some(lost),
            Err(end) => return Guest::NotAsked(end),
        };
        self.sender.waits_for("the guest to shut down", limit);
        let off = |now: &Power| now.is(VirtualMachinePowerState::PoweredOff);
        match (self.wait_until(limit, off).await, lost) {
            (Ok(true), _) => Guest::Off,
            (Ok(false), None) => Guest::Slow,
            (Ok(false), Some(lost)) => Guest::NotAsked(self.sender.lost(lost, None)),
            (Err(error), _) => {
                let reason = format!(
                    "the guest was asked to shut down, and the power state cannot be read: {}",
                    error_text(&error)
                );
                Guest::NotAsked(self.sender.still_at_work(reason))
            }
        }
    }

    async fn switch_off(&mut self, limit: Duration) -> Attempt {
        let call = PowerOffVmTask {
            this: self.vm.clone(),
        };
        let ended = self.sender.task(&call, WaitOptions::timeout(limit)).await;
        // The guest may have gone by itself right before.
        match self
            .is_now(&ended, VirtualMachinePowerState::PoweredOff)
            .await
        {
            true => Attempt::Done {
                task: None,
                detail: Some("switched off without the guest".into()),
            },
            false => ended,
        }
    }

    async fn power_on(&mut self, wait_for_tools: bool, limit: Duration) -> Attempt {
        let now = match self.look().await {
            Ok(now) => now,
            Err(error) => return self.sender.unread(&error),
        };
        if now.is(VirtualMachinePowerState::PoweredOn) {
            let detail = Some("the VM runs".to_owned());
            return Attempt::Already { detail };
        }
        let call = PowerOnVmTask {
            this: self.vm.clone(),
            host: None,
        };
        let ended = self.sender.task(&call, WaitOptions::timeout(limit)).await;
        if !self
            .is_now(&ended, VirtualMachinePowerState::PoweredOn)
            .await
        {
            return match ended {
                Attempt::Done { .. } => self
                    .sender
                    .still_at_work("the server said that it was powered on, and it is not"),
                bad => bad,
            };
        }
        if !wait_for_tools {
            return Attempt::done();
        }
        self.sender.waits_for("VMware Tools to answer", limit);
        let detail = match self.wait_until(limit, Power::tools_run).await {
            Ok(true) => None,
            Ok(false) => Some(format!(
                "the VM runs, and VMware Tools do not answer after {} s",
                limit.as_secs()
            )),
            Err(error) => Some(format!(
                "the VM runs; whether VMware Tools answer is not known: {}",
                error_text(&error)
            )),
        };
        Attempt::Done { task: None, detail }
    }

    /// Whether the VM is in a state by now; looked at for a while when it is not known how the change ended.
    async fn is_now(&self, ended: &Attempt, state: VirtualMachinePowerState) -> bool {
        let looks = match ended {
            Attempt::Unknown(_) => SETTLE_LOOKS,
            _ => 1,
        };
        for look in 0..looks {
            if self.look().await.is_ok_and(|now| now.is(state.clone())) {
                return true;
            }
            if look + 1 < looks {
                settle_pause(look).await;
            }
        }
        false
    }

    async fn look(&self) -> Result<Power, ClientError> {
        let read = self.sender.client().retrieve_one::<Power>(&self.vm).await?;
        Ok(read.properties)
    }

    /// Looks until it is so or the time is up.
    async fn wait_until(
        &self,
        limit: Duration,
        is_so: impl Fn(&Power) -> bool,
    ) -> Result<bool, ClientError> {
        let end = Instant::now() + limit;
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
}
