//! What a group file says.

use std::{fs, io::Read as _, path::Path};

use serde::Serialize;

use super::{
    GroupFileError, Position, VmPattern,
    node::{Node, Wrong},
    read, toml_source, yaml_source,
};
use crate::{endpoint::Endpoint, selector::VmSelector};

/// The largest file that is read. Ten thousand VMs fit in well.
const MAX_BYTES: u64 = 1 << 20;

/// The syntax of a group file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
}

/// A value with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Line and column.
    pub at: Position,
    /// The key that leads to it, for example `groups[1].vms[0]`.
    pub key: String,
}

/// One replication group: VMs that fail over and back together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// Its name.
    pub name: Located<String>,
    /// Its VMs, by name or pattern.
    pub vms: Vec<Located<VmPattern>>,
    /// Names of VMs that are no longer here and will be recreated.
    pub recreate: Vec<Located<String>>,
    /// The master target that it is meant for, when the file says so.
    pub master_target: Option<Located<VmSelector>>,
}

/// A group file that was read and makes sense in itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupFile {
    /// The file's name as it was given; errors name it.
    pub file: String,
    /// The master targets to use.
    pub master_targets: Vec<Located<VmSelector>>,
    /// The replication groups, at least one.
    pub groups: Vec<Group>,
    /// Where the configuration server answers.
    pub configuration_server: Option<Located<Endpoint>>,
    /// Where the process servers answer.
    pub process_servers: Vec<Located<Endpoint>>,
    /// Address or instance UUID of the vCenter that the VMs fail back to.
    pub failback_vcenter: Option<Located<String>>,
}

impl GroupFile {
    /// Reads a file; its extension tells the syntax (`.toml`, `.yaml`, `.yml`).
    ///
    /// # Errors
    ///
    /// [`GroupFileError`] with the place of what is wrong.
    pub fn load(path: &Path) -> Result<Self, GroupFileError> {
        let file = path.display().to_string();
        let fail = |problem: String| GroupFileError {
            file: file.clone(),
            at: None,
            key: String::new(),
            problem,
        };
        let format = match path.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => Format::Toml,
            Some("yaml" | "yml") => Format::Yaml,
            _ => return Err(fail("the name must end in .toml, .yaml or .yml".into())),
        };
        let opened = fs::File::open(path).map_err(|error| fail(format!("cannot open: {error}")))?;
        let mut bytes = Vec::new();
        opened
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| fail(format!("cannot read: {error}")))?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(fail(format!("larger than {MAX_BYTES} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            fail(format!("not UTF-8 from byte {at} on"))
        })?;
        Self::parse(&file, &text, format)
    }

    /// Reads the text of a file whose name is `file`.
    ///
    /// # Errors
    ///
    /// [`GroupFileError`] with the place of what is wrong.
    pub fn parse(file: &str, text: &str, format: Format) -> Result<Self, GroupFileError> {
        let tree: Result<Node, Wrong> = match format {
            Format::Toml => toml_source::parse(text),
            Format::Yaml => yaml_source::parse(text),
        };
        tree.and_then(|tree| read::file(file, &tree))
            .map_err(|wrong| GroupFileError {
                file: file.to_owned(),
                at: wrong.at,
                key: wrong.key,
                problem: wrong.problem,
            })
    }

    /// An error at a place in this file, found out later.
    pub fn error<T>(&self, place: &Located<T>, problem: impl Into<String>) -> GroupFileError {
        GroupFileError {
            file: self.file.clone(),
            at: Some(place.at),
            key: place.key.clone(),
            problem: problem.into(),
        }
    }
}
