//! Between facts and the client's types.

use vsphere_client::vim::ManagedObjectReference;

use super::MoRef;

impl From<&ManagedObjectReference> for MoRef {
    fn from(reference: &ManagedObjectReference) -> Self {
        Self::new(reference.kind.as_ref(), &reference.value)
    }
}

impl From<&MoRef> for ManagedObjectReference {
    fn from(reference: &MoRef) -> Self {
        Self::new(&reference.kind, &reference.value)
    }
}
