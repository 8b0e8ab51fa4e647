//! The proxy that stands between this machine and a server, as the environment has it.

use hyper_util::client::proxy::matcher::Matcher;
use url::{Host, Url};

/// The proxy that a connection to `url` takes: scheme, host and port, without its account.
///
/// It is the one of `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, unless `NO_PROXY` excludes the
/// host. A server on this machine is reached without one. [`HttpTransport`](super::HttpTransport)
/// goes the same way, and names the proxy in its errors.
///
/// ```
/// let url = url::Url::parse("https://127.0.0.1/sdk").unwrap();
/// assert_eq!(vsphere_client::transport::proxy_of(&url), None);
/// ```
pub fn proxy_of(url: &Url) -> Option<String> {
    if is_loopback(url) {
        return None;
    }
    by(&Matcher::from_system(), url)
}

fn by(matcher: &Matcher, url: &Url) -> Option<String> {
    let found = matcher.intercept(&url.as_str().parse().ok()?)?;
    let (scheme, host) = (found.uri().scheme_str()?, found.uri().host()?);
    Some(match found.uri().port_u16() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

/// Whether the server is on this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn the_account_of_a_proxy_is_left_out_and_exceptions_count() {
        let matcher = Matcher::builder()
            .https("http://jane:hunter2@proxy.example:3128")
            .no(".lab.example,10.0.0.0/8")
            .build();
        let vcenter = by(&matcher, &url("https://vcenter.example/sdk"));
        assert_eq!(vcenter.as_deref(), Some("http://proxy.example:3128"));
        for excepted in [
            "https://vc.lab.example/sdk",
            "https://10.1.2.3/sdk",
            "http://vcenter.example",
        ] {
            assert_eq!(by(&matcher, &url(excepted)), None, "{excepted}");
        }
    }

    #[test]
    fn this_machine_is_reached_directly() {
        for here in [
            "https://localhost:8443",
            "http://127.0.0.2",
            "https://[::1]/sdk",
        ] {
            assert!(is_loopback(&url(here)), "{here}");
        }
        assert!(!is_loopback(&url("https://localhost.example")));
    }
}
