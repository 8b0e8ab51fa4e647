//! One object as it was read.

use crate::error::Error;
use crate::property::ObjectSet;
use crate::soap::{Decode, DecodeError, Reader, Start};
use crate::vim::{ManagedObjectReference, MissingProperty};

/// An object and the properties that were read of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Object<T> {
    /// Which object it is.
    pub reference: ManagedObjectReference,
    /// What was read.
    pub properties: T,
    /// What the server would not give, and why. Beside permissions, this is how an older server
    /// tells that it does not know a path.
    pub missing: Vec<MissingProperty>,
    /// What the server gave and this client could not read.
    pub unreadable: Vec<Unreadable>,
}

/// A property whose value does not have the shape that this client knows.
///
/// It is kept beside the others, so that one odd value does not cost a whole inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unreadable {
    /// The path.
    pub path: String,
    /// What is odd about it.
    pub error: DecodeError,
}

impl<T> Object<T> {
    /// Makes something else of the properties, and keeps which object it is, what is missing and
    /// what could not be read.
    ///
    /// ```
    /// use vsphere_client::property::Object;
    ///
    /// vsphere_client::property_set! {
    ///     /// The size of a VM.
    ///     pub struct Size: "VirtualMachine" {
    ///         /// Number of virtual processors.
    ///         pub cpus: Option<i32> = "config.hardware.numCPU",
    ///         /// Memory in MB.
    ///         pub memory: Option<i32> = "config.hardware.memoryMB",
    ///     }
    /// }
    ///
    /// // Only what is of interest goes on, and still tells why it is not there.
    /// fn memory(vm: Object<Size>) -> Object<Option<i32>> {
    ///     vm.map(|size| size.memory)
    /// }
    /// # let read = Object {
    /// #     reference: vsphere_client::vim::ManagedObjectReference::new("VirtualMachine", "vm-1"),
    /// #     properties: Size { cpus: Some(2), memory: Some(4096) },
    /// #     missing: vec![],
    /// #     unreadable: vec![],
    /// # };
    /// # assert_eq!(memory(read).properties, Some(4096));
    /// ```
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Object<U> {
        Object {
            reference: self.reference,
            properties: f(self.properties),
            missing: self.missing,
            unreadable: self.unreadable,
        }
    }

    /// Takes the properties out: by what they are, the rest may go on with something else, by [`map`](Object::map).
    ///
    /// ```
    /// # use vsphere_client::property::Object;
    /// # vsphere_client::property_set! {
    /// #     /// A VM.
    /// #     pub struct Vm: "VirtualMachine" {
    /// #         /// Its name.
    /// #         pub name: Option<String> = "name",
    /// #     }
    /// # }
    /// # vsphere_client::property_set! {
    /// #     /// A host.
    /// #     pub struct Host: "HostSystem" {
    /// #         /// Its name.
    /// #         pub name: Option<String> = "name",
    /// #     }
    /// # }
    /// # vsphere_client::object_set! {
    /// #     /// What was found.
    /// #     pub enum VmOrComputeResource {
    /// #         /// A VM.
    /// #         Vm(Vm),
    /// #         /// A host.
    /// #         Host(Host),
    /// #     }
    /// # }
    /// fn vms(found: Vec<Object<VmOrComputeResource>>) -> Vec<Object<Vm>> {
    ///     let split = found.into_iter().map(Object::split);
    ///     split
    ///         .filter_map(|(properties, object)| match properties {
    ///             VmOrComputeResource::Vm(vm) => Some(object.map(|()| vm)),
    ///             VmOrComputeResource::Host(_) => None,
    ///         })
    ///         .collect()
    /// }
    /// # let reference = vsphere_client::vim::ManagedObjectReference::new("VirtualMachine", "vm-1");
    /// # let properties = VmOrComputeResource::Vm(Vm { name: Some("web".into()) });
    /// # let found = Object { reference, properties, missing: vec![], unreadable: vec![] };
    /// # assert_eq!(vms(vec![found]).len(), 1);
    /// ```
    #[must_use]
    pub fn split(self) -> (T, Object<()>) {
        let object = Object {
            reference: self.reference,
            properties: (),
            missing: self.missing,
            unreadable: self.unreadable,
        };
        (self.properties, object)
    }

