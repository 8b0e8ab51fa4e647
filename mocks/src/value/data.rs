//! Data objects: a wire type and its properties.

use super::{MoRef, Value};
use crate::schema::Schema;

/// A data object of the wire type `kind`.
///
/// Properties may be set in any order; the writer puts them in the order of the schema. The same
/// shape serves as the properties of a managed object, whose `kind` is then the managed type.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    /// The wire name of the type, for example `VirtualDisk`.
    pub kind: String,
    fields: Vec<(String, Value)>,
}

impl Data {
    /// An object of the type `kind` without properties.
    pub fn new(kind: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            fields: Vec::new(),
        }
    }

    /// The same object with one more property: for building objects in one expression.
    ///
    /// ```
    /// use mocks::Data;
    /// let option = Data::new("OptionValue").with("key", "disk.EnableUUID").with("value", "TRUE");
    /// assert_eq!(option.str("key"), Some("disk.EnableUUID"));
    /// ```
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value);
        self
    }

    /// As [`Data::with`], leaving the property out when there is no value.
    #[must_use]
    pub fn with_opt(self, name: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// As [`Data::with`] for a property that is an enumeration.
    #[must_use]
    pub fn with_enum(self, name: &str, kind: &str, value: &str) -> Self {
        self.with(name, Value::of_enum(kind, value))
    }

    /// The property's value.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value)
    }

    /// The property's value, to be changed in place.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.fields
            .iter_mut()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value)
    }

    /// Sets a property, replacing what it held.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        match self.get_mut(name) {
            Some(present) => *present = value,
            None => self.fields.push((name.to_owned(), value)),
        }
    }

    /// Unsets a property and gives back what it held.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.fields.iter().position(|(n, _)| n == name)?;
        Some(self.fields.remove(at).1)
    }

    /// Names and values, in the order in which they were set.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// A string (or enumeration) property.
    pub fn str(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// An integer property of any width.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(Value::as_int)
    }

    /// A boolean property.
    pub fn bool(&self, name: &str) -> Option<bool> {
        self.get(name).and_then(Value::as_bool)
    }

    /// A property that is a data object.
    pub fn data(&self, name: &str) -> Option<&Data> {
        self.get(name).and_then(Value::as_data)
    }

    /// The items of an array property; nothing when it is unset.
    pub fn list(&self, name: &str) -> &[Value] {
        self.get(name).map(Value::as_list).unwrap_or_default()
    }

    /// A property that refers to a managed object.
    pub fn reference(&self, name: &str) -> Option<&MoRef> {
        self.get(name).and_then(Value::as_ref)
    }

    /// The managed objects that an array property (or a single reference) names.
    pub fn references(&self, name: &str) -> Vec<MoRef> {
        match self.get(name) {
            Some(Value::Ref(one)) => vec![one.clone()],
            Some(value) => value
                .as_list()
                .iter()
                .filter_map(Value::as_ref)
                .cloned()
                .collect(),
            None => Vec::new(),
        }
    }

    /// Whether the object is of the type `kind` or of a type derived from it.
    pub fn is(&self, kind: &str) -> bool {
        Schema::get().is_subtype(&self.kind, kind)
    }

    /// The value at a dotted path, for example `config.hardware.device`.
    ///
    /// A step may name one item of an array by its key: `config.hardware.device[2000]`,
    /// `config.extraConfig["disk.EnableUUID"]`.
    pub fn get_path(&self, path: &str) -> Option<&Value> {
        let (first, rest) = split_path(path);
        let (name, key) = split_key(first);
        let mut value = self.get(name)?;
        if let Some(key) = key {
            value = value.as_list().iter().find(|item| has_key(item, key))?;
        }
        match rest {
            None => Some(value),
            Some(rest) => value.as_data()?.get_path(rest),
        }
    }

    /// Sets the value at a dotted path (without keys), making data objects on the way where they
    /// are missing, of the type that the schema declares.
    ///
    /// Gives back whether the path exists in the schema.
    pub fn set_path(&mut self, path: &str, value: impl Into<Value>) -> bool {
        let (name, rest) = split_path(path);
        let Some(property) = Schema::get().property(&self.kind, name) else {
            return false;
        };
        let Some(rest) = rest else {
            self.set(name, value);
            return true;
        };
        if self.data(name).is_none() {
            self.set(name, Data::new(property.of.kind.as_str()));
        }
        match self.get_mut(name) {
            Some(Value::Data(inner)) => inner.set_path(rest, value),
            _ => false,
        }
    }
}

/// Splits `a["x.y"].b` into `a["x.y"]` and `b`: dots inside brackets do not count.
fn split_path(path: &str) -> (&str, Option<&str>) {
    let mut depth = 0_u32;
    for (at, c) in path.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => return (&path[..at], Some(&path[at + 1..])),
            _ => {}
        }
    }
    (path, None)
}

/// Splits `device[2000]` into the property and the key, without its quotes.
fn split_key(step: &str) -> (&str, Option<&str>) {
    let Some((name, key)) = step.split_once('[') else {
        return (step, None);
    };
    let key = key.strip_suffix(']').unwrap_or(key);
    (name, Some(key.trim_matches('"')))
}

fn has_key(item: &Value, key: &str) -> bool {
    match item {
        Value::Data(data) => match data.get("key") {
            Some(Value::Str(text)) => text == key,
            Some(other) => other.as_int().is_some_and(|n| n.to_string() == key),
            None => false,
        },
        Value::Ref(reference) => reference.value == key,
        other => other.as_str() == Some(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vm() -> Data {
        let disk = Data::new("VirtualDisk")
            .with("key", 2000)
            .with("unitNumber", 0);
        let option = Data::new("OptionValue")
            .with("key", "disk.EnableUUID")
            .with("value", "TRUE");
        let hardware =
            Data::new("VirtualHardware").with("device", Value::list("VirtualDevice", [disk]));
        let config = Data::new("VirtualMachineConfigInfo")
            .with("hardware", hardware)
            .with("extraConfig", Value::list("OptionValue", [option]));
        Data::new("VirtualMachine").with("config", config)
    }

    #[test]
    fn paths_reach_into_data_and_arrays_by_key() {
        let vm = vm();
        assert_eq!(
            vm.get_path("config.hardware.device")
                .map(|v| v.as_list().len()),
            Some(1)
        );
        assert_eq!(
            vm.get_path("config.hardware.device[2000].unitNumber"),
            Some(&Value::Int(0))
        );
        assert_eq!(
            vm.get_path("config.extraConfig[\"disk.EnableUUID\"].value"),
            Some(&Value::Str("TRUE".into()))
        );
        assert_eq!(vm.get_path("config.hardware.device[2001]"), None);
        assert_eq!(vm.get_path("config.nothing"), None);
    }

    #[test]
    fn set_path_makes_what_is_missing_and_refuses_unknown_names() {
        let mut vm = Data::new("VirtualMachine");
        assert!(vm.set_path("config.flags.diskUuidEnabled", true));
        assert_eq!(
            vm.get_path("config.flags.diskUuidEnabled"),
            Some(&Value::Bool(true))
        );
        assert_eq!(
            vm.get_path("config.flags")
                .and_then(Value::as_data)
                .map(|d| d.kind.as_str()),
            Some("VirtualMachineFlagInfo")
        );
        assert!(!vm.set_path("config.misspelt", true));
    }
}
