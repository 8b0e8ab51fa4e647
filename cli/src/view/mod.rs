//! How the results look to a person. Pure: data in, text out.

mod assignment;
mod credentials;
mod disk_files;
mod disk_list;
mod disk_work;
mod duplicates;
mod findings;
mod layers;
mod lines;
mod pairings;
mod plan;
mod steps;
mod subject;

pub(crate) use assignment::assignment;
pub(crate) use credentials::{credentials, credentials_line, role, role_plan};
pub(crate) use disk_files::disk_files;
pub(crate) use disk_list::disk_list;
pub(crate) use disk_work::{disk_plan, disk_results};
pub(crate) use duplicates::duplicates;
pub(crate) use findings::{findings, summary, verdicts};
pub(crate) use layers::layers;
pub(crate) use lines::{Look, hang, heading, moment, pairs};
pub(crate) use pairings::pairings;
pub(crate) use plan::{already, numbered, plan, title, unfixable};
pub(crate) use steps::steps;
pub(crate) use subject::{consolidation, subject};
