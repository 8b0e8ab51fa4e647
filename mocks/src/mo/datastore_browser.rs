//! `HostDatastoreBrowser`: searching datastores.

use std::collections::BTreeMap;

use crate::dispatch::{Call, Entry};
use crate::fault::Fault;
use crate::files::{FileEntry, FileKind, file_name, folder_of, split_path};
use crate::mo::guard;
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
    guard::need(world, call, &datastore, "Datastore.Browse")?;
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
            found.push(describe(file, entry, spec));
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

fn describe(path: &str, entry: &FileEntry, spec: Option<&Data>) -> Data {
    let details = spec.and_then(|spec| spec.data("details"));
    let asked = |what: &str| details.is_some_and(|details| flag(details, what));
    let kind = if asked("fileType") {
        kind_of(entry).1
    } else {
        "FileInfo"
    };
    let mut info = Data::new(kind).with("path", file_name(path));
    if asked("fileSize") {
        info.set("fileSize", entry.size);
    }
    if asked("modification") {
        info.set("modification", entry.modified);
    }
    if asked("fileOwner") {
        info.set("owner", "root");
    }
    if kind == "VmDiskFileInfo"
        && let Some(disk) = &entry.disk
    {
        info.set("diskType", "VirtualDiskFlatVer2BackingInfo");
        info.set("capacityKb", disk.capacity_kb);
        info.set(
            "thin",
            matches!(disk.format, crate::DiskFormat::Flat { thin: true }),
        );
    }
    info
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
    use super::matches;

    #[test]
    fn patterns_match_as_in_a_shell() {
        assert!(matches("*.vmdk", "app-01_1.vmdk", true));
        assert!(matches("APP-0?.vmdk", "app-01.vmdk", true));
        assert!(!matches("APP-0?.vmdk", "app-01.vmdk", false));
        assert!(!matches("*.vmx", "app-01.vmdk", true));
        assert!(matches("*", "", true));
    }
}
