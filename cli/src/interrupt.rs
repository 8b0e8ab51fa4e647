//! Ctrl-C and SIGTERM: the first asks, the second insists.

use tokio::sync::watch;

/// Counts the requests to stop.
///
/// What the first one means depends on what is in hand: a command that only reads leaves at once, one that changes
/// something finishes its step. The second always leaves at once.
#[derive(Clone, Debug)]
pub(crate) struct Interrupts {
    count: watch::Receiver<u32>,
}

impl Interrupts {
    /// Listens to the signals of this process from now on.
    pub(crate) fn listen() -> Self {
        let (sender, count) = watch::channel(0);
        // Registered before anything else happens, so that no signal falls between.
        let Ok(mut signals) = Signals::new() else {
            return Self { count };
        };
        tokio::spawn(async move {
            while signals.next().await {
                sender.send_modify(|count| *count += 1);
            }
        });
        Self { count }
    }

    /// Waits for the first request.
    pub(crate) async fn first(&self) {
        self.at_least(1).await;
    }

    /// Waits for the second request.
    pub(crate) async fn second(&self) {
        self.at_least(2).await;
    }

    async fn at_least(&self, number: u32) {
        let mut count = self.count.clone();
        // Without a listener there is no interrupt to wait for.
        if count.wait_for(|&seen| seen >= number).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> bool {
        tokio::select! {
            got = self.interrupt.recv() => got.is_some(),
            got = self.terminate.recv() => got.is_some(),
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "the shape of the other platform's function"
    )]
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn the_second_waits_for_two() {
        let (sender, count) = watch::channel(0);
        let interrupts = Interrupts { count };
        sender.send_modify(|count| *count += 1);
        interrupts.first().await;
        let early = tokio::time::timeout(Duration::from_millis(5), interrupts.second()).await;
        assert!(early.is_err());
        sender.send_modify(|count| *count += 1);
        interrupts.second().await;
    }
}
