//! The REST API as its clients meet it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use serde_json::{Value, json};

use super::{Request, Route, Way, Ways, knows, perform, route};
use crate::clock::ClockMode;
use crate::model::{Builder, Personality, Role, password_of, user_of};
use crate::scenario;
use crate::value::MoRef;
use crate::world::World;

/// Someone who is logged in.
struct Caller {
    world: World,
    way: Way,
    session: Option<String>,
}

impl Caller {
    fn of(world: World, way: Way, role: Role) -> Self {
        let mut caller = Self {
            world,
            way,
            session: None,
        };
        let pair = format!("{}:{}", user_of(role, true), password_of(role));
        let login = format!("Basic {}", STANDARD.encode(&pair));
        let path = match way {
            Way::Api => "/api/session",
            Way::Rest => "/rest/com/vmware/cis/session",
        };
        let request = http::Request::post(path).header("authorization", login);
        let (status, body) = caller.send(request.body(()).unwrap(), b"");
        assert!(status.is_success(), "{body}");
        caller.session = body.as_str().map(str::to_owned);
        caller
    }

    fn ready(way: Way, role: Role) -> Self {
        Self::of(
            scenario::build("ready", ClockMode::Jump).unwrap(),
            way,
            role,
        )
    }

    fn send(&mut self, request: http::Request<()>, body: &[u8]) -> (StatusCode, Value) {
        let (mut head, ()) = request.into_parts();
        if let Some(session) = &self.session {
            let value = session.parse().unwrap();
            head.headers.insert("vmware-api-session-id", value);
        }
        if !body.is_empty() {
            let json = "application/json".parse().unwrap();
            head.headers.insert("content-type", json);
        }
        assert_eq!(route::way(head.uri.path()), Some(self.way));
        let request = Request::read(self.way, &head, body);
        let route = Route::find(self.way, &request.method, &request.path, &request.action);
        let route = route.unwrap_or_else(|| panic!("no operation at {}", request.path));
        let reply = perform(&mut self.world, &request, &route);
        let (status, text) = reply.spell(self.way);
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let value = match self.way {
            Way::Rest if status.is_success() => body["value"].clone(),
            _ => body,
        };
        (status, value)
    }

    fn get(&mut self, path: &str) -> (StatusCode, Value) {
        self.send(http::Request::get(path).body(()).unwrap(), b"")
    }

    fn post(&mut self, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = http::Request::post(path).body(()).unwrap();
        self.send(request, body.to_string().as_bytes())
    }
}

fn category(name: &str, cardinality: &str) -> Value {
    json!({"name": name, "description": "", "cardinality": cardinality, "associable_types": ["VirtualMachine"]})
}

#[test]
fn which_spellings_a_server_knows() {
    let world = |personality| {
        let mut world = World::new(ClockMode::Jump);
        Builder::new(&mut world, personality);
        world
    };
    let both = |world: &World| (knows(world, Way::Api), knows(world, Way::Rest));
    assert_eq!(both(&world(Personality::vcenter("8.0.3"))), (true, true));
    assert_eq!(both(&world(Personality::vcenter("7.0.2"))), (true, true));
    assert_eq!(both(&world(Personality::vcenter("7.0.1"))), (false, true));
    assert_eq!(both(&world(Personality::vcenter("6.7.3"))), (false, true));
    let mut proxied = world(Personality::vcenter("8.0.3"));
    proxied.rest.ways = Ways::Neither;
    assert_eq!(both(&proxied), (false, false));
    let esxi = scenario::build("esxi", ClockMode::Jump).unwrap();
    assert_eq!(both(&esxi), (false, false));
}

