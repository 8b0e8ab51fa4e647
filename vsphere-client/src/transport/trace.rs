//! Records every exchange in a directory, for the search after a misunderstanding.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use super::redact::{request_body, response_body, sensitive_response_body, session_values};
use super::{BoxFuture, Request, Response, ServerCertificate, Transport, TransportError};

/// Writes each exchange of the transport below it to a directory.
///
/// Exchange number 7, a `PowerOnVM_Task`, becomes `0007-PowerOnVM_Task-request.xml` and
/// `0007-PowerOnVM_Task-response.xml` (`.json` for REST calls), with a line in `index.txt` that holds the path, the API
/// version, the status and the time taken. Passwords, cookies and session keys are blanked;
/// requests that carry a password are left out. Headers are never written.
///
/// A trace that cannot be written does not stop the work.
#[derive(Debug)]
pub struct WireTrace {
    inner: Arc<dyn Transport>,
    directory: PathBuf,
    next: AtomicU32,
}

impl WireTrace {
    /// Traces `inner` into `directory`, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// The directory cannot be made or written to.
    pub fn new(inner: Arc<dyn Transport>, directory: impl Into<PathBuf>) -> io::Result<Self> {
        let directory = directory.into();
        fs::create_dir_all(&directory)?;
        fs::write(directory.join("index.txt"), "")?;
        Ok(Self {
            inner,
            directory,
            next: AtomicU32::new(1),
        })
    }

    /// Where the files are.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let stem = format!("{number:04}-{}", file_name(&request.label));
        let action = request
            .headers
            .get("soapaction")
            .and_then(|v| v.to_str().ok())
            .unwrap_or("-");
        let mut line = format!(
            "{number:04} {} {} {action} {}",
            request.verb.as_str(),
            request.path,
            request.label
        );
        let session = session_values(&request);
        // Everything but SOAP is JSON, or an empty body.
        let soap = request.path.starts_with("/sdk");
        let kind = if soap { "xml" } else { "json" };
        self.write(format!("{stem}-request.{kind}"), request_body(&request))
            .await;
        let sensitive = request.sensitive;
        let start = Instant::now();
        let outcome = self.inner.send(request).await;
        let millis = start.elapsed().as_millis();
        match &outcome {
            Ok(response) => {
                line += &format!(
                    " -> {} {} bytes {millis} ms\n",
                    response.status,
                    response.body.len()
                );
                let body = if sensitive {
                    sensitive_response_body(response, &session)
                } else {
                    response_body(response, &session)
                };
                self.write(format!("{stem}-response.{kind}"), body).await;
            }
            Err(error) => line += &format!(" -> {error} after {millis} ms\n"),
        }
        self.append(line).await;
        outcome
    }

    async fn write(&self, name: String, body: Vec<u8>) {
        let path = self.directory.join(name);
        // A disk that is full is no reason to give up the call that is traced.
        let _ = tokio::task::spawn_blocking(move || fs::write(path, body)).await;
    }

    async fn append(&self, line: String) {
        let path = self.directory.join("index.txt");
        let _ = tokio::task::spawn_blocking(move || {
            use io::Write;
            fs::OpenOptions::new()
                .append(true)
                .open(path)?
                .write_all(line.as_bytes())
        })
        .await;
    }
}

impl Transport for WireTrace {
    fn send<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Response, TransportError>> {
        Box::pin(self.exchange(request))
    }

    fn server_certificate(&self) -> Option<ServerCertificate> {
        self.inner.server_certificate()
    }
}

/// The label as part of a file name.
fn file_name(label: &str) -> String {
    label
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '_' | '.') {
                c
            } else {
                '-'
            }
        })
        .collect()
}
