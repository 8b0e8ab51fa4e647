//! Which version of an operating system a VM was made for.

/// A version of an operating system, comparable within its product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OsVersion {
    product: &'static str,
    number: u32,
}

const WINDOWS_SERVER: &str = "Windows Server";

/// Windows Server by guest identifier, oldest first. Longer identifiers stand before their beginnings.
const WINDOWS: &[(&str, u32)] = &[
    ("windows2022srvnext", 2025),
    ("windows2019srvnext", 2022),
    ("windows2019srv", 2019),
    ("windows9server", 2016),
    ("windows8server", 2012),
    ("windows7server", 2008),
    ("winlonghorn", 2007),
    ("winnet", 2003),
];

/// Linux distributions that carry their version in the identifier.
const LINUX: &[&str] = &[
    "centos",
    "rhel",
    "sles",
    "debian",
    "oraclelinux",
    "amazonlinux",
];

impl OsVersion {
    /// The version that `config.guestId` tells; `None` where it carries none.
    pub fn of(guest_id: Option<&str>) -> Option<Self> {
        let id = guest_id?.to_ascii_lowercase();
        if let Some((_, number)) = WINDOWS.iter().find(|(start, _)| id.starts_with(start)) {
            return Some(Self {
                product: WINDOWS_SERVER,
                number: *number,
            });
        }
        LINUX.iter().find_map(|product| {
            let rest = id.strip_prefix(product)?;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            Some(Self {
                product,
                number: digits.parse().ok()?,
            })
        })
    }

    /// Whether this is a later version of the same product.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        self.product == other.product && self.number > other.number
    }

    /// Whether a master target has to be of this version or newer: so with Windows.
    pub fn has_to_be_met(&self) -> bool {
        self.product == WINDOWS_SERVER
    }
}
