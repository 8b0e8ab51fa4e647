//! What is printed and where: the result on stdout, the story on stderr.

mod csv;
mod json;
mod junit;
mod table;
mod ui;

pub(crate) use crate::style::Paint;
pub(crate) use crate::text::{age, bytes, clean, count, wrap, wrap_from};
pub(crate) use csv::record;
pub(crate) use json::{envelope, fields};
pub(crate) use junit::junit;
pub(crate) use table::{Column, Layout, Table};
pub(crate) use textwrap::core::display_width;
pub(crate) use ui::Ui;
