//! Names as vSphere writes them, and names that are near to one.

/// Decodes `%2f`, `%5c` and `%25`, which vSphere writes for `/`, `\` and `%` within a name.
///
/// By hand: vSphere knows these three alone. In a name such as `disk%20full` the `%20` is text, which a decoder of
/// URLs would take for a blank.
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

/// Encodes what [`decode`] decodes, in lower case as vSphere does.
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
            // Two letters in the wrong order are one slip.
            let distance = strsim::osa_distance(&wanted, &lower);
            let part = wanted.len() >= 3 && lower.contains(&wanted);
            (distance <= allowed || part).then_some((distance, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    let nearest = found.into_iter().take(3);
    nearest.map(|(_, name)| name.to_owned()).collect()
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
    fn letters_in_the_wrong_order_are_one_slip() {
        assert_eq!(near("vmnt", ["vmab", "vmtn"].into_iter()), ["vmtn", "vmab"]);
    }
}
