//! One operation as data, and its request in either spelling.

use serde_json::{Value, json};

use super::client::RestCall;
use super::way::{Way, escape};
use crate::method::Effect;
use crate::transport::Verb;

/// Where an operation lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// Below `/vcenter` in both spellings, such as `vm`.
    VCenter(&'static str),
    /// Below `/cis/tagging` or `/com/vmware/cis/tagging`, such as `tag`.
    Tagging(&'static str),
}

/// An operation with its arguments.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    /// What it is called in counts, traces and errors, such as `vcenter.vm.list`.
    pub(super) name: &'static str,
    pub(super) effect: Effect,
    pub(super) verb: Verb,
    pub(super) service: Service,
    pub(super) id: Option<String>,
    /// An identifier that only the older spelling puts into the path.
    pub(super) category: Option<String>,
    pub(super) action: Option<&'static str>,
    /// Lists by parameter; the parameter names are those of the filter's fields.
    pub(super) query: Vec<(&'static str, Vec<String>)>,
    pub(super) body: Option<Value>,
    /// What the older spelling wraps the body in.
    pub(super) wrapper: Option<&'static str>,
}

impl Operation {
    /// Reads with `GET`.
    pub(super) fn get(name: &'static str, service: Service) -> Self {
        Self {
            name,
            effect: Effect::Read,
            verb: Verb::Get,
            service,
            id: None,
            category: None,
            action: None,
            query: Vec::new(),
            body: None,
            wrapper: None,
        }
    }

    /// Sends `body`, with this effect.
    pub(super) fn post(name: &'static str, effect: Effect, service: Service, body: Value) -> Self {
        Self {
            verb: Verb::Post,
            effect,
            body: Some(body),
            ..Self::get(name, service)
        }
    }

    /// Removes the thing of this identifier.
    pub(super) fn delete(name: &'static str, service: Service, id: &str) -> Self {
        Self {
            verb: Verb::Delete,
            effect: Effect::Change,
            ..Self::get(name, service).on(id)
        }
    }

    /// On the thing of this identifier.
    pub(super) fn on(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// Within a category, which the newer spelling names in the body only.
    pub(super) fn in_category(mut self, id: &str) -> Self {
        self.category = Some(id.to_owned());
        self
    }

    /// As the action of this name.
    pub(super) fn action(mut self, action: &'static str) -> Self {
        self.action = Some(action);
        self
    }

    /// Lets the older spelling wrap the body.
    pub(super) fn wrapped(mut self, wrapper: &'static str) -> Self {
        self.wrapper = Some(wrapper);
        self
    }

    /// The request in the spelling of `way`.
    pub(super) fn call(&self, way: Way) -> RestCall {
        let body = self.body.as_ref().map(|body| match (way, self.wrapper) {
            (Way::Rest, Some(wrapper)) => json!({ wrapper: body }),
            _ => body.clone(),
        });
        RestCall {
            name: self.name.into(),
            effect: self.effect,
            verb: self.verb,
            path: self.path(way),
            body,
        }
    }

    fn path(&self, way: Way) -> String {
        let mut path = match (way, self.service) {
            (Way::Api, Service::VCenter(name)) => format!("/api/vcenter/{name}"),
            (Way::Rest, Service::VCenter(name)) => format!("/rest/vcenter/{name}"),
            (Way::Api, Service::Tagging(name)) => format!("/api/cis/tagging/{name}"),
            (Way::Rest, Service::Tagging(name)) => format!("/rest/com/vmware/cis/tagging/{name}"),
        };
        let category = self.category.as_ref().filter(|_| way == Way::Rest);
        if let Some(id) = self.id.as_ref().or(category) {
            path += if way == Way::Rest { "/id:" } else { "/" };
            path += &escape(id);
        }
        let mut separator = '?';
        let mut add = |name: &str, value: &str| {
            path.push(separator);
            path += &format!("{name}={}", escape(value));
            separator = '&';
        };
        if let Some(action) = self.action {
            add(
                if way == Way::Rest {
                    "~action"
                } else {
                    "action"
                },
                action,
            );
        }
        for (name, values) in &self.query {
            for (n, value) in values.iter().enumerate() {
                match way {
                    Way::Api => add(name, value),
                    Way::Rest => add(&format!("filter.{name}.{}", n + 1), value),
                }
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_a_filter_in_both_spellings() {
        let mut list = Operation::get("vcenter.vm.list", Service::VCenter("vm"));
        list.query = vec![("names", vec!["a b".into(), "c".into()])];
        assert_eq!(list.path(Way::Api), "/api/vcenter/vm?names=a%20b&names=c");
        assert_eq!(
            list.path(Way::Rest),
            "/rest/vcenter/vm?filter.names.1=a%20b&filter.names.2=c"
        );
    }

    #[test]
    fn an_action_on_a_tag_in_both_spellings() {
        let body = json!({"object_id": {"id": "vm-1", "type": "VirtualMachine"}});
        let service = Service::Tagging("tag-association");
        let attach = Operation::post("attach", Effect::Change, service, body)
            .on("urn:1")
            .action("attach");
        assert_eq!(
            attach.path(Way::Api),
            "/api/cis/tagging/tag-association/urn:1?action=attach"
        );
        assert_eq!(
            attach.path(Way::Rest),
            "/rest/com/vmware/cis/tagging/tag-association/id:urn:1?~action=attach"
        );
        assert_eq!(attach.call(Way::Api).body, attach.call(Way::Rest).body);
    }

    #[test]
    fn only_the_older_spelling_wraps_a_specification() {
        let service = Service::Tagging("tag");
        let create = Operation::post("create", Effect::Change, service, json!({"name": "n"}));
        let create = create.wrapped("create_spec");
        assert_eq!(create.call(Way::Api).body, Some(json!({"name": "n"})));
        assert_eq!(
            create.call(Way::Rest).body,
            Some(json!({"create_spec": {"name": "n"}}))
        );
    }
}
