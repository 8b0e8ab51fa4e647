//! Where a server answers: a host, and a port when it is not the usual one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A host name or address, with a port of its own when one was named.
///
/// ```
/// use esx_tools::ops::Endpoint;
///
/// let endpoint: Endpoint = "cs.example.com:8443".parse()?;
/// assert_eq!((endpoint.host.as_str(), endpoint.port), ("cs.example.com", Some(8443)));
/// let six: Endpoint = "[2001:db8::1]:443".parse()?;
/// assert_eq!((six.host.as_str(), six.port), ("2001:db8::1", Some(443)));
/// assert!("https://cs.example.com".parse::<Endpoint>().is_err());
/// # Ok::<(), esx_tools::ops::NotAnEndpoint>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Endpoint {
    /// Host name or address, without brackets.
    pub host: String,
    /// The port; the usual ones of the server without it.
    pub port: Option<u16>,
}

/// Text that names no host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no host name or address, with or without :port")]
pub struct NotAnEndpoint(pub String);

impl FromStr for Endpoint {
    type Err = NotAnEndpoint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fail = || NotAnEndpoint(text.to_owned());
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, rest) = rest.split_once(']').ok_or_else(fail)?;
            if host.parse::<std::net::Ipv6Addr>().is_err() {
                return Err(fail());
            }
            match rest.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if rest.is_empty() => (host, None),
                None => return Err(fail()),
            }
        } else if text.parse::<std::net::Ipv6Addr>().is_ok() {
            (text, None)
        } else {
            let (host, port) = match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            };
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
            if host.is_empty() || !host.bytes().all(fits) {
                return Err(fail());
            }
            (host, port)
        };
        let port = match port {
            None => None,
            Some(port) => match port.parse::<u16>() {
                Ok(number) if number > 0 && port.bytes().all(|byte| byte.is_ascii_digit()) => {
                    Some(number)
                }
                _ => return Err(fail()),
            },
        };
        Ok(Self {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bare = self.host.contains(':') && self.port.is_some();
        match (self.port, bare) {
            (Some(port), true) => write!(f, "[{}]:{port}", self.host),
            (Some(port), false) => write!(f, "{}:{port}", self.host),
            (None, _) => f.write_str(&self.host),
        }
    }
}

impl From<Endpoint> for String {
    fn from(endpoint: Endpoint) -> Self {
        endpoint.to_string()
    }
}

impl TryFrom<String> for Endpoint {
    type Error = NotAnEndpoint;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_written() {
        for text in [
            "cs",
            "cs.example.com:9443",
            "192.0.2.1",
            "2001:db8::1",
            "[2001:db8::1]:443",
        ] {
            assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "",
            ":443",
            "cs:",
            "cs:0",
            "cs:65536",
            "cs:+1",
            "a b",
            "http://cs",
            "[::1",
            "[cs]",
            "[::1]x",
            "cs/x",
            "user@cs",
        ] {
            assert!(text.parse::<Endpoint>().is_err(), "{text:?}");
        }
    }
}
