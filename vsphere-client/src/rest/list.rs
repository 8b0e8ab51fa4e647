//! Typed lists of what vCenter holds.

use serde::de::DeserializeOwned;

use super::client::RestClient;
use super::error::RestError;
use super::filter::{DatastoreFilter, FolderFilter, HostFilter, Query, VmFilter};
use super::operation::{Operation, Service};
use super::split::{Source, collect};
use super::summary::{
    DatacenterSummary, DatastoreKind, DatastoreSummary, FolderSummary, HostConnectionState,
    HostSummary, PowerState, VmSummary,
};
use crate::vim::ManagedObjectReference;

impl RestClient {
    /// The VMs that match `filter`, however many there are.
    ///
    /// Templates are left out by the server. `GET /api/vcenter/vm` gives at most 4,000 VMs
    /// (1,000 before vCenter 7.0) and refuses more. The client then divides by datacenter, host,
    /// folder and power state until each piece fits; most inventories take one request. An
    /// account that sees VMs on hosts that it does not see may miss those VMs in a list
    /// that had to be divided.
    ///
    /// # Errors
    ///
    /// [`RestError::Incomplete`] and [`RestError::TooMany`] where dividing does not help; those
    /// of every call.
    pub async fn vms(&self, filter: &VmFilter) -> Result<Vec<VmSummary>, RestError> {
        collect(&Vms(self), filter.into()).await
    }

    /// The hosts that match `filter`. `GET /api/vcenter/host`.
    ///
    /// # Errors
    ///
    /// As [`RestClient::vms`].
    pub async fn hosts(&self, filter: &HostFilter) -> Result<Vec<HostSummary>, RestError> {
        collect(&Hosts(self), filter.into()).await
    }

    /// The datastores that match `filter`. `GET /api/vcenter/datastore`.
    ///
    /// # Errors
    ///
    /// As [`RestClient::vms`].
    pub async fn datastores(
        &self,
        filter: &DatastoreFilter,
    ) -> Result<Vec<DatastoreSummary>, RestError> {
        collect(&Datastores(self), filter.into()).await
    }

    /// The datacenters. `GET /api/vcenter/datacenter`.
    ///
    /// # Errors
    ///
    /// As [`RestClient::vms`].
    pub async fn datacenters(&self) -> Result<Vec<DatacenterSummary>, RestError> {
        collect(&Datacenters(self), Query::default()).await
    }

    /// The folders that match `filter`. `GET /api/vcenter/folder`.
    ///
    /// # Errors
    ///
    /// As [`RestClient::vms`].
    pub async fn folders(&self, filter: &FolderFilter) -> Result<Vec<FolderSummary>, RestError> {
        collect(&Folders(self), filter.into()).await
    }

    async fn list<T: DeserializeOwned>(
        &self,
        name: &'static str,
        what: &'static str,
        query: &Query,
    ) -> Result<Vec<T>, RestError> {
        let mut operation = Operation::get(name, Service::VCenter(what));
        operation.query = query.lists();
        self.perform_list(&operation).await
    }
}

/// Declares a list: what it lists, its axes and its limits.
macro_rules! source {
    (
        $name:ident: $item:ident, $what:literal, $operation:literal, $path:literal,
        axes $axes:expr, limit $limit:literal, least $least:literal,
        |$client:ident, $axis:ident, $query:ident| $values:expr
    ) => {
        struct $name<'a>(&'a RestClient);

        impl Source for $name<'_> {
            const WHAT: &'static str = $what;
            const AXES: &'static [&'static str] = &$axes;
            const LIMIT: usize = $limit;
            const LEAST: usize = $least;
            type Item = $item;

            fn id(item: &$item) -> &str {
                &item.reference.value
            }

            async fn fetch(&self, query: &Query) -> Result<Vec<$item>, RestError> {
                self.0.list($operation, $path, query).await
            }

            async fn values(
                &self,
                $axis: &'static str,
                $query: &Query,
            ) -> Result<Vec<String>, RestError> {
                let $client = self.0;
                $values
            }
        }
    };
}

source!(Vms: VmSummary, "VMs", "vcenter.vm.list", "vm",
axes ["datacenters", "hosts", "folders", "power_states"], limit 4000, least 1000,
|client, axis, query| match axis {
    "datacenters" => datacenters(client).await,
    "hosts" => {
        let within = within(query, &["datacenters", "clusters"]);
        Ok(ids(collect(&Hosts(client), within).await?, |host| host.reference))
    }
    "folders" => {
        let within = within(query, &["datacenters"]).with("type", &["VIRTUAL_MACHINE".into()]);
        Ok(ids(collect(&Folders(client), within).await?, |folder| folder.reference))
    }
    _ => Ok(known(&[PowerState::PoweredOn, PowerState::PoweredOff, PowerState::Suspended],
        PowerState::as_str)),
});

source!(Hosts: HostSummary, "hosts", "vcenter.host.list", "host",
axes ["datacenters", "connection_states"], limit 2500, least 1000,
|client, axis, _query| match axis {
    "datacenters" => datacenters(client).await,
    _ => Ok(known(
        &[
            HostConnectionState::Connected,
            HostConnectionState::Disconnected,
            HostConnectionState::NotResponding,
        ],
        HostConnectionState::as_str,
    )),
});

source!(Datastores: DatastoreSummary, "datastores", "vcenter.datastore.list", "datastore",
axes ["datacenters", "types"], limit 2500, least 1000,
|client, axis, _query| match axis {
    "datacenters" => datacenters(client).await,
    _ => Ok(known(
        &[
            DatastoreKind::Vmfs,
            DatastoreKind::Nfs,
            DatastoreKind::Nfs41,
            DatastoreKind::Cifs,
            DatastoreKind::Vsan,
            DatastoreKind::Vffs,
            DatastoreKind::Vvol,
        ],
        DatastoreKind::as_str,
    )),
});

source!(Folders: FolderSummary, "folders", "vcenter.folder.list", "folder",
    axes ["datacenters"], limit 1000, least 1000,
    |client, _axis, _query| datacenters(client).await);

source!(Datacenters: DatacenterSummary, "datacenters", "vcenter.datacenter.list", "datacenter",
    axes [], limit 1000, least 1000,
    |_client, _axis, _query| Ok(Vec::new()));

async fn datacenters(client: &RestClient) -> Result<Vec<String>, RestError> {
    let all = collect(&Datacenters(client), Query::default()).await?;
    Ok(ids(all, |datacenter| datacenter.reference))
}

fn ids<T>(items: Vec<T>, reference: impl Fn(T) -> ManagedObjectReference) -> Vec<String> {
    items
        .into_iter()
        .map(|item| reference(item).value)
        .collect()
}

fn known<T>(values: &[T], text: impl Fn(&T) -> &str) -> Vec<String> {
    values.iter().map(|value| text(value).to_owned()).collect()
}

/// What `query` says of these parameters only.
fn within(query: &Query, names: &[&'static str]) -> Query {
    let said = names
        .iter()
        .filter_map(|name| Some((*name, query.get(name)?)));
    said.fold(Query::default(), |query, (name, values)| {
        query.with(name, values)
    })
}
