//! No file of `esx-tools` and `cli` imports, by whatever way, a file that imports it; nor does a folder.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use syn::visit::{self, Visit};

/// A module that is a file of its own, by its segments below the crate.
type Module = Vec<String>;

#[test]
fn no_file_and_no_folder_is_imported_by_what_it_imports() -> Result<(), Box<dyn Error>> {
    for of_crate in ["esx-tools", "cli"] {
        let imports = Crate::read(of_crate)?.imports();
        assert!(imports.len() > 50, "{of_crate}: {} files", imports.len());
        let folders = by_folder(&imports);
        for (what, graph) in [("files", &imports), ("folders", &folders)] {
            let circle = circle(graph);
            assert_eq!(circle, None, "{of_crate}: {what} import each other");
        }
    }
    Ok(())
}

#[test]
fn a_circle_is_found() {
    let module = |name: &str| vec![name.to_owned()];
    let graph = |edges: &[(&str, &str)]| {
        let mut graph: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
        for (from, to) in edges {
            graph.entry(module(from)).or_default().insert(module(to));
        }
        graph
    };
    assert_eq!(circle(&graph(&[("a", "b"), ("a", "c"), ("c", "b")])), None);
    let round = circle(&graph(&[("a", "b"), ("b", "c"), ("c", "b")]));
    assert_eq!(round, Some("b -> c -> b".to_owned()));
}

/// The files of a crate, parsed.
struct Crate {
    files: BTreeMap<Module, Vec<Vec<String>>>,
    /// Where the names come from that a module hands on: the name's path as written.
    handed_on: BTreeMap<(Module, String), Vec<String>>,
}

impl Crate {
    fn read(name: &str) -> Result<Self, Box<dyn Error>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("..")
            .join(name)
            .join("src");
        let mut paths = Vec::new();
        sources(&root, &mut paths)?;
        let mut read = Self {
            files: BTreeMap::new(),
            handed_on: BTreeMap::new(),
        };
        for path in paths {
            let below = path.strip_prefix(&root)?.with_extension("");
            let mut module: Module = below
                .iter()
                .map(|part| part.to_string_lossy().into_owned())
                .collect();
            if module.last().is_some_and(|last| last == "mod") {
                module.pop();
            }
            // The roots wire everything, and tests may look at whatever they test.
            let is_test = module.iter().any(|part| part.contains("test"));
            let last = module.last().map_or("", String::as_str);
            if is_test || ["lib", "main", "sample"].contains(&last) {
                continue;
            }
            let file = syn::parse_file(&fs::read_to_string(&path)?)?;
            let mut names = Names::default();
            names.visit_file(&file);
            for (name, from) in names.handed_on {
                read.handed_on.insert((module.clone(), name), from);
            }
            read.files.insert(module, names.used);
        }
        Ok(read)
    }

    /// Which files each file imports.
    fn imports(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let of = |module: &Module, used: &[Vec<String>]| -> BTreeSet<Module> {
            let found = used.iter().filter_map(|path| self.file_of(module, path, 0));
            found.filter(|found| found != module).collect()
        };
        let files = self.files.iter();
        files
            .map(|(module, used)| (module.clone(), of(module, used)))
            .collect()
    }

    /// The file that a path written in `module` leads to, through whatever hands the name on.
    fn file_of(&self, module: &Module, path: &[String], depth: usize) -> Option<Module> {
        let mut rest = path;
        let mut at = match rest.first()?.as_str() {
            "crate" => Module::new(),
            "self" | "super" => module.clone(),
            // A module of one's own may be named without `self`.
            first if self.files.contains_key(&child(module, first)) => module.clone(),
            _ => return None,
        };
        while let Some(first) = rest.first().filter(|one| is_keyword(one)) {
            if first == "super" {
                at.pop();
            }
            rest = &rest[1..];
        }
        while let Some(next) = rest
            .first()
            .filter(|next| self.files.contains_key(&child(&at, next)))
        {
            at.push(next.clone());
            rest = &rest[1..];
        }
        let item = rest.first().map(|item| (at.clone(), item.clone()));
        match item.and_then(|key| self.handed_on.get(&key)) {
            Some(from) if depth < 8 => self.file_of(&at, from, depth + 1).or(Some(at)),
            _ => (!at.is_empty()).then_some(at),
        }
    }
}

