//! Reads the text that names a server: a host name or a URL, perhaps with an account in it.

use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::Url;

use crate::failure::Failure;

/// A server, and the account that stood in the same text.
#[derive(Clone)]
pub(crate) struct Address {
    /// The URL without account and password.
    pub(crate) url: Url,
    /// The user name that stood in the URL.
    pub(crate) username: Option<String>,
    /// The password that stood in the URL.
    pub(crate) password: Option<SecretString>,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Address")
            .field("url", &self.url.as_str())
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "(secret)"))
            .finish()
    }
}

impl Address {
    /// Reads `host`, `host:port`, `user@host` or a URL; `origin` names the option or variable in messages.
    ///
    /// # Errors
    /// A usage failure that does not repeat the text, since it may hold a password.
    pub(crate) fn parse(text: &str, origin: &str) -> Result<Self, Failure> {
        let text = text.trim();
        if text.parse::<std::net::Ipv6Addr>().is_ok() {
            return Err(Failure::usage(format!(
                "{origin} does not name a server: an IPv6 address stands in brackets there"
            ))
            .hint(format!("write https://[{text}]")));
        }
        let full = if text.contains("://") {
            text.to_owned()
        } else {
            format!("https://{text}")
        };
        let wrong = |what: String| {
            Failure::usage(format!("{origin} does not name a server: {what}"))
                .hint("give a host name, or a URL such as https://vcenter.example.com/sdk")
        };
        let mut url = Url::parse(&full).map_err(|error| wrong(error.to_string()))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(wrong(format!(
                "the scheme is `{}`, not https",
                url.scheme()
            )));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(wrong("it has no host".to_owned()));
        }
        if url.port() == Some(0) {
            return Err(wrong(
                "port 0 is no port that a server listens on".to_owned(),
            ));
        }
        let username = Some(decode(url.username())).filter(|name| !name.is_empty());
        let password = url
            .password()
            .map(decode)
            .filter(|password| !password.is_empty())
            .map(SecretString::from);
        // Both fail only for URLs that cannot hold an account, which the checks above exclude.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        Ok(Self {
            url,
            username,
            password,
        })
    }

    /// What of the URL is left out, when it is more than the API's own path: `/ui` and the like.
    pub(crate) fn left_out(&self) -> Option<&str> {
        let path = self.url.path();
        (!matches!(path.trim_end_matches('/'), "" | "/sdk" | "/sdk/vimService")).then_some(path)
    }

    /// Host and port, by which two texts name the same server.
    pub(crate) fn host_and_port(&self) -> (Option<&str>, Option<u16>) {
        (self.url.host_str(), self.url.port_or_known_default())
    }

    /// Whether the connection stays on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

/// Undoes percent-encoding; what is no valid encoding stays as it is.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use secrecy::ExposeSecret;

    fn parse(text: &str) -> Address {
        Address::parse(text, "--url").unwrap()
    }

    #[test]
    fn a_bare_host_means_https() {
        assert_eq!(
            parse("vc.example.com").url.as_str(),
            "https://vc.example.com/"
        );
        assert_eq!(parse("vc:8443").url.as_str(), "https://vc:8443/");
        assert_eq!(parse("https://vc/sdk").url.as_str(), "https://vc/sdk");
        assert_eq!(
            parse("http://127.0.0.1:8989/sdk").url.as_str(),
            "http://127.0.0.1:8989/sdk"
        );
    }

    #[test]
    fn the_account_is_taken_out_of_the_url() {
        let address = parse("https://administrator@vsphere.local:p%40ss%25@vc/sdk");
        assert_eq!(
            address.username.as_deref(),
            Some("administrator@vsphere.local")
        );
        let password = address.password.as_ref().map(ExposeSecret::expose_secret);
        assert_eq!(password, Some("p@ss%"));
        assert_eq!(address.url.as_str(), "https://vc/sdk");
        assert!(!format!("{address:?}").contains("p@ss"));
        assert_eq!(parse("root@esx1").username.as_deref(), Some("root"));
    }

    #[test]
    fn text_that_names_no_server_is_refused_without_repeating_it() {
        for text in ["", "ftp://u:secret@vc", "https://u:secret@", "u:secret@[vc"] {
            let failure = Address::parse(text, "GOVC_URL").unwrap_err();
            assert_eq!(failure.exit, Exit::Usage);
            assert!(
                failure.message.starts_with("GOVC_URL"),
                "{}",
                failure.message
            );
            assert!(!format!("{failure:?}").contains("secret"), "{failure:?}");
        }
    }

    #[test]
    fn an_ipv6_address_stands_in_brackets_and_port_0_is_none() {
        assert_eq!(parse("[::1]:8443").url.as_str(), "https://[::1]:8443/");
        assert_eq!(
            parse("https://[2001:db8::7]/sdk").url.host_str(),
            Some("[2001:db8::7]")
        );
        for text in ["::1", "2001:db8::7"] {
            let failure = Address::parse(text, "--url").unwrap_err();
            assert!(failure.message.contains("brackets"), "{failure:?}");
            assert_eq!(failure.hint, Some(format!("write https://[{text}]")));
        }
        let failure = Address::parse("https://vc:0/sdk", "--url").unwrap_err();
        assert!(failure.message.contains("port 0"), "{failure:?}");
        assert!(Address::parse("vc:70000", "--url").is_err());
    }

    #[test]
    fn what_a_browser_shows_in_its_address_names_the_server_too() {
        assert_eq!(
            parse("https://vc/ui/app/home").left_out(),
            Some("/ui/app/home")
        );
        for text in ["vc", "https://vc/", "https://vc/sdk/", "vc:8443/sdk"] {
            assert_eq!(parse(text).left_out(), None, "{text}");
        }
    }

    #[test]
    fn the_same_server_by_two_texts() {
        assert_eq!(
            parse("https://VC/sdk").host_and_port(),
            parse("vc:443").host_and_port()
        );
        assert_ne!(parse("vc1").host_and_port(), parse("vc2").host_and_port());
    }
}
