//! A certificate made at start.

use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::Error;

/// What a server's certificate says; one that is made out to this machine unless told otherwise.
///
/// ```
/// use mocks::server::Certificate;
/// let old = Certificate::default().names(["vc.example"]).valid(2019, 2020);
/// assert_eq!(old.names, ["vc.example"]);
/// ```
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The names and addresses that it is made out to.
    pub names: Vec<String>,
    /// From the first day of a year to the first day of another; for very long when unset.
    pub years: Option<(i32, i32)>,
}

impl Default for Certificate {
    fn default() -> Self {
        Self {
            names: ["localhost", "127.0.0.1", "::1"].map(str::to_owned).into(),
            years: None,
        }
    }
}

impl Certificate {
    /// Made out to these names and addresses.
    #[must_use]
    pub fn names<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.names = names.into_iter().map(str::to_owned).collect();
        self
    }

    /// Valid from the first day of one year to the first day of another.
    #[must_use]
    pub fn valid(mut self, from: i32, to: i32) -> Self {
        self.years = Some((from, to));
        self
    }
}

/// What accepts connections, and what others need to trust it.
pub(super) struct TlsIdentity {
    pub(super) acceptor: TlsAcceptor,
    /// The SHA-256 thumbprint.
    pub(super) thumbprint: String,
    /// The certificate in PEM form.
    pub(super) pem: String,
}

/// Makes a self-signed certificate.
pub(super) fn make(wanted: &Certificate) -> Result<TlsIdentity, Error> {
    let mut params = CertificateParams::new(wanted.names.clone())?;
    if let Some((from, to)) = wanted.years {
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(to, 1, 1);
    }
    params
        .distinguished_name
        .push(DnType::CommonName, "simulated vCenter");
    params
        .distinguished_name
        .push(DnType::OrganizationName, "esxtool mocks");
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let thumbprint = thumbprint(certificate.der());
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsIdentity {
        acceptor: TlsAcceptor::from(Arc::new(config)),
        thumbprint,
        pem: certificate.pem(),
    })
}

fn thumbprint(der: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, der);
    let pairs: Vec<String> = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    pairs.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprints_are_sha256_in_pairs() {
        assert!(thumbprint(b"").starts_with("E3:B0:C4:42:98:FC:1C:14"));
        assert_eq!(thumbprint(b"x").len(), 32 * 3 - 1);
    }
}
