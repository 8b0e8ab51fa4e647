//! One SOAP call, from bytes to bytes.

use bytes::Bytes;
use http::header::COOKIE;
use http::request::Parts;
use http::{HeaderMap, StatusCode};

use super::answer::{self, Answer, Cut};
use super::foreign::{self, Foreign};
use super::inject::Act;
use super::record::{CallRecord, Exchange};
use super::{Shared, lock, versions, wait};
use crate::dispatch::{self, Context};
use crate::fault::Fault;
use crate::schema::ApiVersion;
use crate::value::{MoRef, Value};
use crate::wire::{self, Dialect, Request};

/// Handles a `POST` to `/sdk`.
pub(super) async fn handle(shared: &Shared, head: &Parts, body: Bytes) -> Result<Answer, Cut> {
    let action = header(&head.headers, "SOAPAction").unwrap_or_default();
    let context = context(shared, &head.headers, &action);
    let request = read(shared, &body, &action, context.version);
    let method = match &request {
        Ok(request) => request.method.name.clone(),
        Err((method, _)) => method.clone().unwrap_or_else(|| "unreadable".to_owned()),
    };
    let mut call = CallRecord {
        method: method.clone(),
        this: request.as_ref().ok().map(|r| r.this.clone()),
        user: user(shared, &context),
        status: 0,
        fault: None,
        changed: false,
        injected: false,
    };
    let act = lock(&shared.injector).strike(&method);
    call.injected = act.is_some();
    let note = |call: &CallRecord, response: Option<&[u8]>, spoilt: bool| {
        let exchange = Exchange {
            call,
            soap_action: &action,
            request: &body,
            response,
            off_schema: spoilt || !shared.dialect.keeps_to_schema(),
        };
        remember(shared, &exchange);
    };
    if let Some(act) = &act {
        if let Act::ExpireSession = act
            && let Some(key) = &context.session
        {
            shared.world().sessions.close(key);
        }
        if let Act::Meanwhile(change) = act {
            let mut world = shared.world();
            change.happen(&mut world);
            world.store.wake();
        }
        match instead(act).await {
            Ok(None) => {}
            Ok(Some(answer)) => {
                call.status = answer.status().as_u16();
                note(&call, None, true);
                return Ok(answer);
            }
            Err(cut) => {
                note(&call, None, true);
                return Err(cut);
            }
        }
    }
    let outcome = match (&act, &request) {
        (Some(Act::Fault(fault)), _) => Err(fault.clone()),
        (_, Err((_, fault))) => Err(fault.clone()),
        (_, Ok(request)) => {
            let (outcome, changed) = run(shared, request, &context).await;
            call.changed = changed;
            let task = outcome.as_ref().ok().and_then(Option::as_ref);
            doom(shared, act.as_ref(), task.and_then(Value::as_ref));
            outcome
        }
    };
    let (status, written) = write(shared, &context, request.as_ref().ok(), &outcome);
    call.fault = outcome.as_ref().err().map(|fault| fault.kind().to_owned());
    let bytes = Bytes::from(written);
    let answer = after(act.as_ref(), status, bytes.clone());
    call.status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
    note(&call, Some(&bytes), call.injected);
    if let Some(Act::HoldAnswer(gate)) = &act {
        gate.pass().await;
    }
    let mut answer = answer?;
    if matches!(act, Some(Act::ForeignAfter(_))) {
        // Whoever answers instead of the server hands on no cookie.
        return Ok(answer);
    }
    let key = outcome
        .ok()
        .and_then(|result| new_session(&method, &result));
    if let Some(key) = key {
        answer::set_cookie(&mut answer, &cookie(shared, &key));
    }
    Ok(answer)
}

