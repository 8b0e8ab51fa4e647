//! Comma-separated values (RFC 4180, with line feeds).

use std::error::Error;

use super::clean;
use crate::exit::Exit;
use crate::failure::Failure;

/// One record, with control characters taken out.
///
/// # Errors
/// None that is known: the record is written to memory.
pub(crate) fn record<S: AsRef<str>>(cells: impl IntoIterator<Item = S>) -> Result<String, Failure> {
    let cells = cells.into_iter().map(|cell| clean(cell.as_ref()));
    write(cells).map_err(|error| {
        Failure::new(Exit::Operation, "cannot write the result as CSV").because_of(&*error)
    })
}

fn write(cells: impl Iterator<Item = String>) -> Result<String, Box<dyn Error>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(cells)?;
    Ok(String::from_utf8(writer.into_inner()?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_misread_is_quoted() {
        assert_eq!(
            record(["a", "b,c", "say \"x\"", " d", "", "e\nf\u{1b}"]).unwrap(),
            "a,\"b,c\",\"say \"\"x\"\"\", d,,e f?\n"
        );
    }
}
