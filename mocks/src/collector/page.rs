//! `RetrievePropertiesEx` in pages of the server's choosing.

use super::read::read;
use super::walk;
use crate::fault::Fault;
use crate::schema::ApiVersion;
use crate::session::{Page, Reading, Session, Spec, missing};
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// Selects what the specs want and makes ready to page through it.
pub(crate) fn first_page(
    world: &World,
    session: Option<&Session>,
    specs: Vec<Spec>,
    size: usize,
    version: ApiVersion,
) -> Result<Page, Fault> {
    let mut found = Vec::new();
    for (at, spec) in specs.iter().enumerate() {
        let objects = walk::select_or_fail(world, session, spec)?;
        found.extend(objects.into_iter().map(|object| (at, object)));
    }
    Ok(Page::new(specs, found, size, version))
}

/// The next objects, and whether there are more.
pub(crate) fn next_page(
    world: &World,
    session: Option<&Session>,
    page: &mut Page,
) -> (Vec<Data>, bool) {
    let version = page.version;
    let mut objects = Vec::new();
    while objects.len() < page.size {
        let Some((spec, object)) = page.next_object() else {
            break;
        };
        if let Some(reading) = read(world, session, spec, &object, version) {
            objects.push(content(&object, reading));
        }
    }
    (objects, !page.is_read())
}

/// One object's reading as `ObjectContent`.
fn content(object: &MoRef, reading: Reading) -> Data {
    let (found, missing) = (dynamic(reading.found), missing(reading.missing));
    Data::new("ObjectContent")
        .with("obj", object)
        .with_opt("propSet", found)
        .with_opt("missingSet", missing)
}

fn dynamic(found: Vec<(String, Value)>) -> Option<Value> {
    let items: Vec<Data> = found
        .into_iter()
        .map(|(path, value)| {
            Data::new("DynamicProperty")
                .with("name", path)
                .with("val", value)
        })
        .collect();
    (!items.is_empty()).then(|| Value::list("DynamicProperty", items))
}
