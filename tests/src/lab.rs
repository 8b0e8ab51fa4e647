//! A mock vCenter and the ways to run `esxtool` against it.

use std::time::Duration;

use mocks::server::Builder;
use mocks::{Act, Data, Gate, Injection, Match, Role, Server, Value};
use tokio::runtime::Runtime;

use crate::Esxtool;

/// A mock server on a runtime of its own, so that a test may block while `esxtool` runs.
///
/// When it goes away it looks for sessions that were left open: no path of the tool may leave one.
#[derive(Debug)]
pub struct Lab {
    runtime: Runtime,
    server: Option<Server>,
    strict: bool,
}

impl Lab {
    /// Has `disk.EnableUUID` set on a VM and in effect, so that no power cycle is needed for it.
    ///
    /// # Panics
    /// When there is no such VM.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn disk_uuids_in_effect(&self, vm: &str) {
        let server = self.server();
        let vm = server.find("VirtualMachine", vm).expect("the VM is there");
        server.with_world(|world| {
            world.store.update(&vm, |vm| {
                let held = vm.get_path("config.extraConfig").map(Value::as_list);
                let mut options = held.unwrap_or_default().to_vec();
                let option = Data::new("OptionValue")
                    .with("key", "disk.EnableUUID")
                    .with("value", "TRUE");
                options.push(option.into());
                let options = options.iter().filter_map(Value::as_data).cloned();
                vm.set_path(
                    "config.extraConfig",
                    Value::list("OptionValue", options.collect::<Vec<_>>()),
                );
                vm.set_path("config.flags.diskUuidEnabled", true);
            });
        });
    }

    /// Serves a scenario; its time leaps, so that no test waits for a task.
    ///
    /// # Panics
    /// When the server cannot be started.
    #[must_use]
    pub fn start(scenario: &str) -> Self {
        Self::with(scenario, |builder| builder)
    }

    /// Serves a scenario with settings of the test's own.
    ///
    /// # Panics
    /// When the server cannot be started.
    #[must_use]
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn with(scenario: &str, settings: impl FnOnce(Builder) -> Builder) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let builder = Server::builder().scenario(scenario);
        let server = runtime
            .block_on(settings(builder).start())
            .expect("the server starts");
        Self {
            runtime,
            server: Some(server),
            strict: true,
        }
    }

    /// Says that this test leaves a session on purpose.
    pub fn may_leave_a_session(&mut self) {
        self.strict = false;
    }

    /// The server.
    ///
    /// # Panics
    /// Never: it is there as long as the lab.
    #[must_use]
    #[expect(clippy::expect_used, reason = "taken only when the lab is dropped")]
    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("the server is there")
    }

    /// A run as the administrator.
    #[must_use]
    pub fn esxtool<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Esxtool {
        self.esxtool_as(Role::Administrator, arguments)
    }

    /// A run with another account.
    #[must_use]
    pub fn esxtool_as<'a>(
        &self,
        role: Role,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Esxtool {
        let (user, password) = self.server().account(role);
        let run = Esxtool::new(arguments)
            .env("ESXTOOL_URL", self.server().url())
            .env("ESXTOOL_USERNAME", user)
            .secret("ESXTOOL_PASSWORD", &password);
        match self.server().thumbprint() {
            Some(thumbprint) => run.env("ESXTOOL_THUMBPRINT", thumbprint),
            None => run,
        }
    }

    /// Lets the server misbehave.
    pub fn inject(&self, on: Match, times: u32, act: Act) {
        self.server().inject(Injection::new(on, act).times(times));
    }

    /// Holds the next call of a method until the gate is opened.
    #[must_use]
    pub fn hold(&self, method: &str) -> Gate {
        let gate = Gate::new();
        self.server()
            .inject(Injection::on_method(method, Act::Pause(gate.clone())));
        gate
    }

    /// Waits until a call stands before the gate.
    pub fn reached(&self, gate: &Gate) {
        self.runtime.block_on(gate.reached());
    }

    /// Waits until a call stands before the gate; false when `over` says first that none will come.
    #[must_use]
    pub fn reached_before(&self, gate: &Gate, mut over: impl FnMut() -> bool) -> bool {
        self.runtime.block_on(async {
            loop {
                tokio::select! {
                    () = gate.reached() => return true,
                    () = tokio::time::sleep(Duration::from_millis(20)) => {
                        if over() {
                            return false;
                        }
                    }
                }
            }
        })
    }

    /// Runs something on the lab's own runtime, for what a test does beside `esxtool`.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// How many calls came in.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.server().calls().len()
    }

    /// The calls that changed state, by method, in their order.
    #[must_use]
    pub fn changes(&self) -> Vec<String> {
        self.server()
            .changes()
            .into_iter()
            .map(|call| call.method)
            .collect()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let Some(server) = self.server.take() else {
            return;
        };
        let (open, lacking) = (server.open_sessions(), server.unimplemented());
        self.runtime.block_on(server.shutdown());
        if !std::thread::panicking() {
            assert!(lacking.is_empty(), "the mock lacks {lacking:?}");
            assert!(!self.strict || open == 0, "{open} sessions were left open");
        }
    }
}
