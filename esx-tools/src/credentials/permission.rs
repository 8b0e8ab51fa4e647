//! Whether two spellings mean the same account.

/// Whether two names mean the same account.
///
/// vCenter answers `VSPHERE.LOCAL\asr` for what was given as `asr@vsphere.local`, and a Windows
/// domain by its short name for what was given by its DNS name, so `CORP\jane` is taken for
/// `jane@corp.example.com`.
pub(super) fn same_account(one: &str, other: &str) -> bool {
    let ((user_a, domain_a), (user_b, domain_b)) = (parts(one), parts(other));
    if user_a != user_b {
        return false;
    }
    let short = |domain: &str| domain.split('.').next().unwrap_or_default().to_owned();
    domain_a == domain_b
        || domain_a == short(&domain_b) && !domain_a.is_empty()
        || domain_b == short(&domain_a) && !domain_b.is_empty()
}

/// User and domain in lower case; the domain is empty where there is none.
fn parts(name: &str) -> (String, String) {
    let name = name.to_lowercase();
    match (name.split_once('\\'), name.rsplit_once('@')) {
        (Some((domain, user)), _) | (None, Some((user, domain))) => {
            (user.to_owned(), domain.to_owned())
        }
        (None, None) => (name, String::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_one_account_are_the_same() {
        for (one, other) in [
            ("asr@vsphere.local", "VSPHERE.LOCAL\\asr"),
            ("CORP\\Jane", "jane@corp.example.com"),
            ("corp.example.com\\jane", "CORP\\jane"),
            ("root", "root"),
        ] {
            assert!(same_account(one, other), "{one} {other}");
            assert!(same_account(other, one), "{other} {one}");
        }
        for (one, other) in [
            ("asr@vsphere.local", "asr@corp.example.com"),
            ("asr@vsphere.local", "asr-2@vsphere.local"),
            ("asr", "asr@vsphere.local"),
            ("a@corp.one", "a@corp.two"),
        ] {
            assert!(!same_account(one, other), "{one} {other}");
        }
    }
}
