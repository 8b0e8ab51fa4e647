//! Asking files for their UUIDs, and searching datastores for files to ask.

use std::collections::BTreeSet;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use vsphere_client::{
    Client, Error as ClientError,
    object::DatastoreBrowser,
    task::{TaskOutcome, WaitOptions},
    vim::{FaultKind, HostDatastoreBrowserSearchSpec, ManagedObjectReference},
};

use super::judge::FileUuids;
use crate::{
    ledger::DiskUuid,
    site::{Owners, Reach, holders},
    vm::Vm,
    wording::error_text,
};

/// How many files are asked at once. The server opens each of them.
const FILES_AT_ONCE: usize = 8;
/// How many datastores are searched at once.
const DATASTORES_AT_ONCE: usize = 4;

/// A datastore that could not be searched, or a file that could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unsearched {
    /// The datastore's name, or the file's path.
    pub what: String,
    /// Why not.
    pub reason: String,
}

/// What came of asking files and searching datastores.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Search {
    /// What the files have.
    pub(super) files: FileUuids,
    /// The VMs with files on the datastores that were searched.
    pub(super) holders: Vec<Vm>,
    /// Names of the datastores that were searched whole.
    pub(super) searched: Vec<String>,
    /// What could not be looked into.
    pub(super) unsearched: Vec<Unsearched>,
}

/// What a file answered.
enum Answer {
    Has(DiskUuid),
    Absent,
    Locked(String),
    Refused(String),
}

/// Asks a file for its UUID.
async fn ask_one(client: &Client, owners: &Owners, path: &str) -> Result<Answer, ClientError> {
    let datacenter = owners.datacenter_of(path).cloned();
    match client.virtual_disk_uuid(path, datacenter).await {
        Ok(text) => Ok(text.parse().map_or_else(
            |_| Answer::Refused(format!("its UUID is {text:?}, which is none")),
            Answer::Has,
        )),
        Err(error) => {
            let Some(fault) = error.fault() else {
                return Err(error);
            };
            Ok(match &fault.kind {
                FaultKind::FileNotFound { file } => match file {
                    Some(part) if part != path => {
                        Answer::Refused(format!("its part {part} is missing"))
                    }
                    _ => Answer::Absent,
                },
                FaultKind::FileLocked { .. } => Answer::Locked(error_text(&error)),
                _ if matches!(
                    fault.name.as_str(),
                    "InvalidDatastore" | "InvalidDatastorePath" | "NotFound"
                ) =>
                {
                    Answer::Absent
                }
                _ => Answer::Refused(error_text(&error)),
            })
        }
    }
}

impl Search {
    /// Asks these files, a few at a time. A file that a running VM holds has what that VM says.
    ///
    /// # Errors
    ///
    /// The client's, when the server could not be asked at all.
    pub(super) async fn ask(
        &mut self,
        client: &Client,
        owners: &Owners,
        paths: Vec<String>,
    ) -> Result<(), ClientError> {
        let answers: Vec<(String, Answer)> = stream::iter(paths)
            .map(|path| async move {
                let answer = ask_one(client, owners, &path).await?;
                Ok::<_, ClientError>((path, answer))
            })
            .buffered(FILES_AT_ONCE)
            .try_collect()
            .await?;
        for (path, answer) in answers {
            match answer {
                Answer::Has(uuid) => self.files.note(&path, uuid),
                Answer::Absent => {}
                Answer::Locked(reason) => match self.has(owners, &path) {
                    Some(uuid) => self.files.note(&path, uuid),
                    None => self.unsearched.push(Unsearched { what: path, reason }),
                },
                Answer::Refused(reason) => self.unsearched.push(Unsearched { what: path, reason }),
            }
        }
        Ok(())
    }

    /// What the VMs that have a file say of its UUID.
    fn has(&self, owners: &Owners, path: &str) -> Option<DiskUuid> {
        let of_holders = self
            .holders
            .iter()
            .filter_map(|holder| holder.disk_at(path));
        let of_owners = owners
            .vms
            .iter()
            .filter_map(|owner| owner.disks.known())
            .flatten()
            .filter(|disk| disk.stands_on(path));
        of_holders
            .chain(of_owners)
            .find_map(|disk| disk.disk_uuid())
    }

