//! The transport against servers on the loopback interface.

mod http;
mod tls;
mod trace;

use url::Url;

use super::{HttpOptions, HttpTransport, Request, Transport, TransportError, Trust};
use crate::transport::Response;

fn options(trust: Trust) -> HttpOptions {
    HttpOptions {
        trust,
        ..HttpOptions::default()
    }
}

async fn get(url: &str, options: HttpOptions) -> Result<Response, TransportError> {
    let transport = HttpTransport::new(&Url::parse(url).unwrap(), options)?;
    transport.send(Request::get("/sdk", "test")).await
}
