//! Small helpers for text that people read.

use textwrap::{WordSeparator, WordSplitter};

/// Makes text from a server safe to print: a name must not move the cursor or change colours.
///
/// Control characters, and the marks that reverse the direction of writing, become `?`. Line breaks and tabs become
/// a blank.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '?',
            c if c.is_control() => '?',
            c => c,
        })
        .collect()
}

/// Breaks text at blanks so that no line is wider than `width`; each line after the first starts with `indent` blanks.
///
/// A word that is wider than the line stands alone, unbroken: a path must stay fit for copying.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> String {
    wrap_from(text, 0, width, indent)
}

/// As [`wrap`], for text that starts at a column of a line already begun.
pub(crate) fn wrap_from(text: &str, start: usize, width: usize, indent: usize) -> String {
    let text: Vec<&str> = text.split_whitespace().collect();
    let (start, indent) = (" ".repeat(start), " ".repeat(indent));
    let options = textwrap::Options::new(width)
        .initial_indent(&start)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    let filled = textwrap::fill(&text.join(" "), options);
    filled.strip_prefix(&start).unwrap_or_default().to_owned()
}

/// Bytes in the unit that reads best, 1024-based, as vSphere shows them: `40.0 GB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 {
        format!("{count} B")
    } else {
        format!("{value:.1} {}", UNITS[unit])
    }
}

/// A span of time in the unit that reads best, rounded down: `34 d`, `5 h`, `2 min`, `12 s`.
pub(crate) fn age(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A number with its noun: `1 blocker`, `3 blockers`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        assert_eq!(clean("vm\u{1b}[31m\u{7}\nx\u{202e}y"), "vm?[31m? x?y");
        assert_eq!(clean("Größe 東京"), "Größe 東京");
    }

    #[test]
    fn lines_keep_the_width_and_long_words_stay_whole() {
        let text = wrap("one two three four five", 10, 2);
        assert_eq!(text, "one two\n  three\n  four\n  five");
        let path = "[datastore-01] a/very/long/path/that/does/not/fit.vmdk";
        assert_eq!(
            wrap(path, 20, 0),
            "[datastore-01]\na/very/long/path/that/does/not/fit.vmdk"
        );
        assert_eq!(wrap("", 10, 0), "");
        assert_eq!(wrap_from("", 4, 10, 2), "");
        assert_eq!(
            wrap_from("a/very/long/path and more", 9, 12, 2),
            "a/very/long/path\n  and more"
        );
        assert_eq!(
            wrap("a-b c-d", 4, 0),
            "a-b\nc-d",
            "a name is not broken at a hyphen"
        );
    }

    #[test]
    fn a_wide_letter_takes_two_columns_and_colour_none() {
        assert_eq!(wrap("東京 大阪 x", 9, 0), "東京 大阪\nx");
        assert_eq!(
            wrap("\u{1b}[31mab\u{1b}[0m cd", 5, 0),
            "\u{1b}[31mab\u{1b}[0m cd"
        );
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(1023), "1023 B");
        assert_eq!(bytes(1024), "1.0 KB");
        assert_eq!(bytes(42_949_672_960), "40.0 GB");
        assert_eq!(bytes(u64::MAX), "16777216.0 TB");
    }

    #[test]
    fn spans_of_time_read_well() {
        let read = [59, 60, 3_599, 3_600, 172_799, 172_800, 31 * 86_400].map(age);
        assert_eq!(
            read,
            ["59 s", "1 min", "59 min", "1 h", "47 h", "2 d", "31 d"]
        );
    }

    #[test]
    fn one_blocker_is_not_blockers() {
        assert_eq!(count(1, "blocker"), "1 blocker");
        assert_eq!(count(0, "blocker"), "0 blockers");
    }
}
