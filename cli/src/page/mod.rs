//! The report as one web page: no script, nothing fetched from anywhere, fit for paper. Described in
//! `docs/reports.md`.

mod file;
mod groups;
mod keep;
mod made;
mod matrix;
mod parts;
mod slots;
mod storage;
#[cfg(test)]
mod tests;
mod todo;
mod verdict;

use esx_tools::report::{Sheet, TargetSheet};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::output::clean;
use file::PageFile;
pub(crate) use keep::{claim, keep};
pub(crate) use made::RunFacts;
use parts::{Level, SIGNS};

/// The browser itself holds the page to what it promises.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/// The page.
pub(crate) fn page(sheet: &Sheet, run: &RunFacts) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                meta name="referrer" content="no-referrer";
                meta name="generator" content={ "esxtool " (env!("CARGO_PKG_VERSION")) };
                link rel="icon" href="data:,";
                title { (verdict::title(sheet)) }
                style { (PreEscaped(include_str!("style.css"))) }
            }
            body {
                (PreEscaped(SIGNS))
                (verdict::header(sheet))
                main.wrap {
                    @if !sheet.pairings.is_empty() { (groups::groups(sheet)) }
                    @match sheet.targets.as_slice() {
                        [one] => (sections(one, 0, Level::Two)),
                        several => @for (index, target) in several.iter().enumerate() {
                            article.target id={ "t" (index) } {
                                (verdict::target(target))
                                (sections(target, index, Level::Three))
                            }
                        }
                    }
                    (made::made(sheet, run))
                }
            }
        }
    };
    // Markup is escaped already. What is left of a hostile name are marks that turn the direction of writing.
    let lines: Vec<String> = page.0.lines().map(clean).collect();
    lines.join("\n") + "\n"
}

/// The sections about one master target.
fn sections(target: &TargetSheet, index: usize, level: Level) -> Markup {
    let section =
        |name: &str, body: &Markup| html! { section id={ "t" (index) "-" (name) } { (body) } };
    html! {
        @if let Some(work) = &target.work { (section("done", &made::work(work, level))) }
        (section("todo", &todo::todo(target, level)))
        (section("rules", &matrix::matrix(target, level)))
        (section("slots", &slots::slots(target, level)))
        (section("mounts", &storage::mounts(target, level)))
        (section("layers", &storage::layers(target, level)))
    }
}
