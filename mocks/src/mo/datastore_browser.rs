//! `HostDatastoreBrowser`: searching datastores.

use std::collections::BTreeMap;

use crate::fault::Fault;
use crate::files::{DiskFacts, DiskFormat, FileEntry, FileKind, file_name, folder_of, split_path};
use crate::mo::call::{Call, Entry};
use crate::shape::{flag, parts, texts};
use crate::value::{Data, MoRef, Value};
use crate::vm::disk;
use crate::world::World;

/// The methods of this family.
pub(super) const METHODS: &[Entry] = &[
    ("HostDatastoreBrowser", "SearchDatastore_Task", search),
    (
        "HostDatastoreBrowser",
        "SearchDatastoreSubFolders_Task",
        search_below,
    ),
];

fn search(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    begin(world, call, false)
}

fn search_below(world: &mut World, call: &Call<'_>) -> Result<Option<Value>, Fault> {
    begin(world, call, true)
}

fn begin(world: &mut World, call: &Call<'_>, below: bool) -> Result<Option<Value>, Fault> {
    let path = call
        .args
        .str("datastorePath")
        .unwrap_or_default()
        .to_owned();
    let datastore = disk::datastore_of(world, &path)?;
    call.need(world, &datastore, "Datastore.Browse")?;
    let offered = world
        .store
        .get(&call.this)
        .map(|b| b.references("datastore"))
        .unwrap_or_default();
    if !offered.contains(&datastore) {
        return Err(crate::refuse::invalid_path(&path));
    }
    let spec = call.args.data("searchSpec").cloned();
    let target = datastore.clone();
    let plan = crate::task::Plan::new(call.method, datastore, &call.user.user, move |world| {
        let found = results(world, &target, &path, spec.as_ref(), below)?;
        Ok(Some(if below {
            Value::list("HostDatastoreBrowserSearchResults", found)
        } else {
            found
                .into_iter()
                .next()
                .map_or_else(|| Value::list("FileInfo", Vec::<Data>::new()), Value::Data)
        }))
    });
    world
        .start_task(plan.shared().cancelable())
        .map(|task| Some(task.into()))
}

/// One result for the folder, and one for each below when asked.
fn results(
    world: &World,
    datastore: &MoRef,
    path: &str,
    spec: Option<&Data>,
    below: bool,
) -> Result<Vec<Data>, Fault> {
    let Some((name, rest)) = split_path(path) else {
        return Err(crate::refuse::invalid_path(path));
    };
    let rest = rest.trim_end_matches('/');
    let top = if rest.is_empty() {
        format!("[{name}] ")
    } else {
        format!("[{name}] {rest}/")
    };
    let mut folders: BTreeMap<String, Vec<Data>> = BTreeMap::new();
    folders.insert(top.clone(), Vec::new());
    let mut any = rest.is_empty();
    for (file, entry) in world.files.under(&top) {
        any = true;
        let folder = folder_of(file);
        if folder != top && !below {
            continue;
        }
        let found = folders.entry(folder.to_owned()).or_default();
        if wanted(spec, file, entry) {
            found.push(describe(world, file, entry, spec));
        }
    }
    if !any {
        return Err(crate::refuse::about_file("FileNotFound", path));
    }
    Ok(folders
        .into_iter()
        .map(|(folder, files)| {
            Data::new("HostDatastoreBrowserSearchResults")
                .with("datastore", datastore)
                .with("folderPath", folder)
                .with("file", Value::list("FileInfo", files))
        })
        .collect())
}

fn wanted(spec: Option<&Data>, path: &str, entry: &FileEntry) -> bool {
    // Extents show only by name, as on the real server: a disk is its descriptor.
    if entry.kind == FileKind::DiskExtent {
        return false;
    }
    let Some(spec) = spec else { return true };
    let patterns = texts(spec, "matchPattern");
    let fold = flag(spec, "searchCaseInsensitive") || spec.get("searchCaseInsensitive").is_none();
    let name = file_name(path);
    let named = patterns.is_empty() || patterns.iter().any(|pattern| matches(pattern, name, fold));
    let mut kinds = parts(spec, "query")
        .map(|query| query.kind.as_str())
        .peekable();
    let of_kind = kinds.peek().is_none()
        || kinds.any(|query| kind_of(entry).0 == query || query == "FileQuery");
    named && of_kind
}

/// The query type that finds a file, and the type that describes it.
fn kind_of(entry: &FileEntry) -> (&'static str, &'static str) {
    match entry.kind {
        FileKind::DiskDescriptor => ("VmDiskFileQuery", "VmDiskFileInfo"),
        FileKind::Config => ("VmConfigFileQuery", "VmConfigFileInfo"),
        FileKind::Log => ("VmLogFileQuery", "VmLogFileInfo"),
        FileKind::Nvram => ("VmNvramFileQuery", "VmNvramFileInfo"),
        FileKind::SnapshotData => ("VmSnapshotFileQuery", "VmSnapshotFileInfo"),
        _ => ("FileQuery", "FileInfo"),
    }
}

