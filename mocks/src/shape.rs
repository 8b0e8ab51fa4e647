//! Shorthand for reading [`Data`]: absent values read as empty, zero or false.
//!
//! Handlers look at many optional fields; these helpers keep them readable. Code that must know
//! whether a value is there asks [`Data::get`] instead.

use crate::value::{Data, MoRef, Value};

/// The text at a dotted path, empty when absent.
pub(crate) fn text<'a>(data: &'a Data, path: &str) -> &'a str {
    data.get_path(path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The whole number at a dotted path, zero when absent.
pub(crate) fn number(data: &Data, path: &str) -> i64 {
    data.get_path(path)
        .and_then(Value::as_int)
        .unwrap_or_default()
}

/// The boolean at a dotted path, false when absent.
pub(crate) fn flag(data: &Data, path: &str) -> bool {
    matches!(data.get_path(path), Some(Value::Bool(true)))
}

/// The reference at a dotted path.
pub(crate) fn reference(data: &Data, path: &str) -> Option<MoRef> {
    data.get_path(path).and_then(Value::as_ref).cloned()
}

/// The items of the array at a dotted path, none when absent.
pub(crate) fn items<'a>(data: &'a Data, path: &str) -> &'a [Value] {
    data.get_path(path).map(Value::as_list).unwrap_or_default()
}

/// The data objects of the array at a dotted path.
pub(crate) fn parts<'a>(data: &'a Data, path: &str) -> impl Iterator<Item = &'a Data> + use<'a> {
    items(data, path).iter().filter_map(Value::as_data)
}

/// The strings of the array at a dotted path.
pub(crate) fn texts(data: &Data, path: &str) -> Vec<String> {
    items(data, path)
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// A number as the wire's `int`; device keys and sizes in megabytes always fit.
pub(crate) fn narrow(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_values_read_as_nothing() {
        let empty = Data::new("VirtualMachineConfigInfo");
        assert_eq!(text(&empty, "name"), "");
        assert_eq!(number(&empty, "hardware.numCPU"), 0);
        assert!(!flag(&empty, "flags.diskUuidEnabled"));
        assert!(items(&empty, "hardware.device").is_empty());
        assert_eq!(reference(&empty, "hardware.host"), None);
    }

    #[test]
    fn nested_values_are_found_by_path() {
        let inner = Data::new("VirtualHardware").with("numCPU", 4_i32);
        let outer = Data::new("VirtualMachineConfigInfo").with("hardware", inner);
        assert_eq!(number(&outer, "hardware.numCPU"), 4);
        assert_eq!(number(&outer, "hardware.memoryMB"), 0);
    }
}
