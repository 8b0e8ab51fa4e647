//! The files on the datastores.

/// Every file of every datastore.
#[derive(Debug, Default)]
pub struct FileTable {}
