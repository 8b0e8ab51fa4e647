//! Identifiers that look like vSphere's and are the same in every run.

/// A number that differs from text to text (FNV-1a).
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn digits(seed: &str) -> String {
    let (a, b) = (
        mix(hash(seed)),
        mix(hash(seed).rotate_left(17) ^ 0x9e37_79b9_7f4a_7c15),
    );
    format!("{a:016x}{b:016x}")
}

/// Spreads close numbers far apart (the finisher of SplitMix64).
fn mix(mut n: u64) -> u64 {
    n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

fn dashed(prefix: &str, seed: &str) -> String {
    let mut text = digits(seed);
    text.replace_range(..prefix.len(), prefix);
    format!(
        "{}-{}-{}-{}-{}",
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..]
    )
}

/// A BIOS UUID, as vCenter gives them.
pub(crate) fn bios_uuid(seed: &str) -> String {
    dashed("4203", &format!("bios {seed}"))
}

/// An instance UUID.
pub(crate) fn instance_uuid(seed: &str) -> String {
    dashed("5003", &format!("instance {seed}"))
}

/// A disk's UUID, in vSphere's mixed spelling.
pub(crate) fn disk_uuid(seed: &str) -> String {
    let text = dashed("6000c29", &format!("disk {seed}"));
    text.replacen("6000c29", "6000C29", 1)
}

/// A host's hardware UUID or any other plain one.
pub(crate) fn plain_uuid(seed: &str) -> String {
    dashed("", seed)
}

/// A VMFS volume's UUID: `5e1d0f8c-7b2a9c10-3d4e-005056a1b2c3`.
pub(crate) fn vmfs_uuid(seed: &str) -> String {
    let text = digits(&format!("vmfs {seed}"));
    format!(
        "{}-{}-{}-005056{}",
        &text[..8],
        &text[8..16],
        &text[16..20],
        &text[20..26]
    )
}

/// A network card's address in VMware's range.
pub(crate) fn mac(seed: &str) -> String {
    let text = digits(&format!("mac {seed}"));
    format!("00:50:56:b{}:{}:{}", &text[..1], &text[2..4], &text[4..6])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_their_forms_and_repeat() {
        assert_eq!(bios_uuid("a"), bios_uuid("a"));
        assert_ne!(bios_uuid("a"), bios_uuid("b"));
        assert_eq!(disk_uuid("a").len(), 36);
        assert!(disk_uuid("a").starts_with("6000C29"));
        assert_eq!(
            vmfs_uuid("a").split('-').map(str::len).collect::<Vec<_>>(),
            [8, 8, 4, 12]
        );
        assert_eq!(mac("a").len(), 17);
    }
}
