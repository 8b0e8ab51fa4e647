//! What a search of a datastore asks for, and what it finds.

use jiff::Timestamp;

use super::ManagedObjectReference;
use crate::soap::{Decode, DecodeError, Encode, RawElement, Reader, Start, Typed, Writer};
use crate::wire_struct;

wire_struct! {
    /// What to look for (`HostDatastoreBrowser.SearchDatastoreSubFolders_Task`).
    ///
    /// ```
    /// use vsphere_client::vim::HostDatastoreBrowserSearchSpec;
    ///
    /// let spec = HostDatastoreBrowserSearchSpec::disks();
    /// assert_eq!(spec.match_pattern, Vec::<String>::new());
    /// ```
    #[derive(Default)]
    pub struct HostDatastoreBrowserSearchSpec = "HostDatastoreBrowserSearchSpec" {
        /// Kinds of files; any when empty.
        query: Vec<FileQuery> = "query",
        /// What to tell of each file.
        details: Option<FileQueryFlags> = "details",
        /// Whether case is ignored in `match_pattern`; yes when absent.
        search_case_insensitive: Option<bool> = "searchCaseInsensitive",
        /// Names with `*` and `?`; any of them will do, and all files when empty.
        match_pattern: Vec<String> = "matchPattern",
        /// Whether folders come first.
        sort_folders_first: Option<bool> = "sortFoldersFirst",
    }
}

impl HostDatastoreBrowserSearchSpec {
    /// All virtual disks, by their descriptors, with size and format.
    #[must_use]
    pub fn disks() -> Self {
        Self {
            query: vec![FileQuery::Disk(VmDiskFileQueryFlags::default())],
            details: Some(FileQueryFlags {
                file_type: true,
                file_size: true,
                modification: true,
                file_owner: false,
            }),
            ..Self::default()
        }
    }

    /// The same, for files of these names only. `*` and `?` in a name stand for anything.
    #[must_use]
    pub fn named(self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            match_pattern: names.into_iter().map(Into::into).collect(),
            ..self
        }
    }
}

/// A kind of file to search for.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum FileQuery {
    /// Virtual disks, by their descriptors (`VmDiskFileQuery`), and what to tell of each.
    Disk(VmDiskFileQueryFlags),
    /// Another kind, as it came.
    Other(Box<RawElement>),
}

impl Encode for FileQuery {
    /// Writes the query with its `xsi:type`: the schema declares the base type only.
    fn encode(&self, writer: &mut Writer, name: &str) {
        match self {
            Self::Disk(details) => {
                writer.set_type("VmDiskFileQuery");
                writer.open(name);
                details.encode(writer, "details");
                writer.close();
            }
            Self::Other(raw) => raw.encode(writer, name),
        }
    }
}

impl Typed for FileQuery {
    fn type_name(&self) -> &str {
        match self {
            Self::Disk(_) => "VmDiskFileQuery",
            Self::Other(raw) => raw.type_name.as_deref().unwrap_or("FileQuery"),
        }
    }
}

impl Decode for FileQuery {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        if start.xsi_type() != Some("VmDiskFileQuery") {
            return Ok(Self::Other(Decode::decode(reader, start)?));
        }
        let mut details = None;
        while let Some(child) = reader.next_child(start)? {
            if child.name() == "details" {
                details = Some(Decode::decode(reader, &child)?);
            }
        }
        Ok(Self::Disk(details.unwrap_or_default()))
    }
}

wire_struct! {
    /// What to tell of each file found.
    #[derive(Copy, Default, Eq)]
    pub struct FileQueryFlags = "FileQueryFlags" {
        /// Its kind, and with it what only that kind has.
        file_type: bool = "fileType",
        /// Its size.
        file_size: bool = "fileSize",
        /// When it was last written.
        modification: bool = "modification",
        /// Whose it is.
        file_owner: bool = "fileOwner",
    }
}

wire_struct! {
    /// What to tell of each virtual disk found.
    #[derive(Eq)]
    pub struct VmDiskFileQueryFlags = "VmDiskFileQueryFlags" {
        /// The backing type.
        disk_type: bool = "diskType",
        /// The size that the guest sees.
        capacity_kb: bool = "capacityKb",
        /// The hardware version that it needs.
        hardware_version: bool = "hardwareVersion",
        /// The controller that it was made for.
        controller_type: Option<bool> = "controllerType",
        /// The files that hold its bytes.
        disk_extents: Option<bool> = "diskExtents",
        /// Whether it is thin.
        thin: Option<bool> = "thin",
        /// Whether it is encrypted.
        encryption: Option<bool> = "encryption",
    }
}