fn describe(world: &World, path: &str, entry: &FileEntry, spec: Option<&Data>) -> Data {
    let details = spec.and_then(|spec| spec.data("details"));
    let asked = |what: &str| details.is_some_and(|details| flag(details, what));
    let kind = if asked("fileType") {
        kind_of(entry).1
    } else {
        "FileInfo"
    };
    let mut info = Data::new(kind).with("path", file_name(path));
    let disk = entry.disk.as_ref();
    let extent = disk.and_then(|_| world.files.extent(path));
    if asked("fileSize") {
        // The size of a disk is what its bytes take.
        let size = extent.as_ref().map_or(entry.size, |(_, size)| *size);
        info.set("fileSize", size);
    }
    if asked("modification") {
        info.set("modification", entry.modified);
    }
    if asked("fileOwner") {
        info.set("owner", "root");
    }
    // A disk that cannot be opened is told of by its name alone.
    if kind == "VmDiskFileInfo"
        && let (Some(disk), Some((extent, _))) = (disk, extent)
    {
        tell_disk(&mut info, disk, &extent, spec);
    }
    info
}

/// What a search tells of a disk, as far as the query asks for it; all of it when no query asks for disks.
fn tell_disk(info: &mut Data, disk: &DiskFacts, extent: &str, spec: Option<&Data>) {
    let query = spec.and_then(|spec| {
        parts(spec, "query")
            .find(|query| query.kind == "VmDiskFileQuery")
            .cloned()
    });
    let asked = |what: &str| match &query {
        None => true,
        Some(query) => query
            .data("details")
            .is_some_and(|details| flag(details, what)),
    };
    if asked("diskType") {
        let kind = match disk.format {
            DiskFormat::RawDevice => "VirtualDiskRawDiskMappingVer1BackingInfo",
            _ => "VirtualDiskFlatVer2BackingInfo",
        };
        info.set("diskType", kind);
    }
    if asked("capacityKb") {
        info.set("capacityKb", disk.capacity_kb);
    }
    if asked("diskExtents") {
        info.set("diskExtents", Value::list("string", [extent]));
    }
    if asked("thin") {
        info.set("thin", disk.format == DiskFormat::Flat { thin: true });
    }
    if asked("encryption")
        && let Some(key) = &disk.key_id
    {
        let key = crate::vm::disk::key(key);
        info.set(
            "encryption",
            Data::new("VmDiskFileEncryptionInfo").with("keyId", key),
        );
    }
}

/// Shell patterns with `*` and `?`.
fn matches(pattern: &str, name: &str, fold: bool) -> bool {
    fn go(pattern: &[char], name: &[char]) -> bool {
        match (pattern.split_first(), name.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), _) => {
                go(rest, name)
                    || name
                        .split_first()
                        .is_some_and(|(_, less)| go(pattern, less))
            }
            (Some(('?', rest)), Some((_, less))) => go(rest, less),
            (Some((wanted, rest)), Some((found, less))) => wanted == found && go(rest, less),
            _ => false,
        }
    }
    let chars = |text: &str| -> Vec<char> {
        if fold {
            text.to_lowercase().chars().collect()
        } else {
            text.chars().collect()
        }
    };
    go(&chars(pattern), &chars(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mo::testing::{named, run, world};

    #[test]
    fn patterns_match_as_in_a_shell() {
        assert!(matches("*.vmdk", "app-01_1.vmdk", true));
        assert!(matches("APP-0?.vmdk", "app-01.vmdk", true));
        assert!(!matches("APP-0?.vmdk", "app-01.vmdk", false));
        assert!(!matches("*.vmx", "app-01.vmdk", true));
        assert!(matches("*", "", true));
    }

    /// What a search for disks tells of one disk of the scenario `disks`.
    fn file_info(file: &str) -> Data {
        let world = &mut world("disks");
        let gold = named(world, "Datastore", "gold-01");
        let browser = world
            .store
            .get(&gold)
            .unwrap()
            .reference("browser")
            .cloned();
        let mut wanted = Data::new("VmDiskFileQueryFlags");
        for detail in [
            "diskType",
            "capacityKb",
            "hardwareVersion",
            "diskExtents",
            "thin",
            "encryption",
        ] {
            wanted.set(detail, true);
        }
        let query = Data::new("VmDiskFileQuery").with("details", wanted);
        let mut details = Data::new("FileQueryFlags");
        for detail in ["fileType", "fileSize", "modification", "fileOwner"] {
            details.set(detail, true);
        }
        let spec = Data::new("HostDatastoreBrowserSearchSpec")
            .with("query", Value::list("FileQuery", [query]))
            .with("details", details)
            .with("matchPattern", Value::list("string", [file]));
        let args = Data::new("SearchDatastoreSubFolders_Task")
            .with("datastorePath", "[gold-01]")
            .with("searchSpec", spec);
        let found = run(
            world,
            &browser.unwrap(),
            "SearchDatastoreSubFolders_Task",
            args,
        );
        let found = found.unwrap().unwrap();
        let mut folders = found.as_list().iter().filter_map(Value::as_data);
        let file = folders.find_map(|folder| parts(folder, "file").next().cloned());
        file.unwrap()
    }

    #[test]
    fn a_disk_is_told_of_by_its_form() {
        let plain = file_info("app-01.vmdk");
        assert_eq!(plain.int("capacityKb"), Some(40 << 20));
        assert_eq!(plain.int("fileSize"), Some(20 << 30));
        assert!(plain.get("encryption").is_none());
        assert_eq!(
            texts(&plain, "diskExtents"),
            ["app-01-flat.vmdk"].map(|name| format!("[gold-01] app-01/{name}"))
        );
        assert_eq!(
            file_info("rdm-01_1.vmdk").str("diskType"),
            Some("VirtualDiskRawDiskMappingVer1BackingInfo")
        );
        assert!(file_info("secret-01.vmdk").data("encryption").is_some());
        let broken = file_info("broken-01_1.vmdk");
        assert_eq!(
            (broken.kind.as_str(), broken.get("capacityKb")),
            ("VmDiskFileInfo", None)
        );
    }
}