fn is_keyword(segment: &str) -> bool {
    ["crate", "self", "super"].contains(&segment)
}

fn child(module: &Module, name: &str) -> Module {
    let mut child = module.clone();
    child.push(name.to_owned());
    child
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sources(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

/// The paths that a file uses, apart from those of its tests.
#[derive(Default)]
struct Names {
    used: Vec<Vec<String>>,
    handed_on: Vec<(String, Vec<String>)>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attributes = match item {
            syn::Item::Mod(item) => &item.attrs,
            syn::Item::Use(item) => &item.attrs,
            syn::Item::Fn(item) => &item.attrs,
            syn::Item::Impl(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        let for_tests = attributes.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Path>()
                    .is_ok_and(|what| what.is_ident("test"))
        });
        if !for_tests {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let mut leaves = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut leaves);
        let hands_on = !matches!(item.vis, syn::Visibility::Inherited);
        for (path, name) in leaves {
            if hands_on {
                self.handed_on.push((name, path));
            } else {
                self.used.push(path);
            }
        }
    }

    /// `pub(super)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter().map(|one| one.ident.to_string());
        self.used.push(segments.collect());
        visit::visit_path(self, path);
    }
}

/// Every name that a tree of imports brings in, with the path as written.
fn flatten(tree: &syn::UseTree, above: &mut Vec<String>, leaves: &mut Vec<(Vec<String>, String)>) {
    match tree {
        syn::UseTree::Path(path) => {
            above.push(path.ident.to_string());
            flatten(&path.tree, above, leaves);
            above.pop();
        }
        syn::UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, above, leaves);
            }
        }
        syn::UseTree::Name(name) if name.ident == "self" => {
            let name = above.last().cloned().unwrap_or_default();
            leaves.push((above.clone(), name));
        }
        syn::UseTree::Name(name) => {
            let name = name.ident.to_string();
            leaves.push((child(above, &name), name));
        }
        syn::UseTree::Rename(renamed) => {
            let path = child(above, &renamed.ident.to_string());
            leaves.push((path, renamed.rename.to_string()));
        }
        syn::UseTree::Glob(_) => leaves.push((above.clone(), "*".to_owned())),
    }
}

/// The same by the first segment alone: the folders and files right below the crate.
fn by_folder(imports: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeMap<Module, BTreeSet<Module>> {
    let top = |module: &Module| module[..1].to_vec();
    let mut folders: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (from, all) in imports {
        let to = all.iter().map(top).filter(|to| *to != top(from));
        folders.entry(top(from)).or_default().extend(to);
    }
    folders
}

/// A way from a module back to itself.
fn circle(imports: &BTreeMap<Module, BTreeSet<Module>>) -> Option<String> {
    let mut left: BTreeMap<&Module, BTreeSet<&Module>> = imports
        .iter()
        .map(|(from, to)| (from, to.iter().collect()))
        .collect();
    // What imports nothing that is left stands in no circle.
    loop {
        let done: Vec<&Module> = left
            .iter()
            .filter(|(_, to)| to.iter().all(|to| !left.contains_key(*to)))
            .map(|(from, _)| *from)
            .collect();
        if done.is_empty() {
            break;
        }
        left.retain(|from, _| !done.contains(from));
    }
    let mut way = vec![*left.keys().next()?];
    loop {
        let next = left[way[way.len() - 1]]
            .iter()
            .find(|to| left.contains_key(**to))?;
        if let Some(from) = way.iter().position(|one| one == next) {
            way.push(next);
            let names = way[from..].iter().map(|module| module.join("::"));
            return Some(names.collect::<Vec<_>>().join(" -> "));
        }
        way.push(next);
    }
}