    /// Searches every datastore in reach for disks that have one of these UUIDs.
    ///
    /// # Errors
    ///
    /// The client's, when the server could not be asked at all.
    pub(super) async fn datastores(
        &mut self,
        client: &Client,
        owners: &Owners,
        wanted: &BTreeSet<DiskUuid>,
    ) -> Result<(), ClientError> {
        let reach: BTreeSet<&ManagedObjectReference> =
            owners.datastores.iter().map(|one| &one.moref).collect();
        self.holders = holders(client, reach).await?;
        let found: Vec<(Reach, Result<Vec<String>, String>)> =
            stream::iter(owners.datastores.clone())
                .map(|one| async move {
                    let found = disks_on(client, &one).await?;
                    Ok::<_, ClientError>((one, found))
                })
                .buffered(DATASTORES_AT_ONCE)
                .try_collect()
                .await?;
        let mut paths = Vec::new();
        for (one, result) in found {
            match result {
                Ok(files) => {
                    self.searched.push(one.name.clone());
                    paths.extend(files);
                }
                Err(reason) => self.unsearched.push(Unsearched {
                    what: one.name.clone(),
                    reason,
                }),
            }
        }
        // What a VM has as its disk under another UUID need not be asked.
        paths.retain(|path| {
            self.has(owners, path)
                .is_none_or(|uuid| wanted.contains(&uuid))
        });
        self.ask(client, owners, paths).await
    }
}

/// The paths of all disks on a datastore, or why it cannot be searched.
async fn disks_on(
    client: &Client,
    datastore: &Reach,
) -> Result<Result<Vec<String>, String>, ClientError> {
    if datastore.accessible == Some(false) {
        return Ok(Err("it is not accessible".into()));
    }
    let Some(browser) = &datastore.browser else {
        return Ok(Err("its browser could not be read".into()));
    };
    let browser = DatastoreBrowser::new(client, browser.clone());
    let spec = HostDatastoreBrowserSearchSpec::disks();
    let task = match browser
        .search_below(format!("[{}]", datastore.name), spec)
        .await
    {
        Ok(task) => task,
        Err(error) if error.fault().is_some() => return Ok(Err(error_text(&error))),
        Err(error) => return Err(error),
    };
    let outcome = client
        .wait_task(&task, WaitOptions::default(), |_| {})
        .await?;
    Ok(match outcome {
        TaskOutcome::Succeeded(info) => {
            let mut paths = Vec::new();
            for folder in DatastoreBrowser::found(&info)? {
                paths.extend(
                    folder
                        .file
                        .iter()
                        .filter(|file| is_descriptor(&file.path))
                        .map(|file| folder.path_of(&file.path)),
                );
            }
            Ok(paths)
        }
        TaskOutcome::Failed(fault) => Err(fault.to_string()),
        TaskOutcome::Cancelled => Err("somebody cancelled the search".into()),
        TaskOutcome::TimedOut(_) => Err("the search did not end".into()),
    })
}

/// Whether a name is that of a disk, and not of the file with its bytes or its changed blocks.
fn is_descriptor(name: &str) -> bool {
    let parts = ["-flat", "-delta", "-sesparse", "-ctk", "-rdm", "-rdmp"];
    name.strip_suffix(".vmdk")
        .is_some_and(|stem| !parts.iter().any(|part| stem.ends_with(part)))
}

#[cfg(test)]
mod tests {
    use super::is_descriptor;

    #[test]
    fn disks_are_told_from_their_parts() {
        for name in ["app.vmdk", "app-000001.vmdk", "flat.vmdk"] {
            assert!(is_descriptor(name), "{name}");
        }
        for name in [
            "app-flat.vmdk",
            "app-000001-sesparse.vmdk",
            "app-ctk.vmdk",
            "app.vmx",
        ] {
            assert!(!is_descriptor(name), "{name}");
        }
    }
}
