//! Declarations of wire types.

/// Declares a data object: a struct whose fields stand in schema order, base type's fields first.
///
/// The struct gets `Debug`, `Clone`, `PartialEq`, [`Decode`](crate::soap::Decode),
/// [`Encode`](crate::soap::Encode) and [`Typed`](crate::soap::Typed). `Option` and `Vec` fields
/// may be absent on the wire, all others are required. Unknown elements are passed over.
///
/// ```
/// use vsphere_client::wire_struct;
/// use vsphere_client::soap::{Decode, Reader};
///
/// wire_struct! {
///     /// Room on a datastore.
///     #[derive(Default)]
///     pub struct Room = "DatastoreSummary" {
///         /// Its name.
///         name: String = "name",
///         /// In bytes.
///         free_space: i64 = "freeSpace",
///         /// Absent where the host does not know.
///         uncommitted: Option<i64> = "uncommitted",
///     }
/// }
///
/// let mut reader = Reader::new(b"<s><name>ds1</name><new/><freeSpace>7</freeSpace></s>")?;
/// let start = reader.root()?;
/// let room = Room::decode(&mut reader, &start)?;
/// assert_eq!(room, Room { name: "ds1".into(), free_space: 7, uncommitted: None });
/// # Ok::<(), vsphere_client::soap::DecodeError>(())
/// ```
#[macro_export]
macro_rules! wire_struct {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident = $wire:literal {
            $( $(#[$field_meta:meta])* $field:ident : $type:ty = $field_wire:literal ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        // Types nest within themselves (deltas, snapshots), and the program's stack must hold the
        // deepest document that the reader lets through. So a frame that waits for an inner value
        // holds the slots and little else: building the value is a function of its own.
        const _: () = {
            #[derive(Default)]
            struct Slots {
                $( $field: ::std::option::Option<$type>, )*
            }

            impl Slots {
                fn take<'x>(
                    &mut self,
                    reader: &mut $crate::soap::Reader<'x>,
                    child: &$crate::soap::Start<'x>,
                ) -> ::std::result::Result<(), $crate::soap::DecodeError> {
                    match child.name() {
                        $( $field_wire => <$type as $crate::soap::Decode>::merge(&mut self.$field, reader, child), )*
                        _ => Ok(()),
                    }
                }

                fn build(self) -> ::std::result::Result<$name, $crate::soap::DecodeError> {
                    Ok($name {
                        $( $field: match self.$field {
                            Some(value) => value,
                            None => <$type as $crate::soap::Decode>::absent($wire, $field_wire)?,
                        }, )*
                    })
                }
            }

            impl $crate::soap::Decode for $name {
                fn decode<'x>(
                    reader: &mut $crate::soap::Reader<'x>,
                    start: &$crate::soap::Start<'x>,
                ) -> ::std::result::Result<Self, $crate::soap::DecodeError> {
                    let mut slots = Slots::default();
                    while let Some(child) = reader.next_child(start)? {
                        slots.take(reader, &child)?;
                    }
                    slots.build()
                }
            }
        };

        impl $crate::soap::Encode for $name {
            fn encode(&self, writer: &mut $crate::soap::Writer, name: &str) {
                writer.open(name);
                $( $crate::soap::Encode::encode(&self.$field, writer, $field_wire); )*
                writer.close();
            }
        }

        impl $crate::soap::Typed for $name {
            fn type_name(&self) -> &str {
                $wire
            }
        }
    };
}

/// Declares an enumeration, with `Unknown` for values that newer servers may send.
///
/// It gets `as_str`, `Display`, `From<&str>`, [`Decode`](crate::soap::Decode),
/// [`Encode`](crate::soap::Encode) and [`Typed`](crate::soap::Typed).
/// An empty element counts as absent in an `Option` field.
///
/// ```
/// use vsphere_client::wire_enum;
///
/// wire_enum! {
///     /// Whether a VM runs.
///     pub enum Power = "VirtualMachinePowerState" {
///         /// It runs.
///         On = "poweredOn",
///         /// It does not.
///         Off = "poweredOff",
///     }
/// }
///
/// assert_eq!(Power::from("poweredOn"), Power::On);
/// assert_eq!(Power::from("asleep").as_str(), "asleep");
/// ```
#[macro_export]
macro_rules! wire_enum {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident = $wire:literal {
            $( $(#[$variant_meta:meta])* $variant:ident = $value:literal ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $vis enum $name {
            $( $(#[$variant_meta])* $variant, )*
            /// A value that this version does not know, as the server spelled it.
            Unknown(::std::string::String),
        }

        impl $name {
            /// The value as it stands on the wire.
            #[must_use]
            $vis fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $value, )*
                    Self::Unknown(value) => value,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $( $value => Self::$variant, )*
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::soap::Decode for $name {
            fn decode<'x>(
                reader: &mut $crate::soap::Reader<'x>,
                start: &$crate::soap::Start<'x>,
            ) -> ::std::result::Result<Self, $crate::soap::DecodeError> {
                Ok(Self::from(reader.text(start)?.trim()))
            }

            fn is_blank(&self) -> bool {
                matches!(self, Self::Unknown(value) if value.is_empty())
            }
        }

        impl $crate::soap::Encode for $name {
            fn encode(&self, writer: &mut $crate::soap::Writer, name: &str) {
                writer.leaf(name, self.as_str());
            }
        }

        impl $crate::soap::Typed for $name {
            fn type_name(&self) -> &str {
                $wire
            }
        }
    };
}

/// Declares the properties that a subtype adds to a base type whose properties stand in the same element.
///
/// The struct gets `take`, which reads one child element if it knows it, and `write_fields`.
macro_rules! wire_part {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $( $(#[$field_meta:meta])* $field:ident : $type:ty = $field_wire:literal ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq)]
        $vis struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        impl $name {
            /// Reads the child if it is one of this part's, and says whether it was.
            pub(crate) fn take<'x>(
                &mut self,
                reader: &mut $crate::soap::Reader<'x>,
                child: &$crate::soap::Start<'x>,
            ) -> ::std::result::Result<bool, $crate::soap::DecodeError> {
                match child.name() {
                    $( $field_wire => $crate::soap::merge_into(&mut self.$field, reader, child)?, )*
                    _ => return Ok(false),
                }
                Ok(true)
            }

            pub(crate) fn write_fields(&self, writer: &mut $crate::soap::Writer) {
                $( $crate::soap::Encode::encode(&self.$field, writer, $field_wire); )*
            }
        }
    };
}
pub(crate) use wire_part;
