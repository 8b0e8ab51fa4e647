//! The file of a page: claimed before anything is contacted, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::exit::Exit;
use crate::failure::Failure;

/// A file that a page may be written to: a new one, an empty one, or a page of an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PageFile {
    path: PathBuf,
}

/// A page names its generator in its first lines, so that it can be told from any other file.
pub(super) const MARK: &str = "<meta name=\"generator\" content=\"esxtool ";
const LOOKED_AT: u64 = 2048;

impl PageFile {
    /// Takes the file, without touching it.
    ///
    /// # Errors
    /// A usage error when there is no such directory, or when something else than a page of this program is there:
    /// a slip of the finger must not cost a file.
    pub(crate) fn claim(path: &Path) -> Result<Self, Failure> {
        let refuse = |why: &str| {
            Failure::usage(format!(
                "cannot write the report to {}: {why}",
                path.display()
            ))
        };
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => {
                Err(refuse("it is a directory").hint("name a file, such as report.html"))
            }
            Ok(meta) if !meta.is_file() => Err(refuse("it is no regular file")),
            Ok(meta) => {
                if meta.len() > 0
                    && !is_page(path).map_err(|error| refuse("it cannot be read").because(error))?
                {
                    return Err(refuse("it exists, and is no report of esxtool")
                        .hint("an earlier report is replaced, any other file is not; name another file or remove this one"));
                }
                // Through a link, so that the link stays and what it points to is replaced.
                let path = fs::canonicalize(path)
                    .map_err(|error| refuse("the link cannot be followed").because(error))?;
                Ok(Self { path })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if path.file_name().is_none() {
                    return Err(refuse("it names no file"));
                }
                if folder(path).is_dir() {
                    Ok(Self {
                        path: path.to_owned(),
                    })
                } else {
                    Err(refuse("its directory does not exist"))
                }
            }
            Err(error) => Err(refuse("it cannot be looked at").because(error)),
        }
    }

    /// Writes the page beside its path, then moves it there: a reader sees the old page or the new one.
    ///
    /// # Errors
    /// What the file system said; nothing is left behind.
    pub(crate) fn write(&self, page: &str) -> Result<(), Failure> {
        let failed = |error| {
            Failure::new(
                Exit::Operation,
                format!("cannot write the report to {}", self.path.display()),
            )
            .because(error)
        };
        let mut name = std::ffi::OsString::from(".");
        name.push(self.path.file_name().unwrap_or_default());
        name.push(format!(".{}.tmp", std::process::id()));
        let beside = folder(&self.path).join(name);
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)
            .map_err(failed)?;
        fill(written, page)
            .and_then(|()| fs::rename(&beside, &self.path))
            .map_err(|error| {
                let _left_behind = fs::remove_file(&beside);
                failed(error)
            })
    }

    /// Where the page goes.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn fill(mut file: File, page: &str) -> io::Result<()> {
    file.write_all(page.as_bytes())?;
    file.sync_all()
}

fn is_page(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(LOOKED_AT).read_to_end(&mut start)?;
    Ok(String::from_utf8_lossy(&start).contains(MARK))
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_replaces_a_page_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.html");
        let page = format!("<!doctype html>{MARK}1\">");
        PageFile::claim(&path).unwrap().write(&page).unwrap();
        let again = PageFile::claim(&path).unwrap();
        again.write(&format!("{page}again")).unwrap();
        assert!(fs::read_to_string(&path).unwrap().ends_with("again"));
        assert_eq!(
            fs::read_dir(dir.path()).unwrap().count(),
            1,
            "no rest is left"
        );

        let other = dir.path().join("notes.txt");
        fs::write(&other, "keep me").unwrap();
        let refused = PageFile::claim(&other).unwrap_err();
        assert_eq!(refused.exit, Exit::Usage);
        assert!(
            refused.message.contains("no report of esxtool"),
            "{refused:?}"
        );
        assert_eq!(fs::read_to_string(&other).unwrap(), "keep me");
    }

    #[test]
    fn a_directory_and_a_file_in_no_directory_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        for path in [dir.path().to_owned(), dir.path().join("no/report.html")] {
            assert_eq!(PageFile::claim(&path).unwrap_err().exit, Exit::Usage);
        }
        let empty = dir.path().join("empty");
        fs::write(&empty, "").unwrap();
        assert!(PageFile::claim(&empty).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let (link, real) = (dir.path().join("link.html"), dir.path().join("real.html"));
        fs::write(&real, "").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        PageFile::claim(&link).unwrap().write("page").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "page");
    }
}
