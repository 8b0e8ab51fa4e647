//! Which properties are wanted, declared as types.

use crate::soap::{DecodeError, Reader, Start};
use crate::vim::PropertySpec;

/// A struct whose fields are properties of one managed type.
///
/// [`property_set!`](crate::property_set) writes the implementation.
pub trait PropertySet: Sized + Default {
    /// The managed type, such as `VirtualMachine`. Its subtypes count as well.
    const TYPE: &'static str;
    /// The paths that are asked for.
    const PATHS: &'static [&'static str];

    /// Takes the value of `path` from the element `val`.
    ///
    /// # Errors
    ///
    /// The value does not have the field's shape.
    fn read<'x>(
        &mut self,
        path: &str,
        reader: &mut Reader<'x>,
        val: &Start<'x>,
    ) -> Result<(), DecodeError>;

    /// Takes the value of `path` over from `newer`; a value that is unset there is unset here.
    fn adopt(&mut self, path: &str, newer: &mut Self);
}

/// One or several property sets that one retrieval fills.
///
/// Every [`PropertySet`] is one; [`object_set!`](crate::object_set) joins several in an enum.
pub trait ObjectSet: Sized {
    /// What is asked for, by managed type.
    fn specs() -> Vec<PropertySpec>;

    /// The empty set for an object of the managed type `kind`; `None` for a type not asked for.
    fn empty(kind: &str) -> Option<Self>;

    /// As [`PropertySet::read`].
    ///
    /// # Errors
    ///
    /// The value does not have the field's shape.
    fn read<'x>(
        &mut self,
        path: &str,
        reader: &mut Reader<'x>,
        val: &Start<'x>,
    ) -> Result<(), DecodeError>;

    /// As [`PropertySet::adopt`].
    fn adopt(&mut self, path: &str, newer: &mut Self);
}

impl<T: PropertySet> ObjectSet for T {
    fn specs() -> Vec<PropertySpec> {
        vec![spec_of::<T>()]
    }

    /// Any type will do: what the server sends for a set of one type is of that type or below it.
    fn empty(_kind: &str) -> Option<Self> {
        Some(T::default())
    }

    fn read<'x>(
        &mut self,
        path: &str,
        reader: &mut Reader<'x>,
        val: &Start<'x>,
    ) -> Result<(), DecodeError> {
        PropertySet::read(self, path, reader, val)
    }

    fn adopt(&mut self, path: &str, newer: &mut Self) {
        PropertySet::adopt(self, path, newer);
    }
}

/// What [`object_set!`](crate::object_set) asks for on behalf of one of its variants.
#[doc(hidden)]
pub fn spec_of<T: PropertySet>() -> PropertySpec {
    PropertySpec {
        kind: T::TYPE.to_owned(),
        all: None,
        path_set: T::PATHS.iter().map(|path| (*path).to_owned()).collect(),
    }
}

/// Whether objects of the managed type `kind` are also of the type `base`.
///
/// Only the types that inventories hold are known here.
#[doc(hidden)]
pub fn is_kind_of(kind: &str, base: &str) -> bool {
    let mut kind = kind;
    loop {
        if kind == base {
            return true;
        }
        kind = match kind {
            "ClusterComputeResource" => "ComputeResource",
            "StoragePod" => "Folder",
            "VirtualApp" => "ResourcePool",
            "DistributedVirtualPortgroup" | "OpaqueNetwork" => "Network",
            "VmwareDistributedVirtualSwitch" => "DistributedVirtualSwitch",
            "ComputeResource"
            | "Folder"
            | "ResourcePool"
            | "Network"
            | "Datacenter"
            | "Datastore"
            | "DistributedVirtualSwitch"
            | "HostSystem"
            | "VirtualMachine" => "ManagedEntity",
            _ => return false,
        };
    }
}

