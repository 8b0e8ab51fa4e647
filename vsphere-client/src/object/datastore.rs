//! Looking for files on datastores, and asking virtual disks for their UUIDs.

use crate::client::Client;
use crate::error::Error;
use crate::method::{
    Method, QueryVirtualDiskUuid, SearchDatastoreSubFoldersTask, SearchDatastoreTask,
};
use crate::soap::DecodeError;
use crate::vim::{
    AnyValue, HostDatastoreBrowserSearchResults, HostDatastoreBrowserSearchSpec,
    ManagedObjectReference, TaskInfo,
};

/// A datastore's browser (`Datastore.browser`), or a host's (`HostSystem.datastoreBrowser`).
///
/// A datastore's own searches that datastore only, from any host that mounts it.
///
/// ```no_run
/// use vsphere_client::object::DatastoreBrowser;
/// use vsphere_client::task::{TaskOutcome, WaitOptions};
/// use vsphere_client::vim::{HostDatastoreBrowserSearchSpec, ManagedObjectReference};
/// use vsphere_client::{Client, Error};
///
/// # async fn run(client: Client, browser: ManagedObjectReference) -> Result<(), Error> {
/// let browser = DatastoreBrowser::new(&client, browser);
/// let task = browser.search_below("[datastore1]", HostDatastoreBrowserSearchSpec::disks()).await?;
/// let outcome = client.wait_task(&task, WaitOptions::default(), |_| {}).await?;
/// if let TaskOutcome::Succeeded(info) = outcome {
///     for folder in DatastoreBrowser::found(&info)? {
///         println!("{}: {} disks", folder.path_of(""), folder.file.len());
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DatastoreBrowser {
    client: Client,
    reference: ManagedObjectReference,
}

impl DatastoreBrowser {
    /// The handle of a browser. No call is made.
    pub fn new(client: &Client, reference: ManagedObjectReference) -> Self {
        Self {
            client: client.clone(),
            reference,
        }
    }

    /// Starts a search of one folder (`SearchDatastore_Task`), and gives the task.
    ///
    /// # Errors
    ///
    /// Those of [`Client::call`]: `InvalidDatastore` for a datastore that the browser does not
    /// reach. A folder that is not there fails the task with `FileNotFound`.
    pub async fn search(
        &self,
        folder: impl Into<String>,
        spec: HostDatastoreBrowserSearchSpec,
    ) -> Result<ManagedObjectReference, Error> {
        self.client
            .call(&SearchDatastoreTask {
                this: self.reference.clone(),
                datastore_path: folder.into(),
                search_spec: Some(spec),
            })
            .await
    }

    /// Starts a search of a folder and all below (`SearchDatastoreSubFolders_Task`), and gives the task.
    ///
    /// # Errors
    ///
    /// Those of [`search`](Self::search).
    pub async fn search_below(
        &self,
        folder: impl Into<String>,
        spec: HostDatastoreBrowserSearchSpec,
    ) -> Result<ManagedObjectReference, Error> {
        self.client
            .call(&SearchDatastoreSubFoldersTask {
                this: self.reference.clone(),
                datastore_path: folder.into(),
                search_spec: Some(spec),
            })
            .await
    }

    /// What a search found, of the task that has succeeded: one result for each folder.
    ///
    /// # Errors
    ///
    /// [`Error::Decode`] when the result has another shape. A task without a result found nothing.
    pub fn found(info: &TaskInfo) -> Result<Vec<HostDatastoreBrowserSearchResults>, Error> {
        let read: Result<_, DecodeError> = match &info.result {
            None => Ok(Vec::new()),
            Some(AnyValue::Raw(raw))
                if raw.type_name.as_deref() == Some("HostDatastoreBrowserSearchResults") =>
            {
                raw.decode_as().map(|one| vec![one])
            }
            Some(value) => value.decode_as(),
        };
        read.map_err(|source| Error::Decode {
            method: SearchDatastoreSubFoldersTask::NAME,
            source,
        })
    }
}

impl Client {
    /// Asks a virtual disk for its UUID (`VirtualDiskManager.QueryVirtualDiskUuid`).
    ///
    /// The answer is spelled as the server spells it, with spaces between the bytes.
    /// `datacenter` is the datacenter of the datastore, and needed on a vCenter.
    ///
    /// # Errors
    ///
    /// [`Error::Fault`] with `FileNotFound`, `FileLocked`, `NoPermission`
    /// (`Datastore.FileManagement`) and others; [`Error::Missing`] when the server has no
    /// `VirtualDiskManager`.
    pub async fn virtual_disk_uuid(
        &self,
        path: impl Into<String>,
        datacenter: Option<ManagedObjectReference>,
    ) -> Result<String, Error> {
        let this = self
            .content()
            .virtual_disk_manager
            .clone()
            .ok_or(Error::Missing("a VirtualDiskManager"))?;
        self.call(&QueryVirtualDiskUuid {
            this,
            name: path.into(),
            datacenter,
        })
        .await
    }
}
