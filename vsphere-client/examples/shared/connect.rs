//! What the examples share: settings from the environment.
//!
//! `VSPHERE_URL`, `VSPHERE_USERNAME` and `VSPHERE_PASSWORD`; for a certificate that the system does
//! not trust, also `VSPHERE_THUMBPRINT` with the SHA-256 thumbprint.

use std::env;
use std::error::Error;

use secrecy::SecretString;
use vsphere_client::transport::Trust;
use vsphere_client::{Client, ClientBuilder};

/// A client as the environment describes it; it does not connect yet.
pub(crate) fn from_environment() -> Result<ClientBuilder, Box<dyn Error>> {
    let read = |name: &str| env::var(name).map_err(|_| format!("set {name}"));
    let trust = match env::var("VSPHERE_THUMBPRINT") {
        Ok(thumbprint) => Trust::Thumbprint(thumbprint.parse()?),
        Err(_) => Trust::System,
    };
    let password = SecretString::from(read("VSPHERE_PASSWORD")?);
    Ok(Client::builder(read("VSPHERE_URL")?)
        .trust(trust)
        .credentials(read("VSPHERE_USERNAME")?, password))
}
