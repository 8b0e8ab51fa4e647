//! One REST call, from bytes to bytes.

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::request::Parts;

use super::answer::{self, Answer, Cut};
use super::inject::Act;
use super::record::CallRecord;
use super::{Shared, lock, soap};
use crate::fault::Fault;
use crate::rest::{self, Reply, Request, Route, Way};

const JSON: &str = "application/json";

/// Handles a request below `/api` or `/rest`.
pub(super) async fn handle(
    shared: &Shared,
    way: Way,
    head: &Parts,
    body: Bytes,
) -> Result<Answer, Cut> {
    let request = Request::read(way, head, &body);
    let known = rest::knows(&shared.world(), way);
    let route = Route::find(way, &request.method, &request.path, &request.action);
    let Some(route) = route.filter(|_| known) else {
        if known {
            let text = format!("{} {} is not implemented", request.method, request.path);
            shared.world().problems.push(text);
        }
        return Ok(answer::whole(
            StatusCode::NOT_FOUND,
            "text/plain",
            "Not found.",
        ));
    };
    let mut call = CallRecord {
        method: route.name.to_owned(),
        this: None,
        user: None,
        status: 0,
        fault: None,
        changed: false,
        injected: false,
    };
    let act = lock(&shared.injector).strike(route.name);
    call.injected = act.is_some();
    let note = |call: CallRecord| lock(&shared.calls).add(call);
    if let Some(act) = &act {
        match instead(shared, act, &request).await {
            Ok(None) => {}
            Ok(Some(answer)) => {
                call.status = answer.status().as_u16();
                note(call);
                return Ok(answer);
            }
            Err(cut) => {
                note(call);
                return Err(cut);
            }
        }
    }
    let reply = match &act {
        Some(Act::Fault(fault)) => refusal(fault),
        _ => {
            let mut world = shared.world();
            world.run_due();
            call.user = request
                .session
                .as_deref()
                .and_then(|key| world.sessions.get(key))
                .map(|session| session.account.user.clone());
            let before = world.rest.tags.version();
            let reply = rest::perform(&mut world, &request, &route);
            call.changed = world.rest.tags.version() != before;
            reply
        }
    };
    call.fault = reply.error().map(str::to_owned);
    let (status, text) = reply.spell(way);
    let answer = after(act.as_ref(), status, Bytes::from(text));
    call.status = answer.as_ref().map_or(0, |answer| answer.status().as_u16());
    note(call);
    answer
}

/// What an injection answers instead of acting, if it does; some wait first.
async fn instead(shared: &Shared, act: &Act, request: &Request) -> Result<Option<Answer>, Cut> {
    let mut answer = match act {
        Act::ExpireSession => {
            if let Some(key) = &request.session {
                shared.world().sessions.close(key);
            }
            return Ok(None);
        }
        Act::NestedBomb(depth) => answer::whole(StatusCode::OK, JSON, "[".repeat(*depth)),
        Act::Endless => answer::endless("[".to_owned(), "\"and so on\",".repeat(500)),
        act => return soap::instead(act).await,
    };
    say_json(&mut answer);
    Ok(Some(answer))
}

/// Sends a finished answer as an injection would have it.
fn after(act: Option<&Act>, status: StatusCode, body: Bytes) -> Result<Answer, Cut> {
    let mut answer = match act {
        Some(Act::DropAfterApply) => return Err(Cut),
        Some(Act::Truncate(bytes)) => answer::truncated(status, &body, *bytes),
        Some(Act::Garble) => {
            let half = body.slice(..body.len() / 2);
            answer::whole(status, JSON, [&half[..], b"\xff\xfe"].concat())
        }
        Some(Act::ForeignAfter(answer)) => return Ok(answer.replacing(status, &body, JSON)),
        _ => answer::whole(status, JSON, body),
    };
    say_json(&mut answer);
    Ok(answer)
}

fn say_json(answer: &mut Answer) {
    let json = HeaderValue::from_static(JSON);
    answer.headers_mut().insert(CONTENT_TYPE, json);
}

/// A fault that a test ordered, as REST would say it.
fn refusal(fault: &Fault) -> Reply {
    match fault.kind() {
        "NotAuthenticated" => Reply::unauthenticated(&fault.message),
        "NoPermission" => Reply::unauthorized(),
        "HostConnectFault" | "ServiceUnavailable" => {
            Reply::refuse("SERVICE_UNAVAILABLE", &fault.message)
        }
        _ => Reply::refuse("INTERNAL_SERVER_ERROR", &fault.message),
    }
}
