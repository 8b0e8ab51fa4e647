//! What was called, and the messages themselves.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Error;
use crate::value::MoRef;

/// One SOAP or REST call that the server got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallRecord {
    /// The method, or the element that stood where it should be; of REST the operation, such as `vcenter.vm.list`.
    pub method: String,
    /// The object it was called on, when that much could be read.
    pub this: Option<MoRef>,
    /// Who called; nothing without a session.
    pub user: Option<String>,
    /// The HTTP status of the answer; 0 when none went out.
    pub status: u16,
    /// The fault's type or the name of the REST error, when it was refused.
    pub fault: Option<String>,
    /// Whether managed objects changed by it (sessions, views and filters are none of these) or tags.
    pub changed: bool,
    /// Whether an injection struck it.
    pub injected: bool,
}

/// The calls so far.
#[derive(Debug, Default)]
pub(super) struct Calls {
    all: Vec<CallRecord>,
}

impl Calls {
    pub(super) fn add(&mut self, call: CallRecord) {
        self.all.push(call);
    }

    pub(super) fn all(&self) -> &[CallRecord] {
        &self.all
    }

    pub(super) fn clear(&mut self) {
        self.all.clear();
    }
}

/// Tells the servers of this process apart in file names.
static SERVERS: AtomicU64 = AtomicU64::new(0);

/// Writes messages to a directory.
#[derive(Debug)]
pub(super) struct Recorder {
    directory: PathBuf,
    server: u64,
    next: AtomicU64,
}

/// A message pair and what to note beside it.
#[derive(Debug)]
pub(super) struct Exchange<'a> {
    pub(super) call: &'a CallRecord,
    pub(super) soap_action: &'a str,
    pub(super) request: &'a [u8],
    /// The answer as it was meant, or nothing when none was made.
    pub(super) response: Option<&'a [u8]>,
    /// Whether the answer is no material for a conformance check: damaged on purpose, or in a
    /// dialect that does not keep to the schema.
    pub(super) off_schema: bool,
}

impl Recorder {
    /// Makes the directory when it is missing.
    pub(super) fn new(directory: PathBuf) -> Result<Self, Error> {
        std::fs::create_dir_all(&directory).map_err(|source| Error::Record {
            path: directory.clone(),
            source,
        })?;
        let server = SERVERS.fetch_add(1, Ordering::Relaxed);
        Ok(Self {
            directory,
            server,
            next: AtomicU64::new(1),
        })
    }

    /// Writes three files of one stem: request, answer, and facts beside them as JSON.
    pub(super) fn write(&self, exchange: &Exchange<'_>) -> std::io::Result<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let method: String = exchange
            .call
            .method
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        let process = std::process::id();
        let stem = format!("{process}-{}-{number:06}-{method}", self.server);
        let meta = format!(
            "{{\"method\":{},\"soap_action\":{},\"status\":{},\"injected\":{}}}\n",
            json(&exchange.call.method),
            json(exchange.soap_action),
            exchange.call.status,
            exchange.off_schema,
        );
        std::fs::write(
            self.directory.join(format!("{stem}-request.xml")),
            exchange.request,
        )?;
        if let Some(response) = exchange.response {
            std::fs::write(
                self.directory.join(format!("{stem}-response.xml")),
                response,
            )?;
        }
        // The facts come last: whoever finds them finds the messages too.
        std::fs::write(self.directory.join(format!("{stem}-meta.json")), meta)
    }
}

/// A JSON string.
fn json(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_strings_are_escaped() {
        assert_eq!(
            json("\"urn:vim25/8.0\"\n\\"),
            "\"\\\"urn:vim25/8.0\\\"\\u000a\\\\\""
        );
    }
}
