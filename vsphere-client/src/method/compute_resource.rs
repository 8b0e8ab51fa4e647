//! Calls of clusters and of Storage DRS.

use super::{Effect, Method};
use crate::soap::{Encode, Typed, Writer};
use crate::vim::{ClusterConfigSpecEx, ManagedObjectReference, StorageDrsConfigSpec};
use crate::wire_method;

/// Changes a cluster (`ComputeResource.ReconfigureComputeResource_Task`); gives a task.
#[derive(Debug, Clone, PartialEq)]
pub struct ReconfigureComputeResourceTask {
    /// The cluster.
    pub this: ManagedObjectReference,
    /// The changes.
    pub spec: ClusterConfigSpecEx,
    /// Whether what `spec` leaves out stays as it is (`true`), or goes back to its default.
    pub modify: bool,
}

impl ReconfigureComputeResourceTask {
    /// Changes what `spec` holds, and nothing else.
    #[must_use]
    pub fn modify(cluster: ManagedObjectReference, spec: ClusterConfigSpecEx) -> Self {
        Self {
            this: cluster,
            spec,
            modify: true,
        }
    }
}

impl Method for ReconfigureComputeResourceTask {
    const NAME: &'static str = "ReconfigureComputeResource_Task";
    const EFFECT: Effect = Effect::Change;
    type Output = ManagedObjectReference;

    fn this(&self) -> &ManagedObjectReference {
        &self.this
    }

    fn params(&self, writer: &mut Writer) {
        // The schema declares the base type, so the cluster's own must be named.
        self.spec.encode_typed(writer, "spec");
        self.modify.encode(writer, "modify");
    }
}

wire_method! {
    /// Changes Storage DRS of a pod (`StorageResourceManager.ConfigureStorageDrsForPod_Task`); gives a task.
    pub struct ConfigureStorageDrsForPodTask = "ConfigureStorageDrsForPod_Task": Effect::Change => ManagedObjectReference {
        /// The pod.
        pod: ManagedObjectReference = "pod",
        /// The changes.
        spec: StorageDrsConfigSpec = "spec",
        /// Whether what `spec` leaves out stays as it is (`true`), or goes back to its default.
        modify: bool = "modify",
    }
}
