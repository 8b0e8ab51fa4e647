//! Errors and faults in words, with all that lies beneath them.

use vsphere_client::vim::{FaultKind, MethodFault};

/// A fault with the privilege or the state that it is about, and the causes behind it.
pub(crate) fn fault_text(fault: &MethodFault) -> String {
    let mut text = fault.to_string();
    if let FaultKind::NoPermission {
        object,
        privilege_id: Some(privilege),
    } = &fault.kind
    {
        let on = object
            .as_ref()
            .map(|object| format!(" on {object}"))
            .unwrap_or_default();
        text.push_str(&format!(" (privilege {privilege}{on})"));
    }
    for message in &fault.fault_messages {
        if !text.contains(message.as_str()) {
            text.push_str(": ");
            text.push_str(message.trim_end_matches('.'));
        }
    }
    let mut cause = fault.cause.as_deref();
    while let Some(below) = cause {
        let words = below.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = below.cause.as_deref();
    }
    text
}

/// An error with all that lies beneath it, nothing said twice.
pub(crate) fn error_text(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(below) = source {
        let words = below.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = below.source();
    }
    text
}
