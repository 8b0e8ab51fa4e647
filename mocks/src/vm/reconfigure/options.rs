//! `extraConfig`: keys compare without regard to case, an empty value removes, and some keys are
//! left alone without a word.

use super::Draft;
use crate::shape::{parts, text};
use crate::value::{Data, Value};

/// Keys that belong to devices or to properties of their own: vCenter ignores them here.
const IGNORED: &[&str] = &[
    "scsi",
    "sata",
    "nvme",
    "ide",
    "ethernet",
    "floppy",
    "uuid.",
    "displayname",
    "numvcpus",
    "memsize",
    "guestos",
    "config.version",
    "virtualhw.",
    "nvram",
    "migrate.hostlog",
    "vc.uuid",
];

impl Draft<'_> {
    pub(super) fn take_options(&mut self, spec: &Data) {
        let mut present: Vec<Data> = parts(&self.config, "extraConfig").cloned().collect();
        for option in parts(spec, "extraConfig") {
            let key = text(option, "key");
            if ignored(key) {
                continue;
            }
            let value = plain(option.get("value"));
            let at = present
                .iter()
                .position(|o| text(o, "key").eq_ignore_ascii_case(key));
            match (at, value.is_empty()) {
                (Some(at), true) => {
                    present.remove(at);
                }
                // The spelling of a key stays as it was first written.
                (Some(at), false) => present[at].set("value", value),
                (None, true) => {}
                (None, false) => {
                    present.push(
                        Data::new("OptionValue")
                            .with("key", key)
                            .with("value", value),
                    );
                }
            }
        }
        self.config
            .set("extraConfig", Value::list("OptionValue", present));
    }
}

fn ignored(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    IGNORED.iter().any(|prefix| lower.starts_with(prefix))
}

/// A `.vmx` file knows text only.
fn plain(value: Option<&Value>) -> String {
    match value {
        Some(Value::Bool(true)) => "TRUE".to_owned(),
        Some(Value::Bool(false)) => "FALSE".to_owned(),
        Some(value) => match value.as_int() {
            Some(number) => number.to_string(),
            None => value.as_str().unwrap_or_default().to_owned(),
        },
        None => String::new(),
    }
}