/// Decides beforehand how the task ends that a call has started.
fn doom(shared: &Shared, act: Option<&Act>, task: Option<&MoRef>) {
    let fault = match act {
        Some(Act::FailTask(fault)) => Some(fault.clone()),
        Some(Act::CancelTask) => None,
        _ => return,
    };
    let Some(task) = task else { return };
    let mut world = shared.world();
    let doomed = match fault {
        Some(fault) => world.doom_task(task, fault),
        None => world.abort_task(task),
    };
    if !doomed {
        world
            .problems
            .push(format!("no task {task} runs that could be made to fail"));
    }
    world.store.wake();
}

/// What an injection answers instead of acting, if it does; some wait first.
pub(super) async fn instead(act: &Act) -> Result<Option<Answer>, Cut> {
    match act {
        Act::Reset => Err(Cut),
        Act::Delay(time) => {
            tokio::time::sleep(*time).await;
            Ok(None)
        }
        Act::Pause(gate) => {
            gate.pass().await;
            Ok(None)
        }
        Act::Http503 => Ok(Some(foreign::page(StatusCode::SERVICE_UNAVAILABLE))),
        Act::Html200 => Ok(Some(foreign::page(StatusCode::OK))),
        Act::ForeignInstead(answer) => Ok(Some(unreached(*answer))),
        Act::NestedBomb(depth) => {
            let (open, close) = ("<a>".repeat(*depth), "</a>".repeat(*depth));
            let text = format!("{}{open}{close}{}", opening(), closing());
            Ok(Some(answer::xml(StatusCode::OK, text)))
        }
        Act::Endless => {
            let part = "<returnval><a>and so on</a></returnval>\n".repeat(500);
            Ok(Some(answer::endless(opening(), part)))
        }
        Act::Fault(_)
        | Act::ForeignAfter(_)
        | Act::DropAfterApply
        | Act::Truncate(_)
        | Act::Garble
        | Act::ExpireSession
        | Act::HoldAnswer(_)
        | Act::FailTask(_)
        | Act::CancelTask
        | Act::Meanwhile(_)
        | Act::Undelivered(_) => Ok(None),
    }
}

/// What comes from somebody in between who let nothing through.
fn unreached(answer: Foreign) -> Answer {
    let nothing = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenv=\"{}\">\
         <soapenv:Body></soapenv:Body></soapenv:Envelope>",
        wire::SOAP
    );
    answer.replacing(StatusCode::OK, nothing.as_bytes(), "text/xml")
}

/// Sends a finished answer as an injection would have it.
pub(super) fn after(act: Option<&Act>, status: StatusCode, body: Bytes) -> Result<Answer, Cut> {
    match act {
        Some(Act::DropAfterApply) => Err(Cut),
        Some(Act::Truncate(bytes)) => Ok(answer::truncated(status, &body, *bytes)),
        Some(Act::Garble) => Ok(answer::xml(status, answer::garbled(&body))),
        Some(Act::ForeignAfter(answer)) => Ok(answer.replacing(status, &body, "text/xml")),
        _ => Ok(answer::xml(status, body)),
    }
}

fn opening() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenv=\"{}\">\
         <soapenv:Body><RetrievePropertiesExResponse xmlns=\"{}\">",
        wire::SOAP,
        wire::VIM
    )
}

fn closing() -> &'static str {
    "</RetrievePropertiesExResponse></soapenv:Body></soapenv:Envelope>"
}

type Unread = (Option<String>, Fault);

fn read(
    shared: &Shared,
    body: &[u8],
    action: &str,
    version: ApiVersion,
) -> Result<Request, Unread> {
    let named = action
        .trim_matches('"')
        .split_once('/')
        .map(|(_, version)| version);
    if named.is_some_and(|version| !versions::speaks(&shared.world(), version)) {
        let message = format!("Unsupported version URI {action}\n\nwhile parsing SOAP header");
        let method = match wire::read_request(body, version) {
            Ok(request) => Some(request.method.name),
            Err(unreadable) => unreadable.method,
        };
        return Err((method, Fault::invalid_request(message)));
    }
    wire::read_request(body, version).map_err(|unreadable| {
        let name = unreadable.method.clone().unwrap_or_default();
        let mut world = shared.world();
        if unreadable.unknown_method {
            world
                .problems
                .push(format!("{}: {}", name, unreadable.fault.message));
        }
        (unreadable.method, unreadable.fault)
    })
}

