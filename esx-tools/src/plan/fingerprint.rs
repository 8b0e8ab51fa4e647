//! A mark of the facts that a plan rests on.

use crate::{exclusion::exclusion, site::Facts};

/// A mark that is equal for equal facts. Sizes and times are left out: they change by themselves.
pub(super) fn fingerprint(facts: &Facts) -> String {
    let vm = &facts.master_target;
    let chains = vm.disks.clone().map(|disks| {
        disks
            .into_iter()
            .map(|disk| {
                (
                    disk.key,
                    disk.chain
                        .into_iter()
                        .map(|unit| unit.path)
                        .collect::<Vec<_>>(),
                )
            })
            .collect::<Vec<_>>()
    });
    let exclusion = exclusion(facts);
    let mounts: Vec<_> = facts
        .protected
        .datastores
        .iter()
        .map(|datastore| (&datastore.moref, &datastore.mount))
        .collect();
    let parts = (
        (
            &vm.moref,
            &vm.change_version,
            &vm.snapshots,
            &vm.consolidation_needed,
            &vm.power_state,
        ),
        (
            &vm.controllers,
            &chains,
            &vm.extra_config,
            &vm.disk_uuid_flag,
        ),
        (exclusion.layers, &facts.tags, mounts),
    );
    // Plain data has no way to fail to be written; an empty text would only make a plan stale.
    let text = serde_json::to_string(&parts).unwrap_or_default();
    format!("{:016x}", fnv1a(text.as_bytes()))
}

/// FNV-1a: stable between runs and versions of Rust, which the standard hasher is not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fact::Fact, site::sample};

    #[test]
    fn the_mark_follows_what_matters() {
        let facts = sample::wrong();
        let mark = fingerprint(&facts);
        assert_eq!(mark, fingerprint(&facts.clone()));

        let mut sized = facts.clone();
        if let Fact::Known(datastores) = &mut sized.datastores {
            datastores[0].free_bytes = Some(1);
        }
        assert_eq!(mark, fingerprint(&sized));

        let mut changed = facts;
        changed.master_target.consolidation_needed = Fact::Known(false);
        assert_ne!(mark, fingerprint(&changed));
    }

    #[test]
    fn the_hash_is_fnv() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
