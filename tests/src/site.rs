//! A mock vCenter with a client that is logged in to it.

use esx_tools::engine::{self, ChangeReport, Interrupt, Prepared, Silent};
use esx_tools::ops::{self, Prepare, PrepareOptions, VmSelector};
use mocks::{ClockMode, MoRef, Role, Server, Value};
use secrecy::SecretString;
use vsphere_client::{Client, transport::Trust};

/// A running mock and a client of it.
#[derive(Debug)]
pub struct Site {
    /// The mock.
    pub server: Server,
    /// The client, logged in.
    pub client: Client,
}

impl Site {
    /// Serves a scenario and logs in as the administrator.
    ///
    /// # Panics
    /// When the server or the login fails.
    pub async fn start(scenario: &str) -> Self {
        Self::start_as(scenario, Role::Administrator).await
    }

    /// Serves a scenario and logs in with the account of a role.
    ///
    /// # Panics
    /// When the server or the login fails.
    pub async fn start_as(scenario: &str, role: Role) -> Self {
        // Fast enough that no test waits for a task, and slow enough that tasks are seen to run.
        Self::at_pace(scenario, role, ClockMode::Real { scale: 20.0 }).await
    }

    /// As [`Site::start_as`], with a clock of the test's own.
    ///
    /// # Panics
    /// When the server or the login fails.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub async fn at_pace(scenario: &str, role: Role, clock: ClockMode) -> Self {
        let server = Server::builder()
            .scenario(scenario)
            .clock(clock)
            .start()
            .await
            .expect("the server starts");
        let client = Self::log_in(&server, role).await;
        Self { server, client }
    }

    /// A further client of a server.
    ///
    /// # Panics
    /// When the login fails.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub async fn log_in(server: &Server, role: Role) -> Client {
        let (user, password) = server.account(role);
        let trust = server.thumbprint().map_or(Trust::System, |pinned| {
            Trust::Thumbprint(pinned.parse().expect("a thumbprint"))
        });
        Client::builder(server.url())
            .trust(trust)
            .credentials(user, SecretString::from(password))
            .connect()
            .await
            .expect("the login succeeds")
    }

    /// The VM of that name.
    ///
    /// # Panics
    /// When there is none.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn vm(&self, name: &str) -> MoRef {
        self.server
            .find("VirtualMachine", name)
            .expect("the VM is there")
    }

    /// A property of a VM as the mock holds it.
    pub fn value(&self, vm: &str, path: &str) -> Option<Value> {
        self.server.value(&self.vm(vm), path)
    }

    /// An advanced setting of a VM as the mock holds it.
    pub fn option(&self, vm: &str, key: &str) -> Option<String> {
        let settings = self.value(vm, "config.extraConfig")?;
        let mut settings = settings.as_list().iter().filter_map(Value::as_data);
        let setting = settings.find(|setting| setting.str("key") == Some(key))?;
        setting.str("value").map(str::to_owned)
    }

    /// The methods that changed managed objects so far, in order.
    pub fn changes(&self) -> Vec<String> {
        let changes = self.server.changes();
        changes.into_iter().map(|call| call.method).collect()
    }

    /// A property of a VM that is a text.
    ///
    /// # Panics
    /// When it is not.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub fn text(&self, vm: &str, path: &str) -> String {
        let value = self.value(vm, path);
        let text = value.as_ref().and_then(Value::as_str);
        text.expect("a text").to_owned()
    }

    /// Plans everything that can be fixed on a VM.
    ///
    /// # Panics
    /// When planning fails.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub async fn plan(&self, vm: &str) -> Prepared<Prepare> {
        ops::prepare(
            &self.client,
            &VmSelector::from(vm),
            &PrepareOptions::default(),
        )
        .await
        .expect("a plan")
    }

    /// Carries out a plan.
    ///
    /// # Panics
    /// When it is refused.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub async fn apply(&self, prepared: Prepared<Prepare>) -> ChangeReport<Prepare> {
        engine::apply(&self.client, prepared, &Silent, &Interrupt::new())
            .await
            .expect("a report")
    }

    /// Plans and carries out everything that can be fixed on a VM.
    ///
    /// # Panics
    /// When either fails.
    pub async fn prepare(&self, vm: &str) -> ChangeReport<Prepare> {
        let prepared = self.plan(vm).await;
        self.apply(prepared).await
    }

    /// Logs out, and looks whether anything was left behind.
    ///
    /// # Panics
    /// When a session is left open, or the mock was asked for what it lacks.
    #[expect(clippy::expect_used, reason = "test support: a test ends here")]
    pub async fn end(self) {
        self.client.logout().await.expect("the logout succeeds");
        assert_eq!(self.server.open_sessions(), 0, "sessions were left open");
        assert_eq!(self.server.unimplemented(), Vec::<String>::new());
        self.server.shutdown().await;
    }
}