fn context(shared: &Shared, headers: &HeaderMap, action: &str) -> Context {
    let version = ApiVersion::from_soap_action(action).unwrap_or_else(|| {
        let spoken = versions::spoken(&shared.world());
        spoken
            .first()
            .map(|v| ApiVersion::parse(v))
            .unwrap_or_default()
    });
    Context {
        session: session_key(headers),
        version,
        dialect: shared.dialect,
        agent: header(headers, "User-Agent").unwrap_or_default(),
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

/// The session key in the cookie `vmware_soap_session`, with or without quotes.
fn session_key(headers: &HeaderMap) -> Option<String> {
    let cookies = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|p| p.split_once('='));
    let (_, key) = pairs.find(|(name, _)| name.trim() == "vmware_soap_session")?;
    Some(key.trim().trim_matches('"').to_owned())
}

fn cookie(shared: &Shared, key: &str) -> String {
    let secure = if shared.secure { " Secure;" } else { "" };
    match shared.dialect {
        Dialect::Vcsim => format!("vmware_soap_session=\"{key}\"; HttpOnly"),
        _ => format!("vmware_soap_session=\"{key}\"; Path=/;{secure} HttpOnly;"),
    }
}

fn user(shared: &Shared, context: &Context) -> Option<String> {
    let world = shared.world();
    let session = world.sessions.get(context.session.as_deref()?)?;
    Some(session.account.user.clone())
}

/// The key of the session that a login opened.
fn new_session(method: &str, result: &Option<Value>) -> Option<String> {
    let session = result.as_ref()?.as_data()?;
    (method.starts_with("Login") && session.kind == "UserSession")
        .then(|| session.str("key").map(str::to_owned))
        .flatten()
}

/// Performs a call; a wait is repeated until there is something to tell or its time is up. Also
/// tells whether managed objects changed by the call itself.
async fn run(
    shared: &Shared,
    request: &Request,
    context: &Context,
) -> (Result<Option<Value>, Fault>, bool) {
    let waits = matches!(
        request.method.name.as_str(),
        "WaitForUpdatesEx" | "WaitForUpdates"
    );
    if !waits {
        let mut world = shared.world();
        wait::leap_for_pollers(&mut world, request);
        world.run_due();
        let before = world.store.version();
        let outcome = dispatch::perform(&mut world, request, context);
        let changed = world.store.version() != before;
        return (outcome, changed);
    }
    (wait::updates(shared, request, context).await, false)
}

/// Writes the outcome; what does not fit the schema becomes a problem of the world.
fn write(
    shared: &Shared,
    context: &Context,
    request: Option<&Request>,
    outcome: &Result<Option<Value>, Fault>,
) -> (StatusCode, String) {
    let (status, written) = match (outcome, request) {
        (Ok(result), Some(request)) => {
            let (method, namespace) = (&request.method, request.namespace);
            let answer = wire::answer(
                shared.dialect,
                context.version,
                method,
                namespace,
                result.as_ref(),
            );
            (StatusCode::OK, answer)
        }
        (Err(fault), _) => {
            let fault = wire::fault(shared.dialect, context.version, fault);
            (StatusCode::INTERNAL_SERVER_ERROR, fault)
        }
        (Ok(_), None) => {
            let fault = Fault::invalid_request("The request could not be read.");
            let fault = wire::fault(shared.dialect, context.version, &fault);
            (StatusCode::INTERNAL_SERVER_ERROR, fault)
        }
    };
    shared.world().problems.extend(written.problems);
    (status, written.xml)
}

fn remember(shared: &Shared, exchange: &Exchange<'_>) {
    if let Some(recorder) = &shared.recorder
        && let Err(error) = recorder.write(exchange)
    {
        shared
            .world()
            .problems
            .push(format!("a message could not be recorded: {error}"));
    }
    lock(&shared.calls).add(exchange.call.clone());
}
