//! The rules page, written from the registry.

use std::fmt::Write as _;

use super::{Rule, registry};

/// The page `esx-tools/docs/rules.md` as Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# The failback rules\n\n\
         Written from the registry of rules: change the rule, then run the tests with `UPDATE_DOCS=1`.\n\n\
         | # | rule | severity | about | demands that |\n| --- | --- | --- | --- | --- |\n",
    );
    for rule in registry() {
        // Writing to a String cannot fail.
        let _ = writeln!(
            page,
            "| {} | [{id}](#{id}) | {} | {} | {} |",
            rule.number(),
            rule.severity(),
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

fn section(page: &mut String, rule: &dyn Rule) {
    let _ = write!(
        page,
        "\n## {}\n\nRule {}, {}: {}.\n\n**Why.** {}\n\n**Remedy.** {}\n",
        rule.id(),
        rule.number(),
        rule.severity(),
        rule.title(),
        rule.why(),
        rule.remedy()
    );
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
