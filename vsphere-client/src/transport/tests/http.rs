//! HTTP: what arrives, and what became of a request that failed.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{get, options};
use crate::transport::{
    Delivery, HttpOptions, HttpTransport, Request, Transport, TransportError, Trust,
};
use url::Url;

/// 100,000 times the letter x, compressed to 132 bytes.
const GZIP: &str = "1f8b0800000000000203edc13101000000c2a0da8b6f0d0fa0000000000000000000000000000000\
    00000000000000000000000000000000000000000000000000000000000000000000000000000000\
    00000000000000000000000000000000000000000000000000000000000000000000000000000000\
    00805703711107fea0860100";

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| u8::try_from(c.to_digit(16).unwrap()).unwrap())
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

/// A server that treats one connection as `serve` says; gives its URL.
async fn one_connection<F>(serve: impl FnOnce(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        serve(stream).await;
    });
    url
}

async fn read_request(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    let _ = stream.read(&mut buffer).await.unwrap();
}

#[tokio::test]
async fn a_fault_status_is_an_answer() {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/sdk"))
        .and(header("user-agent", "tester"))
        .and(header("accept-encoding", "gzip"))
        .respond_with(ResponseTemplate::new(500).set_body_raw("<fault/>", "text/xml"))
        .expect(1)
        .mount(&server)
        .await;
    let options = HttpOptions {
        user_agent: "tester".into(),
        ..HttpOptions::default()
    };
    let transport = HttpTransport::new(&Url::parse(&server.uri()).unwrap(), options).unwrap();
    let answer = transport
        .send(Request::post("/sdk", "Login", "<a/>"))
        .await
        .unwrap();
    assert_eq!((answer.status, &answer.body[..]), (500, &b"<fault/>"[..]));
    assert_eq!(answer.content_type(), "text/xml");
    assert_eq!(server.received_requests().await.unwrap()[0].body, b"<a/>");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = MockServer::start().await;
    let elsewhere = ResponseTemplate::new(302).insert_header("location", "http://127.0.0.1:1/");
    Mock::given(method("GET"))
        .respond_with(elsewhere)
        .expect(1)
        .mount(&server)
        .await;
    assert_eq!(
        get(&server.uri(), options(Trust::System))
            .await
            .unwrap()
            .status,
        302
    );
}

#[tokio::test]
async fn gzip_is_undone_and_the_limit_counts_what_comes_out() {
    let server = MockServer::start().await;
    let packed = ResponseTemplate::new(200)
        .insert_header("content-encoding", "gzip")
        .set_body_bytes(unhex(GZIP));
    Mock::given(method("GET"))
        .respond_with(packed)
        .mount(&server)
        .await;
    let answer = get(&server.uri(), options(Trust::System)).await.unwrap();
    assert_eq!(answer.body.len(), 100_000);
    assert!(answer.body.iter().all(|byte| *byte == b'x'));

    let small = HttpOptions {
        max_body_bytes: 99_999,
        ..HttpOptions::default()
    };
    let error = get(&server.uri(), small).await.unwrap_err();
    assert!(
        matches!(error, TransportError::TooLarge { limit: 99_999, .. }),
        "{error}"
    );
    assert_eq!(error.delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn an_endless_answer_ends_at_the_limit() {
    let url = one_connection(async |mut stream| {
        read_request(&mut stream).await;
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        // Until the other side hangs up.
        while stream.write_all(b"5\r\nxxxxx\r\n").await.is_ok() {}
    })
    .await;
    let small = HttpOptions {
        max_body_bytes: 10_000,
        ..HttpOptions::default()
    };
    let error = get(&url, small).await.unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn nothing_was_sent_when_nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = get(&url, options(Trust::System)).await.unwrap_err();
    assert!(matches!(error, TransportError::Connect { .. }), "{error:?}");
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert!(error.to_string().contains(&url), "{error}");
    let source = std::error::Error::source(&error).unwrap();
    assert!(
        source.to_string().contains("refused") && source.source().is_none(),
        "{source}"
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_a_failure_to_connect() {
    let error = get("https://no-such-host.invalid", options(Trust::System))
        .await
        .unwrap_err();
    assert_eq!(error.delivery(), Delivery::NotSent, "{error:?}");
}

#[tokio::test]
async fn the_server_may_have_acted_when_it_hangs_up_without_an_answer() {
    let url = one_connection(async |mut stream| read_request(&mut stream).await).await;
    let error = get(&url, options(Trust::System)).await.unwrap_err();
    assert!(
        matches!(error, TransportError::Interrupted { .. }),
        "{error:?}"
    );
    assert_eq!(error.delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn the_server_may_have_acted_when_the_answer_is_cut_off() {
    let url = one_connection(async |mut stream| {
        read_request(&mut stream).await;
        let cut = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n<half";
        stream.write_all(cut.as_bytes()).await.unwrap();
    })
    .await;
    let error = get(&url, options(Trust::System)).await.unwrap_err();
    assert!(
        matches!(error, TransportError::Interrupted { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_server_may_have_acted_when_no_answer_comes_in_time() {
    let url = one_connection(async |mut stream| {
        read_request(&mut stream).await;
        tokio::time::sleep(Duration::from_secs(30)).await;
    })
    .await;
    let brief = HttpOptions {
        request_timeout: Duration::from_millis(100),
        ..HttpOptions::default()
    };
    let error = get(&url, brief).await.unwrap_err();
    assert!(matches!(error, TransportError::Timeout { .. }), "{error:?}");
    assert_eq!(error.delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn a_request_may_bring_its_own_time_limit() {
    let url = one_connection(async |mut stream| {
        read_request(&mut stream).await;
        tokio::time::sleep(Duration::from_secs(30)).await;
    })
    .await;
    let transport = HttpTransport::new(&Url::parse(&url).unwrap(), HttpOptions::default()).unwrap();
    let mut request = Request::get("/sdk", "test");
    request.timeout = Some(Duration::from_millis(100));
    let error = transport.send(request).await.unwrap_err();
    assert!(matches!(error, TransportError::Timeout { limit, .. } if limit.as_millis() == 100));
}
