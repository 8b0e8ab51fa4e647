//! Cuts an expression into words, operators and parentheses.

use std::ops::Range;

use super::error::FilterError;

/// A piece of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A word without quotes: a column, a keyword or a value.
    Word(String),
    /// A text within quotes: always a value.
    Quoted(String),
    /// An operator of comparison.
    Op(Op),
    /// `(`.
    Open,
    /// `)`.
    Close,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
    Like,
    Unlike,
}

impl Op {
    /// As it is written.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Like => "~",
            Self::Unlike => "!~",
        }
    }
}

/// The longest first, since one begins with another.
const OPS: &[(&str, Op)] = &[
    ("==", Op::Equal),
    ("!=", Op::NotEqual),
    ("<=", Op::AtMost),
    (">=", Op::AtLeast),
    ("!~", Op::Unlike),
    ("=", Op::Equal),
    ("<", Op::Less),
    (">", Op::More),
    ("~", Op::Like),
];

/// What ends a word.
const ENDS: &[char] = &['(', ')', '=', '!', '<', '>', '~', '"', '\''];

/// A piece and the bytes that it takes.
pub(super) type Located = (Token, Range<usize>);

/// Cuts it into pieces.
pub(super) fn tokens(text: &str) -> Result<Vec<Located>, FilterError> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let start = at;
        let token = match first {
            blank if blank.is_whitespace() => {
                at += blank.len_utf8();
                continue;
            }
            '(' | ')' => {
                at += 1;
                if first == '(' {
                    Token::Open
                } else {
                    Token::Close
                }
            }
            quote @ ('"' | '\'') => {
                let Some(length) = rest[1..].find(quote) else {
                    let problem = format!("the text that begins with {quote} has no end");
                    return Err(FilterError::new(text, start..text.len(), problem));
                };
                at += length + 2;
                Token::Quoted(rest[1..=length].to_owned())
            }
            _ => match OPS.iter().find(|(sign, _)| rest.starts_with(sign)) {
                Some((sign, op)) => {
                    at += sign.len();
                    Token::Op(*op)
                }
                None if first == '!' => {
                    let problem = "`!` by itself means nothing; write `not`, `!=` or `!~`";
                    return Err(FilterError::new(text, start..start + 1, problem));
                }
                None => {
                    let length = rest
                        .find(|c: char| c.is_whitespace() || ENDS.contains(&c))
                        .unwrap_or(rest.len());
                    at += length;
                    Token::Word(rest[..length].to_owned())
                }
            },
        };
        found.push((token, start..at));
    }
    Ok(found)
}
