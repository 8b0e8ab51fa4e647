//! Comma-separated values (RFC 4180, with line feeds).

use super::clean;

/// One record. A cell with a comma, a quote or a blank at an end is quoted; control characters are taken out.
pub(crate) fn record<I, S>(cells: I) -> String
where
    I: IntoIterator<Item = S>,
    S: AsRef<str>,
{
    let mut line = String::new();
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            line.push(',');
        }
        let text = clean(cell.as_ref());
        if text.contains([',', '"']) || text.trim() != text {
            line.push('"');
            line.push_str(&text.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(&text);
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_misread_is_quoted() {
        assert_eq!(
            record(["a", "b,c", "say \"x\"", " d", "", "e\nf\u{1b}"]),
            "a,\"b,c\",\"say \"\"x\"\"\",\" d\",,e f?\n"
        );
    }
}
