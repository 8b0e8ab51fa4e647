//! `/sdk/vimServiceVersions.xml`: the API versions that the server speaks.

use crate::schema::ApiVersion;
use crate::value::Value;
use crate::world::World;

/// Every version that a server may list, the newest first; names as servers give them, among
/// them some that are no plain numbers.
const KNOWN: [&str; 36] = [
    "9.1.1.0",
    "9.1.0.0",
    "9.0.0.0",
    "8.0.3.1",
    "8.0.3.0",
    "8.0.2.0",
    "8.0.1.0",
    "8.0.0.2",
    "8.0.0.1",
    "8.0.0.0",
    "7.0.3.2",
    "7.0.3.1",
    "7.0.3.0",
    "7.0.2.1",
    "7.0.2.0",
    "7.0.1.1",
    "7.0.1.0",
    "7.0.0.2",
    "7.0.0.0",
    "6.9.1",
    "6.8.7",
    "6.7.3",
    "6.7.2",
    "6.7.1",
    "6.7",
    "6.5",
    "6.0",
    "5.5",
    "5.1",
    "5.0",
    "4.1",
    "4.0",
    "2.5u2server",
    "2.5u2",
    "2.5",
    "2.0",
];

/// The versions that this world's server speaks, its own first.
pub(super) fn spoken(world: &World) -> Vec<String> {
    let about = world
        .store
        .value(&World::service_instance(), "content.about.apiVersion");
    let own = about.and_then(Value::as_str).unwrap_or("8.0.3.0");
    let limit = ApiVersion::parse(own);
    let mut versions = vec![own.to_owned()];
    versions.extend(
        KNOWN
            .into_iter()
            .filter(|version| *version != own && ApiVersion::parse(version) <= limit)
            .map(str::to_owned),
    );
    versions
}

/// The document that lists them.
pub(super) fn document(world: &World) -> String {
    let versions = spoken(world);
    let mut versions = versions.iter();
    let own = versions.next().map_or("", String::as_str);
    let prior: String = versions
        .map(|v| format!("   <version>{v}</version>\n"))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<namespaces version=\"1.0\">\n \
         <namespace>\n  <name>urn:vim25</name>\n  <version>{own}</version>\n  <priorVersions>\n\
         {prior}  </priorVersions>\n </namespace>\n <namespace>\n  <name>urn:sdk</name>\n  \
         <version>1.0</version>\n </namespace>\n</namespaces>\n"
    )
}

/// Whether the server speaks the version that a `SOAPAction` names.
pub(super) fn speaks(world: &World, version: &str) -> bool {
    let wanted = ApiVersion::parse(version);
    spoken(world)
        .iter()
        .any(|v| v == version || ApiVersion::parse(v) == wanted)
}
