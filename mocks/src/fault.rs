//! Faults: what a method answers when it refuses.

use crate::value::{Data, MoRef, Value};

/// A fault as the server sends it: the fault type with its properties, and a message for people.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// The fault; its `kind` is the fault type, for example `NoPermission`.
    pub data: Data,
    /// What `faultstring` says.
    pub message: String,
}

impl Fault {
    /// A fault of any type; properties can be added with [`Fault::with`].
    pub fn new(kind: &str, message: impl Into<String>) -> Self {
        Self {
            data: Data::new(kind),
            message: message.into(),
        }
    }

    /// The same fault with one more property.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.set(name, value);
        self
    }

    /// The fault's type name.
    pub fn kind(&self) -> &str {
        &self.data.kind
    }

    /// The fault wrapped as a `LocalizedMethodFault`, as tasks and `missingSet` carry it.
    pub fn localized(&self) -> Data {
        Data::new("LocalizedMethodFault")
            .with("fault", self.data.clone())
            .with("localizedMessage", self.message.as_str())
    }

    /// `InvalidArgument`: a parameter is wrong. `property` is its path, for example
    /// `spec.deviceChange[0].device`.
    pub fn invalid_argument(property: &str) -> Self {
        Self::new(
            "InvalidArgument",
            format!("A specified parameter was not correct: {property}"),
        )
        .with("invalidProperty", property)
    }

    /// `InvalidRequest`: the request itself cannot be understood.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new("InvalidRequest", message)
    }

    /// `InvalidProperty`: a property path that the type does not have.
    pub fn invalid_property(name: &str) -> Self {
        Self::new("InvalidProperty", format!("Invalid property: {name}")).with("name", name)
    }

    /// `NotSupported`: the server cannot do this at all.
    pub fn not_supported() -> Self {
        Self::new(
            "NotSupported",
            "The operation is not supported on the object.",
        )
    }

    /// `NotImplemented`: the mock does not do this.
    pub fn not_implemented(method: &str) -> Self {
        Self::new(
            "NotImplemented",
            format!("The mock does not implement {method}"),
        )
    }

    /// `NoPermission`: the account lacks a privilege on an object.
    pub fn no_permission(object: &MoRef, privilege: &str) -> Self {
        Self::new(
            "NoPermission",
            "Permission to perform this operation was denied.",
        )
        .with("object", object)
        .with("privilegeId", privilege)
    }

    /// `NotAuthenticated`: no session, or one that has expired.
    pub fn not_authenticated(object: &MoRef, privilege: &str) -> Self {
        Self::new("NotAuthenticated", "The session is not authenticated.")
            .with("object", object)
            .with("privilegeId", privilege)
    }

    /// `InvalidLogin`: wrong user name or password.
    pub fn invalid_login() -> Self {
        Self::new(
            "InvalidLogin",
            "Cannot complete login due to an incorrect user name or password.",
        )
    }

    /// `ManagedObjectNotFound`: the object is gone or never was.
    pub fn not_found(object: &MoRef) -> Self {
        let message = format!(
            "The object '{}:{}' has already been deleted or has not been completely created",
            object.kind, object.value
        );
        Self::new("ManagedObjectNotFound", message).with("obj", object)
    }

    /// `MethodNotFound`: the type has no such method.
    pub fn method_not_found(receiver: &MoRef, method: &str) -> Self {
        Self::new(
            "MethodNotFound",
            format!("{} has no method {method}", receiver.kind),
        )
        .with("receiver", receiver)
        .with("method", method)
    }

    /// `ConcurrentAccess`: someone else changed the object since the `changeVersion` given.
    pub fn concurrent_access() -> Self {
        Self::new(
            "ConcurrentAccess",
            "Cannot complete operation due to concurrent modification by another operation.",
        )
    }

    /// `RequestCanceled`: somebody cancelled the task or the wait.
    pub fn request_canceled() -> Self {
        Self::new("RequestCanceled", "The task was canceled by a user.")
    }

    /// `HostCommunication`: vCenter does not reach the host.
    pub fn host_communication() -> Self {
        Self::new(
            "HostCommunication",
            "Unable to communicate with the remote host, since it is disconnected.",
        )
    }

    /// `SystemError`: something broke within the server.
    pub fn system_error() -> Self {
        Self::new(
            "SystemError",
            "A general system error occurred: internal error",
        )
        .with("reason", "internal error")
    }

    /// `TaskInProgress`: another operation on the object runs.
    pub fn task_in_progress(task: &MoRef) -> Self {
        Self::new("TaskInProgress", "Another task is already in progress.").with("task", task)
    }

    /// `InvalidPowerState`: the VM is in the wrong power state.
    pub fn invalid_power_state(requested: Option<&str>, existing: &str) -> Self {
        let fault = Self::new(
            "InvalidPowerState",
            "The attempted operation cannot be performed in the current state.",
        )
        .with(
            "existingState",
            Value::of_enum("VirtualMachinePowerState", existing),
        );
        match requested {
            Some(state) => fault.with(
                "requestedState",
                Value::of_enum("VirtualMachinePowerState", state),
            ),
            None => fault,
        }
    }

    /// `MethodDisabled`: someone disabled the method on the object.
    pub fn method_disabled(source: Option<&str>) -> Self {
        let fault = Self::new("MethodDisabled", "The method is disabled by the caller.");
        match source {
            Some(source) => fault.with("source", source),
            None => fault,
        }
    }

    /// `RestrictedVersion`: the licence does not let the API write.
    pub fn restricted_version() -> Self {
        Self::new(
            "RestrictedVersion",
            "Current license or ESXi version prohibits execution of the requested operation.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_here_is_one_that_the_schema_knows_and_whole() {
        let object = MoRef::new("VirtualMachine", "vm-1");
        let task = MoRef::new("Task", "task-1");
        let all = [
            Fault::invalid_argument("spec"),
            Fault::invalid_request("no"),
            Fault::invalid_property("nme"),
            Fault::not_supported(),
            Fault::not_implemented("X"),
            Fault::no_permission(&object, "System.Read"),
            Fault::not_authenticated(&object, "System.View"),
            Fault::invalid_login(),
            Fault::not_found(&object),
            Fault::method_not_found(&object, "X"),
            Fault::concurrent_access(),
            Fault::request_canceled(),
            Fault::host_communication(),
            Fault::system_error(),
            Fault::task_in_progress(&task),
            Fault::invalid_power_state(Some("poweredOn"), "poweredOff"),
            Fault::method_disabled(None),
            Fault::restricted_version(),
        ];
        for fault in all {
            assert_eq!(fault.localized().complaints(), Vec::<String>::new());
        }
    }
}
