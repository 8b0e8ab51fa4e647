//! The proxy that stands between this machine and the server.

use url::Url;
use vsphere_client::transport::{TransportError, proxy_of};

use crate::exit::Exit;
use crate::failure::Failure;

/// The failure of a connection that a proxy was to make; `None` where there is no proxy.
pub(super) fn failed(error: &TransportError, server: &str) -> Option<Failure> {
    let url = Url::parse(server).ok()?;
    let proxy = proxy_of(&url)?;
    let variable = variable(url.scheme()).unwrap_or("the system's settings");
    let host = url.host_str().unwrap_or(server);
    // The error names the server and the proxy by itself.
    Some(Failure::from_error(Exit::Connect, error).hint(format!(
        "{proxy} comes from {variable}: check that the proxy runs and lets you through to this host and port, or set NO_PROXY={host} to go without it"
    )))
}

/// The variable that names the proxy.
fn variable(scheme: &str) -> Option<&'static str> {
    let names: &[&str] = if scheme == "https" {
        &["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    } else {
        &["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
    };
    let is_set = |name: &&&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    names.iter().find(is_set).copied()
}
