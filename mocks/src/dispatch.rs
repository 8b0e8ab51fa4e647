//! From a method's name to its handler, past everything that may refuse the call.

use crate::accounts::Account;
use crate::collector;
use crate::fault::Fault;
use crate::mo;
use crate::mo::call::Call;
use crate::schema::ApiVersion;
use crate::session::SessionKey;
use crate::value::{Data, Value};
use crate::wire::{Dialect, INTERNAL, Request};
use crate::world::World;

/// What is known of a request beyond its body.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The session key in the request's cookie.
    pub(crate) session: Option<SessionKey>,
    pub(crate) version: ApiVersion,
    pub(crate) dialect: Dialect,
    pub(crate) agent: String,
}

/// The methods that may be called on the collector without a session, in part.
const RETRIEVALS: [&str; 2] = ["RetrievePropertiesEx", "RetrieveProperties"];

/// Does what a request asks for.
///
/// For methods that wait, nothing as the result means that there is nothing to tell yet.
pub(crate) fn perform(
    world: &mut World,
    request: &Request,
    context: &Context,
) -> Result<Option<Value>, Fault> {
    let now = world.clock.now();
    let method = request.method.name.as_str();
    let key = context
        .session
        .clone()
        .filter(|key| world.sessions.touch(key, now));
    let account = key
        .as_deref()
        .and_then(|key| world.sessions.get(key))
        .map(|s| s.account.clone());
    let privilege = request.method.privilege.as_deref();
    if account.is_none() && !open_to_all(request, privilege, context.dialect) {
        let privilege = privilege
            .filter(|p| *p != "System.Anonymous")
            .unwrap_or("System.View");
        return Err(Fault::not_authenticated(&request.this, privilege));
    }
    let session = key.as_deref().and_then(|key| world.sessions.get(key));
    if !collector::exists(world, session, &request.this) {
        return Err(Fault::not_found(&request.this));
    }
    if let (Some(account), Some(privilege)) = (&account, privilege) {
        world.require(account, &request.this, privilege)?;
    }
    let Some(handler) = mo::handler(&request.this.kind, method) else {
        world
            .problems
            .push(format!("{}.{method} is not implemented", request.this.kind));
        return Err(Fault::not_implemented(method));
    };
    let nobody = Account {
        user: String::new(),
        password: String::new(),
    };
    let call = Call {
        this: request.this.clone(),
        method,
        args: request.args.clone(),
        user: account.as_ref().unwrap_or(&nobody),
        session: key.unwrap_or_default(),
        version: context.version,
        agent: &context.agent,
    };
    handler(world, &call)
}

/// Whether a call needs no session.
fn open_to_all(request: &Request, privilege: Option<&str>, dialect: Dialect) -> bool {
    if RETRIEVALS.contains(&request.method.name.as_str()) {
        // vcsim tells of the missing session per property; vCenter lets only the service
        // instance be read.
        return dialect == Dialect::Vcsim || reads_service_instance_only(&request.args);
    }
    privilege == Some("System.Anonymous") && request.namespace != INTERNAL
}

fn reads_service_instance_only(args: &Data) -> bool {
    let specs = args.list("specSet").iter().filter_map(Value::as_data);
    let mut roots = specs
        .flat_map(|spec| spec.list("objectSet"))
        .filter_map(Value::as_data);
    roots.all(|root| {
        root.reference("obj") == Some(&World::service_instance()) && root.get("selectSet").is_none()
    })
}
