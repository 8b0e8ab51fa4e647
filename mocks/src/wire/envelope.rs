//! SOAP envelopes of answers and faults.

use super::dialect::Dialect;
use super::encode::Encoder;
use super::{INTERNAL, SOAP};
use crate::fault::Fault;
use crate::schema::{ApiVersion, MethodDef};
use crate::value::Value;

/// An answer's XML and what did not fit the schema in it.
#[derive(Debug)]
pub(crate) struct EncodedAnswer {
    pub(crate) xml: String,
    pub(crate) problems: Vec<String>,
}

/// The answer of a method that succeeded.
pub(crate) fn answer(
    dialect: Dialect,
    version: ApiVersion,
    method: &MethodDef,
    namespace: &str,
    result: Option<&Value>,
) -> EncodedAnswer {
    let mut encoder = Encoder::new(dialect, version);
    begin(&mut encoder);
    let name = format!("{}Response", method.name);
    let q = dialect.quote();
    encoder
        .out
        .push_str(&format!("<{name} xmlns={q}{namespace}{q}>"));
    match (result, &method.result) {
        (Some(value), Some(of)) => encoder.value("returnval", value, of),
        (None, _) => {}
        (Some(_), None) if namespace == INTERNAL => {}
        (Some(_), None) => encoder
            .problems
            .push(format!("{} returns nothing", method.name)),
    }
    encoder.close(&name);
    end(encoder)
}

/// The answer of a method that failed; it goes out with status 500.
pub(crate) fn fault(dialect: Dialect, version: ApiVersion, fault: &Fault) -> EncodedAnswer {
    let mut encoder = Encoder::new(dialect, version);
    begin(&mut encoder);
    let soap = dialect.soap_prefix();
    encoder.out.push_str(&format!(
        "<{soap}:Fault><faultcode>ServerFaultCode</faultcode>"
    ));
    encoder.open_plain("faultstring");
    if dialect != Dialect::Vcsim {
        encoder.text(&fault.message);
    }
    encoder.close("faultstring");
    encoder.open_plain("detail");
    let name = match dialect {
        Dialect::Vcsim => "Fault".to_owned(),
        _ => format!("{}Fault", fault.kind()),
    };
    encoder.detail(&name, &fault.data);
    encoder.close("detail");
    encoder.out.push_str(&format!("</{soap}:Fault>"));
    end(encoder)
}

fn begin(encoder: &mut Encoder) {
    let dialect = encoder.dialect();
    let (soap, q) = (dialect.soap_prefix(), dialect.quote());
    let namespaces = encoder.envelope_namespaces();
    encoder
        .out
        .push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    if dialect == Dialect::AttributesReversed {
        encoder.out.push_str("<!-- an answer -->\n");
    }
    encoder.out.push_str(&format!(
        "<{soap}:Envelope xmlns:{soap}={q}{SOAP}{q}{namespaces}>\n"
    ));
    encoder.out.push_str(&format!("<{soap}:Body>\n"));
}

fn end(mut encoder: Encoder) -> EncodedAnswer {
    let soap = encoder.dialect().soap_prefix();
    encoder
        .out
        .push_str(&format!("\n</{soap}:Body>\n</{soap}:Envelope>"));
    EncodedAnswer {
        xml: encoder.out,
        problems: encoder.problems,
    }
}
