//! A server that answers by a script, for the tests of what goes over several calls.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderValue, SET_COOKIE};
use secrecy::SecretString;

use crate::client::{Client, RetryPolicy};
use crate::transport::{BoxFuture, Request, Response, Transport, TransportError};

/// One expected exchange and its answer.
pub(crate) struct Step {
    method: &'static str,
    answer: Result<Response, TransportError>,
    /// How long it takes.
    takes: Duration,
}

/// Answers by a script. A request that the script does not expect next fails the test.
#[derive(Debug, Default)]
pub(crate) struct Scripted {
    steps: Mutex<VecDeque<Step>>,
    seen: Mutex<Vec<Request>>,
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.method)
    }
}

impl Scripted {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self {
            steps: Mutex::new(steps.into_iter().collect()),
            seen: Mutex::default(),
        })
    }

    /// The requests so far: name, cookie, body.
    pub(crate) fn seen(&self) -> Vec<(String, Option<String>, String)> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .map(|request| {
                let cookie = request
                    .headers
                    .get("cookie")
                    .map(|c| c.to_str().unwrap().to_owned());
                let body = String::from_utf8(request.body.to_vec()).unwrap();
                (request.label.to_string(), cookie, body)
            })
            .collect()
    }

    /// The names of the requests so far.
    pub(crate) fn names(&self) -> Vec<String> {
        self.seen().into_iter().map(|(name, _, _)| name).collect()
    }

    /// Fails unless the whole script was played.
    pub(crate) fn assert_done(&self) {
        let left = self.steps.lock().unwrap();
        assert!(left.is_empty(), "not asked for: {left:?}");
    }
}

impl Transport for Scripted {
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Response, TransportError>> {
        let label = request.label.to_string();
        self.seen.lock().unwrap().push(request);
        let step = self.steps.lock().unwrap().pop_front();
        Box::pin(async move {
            // An exchange takes its time, and lets others run meanwhile.
            let step = step.unwrap_or_else(|| panic!("the script is over, but {label} came"));
            assert_eq!(label, step.method, "the script expects another call");
            tokio::time::sleep(step.takes).await;
            step.answer
        })
    }
}

fn response(status: u16, body: impl AsRef<[u8]>) -> Response {
    Response {
        status,
        headers: HeaderMap::new(),
        body: Bytes::copy_from_slice(body.as_ref()),
    }
}

fn envelope(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><e:Body>{inner}</e:Body></e:Envelope>"
    )
}

fn step(method: &'static str, answer: Result<Response, TransportError>) -> Step {
    Step {
        method,
        answer,
        takes: Duration::from_millis(1),
    }
}

/// The method succeeds; `inner` is what stands in the response element.
pub(crate) fn answer(method: &'static str, inner: &str) -> Step {
    let body = envelope(&format!(
        "<{method}Response xmlns=\"urn:vim25\">{inner}</{method}Response>"
    ));
    step(method, Ok(response(200, body)))
}

/// The method is refused with a fault of type `fault`.
pub(crate) fn fault(method: &'static str, fault: &str) -> Step {
    fault_with(method, fault, "")
}

/// As [`fault`], with the properties of the fault.
pub(crate) fn fault_with(method: &'static str, fault: &str, inner: &str) -> Step {
    let body = envelope(&format!(
        "<e:Fault><faultcode>ServerFaultCode</faultcode><faultstring>as scripted</faultstring>\
         <detail><{fault}Fault xsi:type=\"{fault}\" xmlns=\"urn:vim25\">{inner}</{fault}Fault>\
         </detail></e:Fault>"
    ));
    step(method, Ok(response(500, body)))
}

/// Something else than SOAP answers.
pub(crate) fn page(method: &'static str, status: u16, body: impl AsRef<[u8]>) -> Step {
    step(method, Ok(response(status, body)))
}

