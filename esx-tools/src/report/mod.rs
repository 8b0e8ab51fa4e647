//! What a check comes to, laid out for a reader: counts, what to do, a matrix, slots, mounts.
//!
//! Pure: from [`CheckReport`](crate::ops::CheckReport)s to plain data that a front end writes as a page or as test
//! cases. Nothing here knows of HTML or XML.

mod cell;
mod matrix;
mod mounts;
mod sheet;
mod tasks;

pub use cell::{Cell, Tally};
pub use matrix::{Column, Matrix, Row};
pub use mounts::{MountRow, MountState};
pub use sheet::{Made, Sheet, TargetSheet, WorkDone};
pub use tasks::{Task, tasks};
