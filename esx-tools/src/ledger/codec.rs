//! How an entry is written into one line of text, and read back.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::uuid::{DiskUuid, NotADiskUuid};
use crate::percent::{LEDGER, decode, encode};
use crate::{setting::Setting, slot::Slot};

/// What the keys of the ledger start with; the disk's UUID follows.
pub const KEY_PREFIX: &str = "esxtool.disk.";

/// The version of the format. A value of another version is not guessed at.
const VERSION: &str = "v1";

/// One disk that was attached, with where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The disk.
    pub uuid: DiskUuid,
    /// `config.instanceUuid` of the VM that owns it.
    pub vm_instance_uuid: String,
    /// That VM's name when the disk was attached.
    pub vm_name: String,
    /// Key of the device on that VM.
    pub device_key: i32,
    /// Its slot on that VM; unset when it stood on none of the 60 SCSI slots.
    pub slot: Option<Slot>,
    /// Its file, for example `[ds1] app/app_1.vmdk`.
    pub path: String,
}

/// Why an entry cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// Not the UUID of a disk.
    #[error(transparent)]
    Uuid(#[from] NotADiskUuid),
    /// The key belongs to something else.
    #[error("the key {0:?} is none of the ledger")]
    Key(String),
    /// The value has a format that is not known here.
    #[error("the format {0:?} is not known here; a newer esxtool wrote it")]
    Version(String),
    /// A part of the value is missing.
    #[error("the value lacks {0}")]
    Missing(&'static str),
    /// A part of the value makes no sense.
    #[error("{name} is {value:?}")]
    Invalid {
        /// The part.
        name: &'static str,
        /// What stands there.
        value: String,
    },
}

impl Entry {
    /// Key and value as they are written to `extraConfig`.
    ///
    /// The value is one line of printable ASCII without quotes or spaces.
    pub fn encode(&self) -> (String, String) {
        let mut value = format!("{VERSION};vm={}", encode(&self.vm_instance_uuid, LEDGER));
        // Writing to a String cannot fail.
        let _ = write!(
            value,
            ";name={};key={}",
            encode(&self.vm_name, LEDGER),
            self.device_key
        );
        if let Some(slot) = self.slot {
            let _ = write!(value, ";slot={slot}");
        }
        let _ = write!(value, ";path={}", encode(&self.path, LEDGER));
        (format!("{KEY_PREFIX}{}", self.uuid), value)
    }

    /// Reads what [`encode`](Self::encode) wrote. VmParts that are not known are passed over.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] says which part is wrong.
    pub fn decode(key: &str, value: &str) -> Result<Self, LedgerError> {
        let digits = ledger_digits(key).ok_or_else(|| LedgerError::Key(key.to_owned()))?;
        let uuid = digits.parse()?;
        let (version, rest) = value.split_once(';').unwrap_or((value, ""));
        if version != VERSION {
            return Err(LedgerError::Version(version.to_owned()));
        }
        let part = |name: &'static str| -> Result<Option<String>, LedgerError> {
            let found = rest
                .split(';')
                .filter_map(|part| part.split_once('='))
                .find(|(key, _)| *key == name);
            match found {
                None => Ok(None),
                Some((_, text)) => decode(text).map(Some).ok_or(LedgerError::Invalid {
                    name,
                    value: text.to_owned(),
                }),
            }
        };
        let needed = |name| part(name)?.ok_or(LedgerError::Missing(name));
        let key = needed("key")?;
        let slot = part("slot")?;
        Ok(Self {
            uuid,
            vm_instance_uuid: needed("vm")?,
            vm_name: needed("name")?,
            device_key: key.parse().map_err(|_| LedgerError::Invalid {
                name: "key",
                value: key,
            })?,
            slot: match slot {
                None => None,
                Some(text) => Some(text.parse().map_err(|_| LedgerError::Invalid {
                    name: "slot",
                    value: text,
                })?),
            },
            path: needed("path")?,
        })
    }
}

/// The part of a ledger's key behind the prefix. vCenter compares keys without regard to case.
fn ledger_digits(key: &str) -> Option<&str> {
    let prefix = key.get(..KEY_PREFIX.len())?;
    prefix
        .eq_ignore_ascii_case(KEY_PREFIX)
        .then(|| &key[KEY_PREFIX.len()..])
}

/// An entry that is there but cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Its key.
    pub key: String,
    /// Why it cannot be read.
    pub reason: String,
}

