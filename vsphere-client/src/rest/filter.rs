//! What a list is narrowed to.
//!
//! As in the API itself, an empty field narrows nothing: all fields empty means everything.

use std::collections::BTreeMap;

use super::summary::{DatastoreKind, FolderKind, HostConnectionState, PowerState};
use crate::vim::ManagedObjectReference;

/// Which VMs are listed: those that match every field that is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VmFilter {
    /// One of these VMs.
    pub vms: Vec<ManagedObjectReference>,
    /// With one of these names.
    pub names: Vec<String>,
    /// Right in one of these folders.
    pub folders: Vec<ManagedObjectReference>,
    /// In one of these datacenters.
    pub datacenters: Vec<ManagedObjectReference>,
    /// On one of these hosts.
    pub hosts: Vec<ManagedObjectReference>,
    /// In one of these clusters.
    pub clusters: Vec<ManagedObjectReference>,
    /// In one of these power states.
    pub power_states: Vec<PowerState>,
}

/// Which hosts are listed: those that match every field that is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostFilter {
    /// One of these hosts.
    pub hosts: Vec<ManagedObjectReference>,
    /// With one of these names.
    pub names: Vec<String>,
    /// In one of these datacenters.
    pub datacenters: Vec<ManagedObjectReference>,
    /// In one of these clusters.
    pub clusters: Vec<ManagedObjectReference>,
    /// In one of these states.
    pub connection_states: Vec<HostConnectionState>,
}

/// Which datastores are listed: those that match every field that is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatastoreFilter {
    /// One of these datastores.
    pub datastores: Vec<ManagedObjectReference>,
    /// With one of these names.
    pub names: Vec<String>,
    /// Of one of these types.
    pub types: Vec<DatastoreKind>,
    /// Right in one of these folders.
    pub folders: Vec<ManagedObjectReference>,
    /// In one of these datacenters.
    pub datacenters: Vec<ManagedObjectReference>,
}

/// Which folders are listed: those that match every field that is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderFilter {
    /// One of these folders.
    pub folders: Vec<ManagedObjectReference>,
    /// With one of these names.
    pub names: Vec<String>,
    /// Of this kind.
    pub kind: Option<FolderKind>,
    /// Right in one of these folders.
    pub parent_folders: Vec<ManagedObjectReference>,
    /// In one of these datacenters.
    pub datacenters: Vec<ManagedObjectReference>,
}

/// A filter as the wire has it: lists by the parameter's name. Empty lists are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query(BTreeMap<&'static str, Vec<String>>);

impl Query {
    /// The list of this parameter, where there is one.
    pub(super) fn get(&self, name: &str) -> Option<&[String]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// The same with another list for a parameter.
    pub(super) fn with(&self, name: &'static str, values: &[String]) -> Self {
        let mut query = self.clone();
        query.0.insert(name, values.to_vec());
        query
    }

    /// The parameter with the longest list, and its length.
    pub(super) fn longest(&self) -> Option<(&'static str, usize)> {
        let lengths = self.0.iter().map(|(name, values)| (*name, values.len()));
        lengths.max_by_key(|(_, length)| *length)
    }

    /// The lists, for a request.
    pub(super) fn lists(&self) -> Vec<(&'static str, Vec<String>)> {
        let lists = self.0.iter();
        lists
            .map(|(name, values)| (*name, values.clone()))
            .collect()
    }

    fn of<'a, T: 'a>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = &'a T>,
        text: impl Fn(&T) -> &str,
    ) -> Self {
        let texts: Vec<String> = values.into_iter().map(|v| text(v).to_owned()).collect();
        if !texts.is_empty() {
            self.0.insert(name, texts);
        }
        self
    }

    fn references(self, name: &'static str, values: &[ManagedObjectReference]) -> Self {
        self.of(name, values, |reference| &reference.value)
    }

    fn names(self, values: &[String]) -> Self {
        self.of("names", values, String::as_str)
    }
}

impl From<&VmFilter> for Query {
    fn from(filter: &VmFilter) -> Self {
        Self::default()
            .references("vms", &filter.vms)
            .names(&filter.names)
            .references("folders", &filter.folders)
            .references("datacenters", &filter.datacenters)
            .references("hosts", &filter.hosts)
            .references("clusters", &filter.clusters)
            .of("power_states", &filter.power_states, PowerState::as_str)
    }
}

impl From<&HostFilter> for Query {
    fn from(filter: &HostFilter) -> Self {
        Self::default()
            .references("hosts", &filter.hosts)
            .names(&filter.names)
            .references("datacenters", &filter.datacenters)
            .references("clusters", &filter.clusters)
            .of(
                "connection_states",
                &filter.connection_states,
                HostConnectionState::as_str,
            )
    }
}

impl From<&DatastoreFilter> for Query {
    fn from(filter: &DatastoreFilter) -> Self {
        Self::default()
            .references("datastores", &filter.datastores)
            .names(&filter.names)
            .of("types", &filter.types, DatastoreKind::as_str)
            .references("folders", &filter.folders)
            .references("datacenters", &filter.datacenters)
    }
}

impl From<&FolderFilter> for Query {
    fn from(filter: &FolderFilter) -> Self {
        Self::default()
            .references("folders", &filter.folders)
            .names(&filter.names)
            .of("type", filter.kind.iter(), FolderKind::as_str)
            .references("parent_folders", &filter.parent_folders)
            .references("datacenters", &filter.datacenters)
    }
}
