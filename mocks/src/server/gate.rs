//! Holding a request in mid-air.

use tokio::sync::watch;

/// Holds requests until a test lets them go.
#[derive(Clone, Debug)]
pub struct Gate {
    state: watch::Sender<GateState>,
}

#[derive(Clone, Copy, Debug, Default)]
struct GateState {
    arrived: u32,
    open: bool,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            state: watch::Sender::new(GateState::default()),
        }
    }
}

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until a request stands before the gate.
    pub async fn reached(&self) {
        let mut state = self.state.subscribe();
        // The sender lives as long as this gate, so the wait cannot fail.
        let _ = state.wait_for(|state| state.arrived > 0).await;
    }

    /// Lets every request pass, now and later.
    pub fn open(&self) {
        self.state.send_modify(|state| state.open = true);
    }

    /// Stands before the gate until it opens.
    pub(super) async fn pass(&self) {
        let mut state = self.state.subscribe();
        self.state.send_modify(|state| state.arrived += 1);
        let _ = state.wait_for(|state| state.open).await;
    }
}
