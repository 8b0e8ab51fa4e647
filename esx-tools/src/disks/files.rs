//! Asking files for the UUIDs that they have.

use std::collections::BTreeMap;

use futures_util::{StreamExt as _, stream};
use vsphere_client::{
    Client, Error as ClientError,
    vim::{DatastorePath, FaultKind},
};

use crate::{
    error::OpError,
    fact::PowerState,
    judge::may_be_asked,
    ledger::DiskUuid,
    site::Facts,
    uuid_text::telling_uuid,
    vm::{NamedFile, NoAnswer, Vm},
    wording::error_text,
};

/// Questions that are under way at once.
const AT_ONCE: usize = 4;

/// A datastore path as servers write it.
///
/// # Errors
///
/// [`OpError::Contradiction`] when the text names no disk's file on a datastore.
pub(super) fn datastore_path(text: &str) -> Result<DatastorePath, OpError> {
    let wrong = |what: &str| OpError::Contradiction {
        problem: format!(
            "{text:?} {what}: a disk is named as \"[datastore] folder/file.vmdk\", with the quotes"
        ),
    };
    let path = DatastorePath::parse(text).ok_or_else(|| wrong("is no path on a datastore"))?;
    if path.path.is_empty() || path.path.ends_with('/') {
        return Err(wrong("names no file"));
    }
    if !path.path.to_ascii_lowercase().ends_with(".vmdk") {
        return Err(wrong("is no disk"));
    }
    Ok(path)
}

/// Asks the files at these paths, a few at a time. The answers come in the order of the paths.
///
/// # Errors
///
/// The client's, when the server cannot be asked at all. What it says about one file is an answer.
pub(super) async fn ask(
    client: &Client,
    facts: &Facts,
    paths: Vec<DatastorePath>,
) -> Result<Vec<NamedFile>, ClientError> {
    let datacenter = facts.master_target.datacenter.as_ref().cloned();
    let asked = stream::iter(paths).map(|path| {
        let datacenter = datacenter.clone();
        let known = facts.datastore(&path.datastore).is_some();
        async move {
            let path_text = path.to_string();
            if !known {
                return Ok(NamedFile {
                    path: path_text,
                    uuid: Err(NoAnswer::Unknown),
                });
            }
            let answer = client
                .virtual_disk_uuid(path_text.clone(), datacenter)
                .await;
            Ok(NamedFile {
                path: path_text,
                uuid: read(answer)?,
            })
        }
    });
    let answers: Vec<Result<NamedFile, ClientError>> = asked.buffered(AT_ONCE).collect().await;
    answers.into_iter().collect()
}

/// Asks the files of these VMs' disks, a few at a time, and keeps the answers with the VMs.
///
/// A VM that is not off holds its files, and a disk that cannot be attached in any case is not asked.
///
/// # Errors
///
/// As [`ask`].
pub(crate) async fn ask_files_of(client: &Client, vms: &mut [Vm]) -> Result<(), ClientError> {
    let mut questions = Vec::new();
    for (index, vm) in vms.iter().enumerate() {
        if vm.power_state.known() != Some(&PowerState::PoweredOff) {
            continue;
        }
        let disks = vm.disks.known().into_iter().flatten();
        let paths = disks
            .filter(|disk| may_be_asked(disk))
            .filter_map(|disk| disk.path.clone());
        questions.extend(paths.map(|path| (index, path, vm.datacenter.clone())));
    }
    let asked = stream::iter(questions).map(|(index, path, datacenter)| async move {
        let answer = client.virtual_disk_uuid(path.clone(), datacenter).await;
        let uuid = read(answer)?;
        Ok::<_, ClientError>((index, NamedFile { path, uuid }))
    });
    let answers: Vec<Result<(usize, NamedFile), ClientError>> =
        asked.buffered(AT_ONCE).collect().await;
    for answer in answers {
        let (index, file) = answer?;
        if let Some(vm) = vms.get_mut(index) {
            vm.files.push(file);
        }
    }
    Ok(())
}

/// The same, by the UUIDs that the files are expected to have.
pub(super) async fn ask_by_uuid(
    client: &Client,
    facts: &Facts,
    expected: Vec<(DiskUuid, String)>,
) -> Result<BTreeMap<DiskUuid, Result<DiskUuid, NoAnswer>>, ClientError> {
    let (uuids, texts): (Vec<DiskUuid>, Vec<String>) = expected.into_iter().unzip();
    // A path that is none is asked all the same: the server says what it thinks of it.
    let paths = texts
        .into_iter()
        .map(|text| {
            DatastorePath::parse(&text).unwrap_or(DatastorePath {
                datastore: String::new(),
                path: text,
            })
        })
        .collect();
    let answers = ask(client, facts, paths).await?;
    Ok(uuids
        .into_iter()
        .zip(answers.into_iter().map(|answer| answer.uuid))
        .collect())
}

fn read(answer: Result<String, ClientError>) -> Result<Result<DiskUuid, NoAnswer>, ClientError> {
    match answer {
        Ok(text) => Ok(telling_uuid(&text)
            .and_then(|plain| plain.parse().ok())
            .ok_or_else(|| NoAnswer::Refused(format!("the server says {text:?}")))),
        Err(error) => match &error {
            ClientError::Fault { fault, .. } => Ok(Err(match fault.kind {
                FaultKind::FileNotFound { .. } => NoAnswer::Absent(fault.to_string()),
                FaultKind::NotAuthenticated => return Err(error),
                _ => NoAnswer::Refused(error_text(fault.as_ref())),
            })),
            ClientError::Missing(_) => Ok(Err(NoAnswer::Refused(error_text(&error)))),
            _ => Err(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_with_brackets_spaces_and_letters_of_any_kind() {
        for (text, datastore) in [
            ("[ds1] app/app.vmdk", "ds1"),
            (
                "[bronze [alt] 01] B\u{fc}ro [neu] \u{2116} 1/a b.vmdk",
                "bronze [alt] 01",
            ),
            ("[ds1]app/app.VMDK", "ds1"),
        ] {
            assert_eq!(datastore_path(text).unwrap().datastore, datastore, "{text}");
        }
    }

    #[test]
    fn what_names_no_disk_is_refused_with_the_form_that_is_wanted() {
        for text in [
            "",
            "app/app.vmdk",
            "[ds1]",
            "[ds1] app/",
            "[ds1] app/app.vmx",
            "[] a.vmdk",
        ] {
            let error = datastore_path(text).unwrap_err().to_string();
            assert!(
                error.contains("[datastore] folder/file.vmdk"),
                "{text}: {error}"
            );
        }
    }
}
