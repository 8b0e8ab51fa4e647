//! The JSON document: one envelope for every command. Written down in `docs/json.md`.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::exit::Exit;
use crate::failure::Failure;

/// The version of the document. It grows when a field changes its meaning or goes away, not when one is added.
pub(crate) const VERSION: u32 = 1;

/// Turns a result into the fields that stand beside the envelope's own.
///
/// # Errors
/// A result that is not an object, or that serde cannot write. Both are mistakes in this program.
pub(crate) fn fields(result: &impl Serialize) -> Result<Map<String, Value>, Failure> {
    match serde_json::to_value(result) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Failure::new(
            Exit::Operation,
            "the result is not a JSON object",
        )),
        Err(error) => {
            Err(Failure::new(Exit::Operation, "cannot write the result as JSON").because(error))
        }
    }
}

/// Puts the result into the envelope: `version` and `command` first, then how it ended, then the result's fields.
pub(crate) fn envelope(
    command: &str,
    exit: Exit,
    error: Option<&Failure>,
    result: Map<String, Value>,
) -> Value {
    let mut document = Map::new();
    document.insert("version".to_owned(), json!(VERSION));
    document.insert("command".to_owned(), json!(command));
    document.insert("exit".to_owned(), json!(exit.word()));
    document.insert("exit_code".to_owned(), json!(exit.code()));
    document.insert(
        "error".to_owned(),
        error.map_or(Value::Null, Failure::to_json),
    );
    for (name, value) in result {
        // The envelope's own fields are taken; a test of each command sees that no result uses one.
        document.entry(name).or_insert(value);
    }
    Value::Object(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_envelope_comes_first_and_a_result_lies_flat_beside_it() {
        let result = fields(&json!({"ready": false})).unwrap();
        let document = envelope("check", Exit::Blockers, None, result);
        assert_eq!(
            document,
            json!({"version": 1, "command": "check", "exit": "blockers-remain", "exit_code": 1,
                   "error": null, "ready": false})
        );
    }

    #[test]
    fn an_error_names_message_causes_and_hint() {
        let failure = Failure::new(Exit::Connect, "cannot connect").hint("look at the name");
        let document = envelope("check", failure.exit, Some(&failure), Map::new());
        assert_eq!(
            document["error"],
            json!({"message": "cannot connect", "causes": [], "hint": "look at the name"})
        );
    }
}
