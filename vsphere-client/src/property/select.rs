//! Building a selection: from which objects, along which references.

use std::time::Duration;

use crate::vim::{ObjectSpec, SelectionSpec, TraversalSpec};

impl TraversalSpec {
    /// Follows the property `path` of objects of the managed type `kind`.
    ///
    /// ```
    /// use vsphere_client::vim::{ManagedObjectReference, ObjectSpec, TraversalSpec};
    ///
    /// // A VM, its host, and the cluster of the host, in one retrieval.
    /// let vm = ManagedObjectReference::new("VirtualMachine", "vm-42");
    /// let from_vm = ObjectSpec::object(vm).select(
    ///     TraversalSpec::path("VirtualMachine", "runtime.host")
    ///         .then(TraversalSpec::path("HostSystem", "parent")),
    /// );
    /// assert_eq!(from_vm.select_set.len(), 1);
    /// ```
    #[must_use]
    pub fn path(kind: impl Into<String>, path: impl Into<String>) -> Self {
        Self {
            name: None,
            kind: kind.into(),
            path: path.into(),
            skip: None,
            select_set: Vec::new(),
        }
    }

    /// Goes on from the objects that are reached.
    #[must_use]
    pub fn then(mut self, next: impl Into<SelectionSpec>) -> Self {
        self.select_set.push(next.into());
        self
    }

    /// Gives it a name, by which [`SelectionSpec::named`] follows it again: so a traversal can
    /// lead into itself, as through nested folders.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Leaves the objects that are reached out of the result; only the way on counts.
    #[must_use]
    pub fn skipped(mut self) -> Self {
        self.skip = Some(true);
        self
    }
}

impl SelectionSpec {
    /// The traversal of that name, which stands elsewhere in the same selection.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self::Named(name.into())
    }
}

impl From<TraversalSpec> for SelectionSpec {
    fn from(traversal: TraversalSpec) -> Self {
        Self::Traversal(traversal)
    }
}

impl ObjectSpec {
    /// Goes on from this object.
    #[must_use]
    pub fn select(mut self, next: impl Into<SelectionSpec>) -> Self {
        self.select_set.push(next.into());
        self
    }

    /// Leaves this object out of the result; only the way on counts.
    #[must_use]
    pub fn skipped(mut self) -> Self {
        self.skip = Some(true);
        self
    }
}

/// Whole seconds for `maxWaitSeconds`, at least one: zero would ask for no wait at all.
pub(super) fn wait_seconds(wait: Duration) -> i32 {
    i32::try_from(wait.as_secs()).unwrap_or(i32::MAX).max(1)
}
