//! How long it takes to attach 56 disks to a master target: all in one task, and one after the other.
//!
//! `cargo bench -p integration-tests --bench attach [DISKS] [MILLISECONDS]` serves a VM with that many disks
//! (56 unless given) from the mock, lets every request take that long (20 ms unless given), attaches the disks
//! in both ways and prints the time, the calls and the tasks of each. The mock's own tasks take no time, so that what
//! is measured is what the client asks for.

use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

use esx_tools::disks::attach::AttachOptions;
use esx_tools::disks::{self};
use esx_tools::engine::{self, Interrupt, Outcome, Silent};
use esx_tools::ops::VmSelector;
use mocks::model::{Builder, ControllerKind, DatastoreSpec, DiskSpec, Personality, VmSpec};
use mocks::{Act, ClockMode, Injection, Match, Role, Server, World};
use secrecy::SecretString;
use vsphere_client::Client;

const TARGET: &str = "mt-linux-01";
const OWNER: &str = "app-01";

fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Vec<u64> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    let count = usize::try_from(*numbers.first().unwrap_or(&56))?.min(58);
    let delay = Duration::from_millis(*numbers.get(1).unwrap_or(&20));
    let runtime = tokio::runtime::Runtime::new()?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{count} disks, every request takes {} ms",
        delay.as_millis()
    )?;
    let together = runtime.block_on(measure(count, delay, true))?;
    writeln!(out, "in one task      {together}")?;
    let apart = runtime.block_on(measure(count, delay, false))?;
    writeln!(out, "one by one       {apart}")?;
    let times = apart.time.as_secs_f64() / together.time.as_secs_f64();
    writeln!(out, "in one task is {times:.0} times as fast")?;
    Ok(())
}

/// What attaching took.
struct AttachMeasurement {
    time: Duration,
    calls: usize,
    tasks: usize,
}

impl std::fmt::Display for AttachMeasurement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.time.as_secs_f64();
        write!(
            f,
            "{seconds:8.2} s  {:5} calls  {:3} reconfigures",
            self.calls, self.tasks
        )
    }
}

async fn measure(
    count: usize,
    delay: Duration,
    together: bool,
) -> Result<AttachMeasurement, Box<dyn Error>> {
    let (world, files) = world(count);
    let server = Server::builder().world(world).unrecorded().start().await?;
    let (user, password) = server.account(Role::Administrator);
    let client = Client::builder(server.url())
        .credentials(user, SecretString::from(password))
        .connect()
        .await?;
    server.forget_calls();
    server.inject(Injection::new(Match::Any, Act::Delay(delay)).times(u32::MAX));
    let begun = Instant::now();
    if together {
        attach(&client, &AttachOptions::of_vms([VmSelector::from(OWNER)])).await?;
    } else {
        for file in files {
            attach(&client, &AttachOptions::default().with_files([file])).await?;
        }
    }
    let time = begun.elapsed();
    let (calls, tasks) = (server.calls().len(), server.call_count("ReconfigVM_Task"));
    client.logout().await?;
    server.shutdown().await;
    Ok(AttachMeasurement { time, calls, tasks })
}

async fn attach(client: &Client, options: &AttachOptions) -> Result<(), Box<dyn Error>> {
    let prepared = disks::attach::prepare(client, &TARGET.into(), options).await?;
    let report = engine::apply(client, prepared, &Silent, &Interrupt::new()).await?;
    if report.outcome == Outcome::Ready {
        Ok(())
    } else {
        Err(format!("not attached: {report:?}").into())
    }
}

/// A master target with its own two disks, and a VM with as many as are asked for; with their files.
fn world(count: usize) -> (World, Vec<String>) {
    let mut world = World::new(ClockMode::Jump);
    let mut site = Builder::new(&mut world, Personality::vcenter("8.0.3"));
    let dc = site.datacenter("London");
    let cluster = site.cluster(&dc, "Cluster-A", true);
    let host = site.cluster_host(&cluster, "esx-01.example.com");
    let net = site.network(&dc, "VM Network", &[&host]);
    let gold = site.datastore(&dc, &DatastoreSpec::vmfs("gold-01", 20_480), &[&host]);
    let target = VmSpec::linux(TARGET)
        .on(&host, &gold)
        .network(&net)
        .disks([DiskSpec::thin(0, 0, 100), DiskSpec::thin(0, 1, 1024)]);
    site.vm(&dc, &target);
    let slots = (0..4).flat_map(|bus| {
        (0..16)
            .filter(|unit| *unit != 7)
            .map(move |unit| (bus, unit))
    });
    let own = VmSpec::linux(OWNER)
        .on(&host, &gold)
        .network(&net)
        .off()
        .controllers(&[0, 1, 2, 3].map(|bus| (ControllerKind::LsiLogic, bus)))
        .disks(
            slots
                .take(count)
                .map(|(bus, unit)| DiskSpec::thin(bus, unit, 40)),
        );
    let owner = site.vm(&dc, &own);
    let devices = world.store.value(&owner, "config.hardware.device").cloned();
    let files = devices
        .iter()
        .flat_map(|devices| devices.as_list())
        .filter_map(|device| {
            Some(
                device
                    .as_data()?
                    .data("backing")?
                    .str("fileName")?
                    .to_owned(),
            )
        })
        .filter(|file| file.ends_with(".vmdk"))
        .collect();
    (world, files)
}
