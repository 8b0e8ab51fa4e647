//! From a path to an operation.

use http::Method;

use super::Way;

/// An operation and what the path says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    /// Its name, such as `tagging.tag.get`: the same in both spellings.
    pub(crate) name: &'static str,
    /// The identifier in the path.
    pub(crate) id: Option<String>,
}

type Line = (&'static str, &'static str, bool, &'static str, &'static str);

/// Method, path below the service's root, whether an identifier follows, action, name.
const ROUTES: &[Line] = &[
    ("POST", "session", false, "", "session.create"),
    ("GET", "session", false, "", "session.get"),
    ("DELETE", "session", false, "", "session.delete"),
    ("GET", "vcenter/vm", false, "", "vcenter.vm.list"),
    ("GET", "vcenter/host", false, "", "vcenter.host.list"),
    (
        "GET",
        "vcenter/datastore",
        false,
        "",
        "vcenter.datastore.list",
    ),
    (
        "GET",
        "vcenter/datacenter",
        false,
        "",
        "vcenter.datacenter.list",
    ),
    ("GET", "vcenter/folder", false, "", "vcenter.folder.list"),
    ("GET", "vcenter/cluster", false, "", "vcenter.cluster.list"),
    (
        "GET",
        "tagging/category",
        false,
        "",
        "tagging.category.list",
    ),
    (
        "POST",
        "tagging/category",
        false,
        "",
        "tagging.category.create",
    ),
    ("GET", "tagging/category", true, "", "tagging.category.get"),
    (
        "DELETE",
        "tagging/category",
        true,
        "",
        "tagging.category.delete",
    ),
    ("GET", "tagging/tag", false, "", "tagging.tag.list"),
    ("POST", "tagging/tag", false, "", "tagging.tag.create"),
    ("GET", "tagging/tag", true, "", "tagging.tag.get"),
    ("DELETE", "tagging/tag", true, "", "tagging.tag.delete"),
    (
        "POST",
        "tagging/tag-association",
        true,
        "attach",
        "tagging.tag_association.attach",
    ),
    (
        "POST",
        "tagging/tag-association",
        true,
        "detach",
        "tagging.tag_association.detach",
    ),
    (
        "POST",
        "tagging/tag-association",
        true,
        "list-attached-objects",
        "tagging.tag_association.list_attached_objects",
    ),
    (
        "POST",
        "tagging/tag-association",
        false,
        "list-attached-tags",
        "tagging.tag_association.list_attached_tags",
    ),
    (
        "POST",
        "tagging/tag-association",
        false,
        "list-attached-tags-on-objects",
        "tagging.tag_association.list_attached_tags_on_objects",
    ),
];

/// The one operation whose path differs by more than the spelling.
const LIST_FOR_CATEGORY: &str = "tagging.tag.list_tags_for_category";

/// The spelling that a path is in.
pub(crate) fn way(path: &str) -> Option<Way> {
    match path.split('/').nth(1)? {
        "api" => Some(Way::Api),
        "rest" => Some(Way::Rest),
        _ => None,
    }
}

impl Route {
    /// The operation at a path, when there is one.
    pub(crate) fn find(way: Way, method: &Method, path: &str, action: &str) -> Option<Self> {
        let path = service(way, path)?;
        let known = |id: bool, at: &str| {
            ROUTES
                .iter()
                .find(|(verb, template, with, act, _)| {
                    *verb == method.as_str() && *template == at && *with == id && *act == action
                })
                .map(|(.., name)| *name)
        };
        if action == "list-tags-for-category" && method == Method::POST {
            return match (way, path.strip_prefix("tagging/tag/")) {
                (Way::Api, None) if path == "tagging/tag" => Some(Self {
                    name: LIST_FOR_CATEGORY,
                    id: None,
                }),
                (Way::Rest, Some(last)) => Some(Self {
                    name: LIST_FOR_CATEGORY,
                    id: Some(identifier(way, last)?),
                }),
                _ => None,
            };
        }
        if let Some(name) = known(false, &path) {
            return Some(Self { name, id: None });
        }
        let (at, last) = path.rsplit_once('/')?;
        let id = Some(identifier(way, last)?);
        known(true, at).map(|name| Self { name, id })
    }
}

/// The path without what the spellings differ in.
fn service(way: Way, path: &str) -> Option<String> {
    match way {
        Way::Api => {
            let path = path.strip_prefix("/api/")?;
            Some(path.strip_prefix("cis/").unwrap_or(path).to_owned())
        }
        Way::Rest => {
            let path = path.strip_prefix("/rest/")?;
            let path = path.strip_prefix("com/vmware/cis/").unwrap_or(path);
            Some(path.to_owned())
        }
    }
}

/// The older spelling writes `id:` before an identifier, the newer one nothing.
fn identifier(way: Way, part: &str) -> Option<String> {
    match way {
        Way::Api => Some(part.to_owned()),
        Way::Rest => part.strip_prefix("id:").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(
        way: Way,
        method: Method,
        path: &str,
        action: &str,
    ) -> Option<(&'static str, Option<String>)> {
        Route::find(way, &method, path, action).map(|route| (route.name, route.id))
    }

    #[test]
    fn both_spellings_lead_to_the_same_operation() {
        let id = Some("urn:1".to_owned());
        for (way, path) in [
            (Way::Api, "/api/cis/tagging/tag/urn:1"),
            (Way::Rest, "/rest/com/vmware/cis/tagging/tag/id:urn:1"),
        ] {
            let found = name(way, Method::GET, path, "");
            assert_eq!(found, Some(("tagging.tag.get", id.clone())));
        }
        for (way, path) in [
            (Way::Api, "/api/session"),
            (Way::Rest, "/rest/com/vmware/cis/session"),
        ] {
            let found = name(way, Method::POST, path, "");
            assert_eq!(found, Some(("session.create", None)));
        }
    }

    #[test]
    fn what_is_spelt_wrongly_is_not_found() {
        for (way, method, path, action) in [
            (
                Way::Rest,
                Method::GET,
                "/rest/com/vmware/cis/tagging/tag/urn:1",
                "",
            ),
            (
                Way::Api,
                Method::POST,
                "/api/cis/tagging/tag-association/urn:1",
                "",
            ),
            (
                Way::Api,
                Method::POST,
                "/api/cis/tagging/tag/urn:1",
                "list-tags-for-category",
            ),
            (Way::Api, Method::PUT, "/api/session", ""),
            (Way::Api, Method::GET, "/api/vcenter/unicorn", ""),
        ] {
            assert_eq!(name(way, method, path, action), None, "{path}");
        }
    }
}