    /// The properties, when all of them were read; else why the first one was not.
    ///
    /// For questions whose answer must not be less than whole. A property that is unset is no
    /// trouble. `method` is the call that gave the object.
    pub(crate) fn whole(self, method: &'static str) -> Result<T, Error> {
        if let Some(missing) = self.missing.into_iter().next() {
            let fault = Box::new(missing.fault);
            return Err(Error::Fault { method, fault });
        }
        match self.unreadable.into_iter().next() {
            Some(unreadable) => Err(Error::Decode {
                method,
                source: unreadable.error,
            }),
            None => Ok(self.properties),
        }
    }

    /// Why the property `path` is not there, when the server said so.
    pub fn missing(&self, path: &str) -> Option<&MissingProperty> {
        self.missing.iter().find(|missing| missing.path == path)
    }

    /// Whether the server answered that there is no session, which it may do per property.
    pub(super) fn tells_lost_session(&self) -> bool {
        self.missing
            .iter()
            .any(|missing| missing.fault.is_not_authenticated())
    }
}

/// An `ObjectContent`; `None` for an object of a type that was not asked for.
#[derive(Debug)]
pub(super) struct Content<T>(pub(super) Option<Object<T>>);

impl<T: ObjectSet> Decode for Content<T> {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut object: Option<Object<T>> = None;
        let mut known = false;
        while let Some(child) = reader.next_child(start)? {
            match (child.name(), &mut object) {
                ("obj", _) => {
                    let reference = ManagedObjectReference::decode(reader, &child)?;
                    known = true;
                    object = T::empty(&reference.kind).map(|properties| Object {
                        reference,
                        properties,
                        missing: Vec::new(),
                        unreadable: Vec::new(),
                    });
                }
                ("propSet", Some(object)) => read_property(object, reader, &child)?,
                ("missingSet", Some(object)) => {
                    object
                        .missing
                        .push(MissingProperty::decode(reader, &child)?);
                }
                _ => {}
            }
        }
        if !known {
            return Err(DecodeError::MissingField {
                owner: "ObjectContent",
                field: "obj",
            });
        }
        Ok(Self(object))
    }
}

