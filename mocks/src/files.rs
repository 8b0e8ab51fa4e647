//! The files on the simulated datastores.
//!
//! Disks, snapshots, moves and consolidation create, rename and delete entries here, so that free
//! space, disk layouts and datastore searches all follow from one table.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// What a file is, in the words of `VirtualMachineFileLayoutExFileType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileKind {
    /// `.vmx`.
    Config,
    /// `.vmxf`.
    ExtendedConfig,
    /// `.nvram`.
    Nvram,
    /// `vmware.log` and its elders.
    Log,
    /// The small text file that names a disk.
    DiskDescriptor,
    /// The bytes of a disk or delta.
    DiskExtent,
    /// `.vmsn`.
    SnapshotData,
    /// `.vmem` of a snapshot.
    SnapshotMemory,
    /// `.vmsd`.
    SnapshotList,
    /// `.vswp`.
    Swap,
    /// `.vmss`.
    Suspend,
    /// Anything else, an ISO image for instance.
    Other,
}

impl FileKind {
    /// The name that `layoutEx.file[].type` carries.
    pub fn wire_name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::ExtendedConfig => "extendedConfig",
            Self::Nvram => "nvram",
            Self::Log => "log",
            Self::DiskDescriptor => "diskDescriptor",
            Self::DiskExtent => "diskExtent",
            Self::SnapshotData => "snapshotData",
            Self::SnapshotMemory => "snapshotMemory",
            Self::SnapshotList => "snapshotList",
            Self::Swap => "swap",
            Self::Suspend => "suspend",
            Self::Other => "stat",
        }
    }
}

/// How the bytes of a disk are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskFormat {
    /// A flat extent; thin when only written blocks take space.
    Flat {
        /// Whether space is taken only by what was written.
        thin: bool,
    },
    /// A redo log in VMFS sparse format.
    Delta,
    /// A redo log in space-efficient format, as VMFS-6 makes them.
    SeSparse,
    /// A mapping to a raw device, which takes no room on the datastore.
    RawDevice,
}

/// What a disk descriptor says about its disk.
#[derive(Clone, Debug, PartialEq)]
pub struct DiskFacts {
    /// The disk's UUID as vSphere writes it (`6000C29a-....`); the same along a chain.
    pub uuid: String,
    /// A number that changes when the parent's content does.
    pub content_id: String,
    /// Size seen by the guest, in KiB.
    pub capacity_kb: i64,
    /// How the bytes are stored.
    pub format: DiskFormat,
    /// The disk this one is a redo log of.
    pub parent: Option<String>,
    /// The key that it is encrypted with.
    pub key_id: Option<String>,
}

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileEntry {
    /// What it is.
    pub kind: FileKind,
    /// Bytes it takes on its datastore.
    pub size: i64,
    /// Only for disk descriptors.
    pub disk: Option<DiskFacts>,
    /// Last change.
    pub modified: Timestamp,
}

/// All files by datastore path, `[datastore] folder/name`.
#[derive(Clone, Debug, Default)]
pub struct FileTable {
    entries: BTreeMap<String, FileEntry>,
    /// Bytes taken by datastore name, kept beside so that a big lab need not be summed up again.
    used: BTreeMap<String, i64>,
}

impl FileTable {
    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&FileEntry> {
        self.entries.get(path)
    }

    /// Whether a file is there.
    pub fn contains(&self, path: &str) -> bool {
        self.entries.contains_key(path)
    }

    /// Puts a file, replacing one of the same path.
    pub fn put(&mut self, path: impl Into<String>, kind: FileKind, size: i64, now: Timestamp) {
        self.insert(
            path.into(),
            FileEntry {
                kind,
                size,
                disk: None,
                modified: now,
            },
        );
    }

    /// Puts a disk: its descriptor and the extent that holds `size` bytes.
    pub fn put_disk(&mut self, path: &str, facts: DiskFacts, size: i64, now: Timestamp) {
        let extent = extent_path(path, facts.format);
        self.insert(
            path.to_owned(),
            FileEntry {
                kind: FileKind::DiskDescriptor,
                size: 512,
                disk: Some(facts),
                modified: now,
            },
        );
        self.put(extent, FileKind::DiskExtent, size, now);
    }

    /// What the descriptor at `path` says.
    pub fn disk(&self, path: &str) -> Option<&DiskFacts> {
        self.entries.get(path)?.disk.as_ref()
    }

    /// Changes what a descriptor says; false when there is no such disk.
    pub fn edit_disk(&mut self, path: &str, edit: impl FnOnce(&mut DiskFacts)) -> bool {
        match self
            .entries
            .get_mut(path)
            .and_then(|entry| entry.disk.as_mut())
        {
            Some(facts) => {
                edit(facts);
                true
            }
            None => false,
        }
    }

    /// The extent's path and size for the disk at `path`.
    pub fn extent(&self, path: &str) -> Option<(String, i64)> {
        let extent = extent_path(path, self.disk(path)?.format);
        let size = self.entries.get(&extent)?.size;
        Some((extent, size))
    }

    /// Sets the bytes that a disk takes.
    pub fn resize_disk(&mut self, path: &str, size: i64) {
        if let Some((extent, _)) = self.extent(path)
            && let Some(mut entry) = self.take(&extent)
        {
            entry.size = size;
            self.insert(extent, entry);
        }
    }