impl Default for VmDiskFileQueryFlags {
    /// Type, size, extents, format and encryption.
    fn default() -> Self {
        Self {
            disk_type: true,
            capacity_kb: true,
            hardware_version: false,
            controller_type: None,
            disk_extents: Some(true),
            thin: Some(true),
            encryption: Some(true),
        }
    }
}

wire_struct! {
    /// What a search found in one folder.
    pub struct HostDatastoreBrowserSearchResults = "HostDatastoreBrowserSearchResults" {
        /// The datastore.
        datastore: Option<ManagedObjectReference> = "datastore",
        /// The folder, `[datastore1] web/` or `[datastore1] ` for the top; some servers leave the slash out.
        folder_path: Option<String> = "folderPath",
        /// The files.
        file: Vec<FileInfo> = "file",
    }
}

impl HostDatastoreBrowserSearchResults {
    /// The path of one of the files: `[datastore1] web/web.vmdk`.
    ///
    /// ```
    /// use vsphere_client::vim::HostDatastoreBrowserSearchResults;
    ///
    /// for (folder, whole) in [
    ///     ("[ds] web/", "[ds] web/a.vmdk"),
    ///     ("[ds] web", "[ds] web/a.vmdk"),
    ///     ("[ds] ", "[ds] a.vmdk"),
    ///     ("[ds]", "[ds] a.vmdk"),
    /// ] {
    ///     let found = HostDatastoreBrowserSearchResults {
    ///         datastore: None,
    ///         folder_path: Some(folder.into()),
    ///         file: Vec::new(),
    ///     };
    ///     assert_eq!(found.path_of("a.vmdk"), whole);
    /// }
    /// ```
    #[must_use]
    pub fn path_of(&self, file: &str) -> String {
        let folder = self.folder_path.as_deref().unwrap_or_default();
        if folder.ends_with('/') || folder.ends_with("] ") {
            format!("{folder}{file}")
        } else if folder.ends_with(']') && !folder.contains("] ") {
            format!("{folder} {file}")
        } else {
            format!("{folder}/{file}")
        }
    }
}

/// A file that a search found (`FileInfo` and its subtypes).
#[derive(Debug, Clone, PartialEq)]
pub struct FileInfo {
    /// The wire type, such as `VmDiskFileInfo`; empty when the server named none.
    pub type_name: String,
    /// The name, without its folder.
    pub path: String,
    /// The name of a folder that vSAN or vVols know by a UUID.
    pub friendly_name: Option<String>,
    /// Its size in bytes; of a virtual disk, the bytes that it takes.
    pub file_size: Option<i64>,
    /// When it was last written.
    pub modification: Option<Timestamp>,
    /// Whose it is.
    pub owner: Option<String>,
    /// What only virtual disks have.
    pub disk: Option<VmDiskFileInfo>,
}

wire_struct! {
    /// What a search tells of a virtual disk beyond what it tells of any file (`VmDiskFileInfo`).
    #[derive(Default)]
    pub struct VmDiskFileInfo = "VmDiskFileInfo" {
        /// The backing type, such as `VirtualDiskFlatVer2BackingInfo`.
        disk_type: Option<String> = "diskType",
        /// The size that the guest sees, in KiB.
        capacity_kb: Option<i64> = "capacityKb",
        /// The hardware version that it needs.
        hardware_version: Option<i32> = "hardwareVersion",
        /// The controller that it was made for.
        controller_type: Option<String> = "controllerType",
        /// The files that hold its bytes.
        disk_extents: Vec<String> = "diskExtents",
        /// Whether it is thin.
        thin: Option<bool> = "thin",
        /// Its key, when it is encrypted, as it came.
        encryption: Option<Box<RawElement>> = "encryption",
    }
}

impl VmDiskFileInfo {
    /// Whether the disk is encrypted, as far as the server told.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.encryption
            .as_deref()
            .is_some_and(|info| info.child("keyId").is_some())
    }
}

