//! What can go wrong at a call.

use mocks::{Act, Fault, Foreign, Gate, Meanwhile, MoRef, World};

/// Something that happens at one request of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Accident {
    UndeliveredOnce,
    Undelivered,
    Reset,
    Unavailable,
    TimeOutBeforeActing,
    TimeOutAfterActing,
    DroppedAfterActing,
    Truncated,
    Garbled,
    SessionExpired,
    TaskFailed,
    TaskCancelled,
    ConcurrentAccess,
    ChangedBySomebody,
    PageInstead,
    EmptyInstead,
    RedirectInstead,
    PageAfterActing,
    EmptyAfterActing,
    RedirectAfterActing,
    WaitCanceled,
    WaitGone,
    WaitHostCommunication,
    WaitSystemError,
    KilledBeforeActing,
    KilledAfterActing,
}

/// How an accident is brought about.
#[derive(Debug)]
pub(crate) struct Staging {
    pub(crate) act: Act,
    /// Whether it happens at every later request of the name as well.
    pub(crate) lasts: bool,
    /// Where a run that is to be killed stands still.
    pub(crate) gate: Option<Gate>,
    /// Seconds that the run waits for an answer, when it is to lose patience.
    pub(crate) patience: Option<&'static str>,
}

impl Accident {
    pub(crate) const ALL: [Self; 26] = [
        Self::UndeliveredOnce,
        Self::Undelivered,
        Self::Reset,
        Self::Unavailable,
        Self::TimeOutBeforeActing,
        Self::TimeOutAfterActing,
        Self::DroppedAfterActing,
        Self::Truncated,
        Self::Garbled,
        Self::SessionExpired,
        Self::TaskFailed,
        Self::TaskCancelled,
        Self::ConcurrentAccess,
        Self::ChangedBySomebody,
        Self::PageInstead,
        Self::EmptyInstead,
        Self::RedirectInstead,
        Self::PageAfterActing,
        Self::EmptyAfterActing,
        Self::RedirectAfterActing,
        Self::WaitCanceled,
        Self::WaitGone,
        Self::WaitHostCommunication,
        Self::WaitSystemError,
        Self::KilledBeforeActing,
        Self::KilledAfterActing,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::UndeliveredOnce => "not delivered at first",
            Self::Undelivered => "not delivered",
            Self::Reset => "reset",
            Self::Unavailable => "503",
            Self::TimeOutBeforeActing => "time-out, not acted",
            Self::TimeOutAfterActing => "time-out, acted",
            Self::DroppedAfterActing => "dropped after acting",
            Self::Truncated => "truncated answer",
            Self::Garbled => "garbled answer",
            Self::SessionExpired => "session expired",
            Self::TaskFailed => "task failed",
            Self::TaskCancelled => "task cancelled",
            Self::ConcurrentAccess => "ConcurrentAccess",
            Self::ChangedBySomebody => "changed by somebody else",
            Self::PageInstead => "a page with 200, not acted",
            Self::EmptyInstead => "an empty 500, not acted",
            Self::RedirectInstead => "a redirect, not acted",
            Self::PageAfterActing => "a page with 200, acted",
            Self::EmptyAfterActing => "an empty 500, acted",
            Self::RedirectAfterActing => "a redirect, acted",
            Self::WaitCanceled => "every wait: RequestCanceled",
            Self::WaitGone => "every wait: ManagedObjectNotFound",
            Self::WaitHostCommunication => "every wait: HostCommunication",
            Self::WaitSystemError => "every wait: SystemError",
            Self::KilledBeforeActing => "killed, not acted",
            Self::KilledAfterActing => "killed, acted",
        }
    }

    /// Why the accident cannot happen at a request of this name, if it cannot.
    pub(crate) fn impossible_at(self, request: &str) -> Option<&'static str> {
        let before_login = ["vimServiceVersions.xml", "RetrieveServiceContent", "Login"];
        match self {
            Self::TaskFailed | Self::TaskCancelled if !request.ends_with("_Task") => {
                Some("it starts no task")
            }
            Self::ConcurrentAccess if request != "ReconfigVM_Task" => {
                Some("only a reconfigure is refused with ConcurrentAccess")
            }
            Self::WaitCanceled | Self::WaitHostCommunication | Self::WaitSystemError
                if request != "WaitForUpdatesEx" =>
            {
                Some("it waits for no task")
            }
            Self::WaitGone if !["WaitForUpdatesEx", "CreateFilter"].contains(&request) => {
                Some("it waits for no task")
            }
            Self::UndeliveredOnce | Self::Undelivered if request == "QueryVirtualDiskUuid" => {
                Some("several of these travel at once, and which one is struck is not fixed")
            }
            Self::SessionExpired if before_login.contains(&request) => {
                Some("there is no session yet")
            }
            _ => None,
        }
    }

    /// Whether it breaks a wait: then each later one too, for a wait that breaks once is just begun again.
    fn breaks_waits(self) -> bool {
        matches!(
            self,
            Self::WaitCanceled
                | Self::WaitGone
                | Self::WaitHostCommunication
                | Self::WaitSystemError
        )
    }

    /// Whether it ends the process.
    pub(crate) fn kills(self) -> bool {
        matches!(self, Self::KilledBeforeActing | Self::KilledAfterActing)
    }

    /// Whether the client can know that its request was not acted on, or what became of it: only then may a call
    /// that changes something be made once more.
    pub(crate) fn allows_a_repeat(self) -> bool {
        matches!(
            self,
            Self::UndeliveredOnce
                | Self::Undelivered
                | Self::SessionExpired
                | Self::TaskFailed
                | Self::TaskCancelled
                | Self::ConcurrentAccess
                | Self::ChangedBySomebody
        )
    }

    /// How to bring it about, with `somebody` who changes the master target.
    pub(crate) fn stage(self, somebody: fn(&mut World)) -> Staging {
        let gate = Gate::new();
        let act = match self {
            Self::UndeliveredOnce => Act::Undelivered(1),
            // As often as a client would try.
            Self::Undelivered => Act::Undelivered(3),
            Self::Reset => Act::Reset,
            Self::Unavailable => Act::Http503,
            Self::TimeOutBeforeActing | Self::KilledBeforeActing => Act::Pause(gate.clone()),
            Self::TimeOutAfterActing | Self::KilledAfterActing => Act::HoldAnswer(gate.clone()),
            Self::DroppedAfterActing => Act::DropAfterApply,
            Self::Truncated => Act::Truncate(120),
            Self::Garbled => Act::Garble,
            Self::PageInstead => Act::ForeignInstead(Foreign::Page200),
            Self::EmptyInstead => Act::ForeignInstead(Foreign::Empty500),
            Self::RedirectInstead => Act::ForeignInstead(Foreign::Redirect302),
            Self::PageAfterActing => Act::ForeignAfter(Foreign::Page200),
            Self::EmptyAfterActing => Act::ForeignAfter(Foreign::Empty500),
            Self::RedirectAfterActing => Act::ForeignAfter(Foreign::Redirect302),
            Self::WaitCanceled => Act::Fault(Fault::request_canceled()),
            Self::WaitGone => {
                let filter = MoRef::new("PropertyFilter", "gone");
                Act::Fault(Fault::not_found(&filter))
            }
            Self::WaitHostCommunication => Act::Fault(Fault::host_communication()),
            Self::WaitSystemError => Act::Fault(Fault::system_error()),
            Self::SessionExpired => Act::ExpireSession,
            Self::TaskFailed => Act::FailTask(
                Fault::new("FileLocked", "Unable to access a file since it is locked")
                    .with("file", "[gold-01] somewhere/else.vmdk"),
            ),
            Self::TaskCancelled => Act::CancelTask,
            Self::ConcurrentAccess => Act::Fault(Fault::concurrent_access()),
            Self::ChangedBySomebody => Act::Meanwhile(Meanwhile::new(somebody)),
        };
        let loses_patience = matches!(self, Self::TimeOutBeforeActing | Self::TimeOutAfterActing);
        Staging {
            act,
            lasts: self.breaks_waits(),
            gate: self.kills().then_some(gate),
            patience: loses_patience.then_some("2"),
        }
    }

    /// Whether it needs TLS: nothing else lets a client know that it was not connected.
    pub(crate) fn needs_tls(self) -> bool {
        matches!(self, Self::UndeliveredOnce | Self::Undelivered)
    }
}
