//! Asking for some of the properties of a type: one property set for each type, and parts of it chosen by bits.

use vsphere_client::{
    property::PropertySet,
    soap::{DecodeError, Reader, Start},
};

/// A property set whose paths belong to parts. [`parted_set!`] makes one.
pub(crate) trait Parted: PropertySet {
    /// Which part each path belongs to, in the order of the paths.
    const PART_OF: &'static [u32];
}

/// The properties of some parts, such as `Select<Properties, { NAME | DEVICES }>`; the others stay unset.
///
/// Which parts are read stands in the type, so that one retrieval can ask for VMs beside hosts and
/// datastores, and so that what was not asked for is never taken for what the server leaves unset.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Select<S, const PARTS: u32>(pub(crate) S);

/// A part has one bit, and most parts have one path: a set has no more than so many.
const MOST: usize = 48;

/// So many paths, at the front.
type Selected = ([&'static str; MOST], usize);

impl<S: Parted, const PARTS: u32> Select<S, PARTS> {
    const SELECTED: &'static Selected = &select(S::PATHS, S::PART_OF, PARTS);
}

const fn select(paths: &[&'static str], part_of: &[u32], parts: u32) -> Selected {
    let mut selected = [""; MOST];
    let (mut at, mut taken) = (0, 0);
    while at < paths.len() {
        if part_of[at] & parts != 0 {
            selected[taken] = paths[at];
            taken += 1;
        }
        at += 1;
    }
    (selected, taken)
}

impl<S: Parted, const PARTS: u32> PropertySet for Select<S, PARTS> {
    const TYPE: &'static str = S::TYPE;
    const PATHS: &'static [&'static str] = Self::SELECTED.0.split_at(Self::SELECTED.1).0;

    fn read<'x>(
        &mut self,
        path: &str,
        reader: &mut Reader<'x>,
        val: &Start<'x>,
    ) -> Result<(), DecodeError> {
        self.0.read(path, reader, val)
    }

    fn adopt(&mut self, path: &str, newer: &mut Self) {
        self.0.adopt(path, &mut newer.0);
    }
}

/// As `property_set!`, with the part that each path belongs to.
macro_rules! parted_set {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident : $kind:literal {
            $(
                $(#[$field_meta:meta])*
                $field:ident : $type:ty = $path:literal in $part:expr
            ),* $(,)?
        }
    ) => {
        vsphere_client::property_set! {
            $(#[$meta])*
            $vis struct $name: $kind {
                $( $(#[$field_meta])* $vis $field: $type = $path, )*
            }
        }

        impl $crate::parted::Parted for $name {
            const PART_OF: &'static [u32] = &[$($part),*];
        }
    };
}

pub(crate) use parted_set;

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: u32 = 1;
    const SIZE: u32 = 2;

    parted_set! {
        struct Set: "VirtualMachine" {
            name: Option<String> = "name" in NAME,
            memory: Option<i64> = "config.hardware.memoryMB" in SIZE,
            cpus: Option<i32> = "config.hardware.numCPU" in SIZE,
        }
    }

    #[test]
    fn a_selection_asks_for_its_own_paths_and_no_others() {
        assert_eq!(Select::<Set, NAME>::PATHS, ["name"]);
        assert_eq!(
            Select::<Set, SIZE>::PATHS,
            ["config.hardware.memoryMB", "config.hardware.numCPU"]
        );
        assert_eq!(Select::<Set, { NAME | SIZE }>::PATHS, Set::PATHS);
        assert!(Select::<Set, 0>::PATHS.is_empty());
        assert_eq!(Select::<Set, NAME>::TYPE, "VirtualMachine");
    }
}
