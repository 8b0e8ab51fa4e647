//! Which layers keep the VM from Storage vMotion.

use esx_tools::exclusion::{ExclusionReport, Layer, LayerState, Protection};

use super::{Look, hang};
use crate::output::{Column, Table};

/// One row per layer, and what they come to.
pub(crate) fn layers(look: Look, report: &ExclusionReport) -> String {
    let columns = [
        Column::whole("LAYER"),
        Column::whole("STATE"),
        Column::text("ON"),
        Column::text("DETAIL"),
    ];
    let mut table = Table::new(&columns, look.width, look.colour);
    for layer in &report.layers {
        table.row([
            layer.layer.id(),
            &layer.state.to_string(),
            &layer.object_name,
            &layer.detail,
        ]);
    }
    let mut text = table.render();
    let (word, meaning) = meaning(look, report);
    text.push_str(&format!(
        "\n{}",
        hang(
            look,
            &format!("{word}: "),
            width_of(report.protection),
            &meaning
        )
    ));
    text
}

/// The word that stands in JSON, in capitals.
fn word_of(protection: Protection) -> &'static str {
    match protection {
        Protection::Full => "FULL",
        Protection::Enforced => "ENFORCED",
        Protection::ForNow => "FOR NOW",
        Protection::Advisory => "ADVISORY",
        Protection::None => "NONE",
        Protection::NotApplicable => "NOT APPLICABLE",
        Protection::Unknown => "UNKNOWN",
    }
}

fn width_of(protection: Protection) -> usize {
    word_of(protection).len() + 2
}

fn meaning(look: Look, report: &ExclusionReport) -> (String, String) {
    let word = word_of(report.protection);
    let paint = look.paint;
    match report.protection {
        Protection::Full => (paint.good(word), "nobody can relocate this VM, and every layer that applies holds".to_owned()),
        Protection::Enforced => (
            paint.good(word),
            format!("nobody can relocate this VM; not in force: {}", missing(report)),
        ),
        Protection::ForNow => (
            paint.careful(word),
            "nobody can relocate this VM now, but not because of esxtool: that can end at any time. 'esxtool storage-vmotion exclude' sets its own beside".to_owned(),
        ),
        Protection::Advisory => (
            paint.careful(word),
            "automation leaves this VM alone, but a person can still move its disks: tell the colleagues".to_owned(),
        ),
        Protection::None => (paint.bad(word), "nothing keeps the disks of this VM where they are".to_owned()),
        Protection::NotApplicable => (word.to_owned(), "there is no vCenter that could move this VM".to_owned()),
        Protection::Unknown => (paint.careful(word), "the server did not tell enough".to_owned()),
    }
}

fn missing(report: &ExclusionReport) -> String {
    let names: Vec<&str> = report
        .layers
        .iter()
        .filter(|layer| matches!(layer.state, LayerState::Absent | LayerState::Unknown))
        .map(|layer| Layer::stops(layer.layer))
        .collect();
    names.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_json_have_one_word_for_it() {
        for protection in [
            Protection::Full,
            Protection::Enforced,
            Protection::ForNow,
            Protection::Advisory,
            Protection::None,
            Protection::NotApplicable,
            Protection::Unknown,
        ] {
            let json = serde_json::to_value(protection).unwrap();
            let word = json.as_str().unwrap().replace('-', " ").to_uppercase();
            assert_eq!(word_of(protection), word);
        }
    }
}
