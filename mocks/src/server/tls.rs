//! A certificate made at start.

use std::sync::Arc;

use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use super::Error;

/// Makes a self-signed certificate for this machine; gives back what accepts connections with it
/// and its SHA-256 thumbprint.
pub(super) fn make() -> Result<(TlsAcceptor, String), Error> {
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut params = CertificateParams::new(names)?;
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
    Ok((TlsAcceptor::from(Arc::new(config)), thumbprint))
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
