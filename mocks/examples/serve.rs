//! Serves a scenario until interrupted, for any vSphere client to try.
//!
//! ```text
//! cargo run -p mocks --example serve -- failback-lab
//! ```

use mocks::{ClockMode, Server};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "the address is this program's result")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scenario = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "failback-lab".to_owned());
    let clock = ClockMode::Real { scale: 1.0 };
    let server = Server::builder()
        .scenario(&scenario)
        .clock(clock)
        .tls(true)
        .start()
        .await?;
    println!("url         {}", server.url());
    println!("username    {}", server.username());
    println!("password    {}", server.password());
    println!("thumbprint  {}", server.thumbprint().unwrap_or_default());
    tokio::signal::ctrl_c().await?;
    for problem in server.unimplemented() {
        println!("problem     {problem}");
    }
    server.shutdown().await;
    Ok(())
}
