//! The report as one web page: no script, nothing fetched from anywhere, fit for paper. Described in
//! `docs/reports.md`.

mod disks;
mod file;
mod groups;
mod keep;
mod made;
mod markup;
mod matrix;
#[cfg(test)]
pub(crate) mod sample;
mod storage;
#[cfg(test)]
mod tests;
mod todo;
mod verdict;

use esx_tools::report::{Sheet, TargetSheet};

use file::PageFile;
pub(crate) use keep::{claim, keep};
use markup::{Level, Markup, SPRITE};

/// What the page says about the run itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Run {
    /// The command, as typed.
    pub(crate) command: &'static str,
    /// Address of the server.
    pub(crate) url: Option<String>,
    /// Calls made, login and logout included.
    pub(crate) calls: Option<u64>,
}

/// Stands in every page, so that a page can be told from any other file.
const GENERATOR: &str = "<meta name=\"generator\" content=\"esxtool ";

/// The browser itself holds the page to what it promises.
const HEAD: &str = concat!(
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; ",
    "base-uri 'none'; form-action 'none'\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    "<meta name=\"color-scheme\" content=\"light dark\">\n",
    "<meta name=\"robots\" content=\"noindex\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
);

/// The page.
pub(crate) fn page(sheet: &Sheet, run: &Run) -> String {
    let mut out = Markup::default();
    out.raw(HEAD);
    out.raw(GENERATOR)
        .text(env!("CARGO_PKG_VERSION"))
        .raw("\">\n<link rel=\"icon\" href=\"data:,\">\n<title>");
    out.text(verdict::title(sheet))
        .raw("</title>\n<style>\n")
        .raw(include_str!("style.css"))
        .raw("</style>\n</head>\n<body>\n")
        .raw(SPRITE);
    verdict::header(&mut out, sheet);
    out.raw("\n<main class=\"wrap\">\n");
    if !sheet.pairings.is_empty() {
        groups::groups(&mut out, sheet);
    }
    match sheet.targets.as_slice() {
        [one] => sections(&mut out, one, 0, Level::Two),
        several => {
            for (index, target) in several.iter().enumerate() {
                out.wrap("<article class=\"target\" id=\"t", index, "\">\n");
                verdict::target(&mut out, target);
                sections(&mut out, target, index, Level::Three);
                out.raw("</article>\n");
            }
        }
    }
    made::made(&mut out, sheet, run);
    out.raw("</main>\n</body>\n</html>\n");
    out.finish()
}

/// The sections about one master target.
fn sections(out: &mut Markup, target: &TargetSheet, index: usize, level: Level) {
    if let Some(work) = &target.work {
        section(out, index, "done", |out| made::work(out, work, level));
    }
    section(out, index, "todo", |out| todo::todo(out, target, level));
    section(out, index, "rules", |out| {
        matrix::matrix(out, target, level)
    });
    section(out, index, "places", |out| {
        disks::places(out, target, level)
    });
    section(out, index, "mounts", |out| {
        storage::mounts(out, target, level)
    });
    section(out, index, "layers", |out| {
        storage::layers(out, target, level)
    });
}

fn section(out: &mut Markup, index: usize, name: &'static str, body: impl FnOnce(&mut Markup)) {
    out.raw("<section id=\"t")
        .text(index)
        .raw("-")
        .raw(name)
        .raw("\">\n");
    body(out);
    out.raw("</section>\n");
}

/// A section's heading and the sentence beneath it.
fn head(out: &mut Markup, level: Level, title: &str, lead: impl std::fmt::Display) {
    out.raw("<div class=\"section-head\">")
        .heading(level, title)
        .wrap("<p>", lead, "</p></div>\n");
}
