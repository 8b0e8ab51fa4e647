//! Declarations of calls.

/// Declares a call: the struct with its object and parameters, and its [`Method`](crate::method::Method).
///
/// Parameters are written in the order declared, which must be the schema's.
///
/// ```
/// use vsphere_client::method::Effect;
/// use vsphere_client::vim::ManagedObjectReference;
/// use vsphere_client::wire_method;
///
/// wire_method! {
///     /// Gives an object another name.
///     pub struct RenameTask = "Rename_Task": Effect::Change => ManagedObjectReference {
///         /// The new name.
///         new_name: String = "newName",
///     }
/// }
///
/// let call = RenameTask {
///     this: ManagedObjectReference::new("VirtualMachine", "vm-42"),
///     new_name: "web".into(),
/// };
/// let request = vsphere_client::soap::envelope::request(&call, None)?;
/// assert!(String::from_utf8_lossy(&request).contains("<newName>web</newName></Rename_Task>"));
/// # Ok::<(), vsphere_client::soap::EncodeError>(())
/// ```
#[macro_export]
macro_rules! wire_method {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident = $wire:literal $(in $namespace:literal)? : $effect:expr => $output:ty {
            $( $(#[$field_meta:meta])* $field:ident : $type:ty = $field_wire:literal ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        $vis struct $name {
            /// The object that is called.
            pub this: $crate::vim::ManagedObjectReference,
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        impl $crate::method::Method for $name {
            const NAME: &'static str = $wire;
            $( const NAMESPACE: &'static str = $namespace; )?
            const EFFECT: $crate::method::Effect = $effect;
            type Output = $output;

            fn this(&self) -> &$crate::vim::ManagedObjectReference {
                &self.this
            }

            fn params(&self, _writer: &mut $crate::soap::Writer) {
                $( $crate::soap::Encode::encode(&self.$field, _writer, $field_wire); )*
            }
        }
    };
}
