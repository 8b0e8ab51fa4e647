//! Views: sets of objects that the server keeps up to date.

use super::Effect;
use crate::vim::ManagedObjectReference;
use crate::wire_method;

wire_method! {
    /// Makes a view of all objects below a container (`ViewManager.CreateContainerView`).
    pub struct CreateContainerView = "CreateContainerView": Effect::Session => ManagedObjectReference {
        /// Folder, datacenter, compute resource, pool or host.
        container: ManagedObjectReference = "container",
        /// Managed types wanted; all when empty.
        kind: Vec<String> = "type",
        /// Whether to go below the first level.
        recursive: bool = "recursive",
    }
}

wire_method! {
    /// Gives up a view; `this` is the view (`View.DestroyView`).
    pub struct DestroyView = "DestroyView": Effect::Session => () {}
}