/// Reads one `propSet`: a name, and a value that some servers leave out.
fn read_property<'x, T: ObjectSet>(
    object: &mut Object<T>,
    reader: &mut Reader<'x>,
    start: &Start<'x>,
) -> Result<(), DecodeError> {
    let mut path = std::borrow::Cow::Borrowed("");
    while let Some(part) = reader.next_child(start)? {
        match part.name() {
            "name" => path = reader.text(&part)?,
            "val" => {
                let read = object.properties.read(&path, reader, &part);
                keep_unreadable(&mut object.unreadable, &path, read)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Sets a value of an odd shape aside. A broken document stays an error.
pub(super) fn keep_unreadable(
    unreadable: &mut Vec<Unreadable>,
    path: &str,
    read: Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    match read {
        Err(error) if !error.is_fatal() => {
            unreadable.push(Unreadable {
                path: path.to_owned(),
                error,
            });
            Ok(())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::property_set! {
        struct Vm: "VirtualMachine" {
            name: Option<String> = "name",
            cpus: Option<i32> = "config.hardware.numCPU",
            hosts: Vec<ManagedObjectReference> = "hosts",
        }
    }
    crate::property_set! {
        struct Compute: "ComputeResource" { name: Option<String> = "name" }
    }
    crate::property_set! {
        struct Cluster: "ClusterComputeResource" { name: Option<String> = "name" }
    }
    crate::object_set! {
        enum VmOrComputeResource { Vm(Vm), Compute(Compute), Cluster(Cluster) }
    }

    fn decode<T: ObjectSet>(inner: &str) -> Result<Option<Object<T>>, DecodeError> {
        let xml = format!(
            "<objects xmlns:q=\"http://www.w3.org/2001/XMLSchema-instance\">{inner}</objects>"
        );
        let mut reader = Reader::new(xml.as_bytes())?;
        let start = reader.root()?;
        let content = Content::<T>::decode(&mut reader, &start)?;
        reader.finish()?;
        Ok(content.0)
    }

    #[test]
    fn values_and_missing_ones_stand_side_by_side() {
        let vm = decode::<Vm>(
            "<obj type=\"VirtualMachine\">vm-1</obj>\
             <propSet><name>name</name><val q:type=\"xsd:string\">web</val></propSet>\
             <propSet><name>hosts</name><val q:type=\"ArrayOfManagedObjectReference\">\
               <ManagedObjectReference type=\"HostSystem\">host-1</ManagedObjectReference></val></propSet>\
             <missingSet><path>config.hardware.numCPU</path><fault>\
               <fault q:type=\"NoPermission\"><privilegeId>System.Read</privilegeId></fault>\
             </fault></missingSet>",
        )
        .unwrap()
        .unwrap();
        assert_eq!(vm.reference.to_string(), "VirtualMachine:vm-1");
        assert_eq!(vm.properties.name.as_deref(), Some("web"));
        assert_eq!(vm.properties.hosts[0].value, "host-1");
        assert_eq!(
            vm.missing("config.hardware.numCPU").unwrap().fault.name,
            "NoPermission"
        );
        assert!(!vm.tells_lost_session());
    }

    #[test]
    fn a_name_without_a_value_is_survived() {
        let vm = decode::<Vm>(
            "<obj type=\"VirtualMachine\">vm-1</obj><propSet><name>name</name></propSet>",
        );
        assert_eq!(vm.unwrap().unwrap().properties.name, None);
    }

    #[test]
    fn one_odd_value_does_not_cost_the_object() {
        let vm = decode::<Vm>(
            "<obj type=\"VirtualMachine\">vm-1</obj>\
             <propSet><name>config.hardware.numCPU</name><val>many<x/></val></propSet>\
             <propSet><name>name</name><val>web</val></propSet>",
        )
        .unwrap()
        .unwrap();
        assert_eq!(vm.properties.name.as_deref(), Some("web"));
        assert_eq!(vm.unreadable[0].path, "config.hardware.numCPU");
    }

    #[test]
    fn what_is_made_of_an_object_keeps_what_is_not_known_of_it() {
        let vm = decode::<Vm>(
            "<obj type=\"VirtualMachine\">vm-1</obj>\
             <propSet><name>name</name><val>web</val></propSet>\
             <propSet><name>config.hardware.numCPU</name><val>many<x/></val></propSet>\
             <missingSet><path>hosts</path><fault><fault q:type=\"NoPermission\"/></fault></missingSet>",
        )
        .unwrap()
        .unwrap();
        let name = vm.clone().map(|vm| vm.name);
        assert_eq!(name.properties.as_deref(), Some("web"));
        assert_eq!(name.reference, vm.reference);
        assert_eq!(
            (&name.missing, &name.unreadable),
            (&vm.missing, &vm.unreadable)
        );
        assert_eq!((name.missing.len(), name.unreadable.len()), (1, 1));
    }

    #[test]
    fn an_object_is_whole_when_nothing_was_withheld() {
        let read = |rest: &str| {
            let obj = "<obj type=\"VirtualMachine\">vm-1</obj>";
            decode::<Vm>(&format!("{obj}{rest}"))
                .unwrap()
                .unwrap()
                .whole("RetrievePropertiesEx")
        };
        assert_eq!(read("").unwrap(), Vm::default());
        let denied = read(
            "<missingSet><path>name</path><fault><fault q:type=\"NoPermission\"/></fault></missingSet>",
        );
        assert_eq!(denied.unwrap_err().fault().unwrap().name, "NoPermission");
        let odd = "<propSet><name>config.hardware.numCPU</name><val>many</val></propSet>";
        assert!(matches!(read(odd), Err(Error::Decode { .. })));
    }

    #[test]
    fn a_broken_document_is_an_error() {
        let broken = decode::<Vm>("<obj type=\"VirtualMachine\">vm-1</obj><propSet><name>");
        assert!(broken.is_err());
        assert!(decode::<Vm>("<propSet><name>name</name></propSet>").is_err());
    }

    #[test]
    fn the_nearest_type_decides_the_variant() {
        let found = |kind: &str| {
            decode::<VmOrComputeResource>(&format!("<obj type=\"{kind}\">x-1</obj>"))
                .unwrap()
                .map(|o| o.properties)
        };
        assert!(matches!(
            found("VirtualMachine"),
            Some(VmOrComputeResource::Vm(_))
        ));
        assert!(matches!(
            found("ComputeResource"),
            Some(VmOrComputeResource::Compute(_))
        ));
        assert!(matches!(
            found("ClusterComputeResource"),
            Some(VmOrComputeResource::Cluster(_))
        ));
        assert!(found("Datastore").is_none());
    }
}