#[test]
fn nothing_is_told_without_a_session() {
    let mut caller = Caller::ready(Way::Api, Role::Administrator);
    let (status, session) = caller.get("/api/session");
    assert_eq!(
        (status, session["user"].as_str()),
        (StatusCode::OK, Some("administrator@vsphere.local"))
    );
    caller.session = Some("no such session".into());
    let (status, body) = caller.get("/api/vcenter/vm");
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(body["error_type"], "UNAUTHENTICATED");
    let wrong = http::Request::post("/api/session").header("authorization", "Basic eDp5");
    assert_eq!(
        caller.send(wrong.body(()).unwrap(), b"").0,
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn a_session_that_was_made_for_soap_is_none_here() {
    let mut caller = Caller::ready(Way::Api, Role::Administrator);
    let account = caller
        .world
        .accounts
        .of_role(Role::Administrator)
        .unwrap()
        .clone();
    let now = caller.world.clock.now();
    let key = caller.world.sessions.open(&account, now, "en", "test");
    caller.session = Some(key);
    assert_eq!(caller.get("/api/vcenter/vm").0, StatusCode::UNAUTHORIZED);
}

#[test]
fn lists_are_filtered_and_respect_permissions() {
    let mut caller = Caller::ready(Way::Api, Role::ReadOnly);
    let (_, all) = caller.get("/api/vcenter/vm");
    assert_eq!(all.as_array().unwrap().len(), 3);
    let (_, off) =
        caller.get("/api/vcenter/vm?power_states=POWERED_OFF&names=app-01&names=mt-linux-01");
    assert_eq!(off.as_array().unwrap().len(), 1);
    assert_eq!(off[0]["name"], "app-01");
    let (status, refused) = caller.get("/api/vcenter/vm?colour=blue");
    assert_eq!(status, StatusCode::BAD_REQUEST, "{refused}");
    let mut nobody = Caller::ready(Way::Rest, Role::NoAccess);
    let (_, none) = nobody.get("/rest/vcenter/vm?filter.names.1=app-01");
    assert_eq!(none, json!([]));
}

#[test]
fn a_list_beyond_the_limit_is_refused_and_the_older_version_has_a_smaller_one() {
    let world = scenario::build("big:1001", ClockMode::Jump).unwrap();
    let mut caller = Caller::of(world, Way::Rest, Role::Administrator);
    let (_, all) = caller.get("/rest/vcenter/vm");
    assert_eq!(all.as_array().unwrap().len(), 1001);
    let service = World::service_instance();
    let mut content = caller
        .world
        .store
        .value(&service, "content")
        .unwrap()
        .clone();
    let about = content.as_data_mut().unwrap().get_mut("about").unwrap();
    about.as_data_mut().unwrap().set("version", "6.7.3");
    caller
        .world
        .store
        .update(&service, |data| data.set("content", content));
    let (status, refused) = caller.get("/rest/vcenter/vm");
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        refused["type"],
        "com.vmware.vapi.std.errors.unable_to_allocate_resource"
    );
}

#[test]
fn tags_from_category_to_vm_in_both_spellings() {
    for (way, root) in [
        (Way::Api, "/api/cis/tagging"),
        (Way::Rest, "/rest/com/vmware/cis/tagging"),
    ] {
        let mut caller = Caller::ready(way, Role::Administrator);
        let (id, action) = match way {
            Way::Api => ("", "action"),
            Way::Rest => ("id:", "~action"),
        };
        let spec = |body: Value| match way {
            Way::Api => body,
            Way::Rest => json!({ "create_spec": body }),
        };
        let (_, single) = caller.post(
            &format!("{root}/category"),
            &spec(category("One", "SINGLE")),
        );
        let (status, again) = caller.post(
            &format!("{root}/category"),
            &spec(category("one", "SINGLE")),
        );
        assert_eq!(status, StatusCode::BAD_REQUEST, "{again}");
        let mut tag = |name: &str| {
            let body = spec(json!({"name": name, "description": "", "category_id": single}));
            caller
                .post(&format!("{root}/tag"), &body)
                .1
                .as_str()
                .unwrap()
                .to_owned()
        };
        let (first, second) = (tag("first"), tag("second"));
        let vm = caller
            .world
            .store
            .exactly("VirtualMachine")
            .next()
            .unwrap()
            .reference
            .clone();
        let host = caller
            .world
            .store
            .exactly("HostSystem")
            .next()
            .unwrap()
            .reference
            .clone();
        let body = |object: &MoRef| json!({"object_id": {"id": object.value, "type": object.kind}});
        let attach = |tag: &str| format!("{root}/tag-association/{id}{tag}?{action}=attach");
        assert!(caller.post(&attach(&first), &body(&vm)).0.is_success());
        assert!(
            caller.post(&attach(&first), &body(&vm)).0.is_success(),
            "twice is no error"
        );
        for (tag, object) in [(&second, &vm), (&second, &host)] {
            assert_eq!(
                caller.post(&attach(tag), &body(object)).0,
                StatusCode::BAD_REQUEST
            );
        }
        let attached = format!("{root}/tag-association?{action}=list-attached-tags");
        assert_eq!(caller.post(&attached, &body(&vm)).1, json!([first]));
        assert_eq!(caller.world.rest.tags.names_on(&vm), ["One/first"]);
        let (status, _) = caller.get(&format!("{root}/tag/{id}urn:none"));
        assert_eq!(status, StatusCode::NOT_FOUND);
        let delete = http::Request::delete(format!("{root}/tag/{id}{first}"))
            .body(())
            .unwrap();
        assert!(caller.send(delete, b"").0.is_success());
        assert_eq!(caller.post(&attached, &body(&vm)).1, json!([]));
    }
}

#[test]
fn who_may_only_read_makes_no_tags() {
    let mut caller = Caller::ready(Way::Api, Role::ReadOnly);
    let (status, body) = caller.post("/api/cis/tagging/category", &category("Mine", "MULTIPLE"));
    assert_eq!(
        (status, &body["error_type"]),
        (StatusCode::FORBIDDEN, &json!("UNAUTHORIZED"))
    );
    assert_eq!(caller.world.rest.tags.categories().count(), 0);
    assert_eq!(
        caller.get("/api/cis/tagging/category"),
        (StatusCode::OK, json!([]))
    );
}
