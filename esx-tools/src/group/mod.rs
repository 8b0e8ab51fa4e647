//! The group file: what is to be protected, in which replication groups, and by which master targets.
//!
//! It is TOML or YAML; both are read into one tree that knows the position of everything, so that each
//! error points at line and key. `docs/group-file.md` describes it for users.
//!
//! ```
//! use esx_tools::group::{Format, GroupFile};
//!
//! let file = GroupFile::parse("site.toml", r#"
//! master-targets = ["mt-linux-01"]
//!
//! [[groups]]
//! name = "web"
//! vms = ["/London/vm/Protected/web-*"]
//! "#, Format::Toml)?;
//! assert_eq!(file.groups[0].name.value, "web");
//!
//! let wrong = GroupFile::parse("site.yaml", "groups:\n  - name: web\n    vms: []\n", Format::Yaml);
//! assert_eq!(
//!     wrong.unwrap_err().to_string(),
//!     "site.yaml, line 2, groups[0]: the group is empty: name what it holds in vms or recreate",
//! );
//! # Ok::<(), esx_tools::group::GroupFileError>(())
//! ```

mod error;
mod file;
mod load;
mod node;
mod pattern;
mod read;
#[cfg(test)]
mod tests;
mod toml_source;
mod yaml_source;

pub use error::GroupFileError;
pub use file::{Group, GroupFile, Located};
pub use load::Format;
pub use node::Position;
pub use pattern::{PatternError, VmPattern};
