//! Names as vSphere writes them, and names that are near to one.

/// Decodes `%2f`, `%5c` and `%25`, which vSphere writes for `/`, `\` and `%` within a name.
pub(crate) fn decode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(at) = rest.find('%') {
        let (before, code) = rest.split_at(at);
        out.push_str(before);
        let plain = match code.get(..3).map(str::to_ascii_lowercase).as_deref() {
            Some("%2f") => '/',
            Some("%5c") => '\\',
            Some("%25") => '%',
            _ => {
                out.push('%');
                rest = &code[1..];
                continue;
            }
        };
        out.push(plain);
        rest = &code[3..];
    }
    out + rest
}

/// Encodes what [`decode`] decodes.
pub(crate) fn encode(name: &str) -> String {
    name.replace('%', "%25")
        .replace('/', "%2f")
        .replace('\\', "%5c")
}

/// Up to three names that are near to `wanted`, the nearest first.
pub(crate) fn near<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted = wanted.to_lowercase();
    let allowed = (wanted.chars().count() / 3).max(2);
    let mut found: Vec<(usize, &str)> = names
        .filter_map(|name| {
            let lower = name.to_lowercase();
            let distance = distance(&wanted, &lower);
            let part = wanted.len() >= 3 && lower.contains(&wanted);
            (distance <= allowed || part).then_some((distance, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn what_is_encoded_decodes(name in "[a-f%/\\\\25é]{0,16}") {
            let encoded = encode(&name);
            prop_assert!(!encoded.contains('/'));
            prop_assert_eq!(decode(&encoded), name);
        }

        #[test]
        fn any_text_decodes_without_panic(name in "\\PC{0,20}%\\PC{0,3}") {
            let _ = decode(&name);
        }
    }

    #[test]
    fn a_slip_of_the_finger_is_near() {
        let names = ["mt-linux-01", "mt-linux-ready", "sql-01", "app-01"];
        assert_eq!(near("mt-linx-01", names.into_iter()), ["mt-linux-01"]);
        assert_eq!(
            near("linux", names.into_iter()),
            ["mt-linux-01", "mt-linux-ready"]
        );
        assert!(near("web", names.into_iter()).is_empty());
    }

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("a", "b", 1),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
