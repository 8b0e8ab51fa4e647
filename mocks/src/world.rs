//! The simulated world: everything behind the server's one lock.

use crate::accounts::Accounts;
use crate::clock::{Clock, ClockMode};
use crate::files::FileTable;
use crate::lab::Lab;
use crate::lab::rest::RestState;
use crate::san::San;
use crate::session::Sessions;
use crate::store::Store;
use crate::task::TaskEngine;
use crate::value::MoRef;

/// Everything that the server knows.
///
/// It stands behind one mutex; handlers are plain functions that change it and never wait.
#[derive(Debug)]
pub struct World {
    /// The managed objects.
    pub store: Store,
    /// The server's time.
    pub clock: Clock,
    /// Who is logged in, with what belongs to each session.
    pub sessions: Sessions,
    /// Work under way.
    pub tasks: TaskEngine,
    /// Who may do what.
    pub accounts: Accounts,
    /// The files on the datastores.
    pub files: FileTable,
    /// Disabled methods and the guests inside the VMs.
    pub lab: Lab,
    /// Storage as the arrays and file servers have it.
    pub san: San,
    /// The REST side: which spellings there are, and tags.
    pub rest: RestState,
    /// How many objects the server puts on a page, whatever the client would take.
    pub page_size: usize,
    /// Whether unset arrays read as empty ones, as some servers have it.
    pub empty_arrays: bool,
    /// Calls to methods that the schema has and the mock lacks, and values that do not fit the
    /// schema: each is a fault of the mock or of its client, and told loudly.
    pub problems: Vec<String>,
}

impl World {
    /// A world without objects.
    pub fn new(clock: ClockMode) -> Self {
        Self {
            store: Store::default(),
            clock: Clock::new(clock),
            sessions: Sessions::default(),
            tasks: TaskEngine::default(),
            accounts: Accounts::default(),
            files: FileTable::default(),
            lab: Lab::default(),
            san: San::default(),
            rest: RestState::default(),
            page_size: 100,
            empty_arrays: false,
            problems: Vec::new(),
        }
    }

    /// The reference of the service instance, which every client knows beforehand.
    pub fn service_instance() -> MoRef {
        MoRef::new("ServiceInstance", "ServiceInstance")
    }

    /// The root folder, as the service content names it.
    pub fn root_folder(&self) -> Option<MoRef> {
        let content = self
            .store
            .value(&Self::service_instance(), "content")?
            .as_data()?;
        content.reference("rootFolder").cloned()
    }

    /// Leaps to the next due task step and runs it; false when nothing is due or when time does
    /// not leap.
    pub fn leap(&mut self) -> bool {
        if self.clock.mode() != ClockMode::Jump {
            return false;
        }
        let Some(due) = self.tasks.next_due() else {
            return false;
        };
        self.clock.advance_to(due);
        self.run_due();
        true
    }
}
