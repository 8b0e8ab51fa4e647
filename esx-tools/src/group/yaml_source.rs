//! From YAML to the tree.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::node::{Entry, Node, Position, Value, Wrong};

/// How deep lists and tables may nest. A group file needs four levels.
const MAX_DEPTH: usize = 16;

/// Reads one YAML document.
///
/// Anchors, aliases and tags are refused: a group file needs none, and a few lines of aliases can
/// stand for more text than any memory holds.
pub(super) fn parse(text: &str) -> Result<Node, Wrong> {
    let mut open: Vec<Open> = Vec::new();
    let mut document = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| Wrong {
            at: Some(Position {
                line: error.marker().line(),
                column: error.marker().col() + 1,
            }),
            key: String::new(),
            problem: format!("not YAML: {}", error.info()),
        })?;
        let at = position(&span);
        let wrong = |problem: &str| Err(Wrong::new(at, "", problem));
        let finished = match event {
            Event::Alias(_) => return wrong("YAML aliases are not accepted here: write it out"),
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _)
                if anchor > 0 =>
            {
                return wrong("YAML anchors are not accepted here: write it out");
            }
            Event::Scalar(_, _, _, Some(_))
            | Event::SequenceStart(_, Some(_))
            | Event::MappingStart(_, Some(_)) => {
                return wrong("YAML tags are not accepted here");
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() >= MAX_DEPTH => {
                return wrong("nested too deep");
            }
            Event::DocumentStart(_) if document.is_some() => {
                return wrong("a group file is one YAML document");
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(at, Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Table(at, Vec::new(), None));
                continue;
            }
            Event::Scalar(content, style, _, _) => Node {
                at,
                value: scalar(content.into_owned(), style),
            },
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(done) => done.close(),
                None => continue,
            },
            _ => continue,
        };
        match open.last_mut() {
            None => document = Some(finished),
            Some(parent) => parent.take(finished)?,
        }
    }
    Ok(document.unwrap_or(Node {
        at: Position { line: 1, column: 1 },
        value: Value::Table(Vec::new()),
    }))
}

fn position(span: &Span) -> Position {
    Position {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

/// A list or table whose end has not come yet.
enum Open {
    List(Position, Vec<Node>),
    Table(Position, Vec<Entry>, Option<(String, Position)>),
}

impl Open {
    fn take(&mut self, node: Node) -> Result<(), Wrong> {
        match self {
            Self::List(_, items) => items.push(node),
            Self::Table(_, entries, key) => match key.take() {
                Some((key, at)) => entries.push(Entry {
                    key,
                    at,
                    value: node,
                }),
                None => {
                    let kind = node.kind();
                    let Value::Text(name) = node.value else {
                        let problem = format!("a key is text, this is {kind}");
                        return Err(Wrong::new(node.at, "", problem));
                    };
                    if let Some(first) = entries.iter().find(|entry| entry.key == name) {
                        let problem = format!("stands here twice, first in line {}", first.at.line);
                        return Err(Wrong::new(node.at, name, problem));
                    }
                    *key = Some((name, node.at));
                }
            },
        }
        Ok(())
    }

    fn close(self) -> Node {
        match self {
            Self::List(at, items) => Node {
                at,
                value: Value::List(items),
            },
            Self::Table(at, entries, _) => Node {
                at,
                value: Value::Table(entries),
            },
        }
    }
}

/// A plain scalar that YAML reads as something else than text is told as such.
fn scalar(content: String, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(content);
    }
    match content.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Other("nothing"),
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => Value::Other("true or false"),
        number if number.parse::<f64>().is_ok() => Value::Other("a number"),
        _ => Value::Text(content),
    }
}