    /// Loses the bytes of a disk and keeps its descriptor, as a broken copy leaves it.
    pub fn lose_extent(&mut self, path: &str) {
        if let Some((extent, _)) = self.extent(path) {
            self.take(&extent);
        }
    }

    /// The first file that is not there of those that a disk needs: descriptors and extents of its chain.
    pub fn missing_part(&self, path: &str) -> Option<String> {
        self.chain(path).into_iter().find_map(|link| {
            let Some(facts) = self.disk(&link) else {
                return Some(link);
            };
            let extent = extent_path(&link, facts.format);
            (!self.contains(&extent)).then_some(extent)
        })
    }

    /// Deletes a file; a disk goes with its extent.
    pub fn remove(&mut self, path: &str) -> Option<FileEntry> {
        if let Some((extent, _)) = self.extent(path) {
            self.take(&extent);
        }
        self.take(path)
    }

    /// Moves a file, a disk with its extent and with its children's knowledge of it.
    pub fn rename(&mut self, from: &str, to: &str) {
        let extent = self.extent(from);
        let Some(entry) = self.take(from) else { return };
        if let (Some((old, _)), Some(facts)) = (extent, entry.disk.as_ref()) {
            let new = extent_path(to, facts.format);
            if let Some(bytes) = self.take(&old) {
                self.insert(new, bytes);
            }
        }
        self.insert(to.to_owned(), entry);
        for other in self.entries.values_mut() {
            if let Some(facts) = &mut other.disk
                && facts.parent.as_deref() == Some(from)
            {
                facts.parent = Some(to.to_owned());
            }
        }
    }

    /// The disks whose parent is `path`.
    pub fn children(&self, path: &str) -> Vec<String> {
        let folder = folder_of(path);
        // Redo logs may sit on another datastore, so the whole table counts; the folder comes first
        // only because nearly every child is there.
        let near = self
            .entries
            .range(folder.to_owned()..)
            .take_while(|(p, _)| p.starts_with(folder));
        let is_child = |entry: &FileEntry| {
            entry
                .disk
                .as_ref()
                .is_some_and(|d| d.parent.as_deref() == Some(path))
        };
        let found: Vec<String> = near
            .filter(|(_, e)| is_child(e))
            .map(|(p, _)| p.clone())
            .collect();
        if !found.is_empty() {
            return found;
        }
        self.entries
            .iter()
            .filter(|(_, e)| is_child(e))
            .map(|(p, _)| p.clone())
            .collect()
    }

    /// The disk at `path` and every ancestor, nearest first.
    pub fn chain(&self, path: &str) -> Vec<String> {
        let mut chain = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            // A cycle cannot arise from our own operations; the bound keeps a bad scenario from hanging.
            if chain.len() > 64 {
                break;
            }
            next = self.disk(&path).and_then(|facts| facts.parent.clone());
            chain.push(path);
        }
        chain
    }

    /// Bytes taken on a datastore.
    pub fn used_on(&self, datastore: &str) -> i64 {
        self.used.get(datastore).copied().unwrap_or_default()
    }

    fn insert(&mut self, path: String, entry: FileEntry) {
        self.count(&path, entry.size);
        if let Some(old) = self.entries.insert(path.clone(), entry) {
            self.count(&path, -old.size);
        }
    }

    fn take(&mut self, path: &str) -> Option<FileEntry> {
        let entry = self.entries.remove(path)?;
        self.count(path, -entry.size);
        Some(entry)
    }

    fn count(&mut self, path: &str, bytes: i64) {
        if let Some((datastore, _)) = split_path(path) {
            *self.used.entry(datastore.to_owned()).or_default() += bytes;
        }
    }

    /// The files whose path starts with `prefix`, in order.
    pub fn under<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a String, &'a FileEntry)> + 'a {
        self.entries
            .range(prefix.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(prefix))
    }
}

/// The datastore's name and the path within it, of `[datastore] folder/file`.
///
/// A datastore's name may hold brackets: it ends where all of them are closed and a space follows.
pub fn split_path(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix('[')?;
    let mut open = 1;
    let closed = rest.match_indices(['[', ']']).find(|(at, mark)| {
        open += if *mark == "[" { 1 } else { -1 };
        open <= 0 && rest[at + 1..].starts_with(' ')
    });
    let end = closed.map(|(at, _)| at).or_else(|| rest.rfind(']'))?;
    Some((&rest[..end], rest[end + 1..].trim_start()))
}

/// Everything up to and including the last slash; for a file at the root, the datastore.
pub fn folder_of(path: &str) -> &str {
    match path.rfind('/') {
        Some(slash) => &path[..=slash],
        None => path.find("] ").map_or(path, |end| &path[..end + 2]),
    }
}

/// The last part of a path.
pub fn file_name(path: &str) -> &str {
    &path[folder_of(path).len()..]
}

/// The file that holds the bytes of the disk whose descriptor is `path`.
pub fn extent_path(path: &str, format: DiskFormat) -> String {
    let stem = path.strip_suffix(".vmdk").unwrap_or(path);
    let suffix = match format {
        DiskFormat::Flat { .. } => "flat",
        DiskFormat::Delta => "delta",
        DiskFormat::SeSparse => "sesparse",
        DiskFormat::RawDevice => "rdm",
    };
    format!("{stem}-{suffix}.vmdk")
}

#[cfg(test)]
mod tests;
