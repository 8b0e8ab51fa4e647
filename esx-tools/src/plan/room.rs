//! The room that merging delta files into their base needs.

use std::collections::BTreeMap;

use crate::{site::Facts, vm::ChainUnit};

/// A datastore that lacks the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shortage {
    pub(super) datastore: String,
    pub(super) needed_bytes: i64,
    pub(super) free_bytes: i64,
}

/// What the base files may grow by, per datastore name.
pub(super) fn needed(facts: &Facts) -> BTreeMap<&str, i64> {
    let mut needed = BTreeMap::new();
    let vm = &facts.master_target;
    for disk in vm.disks.known().into_iter().flatten() {
        // What a linked clone stands on is another VM's, and nothing is merged into it.
        if let Some((datastore, bytes)) = growth(disk.capacity_bytes, vm.own_chain(disk)) {
            *needed.entry(datastore).or_insert(0) += bytes;
        }
    }
    needed
}

/// The first datastore, by name, that has less free than is needed.
pub(super) fn shortage(facts: &Facts) -> Option<Shortage> {
    needed(facts).into_iter().find_map(|(name, needed_bytes)| {
        let free_bytes = facts.datastore(name)?.free_bytes?;
        (free_bytes < needed_bytes).then(|| Shortage {
            datastore: name.to_owned(),
            needed_bytes,
            free_bytes,
        })
    })
}

/// The base grows by what the deltas hold, yet never beyond the disk's capacity.
fn growth(capacity_bytes: Option<i64>, chain: &[ChainUnit]) -> Option<(&str, i64)> {
    let (base, deltas) = chain.split_first()?;
    let datastore = base.datastore.as_deref()?;
    let held: i64 = deltas.iter().filter_map(|delta| delta.bytes).sum();
    let room = match (capacity_bytes, base.bytes) {
        // vcsim tells a capacity of 0 for disks that were attached without one.
        (Some(capacity), Some(base)) if capacity > 0 => (capacity - base).max(0),
        _ => i64::MAX,
    };
    let bytes = held.min(room);
    (bytes > 0).then_some((datastore, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, site::sample};

    #[test]
    fn the_base_takes_what_the_deltas_hold() {
        let facts = sample::wrong();
        assert_eq!(
            needed(&facts).into_iter().collect::<Vec<_>>(),
            [("ds1", 2 << 30)]
        );
        assert_eq!(shortage(&facts), None);
    }

    #[test]
    fn a_thick_base_does_not_grow() {
        let mut facts = sample::wrong();
        if let Fact::Known(disks) = &mut facts.master_target.disks {
            disks[0].chain[0].bytes = disks[0].capacity_bytes;
        }
        assert!(needed(&facts).is_empty());
    }

    #[test]
    fn a_full_datastore_is_named_with_numbers() {
        let mut facts = sample::wrong();
        if let Fact::Known(datastores) = &mut facts.datastores {
            datastores[0].free_bytes = Some(1 << 20);
        }
        let expected = Shortage {
            datastore: "ds1".into(),
            needed_bytes: 2 << 30,
            free_bytes: 1 << 20,
        };
        assert_eq!(shortage(&facts), Some(expected));
    }
}