/// All entries of one master target.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// What could be read, by UUID.
    pub entries: Vec<Entry>,
    /// What could not.
    pub unreadable: Vec<Unreadable>,
}

impl Ledger {
    /// Picks the ledger out of a VM's advanced settings. A removed entry has an empty value.
    pub fn read(settings: &[Setting]) -> Self {
        let mut ledger = Self::default();
        let of_ledger = settings
            .iter()
            .filter(|setting| ledger_digits(&setting.key).is_some() && !setting.value.is_empty());
        for setting in of_ledger {
            match Entry::decode(&setting.key, &setting.value) {
                Ok(entry) => ledger.entries.push(entry),
                Err(error) => ledger.unreadable.push(Unreadable {
                    key: setting.key.clone(),
                    reason: error.to_string(),
                }),
            }
        }
        ledger.entries.sort_by(|a, b| a.uuid.cmp(&b.uuid));
        ledger.unreadable.sort_by(|a, b| a.key.cmp(&b.key));
        ledger
    }

    /// Whether nothing was ever attached.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.unreadable.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry() -> Entry {
        Entry {
            uuid: "6000c2935a1e4c078d520f7b3c9e6a41".parse().unwrap(),
            vm_instance_uuid: "5012".into(),
            vm_name: "web \"été\"; 100%".into(),
            device_key: 2001,
            slot: "0:1".parse().ok(),
            path: "[gold 01] app/app_1.vmdk".into(),
        }
    }

    #[test]
    fn the_format_stays_as_it_is() {
        assert_eq!(
            entry().encode().1,
            "v1;vm=5012;name=web%20%22%c3%a9t%c3%a9%22%3b%20100%25;key=2001;slot=0:1;path=[gold%2001]%20app/app_1.vmdk"
        );
    }

    #[test]
    fn what_a_newer_one_adds_is_passed_over_but_its_format_is_not_guessed() {
        let (key, value) = entry().encode();
        assert_eq!(
            Entry::decode(&key.to_uppercase(), &format!("{value};colour=red")),
            Ok(entry())
        );
        let newer = value.replace("v1;", "v2;");
        assert_eq!(
            Entry::decode(&key, &newer),
            Err(LedgerError::Version("v2".into()))
        );
    }

    #[test]
    fn damage_is_told() {
        let (key, value) = entry().encode();
        for (damaged, told) in [
            (value.replace(";key=2001", ""), "the value lacks key"),
            (value.replace("key=2001", "key=x"), "key is \"x\""),
            (value.replace("slot=0:1", "slot=0:7"), "slot is \"0:7\""),
            (value.replace("%25", "%2"), "name is"),
            (value.replace("%25", "%ff"), "name is"),
            (String::new(), "the format \"\" is not known"),
        ] {
            let error = Entry::decode(&key, &damaged).unwrap_err().to_string();
            assert!(error.starts_with(told), "{damaged}: {error}");
        }
        assert!(Entry::decode("disk.EnableUUID", "TRUE").is_err());
    }

    #[test]
    fn the_ledger_is_picked_out_of_the_settings() {
        let (key, value) = entry().encode();
        let setting = |key: &str, value: &str| Setting {
            key: key.into(),
            value: value.into(),
        };
        let ledger = Ledger::read(&[
            setting("disk.EnableUUID", "TRUE"),
            setting(&key, &value),
            setting("esxtool.disk.00000000000000000000000000000000", ""),
            setting("esxtool.disk.zz", "v1"),
        ]);
        assert_eq!(ledger.entries, [entry()]);
        assert_eq!(ledger.unreadable.len(), 1);
        assert!(!ledger.is_empty() && Ledger::read(&[]).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_entry_survives(name in "\\PC{0,20}", path in ".{0,30}", key: i32, bus in 0..4u8, unit in 0..16u8, digits in "[0-9a-f]{32}") {
            let entry = Entry {
                uuid: digits.parse().unwrap(),
                vm_instance_uuid: name.clone(),
                vm_name: name,
                device_key: key,
                slot: Slot::new(bus, unit),
                path,
            };
            let (key, value) = entry.encode();
            prop_assert!(value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\''));
            prop_assert_eq!(Entry::decode(&key, &value), Ok(entry));
        }

        #[test]
        fn no_text_makes_it_fall(key in "\\PC{0,40}", value in "(v1;)?\\PC{0,60}") {
            let _ = Entry::decode(&key, &value);
            let _ = Entry::decode("esxtool.disk.6000c2935a1e4c078d520f7b3c9e6a41", &value);
        }
    }
}
