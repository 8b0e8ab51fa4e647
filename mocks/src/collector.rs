//! The property collector: what clients read the world through.

mod filter;
mod objects;
mod page;
mod read;
mod spec;
mod walk;

pub(crate) use filter::{Collector, Filter, poll};
pub(crate) use objects::exists;
pub(crate) use page::{Page, first_page, next_page};
pub(crate) use read::read_one;
pub(crate) use spec::Spec;
