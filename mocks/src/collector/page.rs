//! `RetrievePropertiesEx` in pages of the server's choosing.

use std::collections::VecDeque;
use std::sync::Arc;

use super::read::{Reading, read};
use super::spec::Spec;
use super::walk;
use crate::fault::Fault;
use crate::schema::ApiVersion;
use crate::session::Session;
use crate::value::{Data, MoRef, Value};
use crate::world::World;

/// The rest of an answer that was too long for one page.
///
/// Only the references are kept; values are read when their page is asked for, as they are then.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    specs: Arc<Vec<Spec>>,
    rest: VecDeque<(usize, MoRef)>,
    size: usize,
    version: ApiVersion,
}

/// Selects what the specs want and makes ready to page through it.
pub(crate) fn first_page(
    world: &World,
    session: Option<&Session>,
    specs: Vec<Spec>,
    size: usize,
    version: ApiVersion,
) -> Result<Page, Fault> {
    let mut rest = VecDeque::new();
    for (at, spec) in specs.iter().enumerate() {
        let objects = walk::select_or_fail(world, session, spec)?;
        rest.extend(objects.into_iter().map(|object| (at, object)));
    }
    Ok(Page {
        specs: Arc::new(specs),
        rest,
        size: size.max(1),
        version,
    })
}

/// The next objects, and whether there are more.
pub(crate) fn next_page(
    world: &World,
    session: Option<&Session>,
    page: &mut Page,
) -> (Vec<Data>, bool) {
    let mut objects = Vec::new();
    while objects.len() < page.size {
        let Some((at, object)) = page.rest.pop_front() else {
            break;
        };
        if let Some(reading) = read(world, session, &page.specs[at], &object, page.version) {
            objects.push(content(&object, reading));
        }
    }
    (objects, !page.rest.is_empty())
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

/// Paths that could not be read as a list of `MissingProperty`.
pub(super) fn missing(missing: Vec<(String, Fault)>) -> Option<Value> {
    let items: Vec<Data> = missing
        .into_iter()
        .map(|(path, fault)| {
            Data::new("MissingProperty")
                .with("path", path)
                .with("fault", fault.localized())
        })
        .collect();
    (!items.is_empty()).then(|| Value::list("MissingProperty", items))
}
