//! Checks a master target, and with `--apply` fixes it.
//!
//! `ESXTOOL_URL`, `ESXTOOL_USERNAME` and `ESXTOOL_PASSWORD` name the server; `ESXTOOL_INSECURE=1`
//! trusts any certificate.
//!
//!     cargo run -p esx-tools --example prepare -- mt-linux-01 [--apply]

#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use std::{env, error::Error};

use esx_tools::{
    engine::{self, Event, Interrupt},
    ops::{self, PrepareOptions, VmSelector},
    rules::Judgement,
};
use secrecy::SecretString;
use vsphere_client::{Client, transport::Trust};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let vm = VmSelector::from(arguments.next().ok_or("name a VM")?.as_str());
    let apply = arguments
        .next()
        .is_some_and(|argument| argument == "--apply");
    let trust = if env::var_os("ESXTOOL_INSECURE").is_some() {
        Trust::Insecure
    } else {
        Trust::System
    };
    let client = Client::builder(env::var("ESXTOOL_URL")?)
        .trust(trust)
        .credentials(
            env::var("ESXTOOL_USERNAME")?,
            SecretString::from(env::var("ESXTOOL_PASSWORD")?),
        )
        .connect()
        .await?;
    let outcome = run(&client, &vm, apply).await;
    client.logout().await?;
    let calls = client.calls();
    println!("{} calls", calls.total);
    Ok(outcome?)
}

async fn run(client: &Client, vm: &VmSelector, apply: bool) -> Result<(), ops::OpError> {
    let prepared = ops::prepare(client, vm, &PrepareOptions::default()).await?;
    show(&prepared.operation().before.judgements);
    for step in prepared.steps() {
        println!("to do: {}", step.title);
    }
    for entry in &prepared.plan().unfixable {
        println!("cannot fix: {} ({})", entry.finding.summary, entry.reason);
    }
    if apply {
        let observer = |event: &Event| println!("{event:?}");
        let report = engine::apply(client, prepared, &observer, &Interrupt::new()).await?;
        for step in &report.steps {
            println!(
                "{}: {} {}",
                step.id,
                step.status(),
                step.detail().unwrap_or_default()
            );
        }
        show(
            report
                .after
                .after
                .iter()
                .flat_map(|after| &after.judgements),
        );
        println!("{:?}", report.outcome);
    }
    Ok(())
}

fn show<'a>(judgements: impl IntoIterator<Item = &'a Judgement>) {
    for judgement in judgements {
        let reason = judgement.reason.as_deref().unwrap_or_default();
        println!("{} {} {reason}", judgement.verdict, judgement.title);
        for finding in &judgement.findings {
            println!(
                "  {} {}: {}",
                finding.severity, finding.object, finding.summary
            );
        }
    }
}
