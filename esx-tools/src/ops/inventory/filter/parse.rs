//! From the pieces of an expression to its tree.

use std::ops::Range;

use super::{
    super::{Column, ColumnKind},
    error::FilterError,
    lex::{Located, Op, Token, tokens},
    node::Node,
    operand,
};
use crate::names::near;

/// Deeper parentheses than anybody writes.
const DEEPEST: usize = 64;

pub(super) fn parse(text: &str, columns: &'static [Column]) -> Result<Node, FilterError> {
    let mut parser = Parser {
        text,
        columns,
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
    };
    let node = parser.any()?;
    match parser.next() {
        None => Ok(node),
        Some((token, span)) => {
            let problem = match token {
                Token::Close => "this `)` closes nothing".to_owned(),
                _ => "`and`, `or` or the end is expected here".to_owned(),
            };
            Err(FilterError::new(text, span, problem))
        }
    }
}

struct Parser<'t> {
    text: &'t str,
    columns: &'static [Column],
    tokens: Vec<Located>,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Located> {
        let found = self.tokens.get(self.at).cloned();
        self.at += 1;
        found
    }

    /// Goes past a keyword when it is next.
    fn keyword(&mut self, words: &[&str]) -> bool {
        let here = matches!(
            self.tokens.get(self.at),
            Some((Token::Word(word), _)) if words.iter().any(|one| word.eq_ignore_ascii_case(one))
        );
        self.at += usize::from(here);
        here
    }

    fn fail(&self, at: Range<usize>, problem: impl Into<String>) -> FilterError {
        FilterError::new(self.text, at, problem)
    }

    /// The position behind the last piece.
    fn end(&self) -> Range<usize> {
        self.text.trim_end().len()..self.text.len()
    }

    fn any(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.all()?];
        while self.keyword(&["or", "||"]) {
            nodes.push(self.all()?);
        }
        Ok(Node::Any(nodes))
    }

    fn all(&mut self) -> Result<Node, FilterError> {
        let mut nodes = vec![self.one()?];
        while self.keyword(&["and", "&&"]) {
            nodes.push(self.one()?);
        }
        Ok(Node::All(nodes))
    }

    fn one(&mut self) -> Result<Node, FilterError> {
        let mut negative = false;
        while self.keyword(&["not"]) {
            negative = !negative;
        }
        let node = self.bare()?;
        Ok(if negative {
            Node::Not(Box::new(node))
        } else {
            node
        })
    }

    fn bare(&mut self) -> Result<Node, FilterError> {
        match self.next() {
            Some((Token::Open, span)) => {
                self.depth += 1;
                if self.depth > DEEPEST {
                    return Err(self.fail(span, "the parentheses are nested too deep"));
                }
                let node = self.any()?;
                self.depth -= 1;
                match self.next() {
                    Some((Token::Close, _)) => Ok(node),
                    _ => Err(self.fail(span, "this `(` is not closed")),
                }
            }
            Some((Token::Word(name), span)) => self.comparison(&name, span),
            Some((Token::Quoted(_), span)) => Err(self.fail(
                span,
                "a column is expected here, and a column has no quotes",
            )),
            Some((_, span)) => Err(self.fail(span, "a column is expected here")),
            None => Err(self.fail(self.end(), "a column is expected at the end")),
        }
    }

    fn comparison(&mut self, name: &str, span: Range<usize>) -> Result<Node, FilterError> {
        let (index, column) = self.column(name, &span)?;
        let Some((Token::Op(op), _)) = self.tokens.get(self.at) else {
            return Ok(if column.kind == ColumnKind::Truth {
                Node::IsTrue(index)
            } else {
                Node::IsSet(index)
            });
        };
        let op: Op = *op;
        self.at += 1;
        let (value, at) = match self.next() {
            Some((Token::Word(value) | Token::Quoted(value), at)) => (value, at),
            Some((_, at)) => return Err(self.fail(at, "a value is expected here")),
            None => return Err(self.fail(self.end(), "a value is expected at the end")),
        };
        let operand = operand::read(column, op, &value)
            .map_err(|problem| self.fail(span.start..at.end, problem))?;
        Ok(Node::Compare { index, op, operand })
    }

    fn column(
        &self,
        name: &str,
        span: &Range<usize>,
    ) -> Result<(usize, &'static Column), FilterError> {
        let wanted = name.to_ascii_lowercase().replace('-', "_");
        let by = |of: fn(&Column) -> &'static str| {
            self.columns.iter().position(|column| of(column) == wanted)
        };
        let found = by(|column| column.name).or_else(|| by(Column::short_name));
        if let Some(index) = found
            && let Some(column) = self.columns.get(index)
        {
            return Ok((index, column));
        }
        let names = self.columns.iter().map(|column| column.name);
        let mut error = self.fail(span.clone(), format!("there is no column {name:?}"));
        error.near = near(&wanted, names.clone());
        error.columns = names.collect();
        Err(error)
    }
}
