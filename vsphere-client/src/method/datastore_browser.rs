//! Searches of datastores. Both give a task, whose result is what was found.

use super::Effect;
use crate::vim::{HostDatastoreBrowserSearchSpec, ManagedObjectReference};
use crate::wire_method;

wire_method! {
    /// Searches one folder (`HostDatastoreBrowser.SearchDatastore_Task`).
    ///
    /// The task's result is one `HostDatastoreBrowserSearchResults`.
    /// It fails with `FileNotFound` when there is no such folder.
    pub struct SearchDatastoreTask = "SearchDatastore_Task": Effect::Read => ManagedObjectReference {
        /// The folder, `[datastore1] web`; `[datastore1]` for the top.
        datastore_path: String = "datastorePath",
        /// What to look for; all files when absent.
        search_spec: Option<HostDatastoreBrowserSearchSpec> = "searchSpec",
    }
}

wire_method! {
    /// Searches a folder and all below (`HostDatastoreBrowser.SearchDatastoreSubFolders_Task`).
    ///
    /// The task's result has one `HostDatastoreBrowserSearchResults` for each folder.
    pub struct SearchDatastoreSubFoldersTask = "SearchDatastoreSubFolders_Task": Effect::Read => ManagedObjectReference {
        /// The folder, `[datastore1] web`; `[datastore1]` for the top.
        datastore_path: String = "datastorePath",
        /// What to look for; all files when absent.
        search_spec: Option<HostDatastoreBrowserSearchSpec> = "searchSpec",
    }
}