/// Declares a struct whose fields are properties of one managed type.
///
/// Each field names its path. `Option` and `Vec` fields suit best: a property that the server
/// leaves out, or does not let this account read, keeps its field's default, and
/// [`Object::missing`](crate::property::Object::missing) tells why.
///
/// ```
/// use vsphere_client::property::PropertySet;
///
/// vsphere_client::property_set! {
///     /// What a table of VMs shows.
///     pub struct VmRow: "VirtualMachine" {
///         /// The name.
///         pub name: Option<String> = "name",
///         /// Where its files are, such as `[ds1] web/web.vmx`.
///         pub vmx: Option<String> = "config.files.vmPathName",
///     }
/// }
///
/// assert_eq!(VmRow::TYPE, "VirtualMachine");
/// assert_eq!(VmRow::PATHS, ["name", "config.files.vmPathName"]);
/// ```
#[macro_export]
macro_rules! property_set {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident : $kind:literal {
            $( $(#[$field_meta:meta])* $field_vis:vis $field:ident : $type:ty = $path:literal ),*
            $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        $vis struct $name {
            $( $(#[$field_meta])* $field_vis $field: $type, )*
        }

        impl $crate::property::PropertySet for $name {
            const TYPE: &'static str = $kind;
            const PATHS: &'static [&'static str] = &[$($path),*];

            fn read<'x>(
                &mut self,
                _path: &str,
                _reader: &mut $crate::soap::Reader<'x>,
                _val: &$crate::soap::Start<'x>,
            ) -> ::std::result::Result<(), $crate::soap::DecodeError> {
                match _path {
                    $( $path => self.$field = $crate::soap::Decode::decode(_reader, _val)?, )*
                    _ => {}
                }
                ::std::result::Result::Ok(())
            }

            fn adopt(&mut self, _path: &str, _newer: &mut Self) {
                match _path {
                    $( $path => self.$field = ::std::mem::take(&mut _newer.$field), )*
                    _ => {}
                }
            }
        }
    };
}

/// Joins several property sets in an enum, for one retrieval over several managed types.
///
/// ```
/// vsphere_client::property_set! {
///     /// A VM and its host.
///     pub struct Vm: "VirtualMachine" {
///         /// The name.
///         pub name: Option<String> = "name",
///     }
/// }
/// vsphere_client::property_set! {
///     /// A host.
///     pub struct Host: "HostSystem" {
///         /// The name.
///         pub name: Option<String> = "name",
///     }
/// }
/// vsphere_client::object_set! {
///     /// What was found.
///     pub enum Found {
///         /// A VM.
///         Vm(Vm),
///         /// A host.
///         Host(Host),
///     }
/// }
/// ```
#[macro_export]
macro_rules! object_set {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $( $(#[$variant_meta:meta])* $variant:ident ( $set:ty ) ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        $vis enum $name {
            $( $(#[$variant_meta])* $variant($set), )*
        }

        impl $crate::property::ObjectSet for $name {
            fn specs() -> ::std::vec::Vec<$crate::vim::PropertySpec> {
                ::std::vec![$( $crate::property::spec_of::<$set>() ),*]
            }

            fn empty(kind: &str) -> ::std::option::Option<Self> {
                // The very type first: a cluster is also a compute resource.
                $( if kind == <$set as $crate::property::PropertySet>::TYPE {
                    return ::std::option::Option::Some(
                        Self::$variant(::std::default::Default::default()),
                    );
                } )*
                $( if $crate::property::is_kind_of(
                    kind,
                    <$set as $crate::property::PropertySet>::TYPE,
                ) {
                    return ::std::option::Option::Some(
                        Self::$variant(::std::default::Default::default()),
                    );
                } )*
                ::std::option::Option::None
            }

            fn read<'x>(
                &mut self,
                path: &str,
                reader: &mut $crate::soap::Reader<'x>,
                val: &$crate::soap::Start<'x>,
            ) -> ::std::result::Result<(), $crate::soap::DecodeError> {
                match self {
                    $( Self::$variant(set) => {
                        $crate::property::PropertySet::read(set, path, reader, val)
                    } )*
                }
            }

            fn adopt(&mut self, path: &str, newer: &mut Self) {
                match (self, newer) {
                    $( (Self::$variant(set), Self::$variant(newer)) => {
                        $crate::property::PropertySet::adopt(set, path, newer);
                    } )*
                    // An object does not change its type.
                    #[allow(unreachable_patterns)]
                    _ => {}
                }
            }
        }
    };
}