impl Decode for FileInfo {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let type_name = start.xsi_type().unwrap_or_default().to_owned();
        let mut path = None;
        let mut info = Self {
            disk: (type_name == "VmDiskFileInfo").then(VmDiskFileInfo::default),
            type_name,
            path: String::new(),
            friendly_name: None,
            file_size: None,
            modification: None,
            owner: None,
        };
        while let Some(child) = reader.next_child(start)? {
            match (child.name(), &mut info.disk) {
                ("path", _) => path = Some(Decode::decode(reader, &child)?),
                ("friendlyName", _) => info.friendly_name = Decode::decode(reader, &child)?,
                ("fileSize", _) => info.file_size = Decode::decode(reader, &child)?,
                ("modification", _) => info.modification = Decode::decode(reader, &child)?,
                ("owner", _) => info.owner = Decode::decode(reader, &child)?,
                ("diskType", Some(disk)) => disk.disk_type = Decode::decode(reader, &child)?,
                ("capacityKb", Some(disk)) => disk.capacity_kb = Decode::decode(reader, &child)?,
                ("hardwareVersion", Some(disk)) => {
                    disk.hardware_version = Decode::decode(reader, &child)?;
                }
                ("controllerType", Some(disk)) => {
                    disk.controller_type = Decode::decode(reader, &child)?;
                }
                ("diskExtents", Some(disk)) => {
                    disk.disk_extents.push(Decode::decode(reader, &child)?);
                }
                ("thin", Some(disk)) => disk.thin = Decode::decode(reader, &child)?,
                ("encryption", Some(disk)) => disk.encryption = Decode::decode(reader, &child)?,
                _ => {}
            }
        }
        info.path = path.ok_or(DecodeError::MissingField {
            owner: "FileInfo",
            field: "path",
        })?;
        Ok(info)
    }
}

impl Encode for FileInfo {
    fn encode(&self, writer: &mut Writer, name: &str) {
        if !self.type_name.is_empty() {
            writer.set_type(&self.type_name);
        }
        writer.open(name);
        self.path.encode(writer, "path");
        self.friendly_name.encode(writer, "friendlyName");
        self.file_size.encode(writer, "fileSize");
        self.modification.encode(writer, "modification");
        self.owner.encode(writer, "owner");
        if let Some(disk) = &self.disk {
            disk.disk_type.encode(writer, "diskType");
            disk.capacity_kb.encode(writer, "capacityKb");
            disk.hardware_version.encode(writer, "hardwareVersion");
            disk.controller_type.encode(writer, "controllerType");
            disk.disk_extents.encode(writer, "diskExtents");
            disk.thin.encode(writer, "thin");
            disk.encryption.encode(writer, "encryption");
        }
        writer.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(document: &str) -> HostDatastoreBrowserSearchResults {
        let mut reader = Reader::new(document.as_bytes()).unwrap();
        let start = reader.root().unwrap();
        Decode::decode(&mut reader, &start).unwrap()
    }

    #[test]
    fn files_are_read_by_their_kind_and_unknown_kinds_as_plain_files() {
        let found = read(
            "<r xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\"><datastore type=\"Datastore\">ds-1</datastore>\
             <folderPath>[ds] a b/</folderPath>\
             <file i:type=\"VmDiskFileInfo\"><path>x.vmdk</path><fileSize>7</fileSize><diskType>VirtualDiskFlatVer2BackingInfo</diskType>\
             <capacityKb>1024</capacityKb><diskExtents>[ds] a b/x-flat.vmdk</diskExtents><thin>true</thin>\
             <encryption><keyId><keyId>k</keyId></keyId></encryption></file>\
             <file i:type=\"QuantumFileInfo\"><path>q</path><thin>maybe</thin></file></r>",
        );
        let disk = found.file[0].disk.as_ref().unwrap();
        assert_eq!(
            (disk.capacity_kb, disk.thin, disk.disk_extents.len()),
            (Some(1024), Some(true), 1)
        );
        assert!(disk.is_encrypted());
        assert_eq!(found.path_of(&found.file[0].path), "[ds] a b/x.vmdk");
        assert_eq!(
            (found.file[1].path.as_str(), &found.file[1].disk),
            ("q", &None)
        );
    }
}
