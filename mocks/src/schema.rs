//! The facts of the vim25 API: which types, properties, methods and parameters there are.
//!
//! They come from `schema/vim25.txt`, which `schema/make_schema.py` writes from the metadata of
//! pyVmomi. Nothing here is written by hand, so that the mock cannot agree with a client's mistake.

mod parse;
mod version;

use std::collections::HashMap;
use std::sync::OnceLock;

pub use version::ApiVersion;

/// A type as a property or parameter declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeRef {
    /// The wire name: a data type, an enumeration, a managed type, or `string`, `int`, `anyType`, …
    pub kind: String,
    /// Whether it repeats.
    pub array: bool,
}

/// A property of a data object or of a managed object, or a parameter of a method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its name on the wire.
    pub name: String,
    /// Its declared type.
    pub of: TypeRef,
    /// Whether it may be absent.
    pub optional: bool,
    /// The version that brought it; 6.7 and older count as always there.
    pub since: ApiVersion,
}

/// A method of a managed type.
#[derive(Clone, Debug)]
pub struct MethodDef {
    /// Its name on the wire, for example `ReconfigVM_Task`.
    pub name: String,
    /// Its parameters in wire order, without `_this`.
    pub params: Vec<Property>,
    /// What it returns, if anything.
    pub result: Option<TypeRef>,
    /// The privilege that the account needs on `_this`, if it is that simple.
    pub privilege: Option<String>,
    /// The version that brought it.
    pub since: ApiVersion,
}

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A data object, faults included.
    Data,
    /// A managed object.
    Managed,
    /// An enumeration.
    Enum,
    /// A simple type such as `string`, or `anyType`.
    Simple,
}

/// A data or managed type.
#[derive(Clone, Debug)]
pub struct TypeDef {
    /// Its wire name.
    pub name: String,
    /// Its base type.
    pub base: String,
    /// The version that brought it.
    pub since: ApiVersion,
    /// Its properties in wire order, those of its base types first.
    pub properties: Vec<Property>,
    /// The methods that it declares itself (see [`Schema::method`] for inherited ones).
    pub methods: Vec<MethodDef>,
}

/// Every type that the mock knows.
#[derive(Debug, Default)]
pub struct Schema {
    data: HashMap<String, TypeDef>,
    managed: HashMap<String, TypeDef>,
    enums: HashMap<String, Vec<String>>,
}

impl Schema {
    /// The schema, read once.
    pub fn get() -> &'static Self {
        static SCHEMA: OnceLock<Schema> = OnceLock::new();
        SCHEMA.get_or_init(|| parse::parse(include_str!("../schema/vim25.txt")))
    }

    /// A data type.
    pub fn data(&self, kind: &str) -> Option<&TypeDef> {
        self.data.get(kind)
    }

    /// A managed type.
    pub fn managed(&self, kind: &str) -> Option<&TypeDef> {
        self.managed.get(kind)
    }

    /// The values of an enumeration.
    pub fn enumeration(&self, kind: &str) -> Option<&[String]> {
        self.enums.get(kind).map(Vec::as_slice)
    }

    /// A method of a managed type, its own or inherited.
    pub fn method(&self, kind: &str, name: &str) -> Option<&MethodDef> {
        let mut kind = kind;
        while let Some(def) = self.managed.get(kind) {
            if let Some(method) = def.methods.iter().find(|m| m.name == name) {
                return Some(method);
            }
            kind = &def.base;
        }
        None
    }

    /// Any method of that name, of whichever managed type: to tell misspelt from misdirected.
    pub fn method_anywhere(&self, name: &str) -> Option<&MethodDef> {
        self.managed
            .values()
            .flat_map(|def| &def.methods)
            .find(|m| m.name == name)
    }

    /// A property of a data or managed type, its own or inherited.
    pub fn property(&self, kind: &str, name: &str) -> Option<&Property> {
        let def = self.data.get(kind).or_else(|| self.managed.get(kind))?;
        def.properties.iter().find(|p| p.name == name)
    }

    /// What `kind` is; names that the schema does not hold count as simple.
    pub fn family(&self, kind: &str) -> Family {
        if self.managed.contains_key(kind)
            || matches!(kind, "ManagedObject" | "ManagedObjectReference")
        {
            Family::Managed
        } else if self.enums.contains_key(kind) {
            Family::Enum
        } else if self.data.contains_key(kind) || kind == "DynamicData" {
            Family::Data
        } else {
            Family::Simple
        }
    }

    /// Whether `kind` is `base` or derives from it, for data and managed types alike.
    pub fn is_subtype(&self, kind: &str, base: &str) -> bool {
        let root = matches!(base, "anyType" | "DynamicData" | "ManagedObject")
            || base == "ManagedObjectReference";
        let mut kind = kind;
        loop {
            if kind == base {
                return true;
            }
            match self.data.get(kind).or_else(|| self.managed.get(kind)) {
                Some(_) if root => return self.root_fits(kind, base),
                Some(def) => kind = &def.base,
                None => return false,
            }
        }
    }

    fn root_fits(&self, kind: &str, base: &str) -> bool {
        match base {
            "DynamicData" => self.data.contains_key(kind),
            "ManagedObject" | "ManagedObjectReference" => self.managed.contains_key(kind),
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_come_base_first() {
        let disk = Schema::get().data("VirtualDisk").unwrap();
        let names: Vec<_> = disk.properties.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names[0], "key");
        let unit = names.iter().position(|n| *n == "unitNumber").unwrap();
        let capacity = names.iter().position(|n| *n == "capacityInKB").unwrap();
        assert!(unit < capacity, "{names:?}");
    }

    #[test]
    fn methods_are_inherited_and_carry_privileges() {
        let schema = Schema::get();
        let rename = schema.method("VirtualMachine", "Rename_Task").unwrap();
        assert_eq!(rename.params[0].name, "newName");
        let destroy = schema
            .method("ClusterComputeResource", "Destroy_Task")
            .unwrap();
        assert_eq!(destroy.result.as_ref().unwrap().kind, "Task");
        assert!(schema.method("VirtualMachine", "Nonsense").is_none());
    }

    #[test]
    fn subtypes_follow_the_chain() {
        let schema = Schema::get();
        assert!(schema.is_subtype("VirtualDisk", "VirtualDevice"));
        assert!(schema.is_subtype("VirtualDisk", "anyType"));
        assert!(schema.is_subtype("StoragePod", "ManagedEntity"));
        assert!(!schema.is_subtype("VirtualDevice", "VirtualDisk"));
        assert!(!schema.is_subtype("VirtualDisk", "ManagedObject"));
        assert_eq!(schema.family("ManagedObject"), Family::Managed);
        assert!(!schema.is_subtype("NoSuchType", "DynamicData"));
        assert!(schema.is_subtype("NotAuthenticated", "NoPermission"));
    }
}
