//! From a file, or its text, to a group file.

use std::{fs, io::Read as _, path::Path};

use super::{
    GroupFile, GroupFileError,
    node::{Node, Wrong},
    read, toml_source, yaml_source,
};

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

impl GroupFile {
    /// Reads a file; its extension tells the syntax (`.toml`, `.yaml`, `.yml`).
    ///
    /// # Errors
    ///
    /// [`GroupFileError`] with the position of what is wrong.
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
    /// [`GroupFileError`] with the position of what is wrong.
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
}
