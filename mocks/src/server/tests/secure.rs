use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::raw::{exchange, site};
use crate::Server;

/// Takes any certificate: the test looks at its thumbprint itself.
#[derive(Debug)]
struct AnyCertificate(rustls::crypto::CryptoProvider);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[tokio::test]
async fn https_presents_the_certificate_whose_thumbprint_is_told() {
    let builder = Server::builder().world(site(1)).unrecorded();
    let server = builder.tls(true).start().await.unwrap();
    assert!(server.url().starts_with("https://"));
    let provider = rustls::crypto::ring::default_provider();
    let config = ClientConfig::builder_with_provider(Arc::new(provider.clone()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        .with_no_client_auth();
    let stream = TcpStream::connect(server.address()).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, stream).await.unwrap();
    let certificate = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    let digest = ring::digest::digest(&ring::digest::SHA256, &certificate);
    let hex: Vec<String> = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect();
    assert_eq!(server.thumbprint(), Some(hex.join(":")));
    let head = "GET /sdk/vimServiceVersions.xml HTTP/1.1";
    let reply = exchange(&mut stream, head, "").await.unwrap();
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn many_servers_live_in_one_process_and_end_when_told() {
    let mut servers = Vec::new();
    for _ in 0..3 {
        let builder = Server::builder().world(site(1)).unrecorded();
        servers.push(builder.start().await.unwrap());
    }
    let ports: std::collections::BTreeSet<u16> = servers
        .iter()
        .map(|server| server.address().port())
        .collect();
    assert_eq!(ports.len(), 3);
    for server in servers {
        let address = server.address();
        let held = TcpStream::connect(address).await.unwrap();
        server.shutdown().await;
        assert!(TcpStream::connect(address).await.is_err());
        drop(held);
    }
}

#[tokio::test]
async fn a_server_that_cannot_start_says_why() {
    let none = Server::builder().start().await.unwrap_err();
    assert_eq!(none.to_string(), "a server needs a scenario or a world");
    let unknown = Server::builder()
        .scenario("nowhere")
        .start()
        .await
        .unwrap_err();
    assert!(unknown.to_string().contains("nowhere"), "{unknown}");
    let taken = Server::builder()
        .world(site(1))
        .unrecorded()
        .start()
        .await
        .unwrap();
    let again = Server::builder()
        .world(site(1))
        .listen(taken.address())
        .start()
        .await;
    assert!(
        again
            .unwrap_err()
            .to_string()
            .starts_with("cannot listen on 127.0.0.1:")
    );
}
