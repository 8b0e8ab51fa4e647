//! Which server certificates are trusted, and how that is enforced.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};

use super::certificate::{RefusalReason, RefusedCertificate, reason};
use super::error::TransportError;
use super::thumbprint::Thumbprint;

/// Which server certificates are trusted.
///
/// It is a choice among named kinds, so that nobody turns checks off by passing `true`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trust {
    /// What the operating system trusts.
    #[default]
    System,
    /// What the authorities in this PEM file signed, and nothing else.
    ///
    /// vCenter offers its own at `https://<vcenter>/certs/download.zip`.
    CaFile(PathBuf),
    /// The one certificate with this thumbprint, whatever its name and dates.
    ///
    /// The server still has to prove that it holds the certificate's key.
    Thumbprint(Thumbprint),
    /// Any certificate: whoever sits between can read the password and change every answer.
    Insecure,
}

/// The TLS settings that enforce `trust`.
///
/// TLS 1.2 stays allowed: vCenter 6.7 speaks nothing newer.
pub(super) fn client_config(trust: &Trust) -> Result<ClientConfig, TransportError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let rule = match trust {
        Trust::System => {
            let verifier = rustls_platform_verifier::Verifier::new(provider.clone());
            Rule::Chain(Arc::new(verifier.map_err(setup)?))
        }
        Trust::CaFile(path) => Rule::Chain(ca_file(path, provider.clone())?),
        Trust::Thumbprint(pinned) => Rule::Pinned(*pinned),
        Trust::Insecure => Rule::Anything,
    };
    let verifier = Arc::new(Verifier {
        rule,
        provider: provider.clone(),
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(setup)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    Ok(config)
}

fn setup(source: impl std::error::Error + Send + Sync + 'static) -> TransportError {
    TransportError::Setup {
        source: Box::new(source),
    }
}

fn ca_file(
    path: &Path,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TransportError> {
    let refuse = |source: Box<dyn std::error::Error + Send + Sync>| TransportError::CaFile {
        path: path.to_owned(),
        source,
    };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path).map_err(|e| refuse(Box::new(e)))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|e| refuse(Box::new(e)))?;
        roots.add(certificate).map_err(|e| refuse(Box::new(e)))?;
    }
    // An empty store would refuse every server with a message about its certificate.
    if roots.is_empty() {
        return Err(refuse("it holds no certificate in PEM form".into()));
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|e| refuse(Box::new(e)))?;
    Ok(verifier)
}

/// Applies one rule, and turns every refusal into a [`RefusedCertificate`].
#[derive(Debug)]
struct Verifier {
    rule: Rule,
    provider: Arc<CryptoProvider>,
}

#[derive(Debug)]
enum Rule {
    Chain(Arc<dyn ServerCertVerifier>),
    Pinned(Thumbprint),
    Anything,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let refusal = match &self.rule {
            Rule::Chain(inner) => {
                match inner.verify_server_cert(
                    end_entity,
                    intermediates,
                    server_name,
                    ocsp_response,
                    now,
                ) {
                    Ok(verified) => return Ok(verified),
                    Err(error) => reason(&error),
                }
            }
            Rule::Pinned(pinned) if Thumbprint::of_der(end_entity) == *pinned => {
                return Ok(ServerCertVerified::assertion());
            }
            Rule::Pinned(pinned) => RefusalReason::NotPinned { expected: *pinned },
            Rule::Anything => return Ok(ServerCertVerified::assertion()),
        };
        let refused = RefusedCertificate::new(end_entity, refusal);
        let other = OtherError(Arc::new(refused));
        Err(rustls::Error::InvalidCertificate(CertificateError::Other(
            other,
        )))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// The refused certificate somewhere among the causes of `error`.
///
/// The layers between wrap it in `std::io::Error`, whose `source` steps over what it holds.
pub(super) fn refused_certificate(
    error: &(dyn std::error::Error + 'static),
) -> Option<RefusedCertificate> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(held) = error
            .downcast_ref::<std::io::Error>()
            .and_then(|e| e.get_ref())
            && let Some(found) = refused_certificate(held)
        {
            return Some(found);
        }
        if let Some(rustls::Error::InvalidCertificate(CertificateError::Other(other))) =
            error.downcast_ref::<rustls::Error>()
            && let Some(found) = other.0.downcast_ref::<RefusedCertificate>()
        {
            return Some(found.clone());
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_trust_can_be_set_up() {
        for trust in [
            Trust::System,
            Trust::Thumbprint(Thumbprint::from_bytes([7; 32])),
            Trust::Insecure,
        ] {
            assert!(client_config(&trust).is_ok(), "{trust:?}");
        }
    }

    #[test]
    fn an_unusable_ca_file_is_named() {
        let missing = client_config(&Trust::CaFile("/nowhere/ca.pem".into())).unwrap_err();
        assert!(missing.to_string().contains("/nowhere/ca.pem"), "{missing}");
        let empty = client_config(&Trust::CaFile("/dev/null".into())).unwrap_err();
        assert!(matches!(empty, TransportError::CaFile { .. }), "{empty}");
    }

    #[test]
    fn the_certificate_is_found_through_the_wrappers() {
        let refused = RefusedCertificate::new(b"x", RefusalReason::Expired);
        let tls = rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(
            refused,
        ))));
        let io = std::io::Error::other(std::io::Error::new(std::io::ErrorKind::InvalidData, tls));
        assert_eq!(
            refused_certificate(&io).unwrap().reason,
            RefusalReason::Expired
        );
        assert!(refused_certificate(&std::io::Error::other("else")).is_none());
    }
}
