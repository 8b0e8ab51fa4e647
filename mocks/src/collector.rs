//! The property collector: what clients read the world through.

mod objects;
mod page;
mod poll;
mod read;
mod walk;

pub(crate) use objects::exists;
pub(crate) use page::{first_page, next_page};
pub(crate) use poll::{check_roots, poll};
pub(crate) use read::read_one;
