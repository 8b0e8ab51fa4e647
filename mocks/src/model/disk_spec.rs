//! The description of a disk to make.

use crate::value::MoRef;

/// What may be peculiar about a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskForm {
    /// Nothing.
    Plain,
    /// A mapping to a raw device (RDM), in virtual compatibility mode.
    RawDevice,
    /// Several VMs may write to it at once.
    MultiWriter,
    /// It is encrypted.
    Encrypted,
    /// Snapshots pass it by.
    Independent,
    /// Its descriptor is there and its bytes are not.
    NoData,
}

/// A disk to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiskSpec {
    /// The controller's index in [`VmSpec::controllers`](super::VmSpec::controllers).
    pub controller: usize,
    /// The unit on it.
    pub unit: i32,
    /// What the guest sees, in GiB.
    pub size_gb: i64,
    /// What is written, in GiB; nothing for a thick disk, which takes all of its size.
    pub written_gb: Option<i64>,
    /// Another datastore than the VM's.
    pub datastore: Option<MoRef>,
    /// The UUID, when two disks are to share one or a test must know it.
    pub uuid: Option<String>,
    /// The file that it stands on as a linked clone does, with its UUID; `size_gb` is the same.
    pub linked_to: Option<String>,
    /// Where the guest mounts it, with the file system.
    pub volume: Option<(&'static str, &'static str)>,
    /// What is peculiar about it.
    pub form: DiskForm,
    /// Its file, when it is not named after the VM. A file that is there already is taken as it is.
    pub file: Option<String>,
}

impl DiskSpec {
    /// A thin disk that is half full.
    pub fn thin(controller: usize, unit: i32, size_gb: i64) -> Self {
        Self {
            controller,
            unit,
            size_gb,
            written_gb: Some(size_gb / 2),
            datastore: None,
            uuid: None,
            linked_to: None,
            volume: None,
            form: DiskForm::Plain,
            file: None,
        }
    }

    /// The same, as a delta upon the disk file of another VM.
    #[must_use]
    pub fn linked_to(mut self, path: &str) -> Self {
        self.linked_to = Some(path.to_owned());
        self
    }

    /// The same, mounted by the guest.
    #[must_use]
    pub fn mounted(mut self, path: &'static str, filesystem: &'static str) -> Self {
        self.volume = Some((path, filesystem));
        self
    }

    /// The same, with `gb` GiB written.
    #[must_use]
    pub fn written(mut self, gb: i64) -> Self {
        self.written_gb = Some(gb);
        self
    }

    /// The same, on another datastore than the VM's.
    #[must_use]
    pub fn on(mut self, datastore: &MoRef) -> Self {
        self.datastore = Some(datastore.clone());
        self
    }

    /// The same, with a given UUID.
    #[must_use]
    pub fn with_uuid(mut self, uuid: &str) -> Self {
        self.uuid = Some(uuid.to_owned());
        self
    }

    /// The same, in a peculiar form.
    #[must_use]
    pub fn form(mut self, form: DiskForm) -> Self {
        self.form = form;
        self
    }

    /// The same, on a file of this path, which may be another VM's.
    #[must_use]
    pub fn file(mut self, path: &str) -> Self {
        self.file = Some(path.to_owned());
        self
    }
}