/// What no vSphere server answers, whatever it was asked: status and body.
pub(crate) fn foreign_answers() -> Vec<(u16, Vec<u8>)> {
    let html = "<!DOCTYPE html><html><body>Welcome</body></html>";
    let utf_16: Vec<u8> = envelope("<PowerOffVM_TaskResponse/>")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    vec![
        (200, html.into()),
        (200, Vec::new()),
        (200, utf_16),
        (200, vec![0xff, 0xfe, 0x00, 0x80]),
        (200, b"{\"status\":\"ok\"".to_vec()),
        (302, Vec::new()),
        (400, html.into()),
        (403, html.into()),
        (404, html.into()),
        (500, Vec::new()),
        (500, html.into()),
        (502, html.into()),
        (503, Vec::new()),
        (504, b"upstream request timeout".to_vec()),
    ]
}

/// The exchange fails on the way.
pub(crate) fn broken(method: &'static str, error: TransportError) -> Step {
    step(method, Err(error))
}

/// The server takes so long for its answer.
pub(crate) fn slow(step: Step, takes: Duration) -> Step {
    Step { takes, ..step }
}

/// The connection breaks after the request went out.
pub(crate) fn reset() -> TransportError {
    TransportError::Interrupted {
        server: "scripted".into(),
        source: Box::new(io::Error::from(io::ErrorKind::ConnectionReset)),
    }
}

/// The connection does not come about.
pub(crate) fn refused() -> TransportError {
    TransportError::Connect {
        server: "scripted".into(),
        source: Box::new(io::Error::from(io::ErrorKind::ConnectionRefused)),
    }
}

/// A login that succeeds and sets this cookie.
pub(crate) fn login(cookie: &str) -> Step {
    let mut step = answer(
        "Login",
        "<returnval><key>k</key><userName>u</userName><fullName>U</fullName>\
         <loginTime>2026-01-01T00:00:00Z</loginTime><lastActiveTime>2026-01-01T00:00:00Z\
         </lastActiveTime><locale>en</locale><messageLocale>en</messageLocale></returnval>",
    );
    if let Ok(response) = &mut step.answer {
        let value = format!("vmware_soap_session=\"{cookie}\"; Path=/; HttpOnly");
        response
            .headers
            .insert(SET_COOKIE, HeaderValue::from_str(&value).unwrap());
    }
    step
}

/// What a vCenter answers before the login.
pub(crate) fn greeting() -> Vec<Step> {
    vec![
        page(
            "vimServiceVersions.xml",
            200,
            "<namespaces version=\"1.0\"><namespace><name>urn:vim25</name>\
             <version>8.0.1.0</version></namespace></namespaces>",
        ),
        answer(
            "RetrieveServiceContent",
            "<returnval><rootFolder type=\"Folder\">group-d1</rootFolder>\
             <propertyCollector type=\"PropertyCollector\">propertyCollector</propertyCollector>\
             <viewManager type=\"ViewManager\">ViewManager</viewManager>\
             <about><name>vCenter</name><fullName>vCenter 8</fullName><vendor>v</vendor>\
             <version>8.0.1</version><build>1</build><osType>linux-x64</osType>\
             <productLineId>vpx</productLineId><apiType>VirtualCenter</apiType>\
             <apiVersion>8.0.1.0</apiVersion></about>\
             <sessionManager type=\"SessionManager\">SessionManager</sessionManager></returnval>",
        ),
    ]
}

/// A client that is logged in as session `one`, and the server that goes on with `steps`.
pub(crate) async fn connected(steps: impl IntoIterator<Item = Step>) -> (Client, Arc<Scripted>) {
    let server = Scripted::new(
        greeting()
            .into_iter()
            .chain([login("session-one")])
            .chain(steps),
    );
    let client = Client::builder("scripted.example")
        .credentials("operator", SecretString::from("hunter2"))
        .retry(RetryPolicy::new(1, Duration::ZERO))
        .transport(server.clone())
        .connect()
        .await
        .unwrap();
    (client, server)
}
