//! The rules page, written from the registry.

use std::fmt::Write as _;

use super::{Rule, registry};
use crate::target_kind::TargetKind;

/// The page `esx-tools/docs/rules.md` as Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# The failback rules\n\n\
         Written from the registry of rules: change the rule, then run the tests with `UPDATE_DOCS=1`.\n\n\
         What a broken rule costs depends on what receives the disks: a replication appliance (modernized) or a master \
         target (classic). \"Not stated\": no document demands it; it follows from vSphere and from what the service does. \
         The documents are in [documents.md](documents.md).\n\n\
         | # | rule | appliance | master target | about | demands that |\n| --- | --- | --- | --- | --- | --- |\n",
    );
    for rule in registry() {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| {} | [{id}](#{id}) | {} | {} | {} | {} |",
            rule.number(),
            costs(*rule, TargetKind::Appliance),
            costs(*rule, TargetKind::MasterTarget),
            rule.about(),
            rule.title(),
            id = rule.id()
        );
    }
    for rule in registry() {
        section(&mut page, *rule);
    }
    page
}

/// What a broken rule costs there; a dash where it does not count.
fn costs(rule: &dyn Rule, target: TargetKind) -> String {
    let basis = rule.basis(target);
    basis.map_or_else(|| "-".to_owned(), |basis| basis.label())
}

fn section(page: &mut String, rule: &dyn Rule) {
    let _ = write!(
        page,
        "\n## {}\n\nRule {}: {}.\n\n**Why.** {}\n\n**Remedy.** {}\n\n",
        rule.id(),
        rule.number(),
        rule.title(),
        rule.why(),
        rule.remedy()
    );
    for target in TargetKind::ALL {
        let _ = match rule.basis(target) {
            None => writeln!(page, "- For {target}: does not count."),
            Some(basis) => writeln!(
                page,
                "- For {target}: {}. '{}', {}.",
                basis.label(),
                basis.document.title,
                basis.document.date
            ),
        };
    }
    if !rule.codes().is_empty() {
        let codes: Vec<String> = rule.codes().iter().map(u32::to_string).collect();
        let _ = writeln!(page, "- Codes of the portal: {}.", codes.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_the_repository_is_up_to_date() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(
            kept == page(),
            "docs/rules.md is out of date: run the tests with UPDATE_DOCS=1"
        );
    }
}
