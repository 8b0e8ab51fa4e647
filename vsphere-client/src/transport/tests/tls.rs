//! TLS: which certificates are trusted, and what is told of those that are not.

use std::io::Write;
use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::version::{TLS12, TLS13};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::{get, options};
use crate::transport::{
    Delivery, HttpTransport, RefusalReason, RefusedCertificate, Request, Thumbprint, Transport,
    TransportError, Trust,
};

/// A server with this certificate and key; answers every connection once. Gives its port.
async fn serve(
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    version: &'static rustls::SupportedProtocolVersion,
) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = provider.key_provider.load_private_key(key).unwrap();
    // Unlike the usual way, this does not check that the two belong together.
    let resolver = FixedCertificate(Arc::new(rustls::sign::CertifiedKey::new(
        vec![certificate],
        key,
    )));
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                .await;
            let _ = stream.shutdown().await;
        }
    });
    port
}

#[derive(Debug)]
struct FixedCertificate(Arc<rustls::sign::CertifiedKey>);

impl ResolvesServerCert for FixedCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<rustls::sign::CertifiedKey>> {
        Some(self.0.clone())
    }
}

fn self_signed(name: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    (
        cert.der().clone(),
        PrivateKeyDer::Pkcs8(signing_key.serialize_der().into()),
        cert.pem(),
    )
}

async fn refusal(port: u16, trust: Trust) -> RefusedCertificate {
    let error = get(&format!("https://localhost:{port}"), options(trust))
        .await
        .unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(!error.is_transient());
    error
        .refused_certificate()
        .unwrap_or_else(|| panic!("{error:?}"))
        .clone()
}

fn ca_file(pem: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(pem.as_bytes()).unwrap();
    file
}

#[tokio::test]
async fn the_pinned_certificate_is_trusted_whatever_its_name() {
    for version in [&TLS12, &TLS13] {
        let (certificate, key, _) = self_signed("another.example");
        let pinned = Thumbprint::of_der(&certificate);
        let port = serve(certificate, key, version).await;
        let url = format!("https://127.0.0.1:{port}");
        let answer = get(&url, options(Trust::Thumbprint(pinned))).await.unwrap();
        assert_eq!(&answer.body[..], b"ok");
    }
}

#[tokio::test]
async fn the_certificate_of_a_server_that_is_trusted_can_be_asked_for() {
    let (certificate, key, _) = self_signed("another.example");
    let pinned = Thumbprint::of_der(&certificate);
    let port = serve(certificate, key, &TLS13).await;
    let base = url::Url::parse(&format!("https://127.0.0.1:{port}")).unwrap();
    let transport = HttpTransport::new(&base, options(Trust::Thumbprint(pinned))).unwrap();
    assert_eq!(transport.server_certificate(), None);
    transport.send(Request::get("/", "page")).await.unwrap();
    let seen = transport.server_certificate().unwrap();
    assert_eq!(seen.thumbprint, pinned);
    assert_eq!(seen.names, ["another.example"]);
    assert!(seen.not_before < seen.not_after);
}

#[tokio::test]
async fn another_certificate_than_the_pinned_one_is_refused() {
    let (certificate, key, _) = self_signed("localhost");
    let actual = Thumbprint::of_der(&certificate);
    let expected = Thumbprint::from_bytes([1; 32]);
    let port = serve(certificate, key, &TLS13).await;
    let refused = refusal(port, Trust::Thumbprint(expected)).await;
    assert_eq!(refused.reason, RefusalReason::NotPinned { expected });
    assert_eq!(refused.certificate.thumbprint, actual);
}

#[tokio::test]
async fn a_pinned_certificate_without_its_key_is_worth_nothing() {
    let (certificate, _, _) = self_signed("localhost");
    let (_, other_key, _) = self_signed("localhost");
    let pinned = Thumbprint::of_der(&certificate);
    for version in [&TLS12, &TLS13] {
        let port = serve(certificate.clone(), other_key.clone_key(), version).await;
        let url = format!("https://localhost:{port}");
        let error = get(&url, options(Trust::Thumbprint(pinned)))
            .await
            .unwrap_err();
        assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_unknown_certificate_is_refused_with_all_that_a_person_needs() {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, "esx01\u{1b}[2J");
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().der().clone();
    let actual = Thumbprint::of_der(&certificate);
    let port = serve(
        certificate,
        PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        &TLS13,
    )
    .await;
    let refused = refusal(port, Trust::System).await;
    assert_eq!(refused.reason, RefusalReason::UnknownIssuer);
    assert_eq!(refused.certificate.thumbprint, actual);
    assert!(refused.certificate.subject.contains("esx01"), "{refused}");
    assert_eq!(refused.certificate.subject, refused.certificate.issuer);
    assert!(refused.certificate.not_before < refused.certificate.not_after);
    let shown = refused.to_string();
    assert!(
        shown.contains(&actual.to_string()) && !shown.contains('\u{1b}'),
        "{shown}"
    );
}

#[tokio::test]
async fn what_the_ca_file_holds_is_trusted_and_nothing_else() {
    let (certificate, key, pem) = self_signed("localhost");
    let port = serve(certificate, key, &TLS13).await;
    let url = format!("https://localhost:{port}");
    let file = ca_file(&pem);
    let answer = get(&url, options(Trust::CaFile(file.path().to_owned())))
        .await
        .unwrap();
    assert_eq!(answer.status, 200);

    let (_, _, other) = self_signed("localhost");
    let file = ca_file(&other);
    let refused = refusal(port, Trust::CaFile(file.path().to_owned())).await;
    assert_ne!(refused.reason, RefusalReason::Expired, "{refused}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let (certificate, key, pem) = self_signed("another.example");
    let port = serve(certificate, key, &TLS13).await;
    let file = ca_file(&pem);
    let refused = refusal(port, Trust::CaFile(file.path().to_owned())).await;
    assert_eq!(refused.reason, RefusalReason::WrongName);
    assert_eq!(refused.certificate.names, ["another.example"]);
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2019, 1, 1);
    params.not_after = rcgen::date_time_ymd(2020, 1, 1);
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let (der, pem) = (certificate.der().clone(), certificate.pem());
    let port = serve(
        der,
        PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        &TLS13,
    )
    .await;
    let file = ca_file(&pem);
    let refused = refusal(port, Trust::CaFile(file.path().to_owned())).await;
    assert_eq!(refused.reason, RefusalReason::Expired);
    assert_eq!(
        refused.certificate.not_after.unwrap().to_string(),
        "2020-01-01T00:00:00Z"
    );
}

#[tokio::test]
async fn insecure_trusts_anything() {
    let (certificate, key, _) = self_signed("another.example");
    let port = serve(certificate, key, &TLS12).await;
    let url = format!("https://localhost:{port}");
    assert_eq!(
        get(&url, options(Trust::Insecure)).await.unwrap().status,
        200
    );
}

#[tokio::test]
async fn a_server_without_tls_is_a_failure_to_connect() {
    let server = wiremock::MockServer::start().await;
    let url = server.uri().replace("http://", "https://");
    let error = get(&url, options(Trust::Insecure)).await.unwrap_err();
    assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
}
